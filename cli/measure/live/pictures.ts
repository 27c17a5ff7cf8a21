// What live pictures cost (measure 8, c): CPU of the first and of an added viewer, age of the picture, lines of a page with sixteen
// tiles, how soon a camera is let go, and whether players leave anything behind. Cameras and viewers are other processes.
import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { stringify } from 'yaml';
import { Camera } from '#core/camera';
import { systemClock } from '#core/clock';
import { entryOf } from '#core/entry';
import { AhualError } from '#core/errors';
import { PersonId } from '#core/ids';
import { inRoot } from '#core/root';
import { hashPassword } from '#dashboard';
import { cameras as cameraRows, people, type Database } from '#store';
import { freePort, until } from '../../stand.ts';
import { treeCpuS } from '../cpu.ts';
import { openBrowser, signInByPage } from '../desk-driver.ts';
import { bar, type Bar } from '../frame.ts';
import { withOwnDatabase } from '../own-database.ts';
import { median, quantile, rounded } from '../statistics.ts';
import { heapBytes } from './memory.ts';
import { openLooker, type Looker } from './looker.ts';

export interface PictureOptions {
  readonly viewers: number;
  readonly cameras: number;
  readonly tiles: number;
  /** CPU is read over so long, each kind twice. */
  readonly windowS: number;
  readonly browser: boolean;
  /** Players that are told to end go on: the camera is never let go, and what they hold grows. */
  readonly leaks: boolean;
  readonly say: (text: string) => void;
}

export interface Pictures {
  readonly result: Readonly<Record<string, unknown>>;
  readonly bars: readonly Bar[];
}

const login = 'looker';
const password = 'a long enough word for a bench';
/** What the measured cameras play: 1080p with a sensor's noise; and what the other tiles of a page do. */
const measuredClip = 'bench-1080p';
const otherClips = ['calm-yard-day', 'calm-street-rain', 'calm-crossing-day'] as const;
/** A camera is let go within ten seconds; who waits longer has seen that it is not. */
const endLimitS = 10;
const endWaitS = 11.5;
/** Rounds in which all tiles of a page begin and end, thrown away and counted. */
const warmRounds = 3;
const rounds = 4;

interface Stage {
  readonly url: string;
  readonly rtspPort: number;
  readonly pid: number;
  readonly options: PictureOptions;
}

/** Connections of this machine to a port that stand now, as the kernel lists them. */
function connectionsTo(port: number): number {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) =>
    existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(1) : [],
  );
  // Fields: number, local, remote, state; 01 is ESTABLISHED.
  return rows.filter((row) => {
    const [, , remote, state] = row.trim().split(/\s+/);
    return state === '01' && remote?.endsWith(`:${wanted}`) === true;
  }).length;
}

async function fill(database: Database, rtspPort: number, ids: readonly string[]): Promise<void> {
  const hash = await hashPassword(password);
  await database.transaction(async (tx) => {
    await cameraRows.replace(
      tx,
      ids.map((id) =>
        Camera.parse({
          ...{ id, name: { kk: id, ru: id, en: id }, point: { lon: 71.44, lat: 51.14 }, district: 'esil' },
          ...{ restricted: false, rtsp: `rtsp://127.0.0.1:${rtspPort}/cam/${id}/main` },
        }),
      ),
    );
    const person = { id: PersonId.parse('p-looker'), login, name: 'Bench', roles: ['operator' as const] };
    await people.insert(tx, { ...person, agencyId: null, language: 'en', active: true }, hash);
  });
}

/** A folder with the clips that the cameras play. */
function clipsIn(folder: string): string {
  const made = join(folder, 'clips');
  mkdirSync(made);
  const copy = (from: string, clip: string): void => {
    for (const ending of ['mp4', 'json'])
      copyFileSync(inRoot('simulator', from, `${clip}.${ending}`), join(made, `${clip}.${ending}`));
  };
  copy('bench', measuredClip);
  for (const clip of otherClips) copy('clips', clip);
  return made;
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), 8000);
  await gone;
  clearTimeout(hard);
}

