// Many cameras changed at once: how often they are looked at, and what of them is put off. First what would change, then exactly that.
import { Camera } from '#core/camera';
import { AhualError } from '#core/errors';
import { hazardNames, isSeen, type HazardName } from '#core/hazard-name';
import { undecidedIncidentStates } from '#core/incident';
import { nodesOf } from '#core/outage';
import type { Person } from '#core/person';
import { shelveMaxMin } from '#incidents';
import { audit, cameraQuiet, cameras, incidents, placeVersions, type Db } from '#store';
import type { SetLine, SetTrial } from '../contract.ts';
import type { Glass } from './glass.ts';
import { may } from './may.ts';
import { serve } from './serve.ts';

interface PlanWish {
  readonly cameras: readonly string[];
  readonly everyS: number | null;
}

interface QuietWish {
  readonly cameras: readonly string[];
  readonly hazards: readonly HazardName[];
  readonly minutes: number | null;
}

const hazardsOf = (camera: Camera): HazardName[] =>
  hazardNames.filter((name) => camera.zones.some((zone) => zone.hazards.includes(name)));

const perMinute = (list: readonly Camera[], cityEveryS: number): number =>
  Math.round(list.reduce((sum, { watch, lookEveryS }) => sum + (watch ? 0 : 60 / (lookEveryS ?? cityEveryS)), 0));

/** A camera with this rhythm of its own, or with the city's. */
function withRhythm(camera: Camera, everyS: number | null): Camera {
  return Camera.parse({ ...camera, lookEveryS: everyS ?? undefined });
}

/** What a rhythm would change, camera by camera. Pure; `cityEveryS` null where it is not known. */
export function planTrial(wish: PlanWish, now: ReadonlyMap<string, Camera>, cityEveryS: number | null): SetTrial {
  const lines = [...new Set(wish.cameras)].map((cameraId): SetLine => {
    const camera = now.get(cameraId);
    const everyS = camera?.lookEveryS ?? null;
    const why = !camera ? 'gone' : camera.watch ? 'watched' : everyS === wish.everyS ? 'same' : null;
    return { cameraId, stays: why, everyS, hazards: [] };
  });
  const changed = new Set(lines.filter((line) => line.stays === null).map((line) => line.cameraId));
  const before = [...now.values()];
  const after = before.map((camera) => (changed.has(camera.id) ? withRhythm(camera, wish.everyS) : camera));
  return {
    tried: placeVersions.seenOf([wish, lines]),
    lines,
    changes: changed.size,
    perMinute:
      cityEveryS === null ? null : { before: perMinute(before, cityEveryS), after: perMinute(after, cityEveryS) },
    waiting: 0,
  };
}

/** What putting off, or its end, would change. Pure. */
export function quietTrial(
  wish: QuietWish,
  now: ReadonlyMap<string, Camera>,
  off: readonly cameraQuiet.QuietWish[],
  waiting: number,
): SetTrial {
  const isOff = new Set(off.map(({ cameraId, hazard }) => `${cameraId} ${hazard}`));
  const lines = [...new Set(wish.cameras)].map((cameraId): SetLine => {
    const camera = now.get(cameraId);
    const here = camera ? hazardsOf(camera).filter((name) => wish.hazards.includes(name)) : [];
    const named = wish.minutes === null ? wish.hazards.filter((name) => isOff.has(`${cameraId} ${name}`)) : here;
    const why = !camera ? 'gone' : named.length > 0 ? null : wish.minutes === null ? 'same' : 'hazard-not-here';
    return { cameraId, stays: why, everyS: null, hazards: [...named] };
  });
  const changes = lines.filter((line) => line.stays === null).length;
  return { tried: placeVersions.seenOf([wish, lines]), lines, changes, perMinute: null, waiting };
}

const changedSince = (): AhualError =>
  new AhualError(
    'INCIDENT_CHANGED',
    'Somebody changed these cameras since it was shown what would change.',
    'Nothing was written; let it be shown anew.',
  );

const nothingChanges = (): AhualError =>
  new AhualError(
    'REQUEST_INVALID',
    'None of these cameras would change.',
    'Choose other cameras or another value; why each stays is shown beside it.',
  );

/** How long this person may put these hazards off, as an incident (domain 3.2 row 9). */
export function longestMinutes(person: Pick<Person, 'roles'>, hazards: readonly HazardName[]): number {
  if (!may(person, 'shelve-long')) return shelveMaxMin.operator;
  return hazards.every((name) => name === 'snow') ? shelveMaxMin.snow : shelveMaxMin.shiftLead;
}

function refuseLong(person: Person, { minutes, hazards }: QuietWish): void {
  if (minutes === null || minutes <= longestMinutes(person, hazards)) return;
  if (!may(person, 'shelve-long')) {
    const message = `An operator puts off for ${shelveMaxMin.operator} minutes at most.`;
    throw new AhualError('AUTH_DENIED', message, 'The shift lead may put it off for longer.');
  }
  throw new AhualError(
    'AUTH_DENIED',
    `These hazards are put off for ${shelveMaxMin.shiftLead} minutes at most.`,
    `Snow alone may be put off for ${shelveMaxMin.snow} minutes.`,
  );
}

