// `ahual bench live`: how fast news reach desks and verdicts the store, whether anything is lost where lines break, and whether a desk and
// a wall hold after an hour what they held before (measure 8).
import { systemClock } from '#core/clock';
import { newId } from '#core/ids';
import { inRoot } from '#core/root';
import type { IncidentCard } from '#dashboard/contract';
import { feed, incidents, verdicts, type Database } from '#store';
import { openBrowser, signInByPage } from '../desk-driver.ts';
import { randomOf } from '../eval/ranking.ts';
import { bar, type Measurement } from '../frame.ts';
import { withOwnDashboard, type OwnDashboard } from '../own-dashboard.ts';
import { takeSeat, type Seat } from '../seat.ts';
import { quantile, rounded } from '../statistics.ts';
import { openLiveDesk, type Desk } from './desks.ts';
import { letHasten, letKeepSeen, turnsAtMost, weighHour, type Memory } from './memory.ts';
import { decide, notesOf, unwatchDesk, watchDesk } from './paint.ts';
import { measurePictures } from './pictures.ts';
import { fillTown, type Town } from './town.ts';

export const liveSabotages = ['no-catchup', 'ack-before-commit', 'keep-seen', 'leak-player'] as const;
export type LiveSabotage = (typeof liveSabotages)[number];

export interface LiveOptions {
  readonly desks: number;
  /** Incidents that are raised each second while it is measured. */
  readonly perS: number;
  readonly pushes: number;
  readonly verdicts: number;
  /** Verdicts of the hour over which memory is weighed; 0 weighs none. */
  readonly turnover: number;
  readonly breaks: number;
  readonly browser: boolean;
  readonly seed: number;
  readonly sabotage: LiveSabotage | 'none';
  /** Which part: news and verdicts, live pictures, or both. */
  readonly part: 'news' | 'pictures' | 'all';
  readonly viewers: number;
  readonly cameras: number;
  readonly tiles: number;
  /** CPU of live pictures is read over so long. */
  readonly windowS: number;
  /** Desks have so long to hear of the last change, seconds. */
  readonly settleS: number;
  readonly say: (text: string) => void;
}

/** Cameras beyond those that are needed: each incident has a zone of its own. */
const spareCameras = 100;
/** So often confirmed incidents are closed behind the desk. */
const closeEvery = 10;
/** A commit that is told before it happens comes so much later, milliseconds. */
const lateMs = 300;

const p = (values: readonly number[], q: number): number | null => rounded(quantile(values, q), 0);

/** A database whose transactions say that they are done before they are, while `isOn`: only for breaking the product on purpose. */
function hasty(database: Database, isOn: () => boolean): Database {
  const transaction: Database['transaction'] = (work) =>
    isOn()
      ? new Promise((resolve, reject) => {
          database
            .transaction(async (tx) => {
              const result = await work(tx);
              resolve(result);
              await systemClock.sleep(lateMs);
              return result;
            })
            .catch(reject);
        })
      : database.transaction(work);
  return { ...database, transaction };
}

const settled = async (isSo: () => boolean | Promise<boolean>, withinS: number): Promise<boolean> => {
  const untilMs = systemClock.monotonicMs() + withinS * 1000;
  while (systemClock.monotonicMs() < untilMs) {
    if (await isSo()) return true;
    await systemClock.sleep(50);
  }
  return false;
};

/** Raises incidents and takes the time until each desk has heard of each. */
async function measurePush(
  town: Town,
  desks: readonly Desk[],
  heardAt: ReadonlyMap<string, number[]>,
  { pushes, perS, settleS }: LiveOptions,
): Promise<{ ms: number[]; missed: number; raised: { id: string; atMs: number }[] }> {
  const raised: { id: string; atMs: number; monotonicMs: number }[] = [];
  for (let n = 0; n < pushes; n++) {
    const fromMs = systemClock.monotonicMs();
    const atMs = systemClock.nowMs();
    const { id } = await town.raise();
    raised.push({ id, atMs, monotonicMs: fromMs });
    await systemClock.sleep(Math.max(0, 1000 / perS - (systemClock.monotonicMs() - fromMs)));
  }
  const heard = (id: string): number[] => heardAt.get(id) ?? [];
  await settled(() => raised.every(({ id }) => heard(id).length >= desks.length), settleS);
  return {
    raised,
    ms: raised.flatMap(({ id, monotonicMs }) => heard(id).map((atMs) => atMs - monotonicMs)),
    missed: raised.reduce((sum, { id }) => sum + Math.max(0, desks.length - heard(id).length), 0),
  };
}

