// Cameras that misbehave in turn, at many times the pace of life, before real eyes and with the write of every look: what is said of
// each, how soon, whether it recovers, and whether anything grows (measure 11, the part of the cameras).
import { spawn, type ChildProcess } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { Camera } from '#core/camera';
import { systemClock } from '#core/clock';
import { AhualError } from '#core/errors';
import { lookIdOf } from '#core/ids';
import { silentLog } from '#core/log';
import { lookOf, startEye, startWatchEye, type LookAnswer, type WatchEye, type WatchNews } from '#ingest';
import { cameras as cameraRows, looks, type Database } from '#store';
import { bar, type Bar, type Measurement } from '../frame.ts';
import { withOwnDatabase } from '../own-database.ts';
import { median, quantile, rounded } from '../statistics.ts';
import { faultCases, type FaultCase, type Said } from './cases.ts';
import { holdingOf, type Holding } from './holding.ts';
import { startTown, type Town } from './town.ts';

export const faultSabotages = ['leak-socket', 'leak-process', 'leak-memory', 'no-healing'] as const;

export interface FaultsOptions {
  readonly minutes: number;
  /** Ids of faults; all that a look can show when empty. */
  readonly faults: readonly string[];
  readonly inFlight: number;
  readonly lookTimeoutS: number;
  /** So many cameras drop and come back at the same second, once, at the end. */
  readonly storm: number;
  /** Rounds at least, however short the time. */
  readonly leastRounds: number;
  readonly sabotage: 'none' | (typeof faultSabotages)[number];
  /** Built file of the eye, when another than the product's own. */
  readonly entry?: string;
  readonly say: (text: string) => void;
}

/** One way to look at one camera's fault. */
interface Subject {
  readonly id: string;
  readonly one: FaultCase;
  readonly camera: Camera;
  readonly lawful: readonly Said[];
  readonly signIn: { readonly user: string; readonly password: string } | null;
}

interface Course {
  states: Map<string, number>;
  reason: string;
  wrong: number;
  toStateS: number[];
  recoveryS: number[];
  notRecovered: number;
}

const healthyIds = ['good-1', 'good-2', 'good-3'];
const zones = [
  {
    id: 'road',
    kind: 'carriageway',
    hazards: ['snow', 'flooding'],
    polygon: [
      [0.1, 0.4],
      [0.9, 0.4],
      [0.9, 0.95],
      [0.1, 0.95],
    ],
  },
];
/** Between two looks at one camera: a fault is asked several times a round, and no core is filled by asking. */
const pauseMs = 1500;
/** Rounds before anything is compared: programs are compiled and pools filled by then. */
const warmUpRounds = 2;
/** A watched stream is told by then (a missing key frame is the slowest); a watch that failed a while waits up to this to try again. */
const watchSlackS = 34;

const cameraOf = (id: string, over: Readonly<Record<string, unknown>>): Camera =>
  Camera.parse({
    id,
    name: { kk: id, ru: id, en: id },
    point: { lon: 71.44, lat: 51.14 },
    district: 'esil',
    restricted: false,
    zones,
    ...over,
  });

const saidOf = ({ outcome, widthPx }: LookAnswer): Said =>
  outcome.kind === 'seen' || widthPx !== null ? 'seen' : outcome.state;

/** Runs the rounds and gives what was said and what grew. */
export async function measureFaults(options: FaultsOptions): Promise<Measurement> {
  return withOwnDatabase('ahual-faults', async (database) => {
    const cases = faultCases.filter(
      // What needs UDP, or is only there to be lawful, is shown by the tests of odd streams.
      (one) => one.fault.kind !== 'odd' && (options.faults.length === 0 || options.faults.includes(one.id)),
    );
    if (cases.length === 0)
      throw new AhualError('CONFIG_INVALID', 'No such fault.', `Choose of ${faultCases.map((c) => c.id).join(', ')}.`);
    await using town = await startTown([
      ...healthyIds.map((id) => ({ id, clip: 'testcard-small' })),
      ...cases.map(({ id }) => ({
        id,
        clip: id === 'new-resolution' ? 'testcard' : 'testcard-small',
        ...(id === 'stale-nonce' ? { signIn: 'digest' as const } : {}),
        ...(id === 'refuse' ? { ownDoor: true } : {}),
      })),
      ...Array.from({ length: options.storm }, (_, i) => ({ id: `storm-${i}`, clip: 'testcard-small' })),
    ]);
    return await rounds(options, database, town, cases);
  });
}

