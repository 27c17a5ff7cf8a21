// Random histories of a small city on a real database: whatever comes late, twice, from ahead or from places that are gone, nothing
// is lost, nothing is raised twice, and every step is one of the table's.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Camera } from '#core/camera';
import type { Clock } from '#core/clock';
import { AhualError, never } from '#core/errors';
import type { HazardName } from '#core/hazard-name';
import type { Incident, IncidentState } from '#core/incident';
import type { Observation, Word } from '#core/observation';
import type { Verdict } from '#core/verdict';
import { Belief, defaultHazardSettings, hazards } from '#hazards';
import { giveVerdict, moves, type Judge } from '#incidents';
import { beliefs, cameras, incidents, looks, sql, type Tx } from '#store';
import { propertyTimeoutMs, runs } from '../support/property.ts';
import { emptyableCity } from './emptyable-city.ts';
import { aPlace, aWord, keyOf, places, type Place } from './places-of-histories.ts';
import { aliya, judgeSettings, lead, serik, theCameras, type City } from './heart-city.ts';

const mapChanges = ['without c1', 'without the lid', 'the road redrawn', 'as it was'] as const;
const verdictKinds = ['confirm', 'reject', 'unsure', 'shelve', 'merge'] as const;

type Step =
  | { kind: 'looks'; place: number; words: Word[]; everyS: number; judged: boolean }
  /** One look whose frame came so long before now (late), or after it (from ahead, below zero). */
  | { kind: 'look'; place: number; word: Word; agoMin: number }
  | { kind: 'act'; agoMin: number }
  | { kind: 'again'; nth: number }
  | { kind: 'judge' }
  | { kind: 'two judges' }
  | { kind: 'another judge' }
  | { kind: 'death in a batch' }
  | { kind: 'tick' }
  | { kind: 'time'; passesMin: number }
  | { kind: 'clock'; jumpsMin: number }
  | { kind: 'map'; change: (typeof mapChanges)[number] }
  | { kind: 'verdict'; nth: number; what: (typeof verdictKinds)[number]; who: 'aliya' | 'serik' | 'dina' };

const some = <T extends Step['kind']>(kind: T) => fc.constant({ kind });

const aSpell = fc.record({
  kind: fc.constant('looks' as const),
  place: aPlace,
  words: fc.oneof(
    {
      weight: 3,
      arbitrary: fc.integer({ min: 3, max: 6 }).map((n): Word[] => Array.from({ length: n }, () => 'hazard')),
    },
    {
      weight: 1,
      arbitrary: fc.integer({ min: 3, max: 5 }).map((n): Word[] => Array.from({ length: n }, () => 'clear')),
    },
    { weight: 2, arbitrary: fc.array(aWord, { minLength: 1, maxLength: 6 }) },
  ),
  everyS: fc.constantFrom(40, 200, 400, 1000),
  judged: fc.boolean(),
});
const aLook = (agoMin: fc.Arbitrary<number>) =>
  fc.record({ kind: fc.constant('look' as const), place: aPlace, word: aWord, agoMin });

const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: aSpell },
  { weight: 3, arbitrary: aLook(fc.integer({ min: 0, max: 300 })) },
  { weight: 1, arbitrary: aLook(fc.integer({ min: -300, max: -2 })) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('act' as const), agoMin: fc.constantFrom(0, 1, 30) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('again' as const), nth: fc.nat(100) }) },
  { weight: 4, arbitrary: some('judge') },
  { weight: 2, arbitrary: some('two judges') },
  { weight: 1, arbitrary: some('another judge') },
  { weight: 1, arbitrary: some('death in a batch') },
  { weight: 2, arbitrary: some('tick') },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('time' as const), passesMin: fc.constantFrom(1, 11, 200) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('clock' as const), jumpsMin: fc.constantFrom(-300, -60, 60, 300) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('map' as const), change: fc.constantFrom(...mapChanges) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('verdict' as const),
      nth: fc.nat(5),
      what: fc.constantFrom(...verdictKinds),
      who: fc.constantFrom('aliya' as const, 'serik' as const, 'dina' as const),
    }),
  },
);