/** Verdicts over HTTP: the answer may come only when another connection can read what was decided. */
async function measureStored(
  { database }: OwnDashboard,
  seat: Seat,
  town: Town,
  n: number,
): Promise<{ ms: number[]; notStored: number }> {
  const ms: number[] = [];
  let notStored = 0;
  for (let i = 0; i < n; i++) {
    const incident = await town.raise();
    const id = newId(systemClock);
    const common = { id, incidentId: incident.id, version: incident.version };
    const fromMs = systemClock.monotonicMs();
    await seat.ask('verdict', {
      body: i % 2 === 0 ? { ...common, kind: 'confirm' } : { ...common, kind: 'reject', reason: 'shadow' },
    });
    ms.push(systemClock.monotonicMs() - fromMs);
    if (!(await verdicts.byId(database, id))) notStored += 1;
  }
  return { ms, notStored };
}

/** Breaks lines at random while incidents come and go, and compares each desk's list with the database. */
async function measureBreaks(
  { database }: OwnDashboard,
  seat: Seat,
  town: Town,
  desks: readonly Desk[],
  { breaks, seed, settleS }: LiveOptions,
): Promise<{ lost: number; doubled: number }> {
  const random = randomOf(`live ${seed}`);
  const fromMs = systemClock.nowMs();
  const pick = (): Desk | undefined => desks[Math.floor(random() * desks.length)];
  for (let n = 0; n < breaks; n++) {
    const desk = pick();
    desk?.cut();
    const incident = await town.raise();
    if (random() < 0.5) {
      const common = { id: newId(systemClock), incidentId: incident.id, version: incident.version };
      await seat.ask('verdict', { body: { ...common, kind: 'reject', reason: 'shadow' } });
    }
    if (random() < 0.3) await systemClock.sleep(100 * random());
    desk?.restore();
  }
  const last = await feed.last(database);
  await settled(() => desks.every((desk) => desk.upTo() >= last), settleS);
  const all = await incidents.list(database, { sinceMs: fromMs, limit: 100_000 });
  const lost = desks.reduce(
    (sum, desk) => sum + all.filter(({ id, version }) => desk.known.get(id)?.version !== version).length,
    0,
  );
  return { lost, doubled: desks.reduce((sum, desk) => sum + desk.doubled(), 0) };
}

interface Painted {
  readonly listedMs: readonly number[];
  readonly notListed: number;
  readonly paintedMs: readonly number[];
  readonly storedMs: readonly number[];
  readonly memory: Memory | undefined;
  readonly unstored: number;
}

