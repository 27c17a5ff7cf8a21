// What `ahual bench live` looks at: a town of cameras with their pictures, and incidents that are raised one after another.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { City } from '#config';
import { systemClock } from '#core/clock';
import type { HazardName } from '#core/hazard-name';
import { IncidentId, newId } from '#core/ids';
import type { Incident } from '#core/incident';
import { inRoot } from '#core/root';
import { agencies, incidents, rules, tasks, type Database, type files as fileStore } from '#store';
import { fillCity, type BenchCity } from '../map/city.ts';

export interface Town {
  readonly login: string;
  readonly password: string;
  /** Raises the next incident; a picture, a place and a zone of its own. */
  raise(): Promise<Incident>;
  /** Closes what was confirmed, and its tasks: as much stays open as was before. */
  closeConfirmed(): Promise<void>;
  /** How many incidents are open. */
  open(): Promise<number>;
  /** Waits until as many wait for a verdict as at its first call: what is on its way has come. */
  untilDecided(withinS: number): Promise<void>;
}

/** Hazards whose verdicts need no clip. */
const kinds: readonly HazardName[] = ['snow', 'flooding', 'open-manhole'];

/** The detector's own close frames stand in for pictures. */
async function pictures(files: fileStore.Files): Promise<string[]> {
  const folder = inRoot('detector', 'close-frames');
  const names = readdirSync(folder).filter((name) => name.endsWith('.jpg'));
  return Promise.all(names.slice(0, 12).map((name) => files.put(readFileSync(join(folder, name)), 'still', 'jpg')));
}

/** Fills the database; the town's cameras are many enough that no incident shares its zone with another. */
export async function fillTown(
  database: Database,
  files: fileStore.Files,
  city: City,
  wanted: { readonly cameras: number; readonly seed: number },
): Promise<Town> {
  const filled: BenchCity = await fillCity(database, city, { ...wanted, incidents: 0 });
  await database.transaction(async (tx) => {
    await agencies.replace(tx, [...city.agencies]);
    await rules.replaceRouting(tx, [...city.routing], 'bench');
    await rules.replacePolicies(tx, [...city.policies], 'bench');
    await rules.replaceHolidays(tx, [...city.holidays], 'bench');
  });
  const stills = await pictures(files);
  let n = 0;
  let waitingMost = Infinity;
  const waiting = async (): Promise<number> =>
    (await incidents.open(database)).filter(({ state }) => state === 'pending_review').length;
  return {
    login: filled.login,
    password: filled.password,
    open: async () => (await incidents.open(database)).length,
    async untilDecided(withinS) {
      const untilMs = systemClock.monotonicMs() + withinS * 1000;
      let now = await waiting();
      while (now > waitingMost && systemClock.monotonicMs() < untilMs) {
        await systemClock.sleep(50);
        now = await waiting();
      }
      waitingMost = Math.min(waitingMost, now);
    },
    async closeConfirmed() {
      const change = { atMs: systemClock.nowMs(), actor: 'judge', reason: 'bench' };
      const confirmed = (await incidents.open(database)).filter(({ state }) => state !== 'pending_review');
      for (const incident of confirmed) {
        await database.transaction(async (tx) => {
          for (const task of await tasks.byIncident(tx, incident.id))
            await tasks.update(tx, task, { state: 'cancelled' }, change);
          await incidents.update(tx, incident, { state: 'closed', closedAtMs: change.atMs }, change);
        });
      }
    },
    async raise() {
      const at = n++;
      const camera = filled.cameras[at % filled.cameras.length];
      if (!camera) throw new Error('a town without cameras');
      const nowMs = systemClock.nowMs();
      const stillSha256 = stills[at % Math.max(1, stills.length)] ?? null;
      return database.transaction((tx) =>
        incidents.insert(
          tx,
          {
            id: IncidentId.parse(newId(systemClock)),
            hazard: kinds[at % kinds.length] ?? 'snow',
            sub: '',
            state: 'pending_review',
            severity: 'S2',
            cameraId: camera.id,
            zoneId: 'road',
            point: camera.point,
            district: camera.district,
            origin: 'camera',
            openedAtMs: nowMs,
            raisedAtMs: nowMs,
            decidedAtMs: null,
            closedAtMs: null,
            lastSeenAtMs: nowMs,
            untilMs: null,
            level: 0.8,
            why: {
              looks: 3,
              hazardLooks: 3,
              overS: 130,
              level: 0.8,
              rule: 'bench',
              models: [],
              weather: '',
              facts: {},
            },
            mark: null,
            stillSha256,
            beforeSha256: null,
            beforeAtMs: null,
            rejectReason: null,
            mergedInto: null,
            decidedBy: null,
            note: '',
            reopens: 0,
            massId: null,
          },
          { atMs: nowMs, actor: 'judge', reason: 'bench' },
        ),
      );
    },
  };
}