function mapOf(change: (typeof mapChanges)[number]): readonly Camera[] {
  switch (change) {
    case 'without c1':
      return theCameras.filter((camera) => camera.id !== 'c1');
    case 'without the lid':
      return theCameras.map((camera) => ({ ...camera, zones: camera.zones.filter((zone) => zone.id !== 'lid') }));
    case 'the road redrawn':
      return theCameras.map((camera) => ({
        ...camera,
        zones: camera.zones.map((zone) =>
          zone.id === 'road' ? { ...zone, polygon: zone.polygon.map(([x, y]): [number, number] => [x / 2, y]) } : zone,
        ),
      }));
    case 'as it was':
      return theCameras;
    default:
      return never(change);
  }
}

interface Told {
  readonly place: string;
  readonly lookId: string;
  readonly word: Word;
  readonly seenAtMs: number;
  readonly isAct: boolean;
}

/** What lives through a history: the city, its judge, and what was told to it. */
class World {
  readonly city: City;
  judge: Judge;
  readonly told: Told[] = [];
  /** Places about which the map or the clock says something else than the looks: there only the invariants are asked for. */
  readonly unsettled = new Set<string>();
  /** Told, and not taken by a judge yet. */
  #waiting: Told[] = [];
  #heldBefore: ReadonlyMap<string, number> = new Map();
  readonly #again: { place: Place; observation: Observation }[] = [];
  readonly #clock: Clock;
  #monotonicMs = 0;
  #acts = 0;
  #verdicts = 0;

  private constructor(city: City, clock: Clock, judge: Judge) {
    this.city = city;
    this.#clock = clock;
    this.judge = judge;
  }

  static async begin(city: City): Promise<World> {
    // A clock that is set back takes the hour back, never the time that has passed.
    const clock: Clock = {
      nowMs: () => city.clock.nowMs(),
      monotonicMs: () => world.#monotonicMs,
      sleep: (ms, signal) => city.clock.sleep(ms, signal),
    };
    const world: World = new World(city, clock, await city.judge({ clock }));
    return world;
  }

  pass(ms: number): void {
    this.#monotonicMs += ms;
    this.city.clock.advance(ms);
  }

  async look(place: Place, word: Word, seenAtMs: number, more: Partial<Observation> = {}): Promise<void> {
    const { cameraId, zoneId, hazard, sub } = place;
    const seen = { seenAtMs, ...(word === 'hazard' ? { sub } : {}), ...more };
    const observation = await this.city.see(cameraId, zoneId, hazard, word, seen);
    this.#again.push({ place, observation });
    if (seenAtMs > this.city.clock.nowMs()) this.unsettled.add(keyOf(place));
    const isAct = observation.support.facts['source'] === 'story';
    const told = { place: keyOf(place), lookId: observation.lookId, word, seenAtMs, isAct };
    this.told.push(told);
    this.#waiting.push(told);
  }

  async do(step: Step): Promise<void> {
    await this.#live(step);
    await this.#account();
  }