/** Routes of the list of cameras. */
export function openCameraSets(glass: Glass): void {
  const { app, door, database, register, clock, settings } = glass;
  const cityEveryS = settings.rhythm?.lookEveryS ?? null;
  const nowById = (list: readonly Camera[]): Map<string, Camera> => new Map(list.map((one) => [String(one.id), one]));

  serve(app, door, 'cameraSets', async ({ session: { person } }) => {
    const list = register.cameras();
    const nodes = new Map<string, string[]>();
    for (const camera of list) {
      const [host] = nodesOf(camera);
      if (host === undefined) continue;
      const own = nodes.get(host);
      if (own) own.push(camera.id);
      else nodes.set(host, [camera.id]);
    }
    const quiet = new Map<string, { hazards: HazardName[]; untilMs: number }>();
    for (const { cameraId, hazard, untilMs } of await cameraQuiet.now(database, clock.nowMs())) {
      const known = quiet.get(cameraId) ?? { hazards: [], untilMs };
      quiet.set(cameraId, { hazards: [...known.hazards, hazard], untilMs: Math.max(known.untilMs, untilMs) });
    }
    const seesNodes = may(person, 'edit-cameras') || may(person, 'see-system');
    return {
      nodes: seesNodes ? [...nodes].map(([node, own]) => ({ node, cameras: own })) : null,
      cityEveryS,
      own: list.flatMap(({ id, lookEveryS }) =>
        lookEveryS === undefined ? [] : [{ cameraId: id, everyS: lookEveryS }],
      ),
      quiet: [...quiet].map(([cameraId, one]) => ({ cameraId, ...one })),
    };
  });

  serve(app, door, 'tryCameraPlan', async ({ body }) =>
    planTrial(body, nowById(await cameras.all(database)), cityEveryS),
  );

  serve(app, door, 'setCameraPlan', async ({ body, session }) => {
    const { tried, why, ...wish } = body;
    const by = { actor: session.person.id, atMs: clock.nowMs(), why };
    const changed = await database.transaction(async (tx) => {
      let lines: readonly SetLine[] = [];
      await cameras.editMany(
        tx,
        (now) => {
          const trial = planTrial(wish, now, cityEveryS);
          if (trial.tried !== tried) throw changedSince();
          if (trial.changes === 0) throw nothingChanges();
          lines = trial.lines.filter((line) => line.stays === null);
          const put = lines.flatMap(({ cameraId }) => {
            const camera = now.get(cameraId);
            return camera ? [withRhythm(camera, wish.everyS)] : [];
          });
          return { put, gone: [] };
        },
        by,
      );
      await audit.writeMany(
        tx,
        lines.map(({ cameraId, everyS }) => ({
          atMs: by.atMs,
          actor: by.actor,
          act: 'camera plan set',
          objectKind: 'camera',
          objectId: cameraId,
          facts: { everyS: wish.everyS ?? 'city', before: everyS ?? 'city' },
        })),
      );
      const within = wish.everyS ?? cityEveryS;
      if (within !== null) {
        const ids = lines.map(({ cameraId }) => cameraId);
        await cameras.dueWithin(tx, ids, by.atMs + within * 1000);
      }
      return lines.length;
    });
    await register.refresh();
    return { changed };
  });

  async function trialOfQuiet(db: Db, wish: QuietWish): Promise<SetTrial> {
    const chosen = new Set(wish.cameras);
    // One after the other: in a transaction they share a connection.
    const list = await cameras.all(db);
    const off = await cameraQuiet.now(db, clock.nowMs());
    const open = await incidents.open(db, { states: undecidedIncidentStates });
    const waiting = open.filter(
      ({ cameraId, hazard, state }) =>
        cameraId !== null &&
        chosen.has(cameraId) &&
        isSeen(hazard) &&
        wish.hazards.includes(hazard) &&
        state !== 'candidate',
    ).length;
    return quietTrial(wish, nowById(list), off, waiting);
  }

  serve(app, door, 'tryCameraQuiet', async ({ body, session }) => {
    refuseLong(session.person, body);
    return trialOfQuiet(database, body);
  });

  serve(app, door, 'setCameraQuiet', async ({ body, session }) => {
    const { tried, reason, ...wish } = body;
    refuseLong(session.person, wish);
    const atMs = clock.nowMs();
    const by = { actor: session.person.id, atMs, reason };
    const changed = await database.transaction(async (tx) => {
      const trial = await trialOfQuiet(tx, wish);
      if (trial.tried !== tried) throw changedSince();
      if (trial.changes === 0) throw nothingChanges();
      const wishes = trial.lines.flatMap(({ cameraId, hazards }) => hazards.map((hazard) => ({ cameraId, hazard })));
      if (wish.minutes === null) await cameraQuiet.end(tx, wishes, by);
      else await cameraQuiet.putOff(tx, wishes, { ...by, untilMs: atMs + wish.minutes * 60_000 });
      return trial.changes;
    });
    return { changed };
  });
}