/** The desk in a browser: news that stand in its list, verdicts by key, and its memory. */
async function measurePainted(own: OwnDashboard, town: Town, options: LiveOptions): Promise<Painted> {
  const { database, dashboard } = own;
  const browser = await openBrowser();
  try {
    const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
    const page = await context.newPage();
    await watchDesk(page);
    await letHasten(page);
    if (options.sabotage === 'keep-seen') await letKeepSeen(page);
    await signInByPage(page, dashboard.url, town.login, town.password);
    await page.getByTestId('queue-item').first().waitFor();
    // The newest stands last: the list is windowed, so it is scrolled to its end for this part.
    const raised: { id: string; atMs: number }[] = [];
    await page.keyboard.press('End');
    await systemClock.sleep(2500);
    for (let n = 0; n < Math.min(20, options.pushes); n++) {
      const atMs = systemClock.nowMs();
      raised.push({ id: (await town.raise()).id, atMs });
      await page.locator(`[data-testid="queue-item"]`).last().scrollIntoViewIfNeeded();
      await systemClock.sleep(1000 / options.perS);
    }
    const { listed } = await notesOf(page);
    const listedMs = raised.flatMap(({ id, atMs }) => (listed[id] === undefined ? [] : [listed[id] - atMs]));
    await page.keyboard.press('Home');

    const wall = await context.newPage();
    await wall.setViewportSize({ width: 3840, height: 2160 });
    await letHasten(wall);
    if (options.sabotage === 'keep-seen') await letKeepSeen(wall);
    await wall.goto(`${dashboard.url}/#/wall`);
    await wall.getByTestId('wall').waitFor();
    await page.bringToFront();

    const ahead = 12;
    for (let n = 0; n < ahead; n++) await town.raise();
    for (let n = 0; n < options.verdicts; n++) {
      await town.raise();
      if (!(await decide(page, n))) break;
      // As many are open at the end as at the beginning: what grows then is not what is shown.
      if (n % closeEvery === closeEvery - 1) await town.closeConfirmed();
      if (n % 50 === 49) options.say(`${n + 1} of ${options.verdicts} verdicts`);
    }
    const done = await notesOf(page);
    await settled(async () => (await notesOf(page)).stored.length >= done.painted.length, options.settleS);
    const notes = await notesOf(page);
    await unwatchDesk(page);
    const memory =
      options.turnover === 0
        ? undefined
        : await weighHour({ desk: page, wall }, town, { ...options, turns: options.turnover });
    let unstored = 0;
    for (const { id } of notes.painted) {
      const state = (await incidents.byId(database, id))?.state ?? 'gone';
      if (!['rejected', 'confirmed', 'in_work', 'closed'].includes(state)) unstored += 1;
    }
    return {
      listedMs,
      notListed: raised.length - listedMs.length,
      paintedMs: notes.painted.map(({ ms }) => ms),
      storedMs: notes.stored,
      memory,
      unstored,
    };
  } finally {
    await browser.close();
  }
}

/** Measures the parts that are asked for and prints their bars. */
export async function measureLive(options: LiveOptions): Promise<Measurement> {
  const { part, viewers, cameras, tiles, windowS, browser, say, sabotage } = options;
  const news = part === 'pictures' ? undefined : await measureNews(options);
  const leaks = sabotage === 'leak-player';
  const pictures =
    part === 'news' ? undefined : await measurePictures({ viewers, cameras, tiles, windowS, browser, leaks, say });
  return {
    command: 'bench live',
    args: { part, viewers, cameras, tiles, windowS, sabotage, ...news?.args },
    result: { ...news?.result, ...(pictures ? { live: pictures.result } : {}) },
    bars: [...(news?.bars ?? []), ...(pictures?.bars ?? [])],
    notes: [
      ...(news?.notes ?? []),
      ...(pictures ? ['live: CPU of the dashboard and its eye; cameras and viewers are other processes'] : []),
    ],
  };
}

/** Opens desks over a dashboard of its own, raises, decides and breaks lines. */
function measureNews(options: LiveOptions): Promise<Measurement> {
  let town: Town | undefined;
  let isBroken = false;
  return withOwnDashboard(
    'ahual-bench-live',
    {
      webRoot: inRoot('.build', 'web'),
      fill: async (database, files, city) => {
        const cameras =
          spareCameras + 2 * options.pushes + 3 * options.verdicts + turnsAtMost(options.turnover) + options.breaks;
        town = await fillTown(database, files, city, { cameras, seed: options.seed });
      },
      ...(options.sabotage === 'ack-before-commit'
        ? { serverDatabase: (database) => hasty(database, () => isBroken) }
        : {}),
    },
    async (own) => {
      if (!town) throw new Error('the town was not filled');
      return measured(own, town, options, (on) => {
        isBroken = on;
      });
    },
  );
}