async function rounds(
  options: FaultsOptions,
  database: Database,
  town: Town,
  cases: readonly FaultCase[],
): Promise<Measurement> {
  const clock = systemClock;
  const subjects = cases.flatMap((one): Subject[] => {
    const known = town.camera(one.id);
    const signIn = known.signIn ? { user: known.signIn.user, password: known.signIn.password } : null;
    const stream = { id: one.id, one, camera: cameraOf(one.id, { rtsp: known.rtspUrl }), lawful: one.look, signIn };
    if (!one.still) return [stream];
    const id = `${one.id}-still`;
    return [stream, { id, one, camera: cameraOf(id, { snapshot: known.snapshotUrl }), lawful: one.still, signIn }];
  });
  const healthy = healthyIds.map((id) => cameraOf(id, { rtsp: town.camera(id).rtspUrl }));
  const storm = Array.from({ length: options.storm }, (_, i) => {
    const id = `storm-${i}`;
    return cameraOf(id, { rtsp: town.camera(id).rtspUrl });
  });
  await database.transaction((tx) =>
    cameraRows.replace(tx, [...healthy, ...storm, ...subjects.map(({ camera }) => camera)]),
  );
  const dropFolder = join(town.folder, 'drop');
  const entry = options.entry === undefined ? {} : { entry: options.entry };
  const eye = startEye({
    inFlight: options.inFlight,
    ways: ['node-av'],
    dropFolder,
    log: silentLog,
    recycleLooks: 1_000_000,
    recycleMiB: 4000,
    ...entry,
  });
  const news: WatchNews[] = [];
  let deaths = 0;
  const watched = cases.filter((one) => one.watch && !one.watch.includes('seen')).map((one) => one.id);
  const leaks: { sockets: Socket[]; processes: ChildProcess[]; memory: Buffer[] } = {
    sockets: [],
    processes: [],
    memory: [],
  };
  let watch: WatchEye | undefined;
  try {
    await eye.ready();
    watch = await startWatchEye({
      fps: 5,
      beatMs: 2000,
      glanceMs: 3_600_000,
      ringFolder: join(town.folder, 'ring'),
      ringMs: 20_000,
      ringBytes: 256 * 2 ** 20,
      freeBytesMin: 0,
      ways: ['node-av'],
      ffmpeg: 'ffmpeg',
      dropFolder,
      streams: watched.length + 1,
      onMessage: (message) => {
        if (message.kind === 'stream') news.push(message);
      },
      onDeath: () => (deaths += 1),
      ...entry,
    });
    for (const id of [...watched, 'good-1']) watch.watch(cameraOf(id, { rtsp: town.camera(id).rtspUrl, watch: true }));
    const course = new Map<string, Course>(subjects.map(({ id }) => [id, emptyCourse()]));
    const watchCourse = new Map<string, Course>(watched.map((id) => [id, emptyCourse()]));
    const holdings: Holding[] = [];
    let lookCount = 0;
    let written = 0;
    let hurt = 0;

    const look = async (camera: Camera, signIn: Subject['signIn']): Promise<LookAnswer> => {
      const dueAtMs = clock.nowMs();
      const answer = await eye.look({
        lookId: lookIdOf(camera.id, dueAtMs),
        camera,
        signIn,
        timeoutMs: options.lookTimeoutS * 1000,
        still: 'news',
        lastDigest: null,
      });
      lookCount++;
      if ((await looks.save(database, lookOf(camera, dueAtMs, answer, null), { judgeAll: true })) === 'saved')
        written++;
      if (options.sabotage === 'leak-socket' && lookCount % 4 === 0) {
        const socket = connect(town.rtspPort, '127.0.0.1');
        socket.on('error', () => undefined);
        leaks.sockets.push(socket);
      }
      if (options.sabotage === 'leak-memory') leaks.memory.push(Buffer.alloc(2 ** 20, 1));
      return answer;
    };
    const within = (limitS: number): (() => boolean) => {
      const endMs = clock.monotonicMs() + limitS * 1000;
      return () => clock.monotonicMs() < endMs;
    };
    const lookLimitS = options.lookTimeoutS * 4;

    /** Looks at one subject until `wanted` is said; gives seconds since the fault came or went. */
    const lookUntil = async (
      subject: Subject,
      wanted: readonly Said[],
      note: Course | undefined,
    ): Promise<number | undefined> => {
      const sinceMs = clock.monotonicMs();
      const isTime = within(lookLimitS);
      for (;;) {
        const answer = await look(subject.camera, subject.signIn);
        const said = saidOf(answer);
        if (note) {
          note.states.set(said, (note.states.get(said) ?? 0) + 1);
          if (answer.outcome.kind === 'unseen' && wanted.includes(said)) note.reason = answer.outcome.detail;
        }
        if (wanted.includes(said)) return (clock.monotonicMs() - sinceMs) / 1000;
        if (!isTime()) return undefined;
        await clock.sleep(pauseMs);
      }
    };
    const watchUntil = async (
      id: string,
      from: number,
      isIt: (one: WatchNews & { kind: 'stream' }) => boolean,
    ): Promise<number | undefined> => {
      const sinceMs = clock.monotonicMs();
      const isTime = within(watchSlackS);
      for (;;) {
        const told = news.slice(from).find((one) => one.kind === 'stream' && one.news.cameraId === id && isIt(one));
        if (told) return (clock.monotonicMs() - sinceMs) / 1000;
        if (!isTime()) return undefined;
        await clock.sleep(100);
      }
    };
    const goodOnes = async (isOver: () => boolean): Promise<void> => {
      while (!isOver()) {
        for (const camera of healthy) if (saidOf(await look(camera, null)) !== 'seen') hurt++;
        await clock.sleep(pauseMs);
      }
    };

    const round = async (): Promise<void> => {
      let isOver = false;
      const beside = goodOnes(() => isOver);
      // A stream that plays would not notice what only bites at its beginning: it is cut first.
      await Promise.all(watched.map((id) => town.fault(id, { kind: 'refuse' })));
      const from = news.length;
      await Promise.all(cases.map(({ id, fault }) => town.fault(id, fault)));
      const told = [
        ...subjects.map(async (subject) => {
          const mine = course.get(subject.id);
          const tookS = await lookUntil(subject, subject.lawful, mine);
          if (tookS === undefined) mine?.toStateS.push(lookLimitS);
          else mine?.toStateS.push(tookS);
          if (mine && tookS === undefined) mine.wrong++;
        }),
        ...watched.map(async (id) => {
          const mine = watchCourse.get(id);
          const lawful = cases.find((one) => one.id === id)?.watch ?? [];
          const tookS = await watchUntil(id, from, ({ news: said }) => {
            if (said.state !== 'broken' || !lawful.includes(said.health)) return false;
            if (mine) mine.reason = said.detail;
            mine?.states.set(said.health, (mine.states.get(said.health) ?? 0) + 1);
            return true;
          });
          mine?.toStateS.push(tookS ?? watchSlackS);
          if (mine && tookS === undefined) mine.wrong++;
        }),
      ];
      await Promise.all(told);
      const healedFrom = news.length;
      if (options.sabotage !== 'no-healing') await Promise.all(cases.map(({ id }) => town.fault(id, null)));
      await Promise.all([
        ...subjects.map(async (subject) => {
          const tookS = await lookUntil(subject, ['seen'], undefined);
          const mine = course.get(subject.id);
          if (tookS === undefined && mine) mine.notRecovered++;
          else if (tookS !== undefined) mine?.recoveryS.push(tookS);
        }),
        ...watched.map(async (id) => {
          const tookS = await watchUntil(id, healedFrom, ({ news: said }) => said.state === 'playing');
          const mine = watchCourse.get(id);
          if (tookS === undefined && mine) mine.notRecovered++;
          else if (tookS !== undefined) mine?.recoveryS.push(tookS);
        }),
      ]);
      isOver = true;
      await beside;
      if (options.sabotage === 'leak-process')
        leaks.processes.push(spawn(process.execPath, ['-e', 'setInterval(() => 0, 1e6)'], { stdio: 'ignore' }));
      holdings.push(
        await holdingOf({ worker: process.pid, eye: eye.state().pid, watch: watch?.pid ?? null, beside: town.pid }),
      );
    };

    const endMs = clock.monotonicMs() + options.minutes * 60_000;
    const wantedRounds = Math.max(options.leastRounds, warmUpRounds + 2);
    for (let n = 1; n <= wantedRounds || clock.monotonicMs() < endMs; n++) {
      options.say(`round ${n}: ${subjects.length} looks and ${watched.length} watches at cameras with faults`);
      await round();
      if (options.sabotage === 'no-healing') break;
    }
    const stormed = await runStorm(options, town, storm, look);

    const result: Record<string, unknown> = {};
    for (const [id, one] of course) result[id] = printed(one);
    for (const [id, one] of watchCourse) result[`${id}-watched`] = printed(one);
    const all = [...course.values(), ...watchCourse.values()];
    const grown = growthOf(holdings.slice(warmUpRounds));
    const looksOnly = [...course.values()].flatMap((one) => one.toStateS);
    const n = holdings.length;
    const bars: Bar[] = [
      bar(
        'faults.wrongState',
        '==',
        0,
        all.reduce((sum, one) => sum + one.wrong, 0),
        all.length * n,
      ),
      bar(
        'faults.notRecovered',
        '==',
        0,
        all.reduce((sum, one) => sum + one.notRecovered, 0),
        all.length * n,
      ),
      bar('faults.neighboursHurt', '==', 0, hurt),
      bar('faults.eyeDeaths', '==', 0, eye.state().crashes + deaths),
      bar('faults.looksNotWritten', '==', 0, lookCount - written, lookCount),
      bar('faults.toStateS.p95', '<=', options.lookTimeoutS + 3, rounded(quantile(looksOnly, 0.95)), looksOnly.length),
      ...(['worker', 'eye', 'watch'] as const).map((name) =>
        bar(`faults.${name}.rssGrowth`, '<=', 0.05, rounded(grown[name].rss, 3), n),
      ),
      bar('faults.filesGrown', '<=', 0, grown.files, n),
      bar('faults.threadsGrown', '<=', 0, grown.threads, n),
      bar('faults.processesGrown', '<=', 0, grown.processes, n),
      ...stormed.bars,
    ];
    return {
      command: 'bench faults',
      args: { ...options, say: undefined, entry: undefined },
      result: { rounds: n, looks: lookCount, faults: result, holdings: holdings.map(shortly), ...stormed.result },
      bars,
      notes: [],
    };
  } finally {
    for (const socket of leaks.sockets) socket.destroy();
    for (const child of leaks.processes) child.kill('SIGKILL');
    await watch?.[Symbol.asyncDispose]();
    await eye[Symbol.asyncDispose]();
  }
}