/** Starts cameras and dashboard as processes of their own, measures, and ends them. */
export function measurePictures(options: PictureOptions): Promise<Pictures> {
  return withOwnDatabase('ahual-bench-pictures', async (database) => {
    const folder = mkdtempSync(join(tmpdir(), 'ahual-bench-pictures-files-'));
    let [city, dashboard]: (ChildProcess | undefined)[] = [];
    try {
      const [rtspPort, httpPort, port] = [await freePort(), await freePort(), await freePort()];
      const ids = Array.from({ length: Math.max(options.cameras, options.tiles) }, (_, n) => `live-${n + 1}`);
      const scenario = join(folder, 'bench.yml');
      const list = ids.map((id, n) => ({ id, clip: n < options.cameras ? measuredClip : otherClips[n % 3] }));
      const title = { kk: 'Өлшеу', ru: 'Замер', en: 'Bench' };
      writeFileSync(scenario, stringify({ name: 'bench', title, cameras: list }));
      await fill(database, rtspPort, ids);
      const env = { ...process.env, AHUAL_CONFIG: 'config/ahual.yml' };
      const words: string[] = [];
      const started = (name: string, more: Readonly<Record<string, string>>): ChildProcess => {
        const child = fork(entryOf('main'), [name], {
          env: { ...env, ...more },
          stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        });
        child.stderr?.on('data', (chunk: Buffer) => words.push(chunk.toString().slice(0, 500)));
        return child;
      };
      city = started('city', {
        AHUAL_SET_SIMULATOR__SCENARIO: scenario,
        AHUAL_SET_SIMULATOR__RTSPPORT: String(rtspPort),
        AHUAL_SET_SIMULATOR__HTTPPORT: String(httpPort),
        AHUAL_CITY_TOKEN: randomBytes(12).toString('hex'),
        AHUAL_CITY_CLIPS: clipsIn(folder),
      });
      mkdirSync(join(folder, 'data'));
      dashboard = started('dashboard', {
        DATABASE_URL: database.url,
        AHUAL_SET_DATA__FOLDER: join(folder, 'data'),
        AHUAL_SET_DASHBOARD__PORT: String(port),
        AHUAL_SET_DASHBOARD__SECURECOOKIES: 'false',
        AHUAL_SET_DASHBOARD__LIVE__TILES: String(Math.min(16, options.tiles)),
      });
      const url = `http://127.0.0.1:${port}`;
      await until(
        async () => ((await fetch(`${url}/healthz`).catch(() => undefined))?.ok === true ? true : undefined),
        60_000,
        () => new AhualError('PART_MISSING', `the dashboard does not start: ${words.join('').slice(-800)}`, ''),
      );
      return await measured({ url, rtspPort, pid: dashboard.pid ?? -1, options });
    } finally {
      await Promise.all([end(dashboard), end(city)]);
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

/** Percent of a core that the dashboard and its eye use, over a window. */
async function percentOver(pid: number, windowS: number): Promise<number> {
  const [fromS, fromMs] = [treeCpuS(pid), systemClock.monotonicMs()];
  await systemClock.sleep(windowS * 1000);
  return ((treeCpuS(pid) - fromS) * 100_000) / (systemClock.monotonicMs() - fromMs);
}

/** Waits until as many lookers as there are have pictures. */
async function untilPlaying(lookers: readonly Looker[]): Promise<void> {
  const from = lookers.map((one) => one.parts());
  await until(
    () => Promise.resolve(lookers.every((one, n) => one.parts() > (from[n] ?? 0) + 4) ? true : undefined),
    120_000,
    () => new AhualError('INTERNAL', `no live pictures: ${lookers.flatMap((one) => one.refusals()).join(', ')}`, ''),
  );
}

/** Seconds until the last connection to a camera is gone; null where that is too long. */
async function secondsToEnd(rtspPort: number): Promise<number | null> {
  const fromMs = systemClock.monotonicMs();
  for (;;) {
    const s = (systemClock.monotonicMs() - fromMs) / 1000;
    if (connectionsTo(rtspPort) === 0) return s;
    if (s > endWaitS) return null;
    await systemClock.sleep(50);
  }
}

async function measured(stage: Stage): Promise<Pictures> {
  const { url, pid, rtspPort, options } = stage;
  const { say, windowS } = options;
  const lookers: Looker[] = [];
  for (let n = 0; n < options.viewers; n++) lookers.push(await openLooker(url, login, password));
  const cameraOf = (n: number): string => `live-${(n % options.cameras) + 1}`;
  const first = lookers.slice(0, options.cameras);
  const added = lookers.slice(options.cameras);
  const open = async (some: readonly Looker[]): Promise<void> => {
    some.forEach((looker) => looker.open(cameraOf(lookers.indexOf(looker))));
    await untilPlaying(some);
  };
  const close = (some: readonly Looker[]): void => {
    if (!options.leaks) some.forEach((looker) => looker.close());
  };

  const cpu: Record<'none' | 'first' | 'all', number[]> = { none: [], first: [], all: [] };
  let connections = 0;
  if (!options.leaks) {
    say('warm-up, thrown away: the eye starts, and what is new gets compiled');
    await open(lookers);
    await systemClock.sleep(windowS * 1000);
    close(lookers);
    await secondsToEnd(rtspPort);
  }
  const cpuRounds = options.leaks ? 1 : 2;
  for (let round = 0; round < cpuRounds; round++) {
    say(`round ${round + 1}: nobody, the first viewer of each camera, all viewers`);
    cpu.none.push(await percentOver(pid, windowS));
    await open(first);
    cpu.first.push(await percentOver(pid, windowS));
    await open(added);
    connections = Math.max(connections, connectionsTo(rtspPort));
    cpu.all.push(await percentOver(pid, windowS));
    if (round < cpuRounds - 1) {
      close(lookers);
      await secondsToEnd(rtspPort);
    }
  }
  const ages = lookers.flatMap((looker) => looker.agesMs());
  say('how soon the cameras are let go');
  close(lookers);
  const politeS = await secondsToEnd(rtspPort);
  // A tab that hangs: its socket stands and says nothing.
  let silentS: number | null = null;
  if (!options.leaks) {
    await open(first);
    for (const looker of first) looker.fallSilent();
    silentS = await secondsToEnd(rtspPort);
  }
  for (const looker of lookers) looker.leave();
  const ended = options.leaks ? politeS : politeS === null || silentS === null ? null : Math.max(politeS, silentS);
  const [none, one, all] = [median(cpu.none) ?? 0, median(cpu.first) ?? 0, median(cpu.all) ?? 0];
  const firstPct = rounded((one - none) / options.cameras, 2);
  const addedPct = added.length === 0 ? null : rounded((all - one) / added.length, 2);
  const page = options.browser ? await measurePage(stage) : undefined;
  return {
    result: {
      way: 'fmp4',
      viewers: options.viewers,
      cameras: options.cameras,
      upstreamConnections: connections,
      cpuPctIdle: rounded(none, 2),
      cpuPctFirstViewer: firstPct,
      cpuPctAddedViewer: addedPct,
      serverAgeP95Ms: rounded(quantile(ages, 0.95), 0),
      endAfterLastViewerS: rounded(ended, 1),
      ...(page ? page.result : {}),
    },
    bars: [
      bar('live.pictures.addedViewerPct', '<=', 1, addedPct, added.length),
      bar('live.pictures.upstreamPerCamera', '<=', 1, connections / options.cameras),
      bar('live.pictures.endAfterLastViewerS', '<=', endLimitS, ended ?? endWaitS),
      ...(page ? page.bars : []),
    ],
  };
}

/** Starts or ends all tiles of the page. */
async function pressAll(page: Page, wanted: 'playing' | 'still'): Promise<void> {
  for (const press of await page.getByTestId('live-press').all()) {
    await press.focus();
    await page.keyboard.press('Enter');
  }
  await page.waitForFunction(
    (state) =>
      [...document.querySelectorAll<HTMLElement>('[data-testid="live-tile"]')].every(
        (tile) => tile.dataset['state'] === state,
      ),
    wanted,
    { timeout: 120_000 },
  );
}

/** A page of tiles in a real browser: its lines, the age of its pictures, and what its players leave behind. */
async function measurePage({ url, options }: Stage): Promise<Pictures> {
  const browser = await openBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
    if (options.leaks) await leak(page);
    const lines = new Set<unknown>();
    page.on('websocket', (socket) => {
      lines.add(socket);
      socket.on('close', () => lines.delete(socket));
    });
    await signInByPage(page, url, login, password);
    const ids = Array.from({ length: options.tiles }, (_, n) => `live-${n + 1}`);
    await page.evaluate((c) => {
      location.hash = `#/live?c=${c}`;
    }, ids.join(','));
    await page.getByTestId('live-grid').waitFor();
    let connections = 0;
    const held: { bytes: number; nodes: number }[] = [];
    const ages: number[] = [];
    for (let round = 0; round < warmRounds + rounds; round++) {
      options.say(`tiles, round ${round + 1}`);
      await pressAll(page, 'playing');
      connections = Math.max(connections, lines.size);
      if (round >= warmRounds) {
        for (let n = 0; n < 4; n++) {
          await systemClock.sleep(400);
          const now = await page
            .getByTestId('live-state')
            .evaluateAll((all) => all.map((one) => (one instanceof HTMLElement ? Number(one.dataset['ageMs']) : NaN)));
          ages.push(...now.filter(Number.isFinite));
        }
      }
      await pressAll(page, 'still');
      held.push(await heldBy(page));
    }
    const nothing = { bytes: 0, nodes: 0 };
    const [start, last] = [held[warmRounds - 1] ?? nothing, held.at(-1) ?? nothing];
    const growth = rounded(last.bytes / Math.max(1, start.bytes) - 1, 4);
    return {
      result: {
        tiles: options.tiles,
        connections,
        ageP50Ms: rounded(quantile(ages, 0.5), 0),
        ageP95Ms: rounded(quantile(ages, 0.95), 0),
        player: {
          rounds,
          heldMiB: held.map(({ bytes }) => rounded(bytes / 2 ** 20, 2)).join(' '),
          growth,
          nodesStart: start.nodes,
          nodesEnd: last.nodes,
        },
      },
      bars: [
        bar('live.pictures.connections', '<=', 2, connections, options.tiles),
        bar('live.pictures.ageP95Ms', '<=', 2500, rounded(quantile(ages, 0.95), 0), ages.length),
        bar('live.pictures.playerHeapGrowth', '<=', 0.05, growth),
        bar('live.pictures.playerNodesGrowth', '<=', options.tiles, last.nodes - start.nodes),
      ],
    };
  } finally {
    await browser.close();
  }
}

/** What the page holds after everything that can be thrown away was. */
async function heldBy(page: Page): Promise<{ bytes: number; nodes: number }> {
  const bytes = await heapBytes(page);
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Memory.getDOMCounters');
  await session.detach();
  return { bytes, nodes };
}

/** Breaks the page's players: whatever they make is held on to. */
const leak = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const held: unknown[] = [];
    new MutationObserver((changes) => {
      for (const made of changes.flatMap(({ addedNodes }) => [...addedNodes]))
        if (made instanceof HTMLVideoElement) held.push({ made, words: Array.from({ length: 20_000 }, (_, n) => n) });
    }).observe(document, { subtree: true, childList: true });
  });
