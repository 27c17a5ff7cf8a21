// The demo as a measurement: a stranger's first minutes, acted by operator, agency and officer, compared with the world's truth.
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { AnswerOf } from '#dashboard/contract';
import { pathOf as addressOf } from '#dashboard/contract';
import { systemClock } from '#core/clock';
import { AhualError, messageOf } from '#core/errors';
import { hazardNames, type HazardName } from '#core/hazard-name';
import { standUp, type Standing } from '../stand.ts';
import { cpuS, rssMiB, treeCpuS, treeOf } from './cpu.ts';
import { bar, type Measurement } from './frame.ts';
import { takeSeat, type Seat } from './seat.ts';

const Fact = z.object({ hazard: z.string(), sub: z.string() });

/** What the simulated world says is and was true at each camera. */
const Truth = z
  .object({ cameras: z.array(z.object({ id: z.string(), now: z.array(Fact), past: z.array(Fact) })) })
  .transform(({ cameras }) =>
    cameras.map(({ id, now, past }) => ({
      id,
      has: now.map((fact) => fact.hazard),
      everHad: [...new Set([...now, ...past].map((fact) => fact.hazard))],
    })),
  );

export interface DemoOptions {
  readonly minutes: number;
  readonly hazards: readonly HazardName[];
  readonly keep: boolean;
  readonly say: (text: string) => void;
  /** Moment (monotonic) at which the command began, so that building counts. */
  readonly startedMs: number;
  readonly confirmAtDesk?: (standing: Standing, hazard: HazardName) => Promise<DeskDriver>;
}

/** Confirms by keys on the real desk; the HTTP driver does the same through the contract. */
export interface DeskDriver {
  readonly name: 'keys' | 'contract';
  confirm(incidentId: string): Promise<void>;
  close(): Promise<void>;
}

type Card = AnswerOf<'desk'>['queue'][number];

interface Seen {
  readonly card: Card;
  readonly atS: number;
}

const secondsSince = (ms: number): number => Number(((systemClock.monotonicMs() - ms) / 1000).toFixed(1));

async function askWorld(standing: Standing, path: string, method = 'GET'): Promise<unknown> {
  if (!standing.world)
    throw new AhualError('CONFIG_MISSING', 'the demo needs a simulated city.', 'Set simulator.scenario.');
  const answer = await fetch(standing.world.url + path, {
    method,
    headers: { authorization: `Bearer ${standing.world.token}` },
  });
  if (!answer.ok)
    throw new AhualError('INTERNAL', `the simulated city answered ${answer.status} to ${path}.`, 'Read city.log.');
  return answer.json();
}

const loginOf: Readonly<Record<string, string>> = {
  'su-arnasy': 'su-arnasy',
  'elorda-eco-system': 'eco-system',
  'astana-tazalyq': 'tazalyq',
  'cleaning-left-bank': 'left-bank',
  'cleaning-right-bank': 'right-bank',
};

/** The agency of this hazard first says "done" without having done anything: the camera must give the work back. */
const emptyClaim: HazardName = 'open-manhole';