const emptyCourse = (): Course => ({
  states: new Map(),
  reason: '',
  wrong: 0,
  toStateS: [],
  recoveryS: [],
  notRecovered: 0,
});

const printed = ({ states, reason, toStateS, recoveryS, wrong, notRecovered }: Course): string =>
  [
    [...states].map(([state, n]) => `${state} ${n}`).join(', '),
    `told in ${rounded(median(toStateS)) ?? '?'} s (most ${rounded(quantile(toStateS, 1)) ?? '?'})`,
    `whole again in ${rounded(median(recoveryS)) ?? '?'} s`,
    ...(wrong > 0 ? [`WRONG ${wrong}`] : []),
    ...(notRecovered > 0 ? [`NOT RECOVERED ${notRecovered}`] : []),
    ...(reason === '' ? [] : [`"${reason}"`]),
  ].join(' · ');

const shortly = ({ worker, eye, watch, processes }: Holding): string =>
  `${worker.rssMiB}+${eye.rssMiB}+${watch.rssMiB} MiB, ${worker.files}+${eye.files}+${watch.files} files, ` +
  `${worker.threads}+${eye.threads}+${watch.threads} threads, ${processes} processes`;

/** The last half of the rounds against the first one, medians: memory as a share, the others as numbers. */
function growthOf(rounds: readonly Holding[]) {
  const half = Math.max(1, Math.floor(rounds.length / 2));
  const [early, late] = [rounds.slice(0, half), rounds.slice(-half)];
  const change = (pick: (one: Holding) => number): { early: number; late: number } => ({
    early: median(early.map(pick)) ?? 0,
    late: median(late.map(pick)) ?? 0,
  });
  const share = (pick: (one: Holding) => number): number => {
    const { early: from, late: to } = change(pick);
    return to / Math.max(1, from) - 1;
  };
  // Connections under way come and go; what is not given back is there at the lowest ebb too.
  const number = (pick: (one: Holding) => number): number => Math.min(...late.map(pick)) - Math.min(...early.map(pick));
  const sum =
    (pick: 'files' | 'threads') =>
    (one: Holding): number =>
      one.worker[pick] + one.eye[pick] + one.watch[pick];
  return {
    worker: { rss: share((one) => one.worker.rssMiB) },
    eye: { rss: share((one) => one.eye.rssMiB) },
    watch: { rss: share((one) => one.watch.rssMiB) },
    files: number(sum('files')),
    threads: number(sum('threads')),
    processes: number((one) => one.processes),
  };
}