  /** Of what a judge has taken, every look that said hazard is in the belief of its place, or the ledger says why it is not. */
  async #account(): Promise<void> {
    const { database } = this.city;
    if (this.#waiting.length === 0 || (await looks.inboxLength(database)) > 0) return;
    const taken = this.#waiting.filter((look) => look.word === 'hazard');
    this.#waiting = [];
    const beliefOf = await database.transaction((tx) => beliefs.load(tx, places));
    const rows = await database.rows(
      z.object({ place: z.string(), looks: z.number() }),
      sql`select camera_id || '/' || zone_id || '/' || hazard as place, sum(looks)::bigint as looks from held group by 1`,
    );
    const heldNow = new Map(rows.map((row) => [row.place, row.looks]));
    for (const place of places) {
      const key = keyOf(place);
      const belief = Belief.safeParse(beliefOf.get(key)).data;
      const missing = taken.filter((look) => look.place === key && !(belief && isIn(belief, place.hazard, look)));
      const counted = (heldNow.get(key) ?? 0) - (this.#heldBefore.get(key) ?? 0);
      if (missing.length > counted) {
        expect(`of ${key} ${missing.map((look) => look.lookId).join(', ')} missing, ${counted} counted`).toBe('');
      }
    }
    this.#heldBefore = heldNow;
  }

  async #live(step: Step): Promise<void> {
    const { city } = this;
    switch (step.kind) {
      case 'looks': {
        for (const word of step.words) {
          const place = places[step.place];
          if (place) await this.look(place, word, city.clock.nowMs());
          if (step.judged) await this.judge.judgeInbox();
          this.pass(step.everyS * 1000);
        }
        return;
      }
      case 'look': {
        const place = places[step.place];
        if (place) await this.look(place, step.word, city.clock.nowMs() - step.agoMin * 60_000);
        return;
      }
      case 'act': {
        this.#acts += 1;
        const place = { cameraId: 'c3', zoneId: 'ravine', hazard: 'dumping', sub: 'tipper' } as const;
        await this.look(place, 'hazard', city.clock.nowMs() - step.agoMin * 60_000, {
          stillSha256: `act-${this.#acts}`,
          support: { boxes: [], facts: { source: 'story', stoppedS: 20 } },
        });
        return;
      }
      case 'again': {
        const { place, observation } = this.#again[step.nth % Math.max(1, this.#again.length)] ?? {};
        if (!place || !observation) return;
        await city.see(place.cameraId, place.zoneId, place.hazard, observation.word, observation);
        return;
      }
      case 'judge':
        await this.judge.judgeInbox();
        return;
      case 'two judges': {
        const second = await city.judge({ clock: this.#clock });
        await Promise.all([this.judge.judgeInbox(), second.judgeInbox()]);
        return;
      }
      case 'another judge':
        this.judge = await city.judge({ clock: this.#clock });
        return;
      case 'death in a batch': {
        const dying = await city.judge({
          clock: this.#clock,
          afterChange: async (tx) => {
            await tx.run(sql`select pg_terminate_backend(pg_backend_pid())`);
          },
        });
        await refused(dying.judgeInbox(), ['STORE_UNREACHABLE']);
        this.judge = await city.judge({ clock: this.#clock });
        return;
      }
      case 'tick':
        await this.judge.tick();
        return;
      case 'time':
        this.pass(step.passesMin * 60_000);
        return;
      case 'clock':
        city.clock.set(city.clock.nowMs() + step.jumpsMin * 60_000);
        for (const place of places) this.unsettled.add(keyOf(place));
        return;
      case 'map':
        await city.database.transaction((tx: Tx) => cameras.replace(tx, [...mapOf(step.change)]));
        if (step.change !== 'as it was') for (const place of places) this.unsettled.add(keyOf(place));
        return;
      case 'verdict':
        await this.#decide(step);
        return;
      default:
        never(step);
    }
  }

  async #decide(step: Extract<Step, { kind: 'verdict' }>): Promise<void> {
    const { city } = this;
    const open = await incidents.open(city.database);
    const incident = open[step.nth % Math.max(1, open.length)];
    if (!incident) return;
    this.#verdicts += 1;
    const common = { id: `verdict-${this.#verdicts}-0000`, incidentId: incident.id, version: incident.version };
    const into = open.find((one) => one.id !== incident.id)?.id ?? incident.id;
    const verdicts: Readonly<Record<(typeof verdictKinds)[number], Verdict>> = {
      confirm: { ...common, kind: 'confirm' },
      reject: { ...common, kind: 'reject', reason: 'reflection' },
      unsure: { ...common, kind: 'unsure' },
      shelve: { ...common, kind: 'shelve', minutes: 30, reason: 'a crew is there' },
      merge: { ...common, kind: 'merge', into },
    };
    const person = step.who === 'aliya' ? aliya : step.who === 'serik' ? serik : lead;
    const given = city.database.transaction((tx) =>
      giveVerdict(tx, {
        verdict: verdicts[step.what],
        person,
        clock: city.clock,
        settings: judgeSettings,
        openTasks: () => Promise.resolve([]),
      }),
    );
    await refused(given, ['MOVE_UNLAWFUL', 'AUTH_DENIED', 'INCIDENT_CHANGED']);
  }

  /** Judges until nothing waits. */
  async settle(): Promise<void> {
    for (let n = 0; n < 50 && (await this.judge.judgeInbox()) > 0; n++);
    await this.judge.tick();
    await this.#account();
  }
}

/** Waits for work that may be refused with one of these codes and with no other. */
async function refused(work: Promise<unknown>, codes: readonly string[]): Promise<void> {
  await work.catch((thrown: unknown) => {
    if (!(thrown instanceof AhualError && codes.includes(thrown.code))) throw thrown;
  });
}

const openStates: readonly IncidentState[] = [
  'candidate',
  'pending_review',
  'escalated',
  'shelved',
  'confirmed',
  'in_work',
  'verifying',
  'reopened',
];
const isActIncident = (incident: Incident): boolean => incident.why.rule === 'dumping.act';

/** Everything that must hold of a city, whatever happened to it. */
async function check({ city, told, unsettled }: World): Promise<readonly Incident[]> {
  const all = await incidents.list(city.database, { limit: 1000 });
  expect(await looks.inboxLength(city.database)).toBe(0);

  const open = all.filter((incident) => openStates.includes(incident.state) && !isActIncident(incident)).map(keyOf);
  expect([...open].sort()).toEqual([...new Set(open)].sort());

  const acts = all.filter(isActIncident).map((incident) => incident.stillSha256);
  expect([...acts].sort()).toEqual([...new Set(acts)].sort());

  for (const incident of all) {
    const history = await incidents.history(city.database, incident.id);
    history.forEach((change, n) => {
      const from = n === 0 ? null : (history[n - 1]?.to ?? null);
      expect(change).toMatchObject({ from, version: n + 1 });
      const isStep =
        change.from === change.to || moves.some((m) => m.from.includes(change.from) && m.to.includes(change.to));
      expect(isStep ? '' : `${change.from ?? 'nothing'} to ${change.to}`).toBe('');
    });
    expect(history.at(-1)?.to).toBe(incident.state);
    expect(incident.version).toBe(history.length);
  }

  await nothingLost(city, told, unsettled);
  return all;
}

/** Is a look in a belief, or has it made way there for a newer one: of its own stretch of time, or so new that it may be forgotten? */
function isIn(belief: Belief, hazard: HazardName, look: Told): boolean {
  const { keepS, open, close } = hazards[hazard].persistenceOf(defaultHazardSettings);
  const stretchMs = Math.floor(Math.min(open.overS / (2 * open.looks), close.overS / (4 * close.looks)) * 1000);
  const entries = look.isAct ? belief.acts : belief.entries;
  const newestMs = Math.max(...entries.map((entry) => entry.atMs));
  const madeWay = (atMs: number): boolean =>
    atMs >= look.seenAtMs && Math.floor(atMs / stretchMs) === Math.floor(look.seenAtMs / stretchMs);
  return (
    entries.some((entry) => entry.lookId === look.lookId || (!look.isAct && madeWay(entry.atMs))) ||
    entries.length === (look.isAct ? 16 : 64) ||
    look.seenAtMs < newestMs - keepS * 1000
  );
}

/**
 * Every look that judged a settled place is in what the judge holds of it, or makes way there for a newer look: one of its own
 * stretch of time, or so much newer that this one may be forgotten.
 */
async function nothingLost(city: City, told: readonly Told[], unsettled: ReadonlySet<string>): Promise<void> {
  const held = await city.database.transaction((tx) => beliefs.load(tx, places));
  for (const place of places) {
    const key = keyOf(place);
    if (unsettled.has(key)) continue;
    const mine = told.filter((look) => look.place === key);
    if (mine.length === 0) continue;
    const belief = Belief.parse(held.get(key));
    for (const look of mine) {
      if (look.word === 'cannot-see') expect(belief.blind?.atMs).toBeGreaterThanOrEqual(look.seenAtMs);
      else expect(isIn(belief, place.hazard, look) ? '' : `${look.lookId} of ${key} is lost`).toBe('');
    }
  }
}

test(
  'whatever happens to a city, nothing is lost, nothing doubled, and only lawful steps are taken',
  { timeout: propertyTimeoutMs },
  async () => {
    const { city, empty } = await emptyableCity();
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(aStep, { minLength: 1, maxLength: 30, size: 'max' }), async (steps) => {
        await empty();
        const world = await World.begin(city);
        for (const step of steps) await world.do(step);
        await world.settle();
        const all = await check(world);
        for (const { hazard, state } of all) seen.set(`${hazard} ${state}`, (seen.get(`${hazard} ${state}`) ?? 0) + 1);
      }),
      runs(15),
    );
    // Histories in which nothing is raised and nothing decided would prove nothing.
    const names = [...seen.keys()];
    expect(new Set(names.map((name) => name.split(' ')[0])).size).toBeGreaterThanOrEqual(3);
    expect(new Set(names.map((name) => name.split(' ')[1])).size).toBeGreaterThanOrEqual(3);
  },
);