/** Runs the demo for `minutes` and gives the measurement with the bars of measure 2. */
export async function measureDemo(options: DemoOptions): Promise<Measurement> {
  const { say } = options;
  const folder = mkdtempSync(join(tmpdir(), 'ahual-demo-'));
  // Root's database runs as another user, who must be able to pass through.
  chmodSync(folder, 0o711);
  const notes: string[] = [];
  const standing = await standUp({
    env: {
      ...process.env,
      AHUAL_SET_DATA__FOLDER: folder,
      AHUAL_SET_DASHBOARD__PORT: process.env['AHUAL_SET_DASHBOARD__PORT'] ?? '0',
    },
    say,
  });
  const readyS = secondsSince(options.startedMs);
  say(`ready after ${readyS} s: ${standing.url}`);
  const seats: Seat[] = [];
  let driver: DeskDriver | undefined;
  try {
    const passwordOf = (login: string): string => {
      const found = standing.signIns.find((one) => one.login === login);
      if (!found) throw new AhualError('INTERNAL', `no sign-in ${login} was made.`, 'Start with an empty data folder.');
      return found.password;
    };
    const sit = async (login: string): Promise<Seat> => {
      const known = seats.find((seat) => seat.login === login);
      if (known) return known;
      const seat = await takeSeat(standing.url, login, passwordOf(login));
      seats.push(seat);
      return seat;
    };
    const operator = await sit('operator');
    let pushed = 0;
    operator.socket().on('changed', () => {
      pushed += 1;
    });

    const seen = new Map<string, Seen>();
    const confirmed = new Map<HazardName, Card>();
    const atWork = new Map<string, { acceptedS: number; taskId: string; agencyId: string; agency: Seat }>();
    const tasks = new Map<string, { acceptedS: number; claimedS: number; agencyId: string }>();
    const fixed: Partial<Record<HazardName, number>> = {};
    const closedBy: Partial<Record<HazardName, 'camera' | 'photo'>> = {};
    const empty = new Map<string, { claimedS: number; returnedS: number | null }>();
    let clip: { bytes: number; sha256Ok: boolean; violations: number } | undefined;
    let raisedToTaskS: number | null = null;
    const endMs = options.startedMs + options.minutes * 60_000;
    const state = { deskErrors: 0 };

    while (systemClock.monotonicMs() < endMs) {
      const all = await operator.ask('incidents', {
        query: {
          states: 'pending_review,escalated,confirmed,in_work,verifying,closed,reopened,rejected,shelved',
          limit: 500,
        },
      });
      for (const card of all.incidents) {
        if (!seen.has(card.id)) {
          seen.set(card.id, { card, atS: secondsSince(options.startedMs) });
          say(
            `${secondsSince(options.startedMs)} s: ${card.hazard} ${card.sub} raised at camera ${card.cameraId ?? '–'} (#${card.number}, ${card.severity})`,
          );
        }
      }
      // The operator confirms one of each hazard that is really there; the rest of the queue waits as on a real desk.
      const truth = Truth.parse(await askWorld(standing, '/world/truth'));
      const isTrue = (card: Card): boolean =>
        truth.some((camera) => camera.id === card.cameraId && camera.everHad.includes(card.hazard));
      for (const hazard of options.hazards) {
        if (confirmed.has(hazard)) continue;
        const card = all.incidents.find(
          (one) =>
            one.hazard === hazard && (one.state === 'pending_review' || one.state === 'escalated') && isTrue(one),
        );
        if (!card) continue;
        try {
          if (card.state === 'escalated') await confirmByContract(await sit('lead'), card.id);
          else {
            driver ??= options.confirmAtDesk ? await options.confirmAtDesk(standing, hazard) : contractDriver(operator);
            await driver.confirm(card.id);
          }
          confirmed.set(hazard, card);
          say(
            `${secondsSince(options.startedMs)} s: ${hazard} #${card.number} confirmed (${driver?.name ?? 'contract'})`,
          );
        } catch (thrown) {
          state.deskErrors += 1;
          notes.push(`confirming ${hazard} #${card.number}: ${messageOf(thrown)}`);
          if (state.deskErrors > 10) throw thrown;
        }
      }
      for (const [hazard, card] of confirmed) {
        if (atWork.has(card.id)) continue;
        const view = await operator.ask('incident', { params: { id: card.id } });
        const claim = empty.get(card.id);
        const wanted = claim ? 'returned' : 'sent';
        const task =
          view.tasks.find((one) => one.role === 'primary' && one.state === wanted) ??
          view.tasks.find((one) => one.state === wanted && loginOf[one.agencyId] !== undefined);
        if (!task) continue;
        if (claim) {
          claim.returnedS = secondsSince(options.startedMs);
          say(`${claim.returnedS} s: ${hazard} #${card.number}: not fixed, the camera gave the work back`);
        }
        const login = loginOf[task.agencyId];
        if (login === undefined) continue;
        raisedToTaskS ??= Number((((task.sentAtMs ?? 0) - (view.incident.raisedAtMs ?? 0)) / 1000).toFixed(1));
        const agency = await sit(login);
        const key = (act: string): string => `${act}-${task.id}`.slice(0, 60);
        if (!claim) {
          await agency.ask('answerTask', { params: { id: task.id }, body: { kind: 'accept', key: key('accept') } });
        }
        const acceptedS = secondsSince(options.startedMs);
        const round = claim ? 'again' : 'first';
        await agency.ask('answerTask', {
          params: { id: task.id },
          body: { kind: 'start', key: key(`start-${round}`) },
        });
        if (hazard === emptyClaim && !claim) {
          await agency.ask('answerTask', {
            params: { id: task.id },
            body: { kind: 'done', key: key('empty'), photoSha256: await photoOf(agency, view), note: '' },
          });
          empty.set(card.id, { claimedS: secondsSince(options.startedMs), returnedS: null });
          say(`${acceptedS} s: ${hazard} #${card.number}: ${task.agencyId} says done, and nothing was done`);
          continue;
        }
        // The crew is there: the simulated street is put in order, which takes it some seconds.
        if (card.cameraId !== null) await askWorld(standing, `/world/cameras/${card.cameraId}/claim`, 'POST');
        atWork.set(card.id, { acceptedS, taskId: task.id, agencyId: task.agencyId, agency });
        say(`${acceptedS} s: ${hazard} #${card.number}: task accepted by ${task.agencyId}`);
      }
      for (const [hazard, card] of confirmed) {
        const work = atWork.get(card.id);
        if (!work || tasks.has(card.id)) continue;
        // Nobody says "done" before it is: the camera would give the work back.
        if (truth.some((camera) => camera.id === card.cameraId && camera.has.includes(hazard))) continue;
        const view = await operator.ask('incident', { params: { id: card.id } });
        const { agency, taskId } = work;
        await agency.ask('answerTask', {
          params: { id: taskId },
          body: {
            kind: 'done',
            key: `done-${taskId}`.slice(0, 60),
            photoSha256: await photoOf(agency, view),
            note: '',
          },
        });
        const claimedS = secondsSince(options.startedMs);
        tasks.set(card.id, { acceptedS: work.acceptedS, claimedS, agencyId: work.agencyId });
        say(`${claimedS} s: ${hazard} #${card.number}: claimed done by ${work.agencyId}`);
      }
      for (const [hazard, card] of confirmed) {
        if (fixed[hazard] !== undefined || !tasks.has(card.id)) continue;
        const view = await operator.ask('incident', { params: { id: card.id } });
        if (view.incident.state === 'closed') fixed[hazard] = secondsSince(options.startedMs);
        else if (view.incident.state === 'verifying') {
          // A grave one is closed by a person, who looks at what the camera said since the work was claimed.
          const lead = await sit('lead');
          const taskId = atWork.get(card.id)?.taskId;
          const check = taskId === undefined ? null : (await lead.ask('task', { params: { id: taskId } })).check;
          // Where the camera cannot judge the place (too far, hidden), the person decides by the agency's photo.
          if (check?.kind !== 'clear' && check?.kind !== 'unverifiable') continue;
          const method = check.kind === 'clear' ? ('camera' as const) : ('photo' as const);
          closedBy[hazard] = method;
          try {
            await lead.ask('verify', {
              params: { id: card.id },
              body: { version: view.incident.version, outcome: 'fixed', method, note: '' },
            });
          } catch (thrown) {
            notes.push(`verification of ${hazard}: ${messageOf(thrown)}`);
          }
        }
        if (fixed[hazard] !== undefined) say(`${secondsSince(options.startedMs)} s: ${hazard} #${card.number} closed`);
      }
      if (!clip && options.hazards.includes('dumping')) {
        const officer = await sit('officer');
        const { violations } = await officer.ask('violations');
        const ready = violations.find((one) => one.clip.state === 'sealed');
        if (ready) {
          const video = await officer.bytes(
            addressOf('clipVideo', { id: ready.clip.id }, { purpose: 'waste_violation' }),
          );
          const sha256 = createHash('sha256').update(video.bytes).digest('hex');
          clip = {
            bytes: video.bytes.length,
            sha256Ok:
              video.status === 200 &&
              sha256 === ready.clip.sha256 &&
              video.bytes.length === ready.clip.bytes &&
              video.bytes.subarray(4, 8).toString() === 'ftyp',
            violations: violations.length,
          };
          say(
            `${secondsSince(options.startedMs)} s: the officer fetched the clip, ${clip.bytes} bytes, sha256 ${clip.sha256Ok ? 'equal' : 'DIFFERS'}`,
          );
        }
      }
      await systemClock.sleep(1_000);
    }

    const truth = Truth.parse(await askWorld(standing, '/world/truth'));
    const cards = [...seen.values()].map((one) => one.card).filter((card) => card.origin === 'camera');
    const had = (camera: string | null, hazard: string): boolean =>
      truth.some((one) => one.id === camera && one.everHad.includes(hazard));
    const falseAlarms = cards.filter((card) => !had(card.cameraId, card.hazard));
    const places = truth.flatMap((camera) => camera.everHad.map((hazard) => ({ camera: camera.id, hazard })));
    const missed = places.filter(
      ({ camera, hazard }) => !cards.some((card) => card.cameraId === camera && card.hazard === hazard),
    );
    for (const card of falseAlarms)
      notes.push(
        `false: ${card.hazard} ${card.sub} at camera ${card.cameraId ?? '–'} (#${card.number}, level ${card.level.toFixed(2)})`,
      );
    for (const { camera, hazard } of missed) notes.push(`missed: ${hazard} at camera ${camera}`);
    const perHazard = Object.fromEntries(
      hazardNames.map((hazard) => [
        hazard,
        cards.filter((card) => card.hazard === hazard && had(card.cameraId, hazard)).length,
      ]),
    );
    const raisedAll = options.hazards.filter((hazard) => (perHazard[hazard] ?? 0) > 0).length;
    const first = [...seen.values()].map((one) => one.atS).sort((a, b) => a - b)[0] ?? null;
    const processes = standing.processes();
    const rss: Record<string, number | null> = {};
    let cpu = 0;
    for (const child of processes) {
      if (child.pid === undefined) continue;
      cpu += treeCpuS(child.pid);
      rss[child.name] = rssMiB(child.pid);
      for (const below of treeOf(child.pid).slice(1))
        rss[`${child.name}.child`] = Math.max(rss[`${child.name}.child`] ?? 0, rssMiB(below) ?? 0);
    }
    const restarts = processes.reduce((sum, child) => sum + child.starts - 1, 0);
    if (restarts > 0) notes.push(`${restarts} processes were started again`);
    return {
      command: 'demo',
      args: { minutes: options.minutes, hazards: options.hazards, driver: driver?.name ?? 'contract' },
      result: {
        readyS,
        firstIncidentS: first,
        cameras: standing.cameras,
        incidents: perHazard,
        places: places.length,
        missed: missed.length,
        falseAlarms: falseAlarms.length,
        confirmed: confirmed.size,
        tasks: Object.fromEntries([...tasks].map(([id, task]) => [seen.get(id)?.card.number ?? id, task])),
        closed: fixed,
        closedBy,
        emptyClaims: [...empty].map(([id, claim]) => ({ number: seen.get(id)?.card.number ?? id, ...claim })),
        pushed,
        clip: clip ?? null,
        loop: { raisedToTaskS },
        cpuS: Number(cpu.toFixed(1)),
        databaseCpuS: standing.databasePid === undefined ? null : cpuS(standing.databasePid),
        rssMiB: rss,
      },
      bars: [
        bar('demo.readyS', '<=', 60, readyS),
        bar('demo.firstIncidentS', '<=', 180, first),
        bar('demo.hazardsRaised', '>=', options.hazards.length, raisedAll),
        bar('demo.falseAlarms', '==', 0, falseAlarms.length),
        bar('demo.missed', '==', 0, missed.length),
        bar('demo.confirmed', '>=', 1, confirmed.size),
        bar('demo.tasksClaimedDone', '>=', 1, tasks.size),
        // A short run has no time for the whole circle; then these two decide nothing.
        ...(options.minutes >= 3
          ? [
              bar('demo.closed', '>=', options.hazards.length, Object.keys(fixed).length),
              ...(options.hazards.includes(emptyClaim)
                ? [bar('demo.returned', '>=', 1, [...empty.values()].filter((one) => one.returnedS !== null).length)]
                : []),
            ]
          : []),
        ...(options.hazards.includes('dumping')
          ? [bar('demo.clipWhole', '==', 1, clip ? Number(clip.sha256Ok) : null)]
          : []),
      ],
      notes,
    };
  } finally {
    for (const seat of seats) seat.leave();
    await driver?.close();
    await standing.stop();
    if (!options.keep) rmSync(folder, { recursive: true, force: true });
  }
}

/** The picture that the agency sends with its claim. */
async function photoOf(agency: Seat, view: AnswerOf<'incident'>): Promise<string | null> {
  const sha256 = view.now?.sha256 ?? view.incident.stillSha256;
  if (!sha256) return null;
  const still = await agency.bytes(addressOf('still', { sha256 }));
  return still.status === 200 ? (await agency.photo(still.bytes)).sha256 : null;
}

async function confirmByContract(seat: Seat, incidentId: string): Promise<void> {
  const view = await seat.ask('incident', { params: { id: incidentId } });
  await seat.ask('verdict', {
    body: { kind: 'confirm', id: `v-${incidentId}`.slice(0, 60), incidentId, version: view.incident.version },
  });
}

/** The operator without a browser. */
export function contractDriver(seat: Seat): DeskDriver {
  return {
    name: 'contract',
    confirm: (incidentId) => confirmByContract(seat, incidentId),
    close: () => Promise.resolve(),
  };
}