/** All storm cameras drop at once, are looked at, come back at once, and are looked at again. */
async function runStorm(
  { storm, say, inFlight }: FaultsOptions,
  town: Town,
  cameras: readonly Camera[],
  look: (camera: Camera, signIn: null) => Promise<LookAnswer>,
): Promise<{ bars: Bar[]; result: Record<string, unknown> }> {
  if (storm === 0) return { bars: [], result: {} };
  say(`${storm} cameras drop at the same second and come back at the same second`);
  const lookAtAll = async (wanted: Said): Promise<{ missed: number; tookS: number }> => {
    const beganMs = systemClock.monotonicMs();
    const left = [...cameras];
    let missed = 0;
    await Promise.all(
      Array.from({ length: inFlight }, async () => {
        for (let camera = left.shift(); camera; camera = left.shift())
          if (saidOf(await look(camera, null)) !== wanted) missed++;
      }),
    );
    return { missed, tookS: (systemClock.monotonicMs() - beganMs) / 1000 };
  };
  await Promise.all(cameras.map(({ id }) => town.fault(id, { kind: 'refuse' })));
  const dropped = await lookAtAll('refused');
  await Promise.all(cameras.map(({ id }) => town.fault(id, null)));
  const back = await lookAtAll('seen');
  return {
    bars: [
      bar('faults.storm.notTold', '==', 0, dropped.missed, storm),
      bar('faults.storm.notBack', '==', 0, back.missed, storm),
    ],
    result: { stormToldS: rounded(dropped.tookS), stormBackS: rounded(back.tookS) },
  };
}