async function measured(
  own: OwnDashboard,
  town: Town,
  options: LiveOptions,
  breakServer: (on: boolean) => void,
): Promise<Measurement> {
  const { say } = options;
  const heardAt = new Map<string, number[]>();
  const heard = ({ id, version }: IncidentCard, atMs: number): void => {
    if (version === 1) heardAt.set(id, [...(heardAt.get(id) ?? []), atMs]);
  };
  const seat = await takeSeat(own.dashboard.url, town.login, town.password);
  const desks: Desk[] = [];
  for (let n = 0; n < options.desks; n++) {
    desks.push(await openLiveDesk({ seat: seat.another(), heard, noCatchUp: options.sabotage === 'no-catchup' }));
  }
  say(`${desks.length} desks listen`);
  const push = await measurePush(town, desks, heardAt, options);
  say('verdicts over HTTP');
  breakServer(true);
  const stored = await measureStored(own, seat, town, Math.min(60, options.verdicts));
  breakServer(false);
  say(options.browser ? 'the desk in a browser' : 'no browser');
  const painted = options.browser ? await measurePainted(own, town, options) : undefined;
  say(`${options.breaks} breaks of lines`);
  const broken = await measureBreaks(own, seat, town, desks, options);
  for (const desk of desks) desk.leave();
  seat.leave();

  const memory = painted?.memory;
  return {
    command: 'bench live',
    args: {
      desks: options.desks,
      perS: options.perS,
      pushes: options.pushes,
      verdicts: options.verdicts,
      turnover: options.turnover,
      breaks: options.breaks,
      browser: options.browser,
      seed: options.seed,
      sabotage: options.sabotage,
    },
    result: {
      push: { p50Ms: p(push.ms, 0.5), p95Ms: p(push.ms, 0.95), n: push.ms.length, missed: push.missed },
      ack: { p50Ms: p(stored.ms, 0.5), p95Ms: p(stored.ms, 0.95), n: stored.ms.length, notStored: stored.notStored },
      ...(painted
        ? {
            desk: {
              listed: { p50Ms: p(painted.listedMs, 0.5), p95Ms: p(painted.listedMs, 0.95), n: painted.listedMs.length },
              painted: {
                p50Ms: p(painted.paintedMs, 0.5),
                p95Ms: p(painted.paintedMs, 0.95),
                n: painted.paintedMs.length,
              },
              stored: { p50Ms: p(painted.storedMs, 0.5), p95Ms: p(painted.storedMs, 0.95), n: painted.storedMs.length },
              heap: memory ?? null,
            },
          }
        : {}),
      reconnect: { breaks: options.breaks, ...broken },
    },
    bars: [
      bar('live.push.p95Ms', '<=', 1000, p(push.ms, 0.95), push.ms.length),
      bar('live.push.missed', '==', 0, push.missed),
      bar('live.ack.p95Ms', '<=', 150, p(stored.ms, 0.95), stored.ms.length),
      bar('live.ack.notStored', '==', 0, stored.notStored + (painted?.unstored ?? 0)),
      ...(painted
        ? [
            bar('live.desk.listed.p95Ms', '<=', 1000, p(painted.listedMs, 0.95), painted.listedMs.length),
            bar('live.desk.painted.p95Ms', '<=', 150, p(painted.paintedMs, 0.95), painted.paintedMs.length),
            bar('live.desk.stored.p95Ms', '<=', 150, p(painted.storedMs, 0.95), painted.storedMs.length),
            bar('live.desk.heapGrowth', '<=', 0.05, memory?.desk.growth ?? null, memory?.turns),
            bar('live.wall.heapGrowth', '<=', 0.05, memory?.wall.growth ?? null, memory?.turns),
          ]
        : []),
      bar('live.reconnect.lost', '==', 0, broken.lost, options.breaks),
      bar('live.reconnect.doubled', '==', 0, broken.doubled, options.breaks),
    ],
    notes: [
      'heap: growth in an hour of 300 verdicts, by the median slope between forced collections, with as many incidents open throughout',
      'push: from the start of the transaction that raises to the desk that has taken it, one clock',
    ],
  };
}
