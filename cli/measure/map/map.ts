// `ahual bench map`: is the map smooth with the whole city on it, and is everything drawn (measure 9). The real map in a real browser.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { City } from '#config';
import { systemClock } from '#core/clock';
import { AhualError } from '#core/errors';
import { inRoot } from '#core/root';
import { incidents, type Database } from '#store';
import { openBrowser, signInByPage } from '../desk-driver.ts';
import { randomOf } from '../eval/ranking.ts';
import { cpuS, rssMiB } from '../cpu.ts';
import { bar, type Measurement } from '../frame.ts';
import { withOwnDashboard } from '../own-dashboard.ts';
import { quantile, rounded } from '../statistics.ts';
import { buildBrokenPages, type MapSabotage } from './broken.ts';
import { fillCity, type BenchCity } from './city.ts';
import { clicks, pressAndRest, shake, shoot, travel } from './hand.ts';
import { drawnOf, type Drawn } from './picture.ts';
import { takeNotes, watchPage, type Notes } from './watching.ts';

export interface MapOptions {
  readonly cameras: number;
  readonly incidents: number;
  readonly seconds: number;
  readonly clicks: number;
  readonly size: readonly [number, number];
  readonly seed: number;
  readonly sabotage: MapSabotage | 'none';
  /** So many of the five fixed points are looked at. */
  readonly points: number;
  /** Pictures of the five points are left here. */
  readonly out: string | undefined;
  readonly say: (text: string) => void;
}

/** Keys from the whole city to each fixed point. */
const points: readonly { readonly name: string; readonly keys: readonly string[] }[] = [
  { name: 'whole', keys: ['Digit0', 'Minus'] },
  { name: 'home', keys: ['Digit0'] },
  { name: 'east', keys: ['Digit0', 'Equal', 'ArrowRight', 'ArrowRight'] },
  { name: 'quarter', keys: ['Digit0', 'Equal', 'Equal', 'Equal', 'ArrowUp'] },
  // The worst incident of the list, centred.
  { name: 'street', keys: ['Digit0', 'KeyJ', 'KeyC'] },
];

/** A camera is drawn within so many pixels of its place, an incident's ring within the reach of its cluster. */
const cameraPx = 6;
const ringPx = 38;

const updatesPerS = 5;
const callSeconds = 4;

/** Changes open incidents all the while, as the judge does, until `signal`. */
async function updates(database: Database, city: BenchCity, signal: AbortSignal): Promise<number> {
  let n = 0;
  while (!signal.aborted) {
    const one = city.incidents[(n * 37) % city.incidents.length];
    if (!one) return n;
    await database.transaction(async (tx) => {
      const before = await incidents.lock(tx, one.id);
      const atMs = systemClock.nowMs();
      const severity = n % 10 === 0 ? (before.severity === 'S2' ? 'S1' : 'S2') : before.severity;
      await incidents.update(
        tx,
        before,
        { level: 0.5 + (n % 40) / 100, lastSeenAtMs: atMs, severity },
        { atMs, actor: 'bench', reason: 'bench' },
      );
    });
    n += 1;
    await systemClock.sleep(1000 / updatesPerS, signal).catch(() => undefined);
  }
  return n;
}

const mapUrl = (url: string, sabotage: string): string =>
  `${url}/${sabotage === 'none' ? '' : `?sabotage=${sabotage}`}#/map`;

/** Opens the map and waits until everything of the city is handed to it. */
async function openMap(
  page: Page,
  url: string,
  { cameras, sabotage }: Pick<MapOptions, 'cameras' | 'sabotage'>,
): Promise<void> {
  // Another page first: the same address but for its # would not be loaded anew.
  await page.goto('about:blank');
  await page.goto(mapUrl(url, sabotage));
  await page.locator(`[data-testid="map"][data-cameras="${cameras}"][data-incidents]`).waitFor({ timeout: 60_000 });
  await pressAndRest(page, ['Digit0']);
}

/** CPU seconds of the browser's processes by kind: the page itself, and what draws it. */
async function browserCpuS(browser: Browser): Promise<{ page: number; drawing: number }> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const sum = (kind: string): number =>
    processInfo.filter(({ type }) => type === kind).reduce((all, { id }) => all + (cpuS(id) ?? 0), 0);
  return { page: sum('renderer'), drawing: sum('GPU') };
}

/** Resident memory of the process that holds the page, MiB. */
async function pageMiB(browser: Browser): Promise<number | null> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const sizes = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => rssMiB(id) ?? 0);
  return sizes.length === 0 ? null : Math.max(...sizes);
}

interface Seen {
  readonly point: string;
  readonly zoom: number;
  readonly cameras: Drawn;
  readonly incidents: Drawn;
}

async function look(page: Page, city: BenchCity, options: MapOptions): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (const { name, keys } of points.slice(0, options.points)) {
    const view = await pressAndRest(page, keys);
    const { bare, cameras, incidents: rings, covered, png } = await shoot(page, options.out !== undefined);
    const places = city.cameras.map((camera) => camera.point);
    const marks = city.incidents.map((incident) => incident.point);
    seen.push({
      point: name,
      zoom: view.zoom,
      cameras: drawnOf(places, view, { shown: cameras, bare }, covered, cameraPx),
      incidents: drawnOf(marks, view, { shown: rings, bare }, covered, ringPx),
    });
    if (options.out !== undefined && png) {
      mkdirSync(options.out, { recursive: true });
      writeFileSync(join(options.out, `map-${name}.png`), png);
    }
  }
  return seen;
}

interface Ridden {
  readonly notes: Notes;
  readonly hits: readonly number[];
  readonly firstDrawMs: number;
  readonly cpuS: { readonly page: number; readonly drawing: number };
  readonly callsPerFrame: number;
  readonly seen: readonly Seen[];
  readonly memMiB: number | null;
  readonly renderer: string | null;
  readonly way: string | null;
  readonly updates: number;
}

async function ride({ database, city, url, browser }: MapStand, options: MapOptions): Promise<Ridden> {
  const [width, height] = options.size;
  const context = await browser.newContext({ viewport: { width, height } });
  try {
    const page = await context.newPage();
    await signInByPage(page, url, city.login, city.password);
    await watchPage(page, { calls: false });
    options.say('opening the map');
    await openMap(page, url, options);
    const { firstDrawMs } = await takeNotes(page);
    const way = await page.getByTestId('map').getAttribute('data-way');
    const renderer = await page.evaluate(() => {
      const gl = document.createElement('canvas').getContext('webgl2');
      const info = gl?.getExtension('WEBGL_debug_renderer_info');
      return gl && info ? String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : null;
    });
    options.say(`moving it for ${options.seconds} s`);
    const stop = new AbortController();
    const changing = updates(database, city, stop.signal);
    await takeNotes(page);
    const before = await browserCpuS(browser);
    await travel(page, systemClock.monotonicMs() + options.seconds * 1000);
    const notes = await takeNotes(page);
    const after = await browserCpuS(browser);
    const memMiB = await pageMiB(browser);
    options.say(`${options.clicks} clicks`);
    await clicks(page, options.clicks, randomOf(`clicks ${options.seed}`));
    const { hits } = await takeNotes(page);
    stop.abort();
    const changed = await changing;
    options.say('looking at five points');
    const seen = await look(page, city, options);
    await page.close();
    // Counting costs time, so it is done on a page of its own.
    const counted = await context.newPage();
    await watchPage(counted, { calls: true });
    await openMap(counted, url, options);
    await pressAndRest(counted, ['Minus']);
    await takeNotes(counted);
    await shake(counted, systemClock.monotonicMs() + Math.min(callSeconds, options.seconds) * 1000);
    const { calls, drawnFrames } = await takeNotes(counted);
    return {
      notes,
      hits,
      firstDrawMs,
      cpuS: { page: after.page - before.page, drawing: after.drawing - before.drawing },
      callsPerFrame: calls / Math.max(1, drawnFrames),
      seen,
      memMiB,
      renderer,
      way,
      updates: changed,
    };
  } finally {
    await context.close();
  }
}

const isSoftware = (name: string | null): boolean =>
  name === null || /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name);

/**
 * With the whole city in view a frame may ask this much of canvases: marks and lines at each, the picture of all cameras where the hand
 * leaves it. A layer that draws each camera at each frame asks for a call a camera.
 */
const mostCallsPerFrame = (cameras: number): number => cameras / 4;

function measured(ridden: Ridden, options: MapOptions): Measurement {
  const { notes, hits, firstDrawMs, callsPerFrame, seen, memMiB, renderer, way } = ridden;
  const software = isSoftware(renderer);
  const p95 = rounded(quantile(notes.frames, 0.95));
  const hitP95 = rounded(quantile(hits, 0.95), 2);
  const missing = (what: 'cameras' | 'incidents'): number =>
    seen.reduce((sum, one) => sum + one[what].expected - one[what].drawn, 0);
  const total = (what: 'cameras' | 'incidents'): number => seen.reduce((sum, one) => sum + one[what].expected, 0);
  return {
    command: 'bench map',
    args: { ...options, size: options.size.join('x'), say: undefined, out: options.out ?? null },
    result: {
      renderer: renderer ?? 'none',
      class: software ? 'software' : 'gpu',
      way: way ?? 'none',
      frames: notes.frames.length,
      frameMs: {
        p50: rounded(quantile(notes.frames, 0.5)),
        p95,
        max: rounded(quantile(notes.frames, 1)),
      },
      longTasksOver100: notes.longTasks.filter((ms) => ms > 100).length,
      updates: ridden.updates,
      firstDrawMs: rounded(firstDrawMs, 0),
      hitTestMs: { p95: hitP95, n: hits.length },
      cpuMsPerFrame: {
        page: rounded((ridden.cpuS.page * 1000) / Math.max(1, notes.frames.length)),
        drawing: rounded((ridden.cpuS.drawing * 1000) / Math.max(1, notes.frames.length)),
      },
      callsPerFrame: rounded(callsPerFrame, 0),
      memMiB,
      points: Object.fromEntries(
        seen.map(({ point, zoom, cameras, incidents: rings }) => [
          point,
          {
            zoom,
            cameras: `${cameras.drawn} of ${cameras.expected}`,
            incidents: `${rings.drawn} of ${rings.expected}`,
          },
        ]),
      ),
      drawn: { cameras: total('cameras') - missing('cameras'), incidents: total('incidents') - missing('incidents') },
    },
    bars: [
      bar('map.frameMs.p95', '<=', software ? 60 : 20, p95, notes.frames.length),
      bar('map.hitTestMs.p95', '<=', 20, hitP95, hits.length),
      bar('map.firstDrawMs', '<=', 1500, firstDrawMs === 0 ? null : rounded(firstDrawMs, 0), 1),
      bar('map.memMiB', '<=', 400, memMiB),
      bar('map.undrawn.cameras', '==', 0, missing('cameras'), total('cameras')),
      bar('map.undrawn.incidents', '==', 0, missing('incidents'), total('incidents')),
      bar('map.wayFitsRenderer', '==', 1, (way === 'webgl') === !software ? 1 : 0),
      bar('map.callsPerFrame', '<=', mostCallsPerFrame(options.cameras), rounded(callsPerFrame, 0)),
    ],
    notes: [
      'undrawn: over five fixed points, of those in view and under nothing; by pixels against the same map without them',
      ...(software ? ['drawn by the processor: this says nothing of a machine with a graphics processor'] : []),
    ],
  };
}

export interface MapStand {
  readonly database: Database;
  readonly city: BenchCity;
  readonly url: string;
  readonly browser: Browser;
}

/** Gives the folder of the pages to `work`: those that are built already, or broken ones of its own. */
async function withPages<T>(broken: boolean, work: (webRoot: string) => Promise<T>): Promise<T> {
  if (!broken) return work(inRoot('.build', 'web'));
  const folder = mkdtempSync(join(tmpdir(), 'ahual-bench-map-'));
  try {
    return await work(await buildBrokenPages(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function withBrowser<T>(work: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await openBrowser();
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

/** Opens a dashboard of its own over a city of this size, with the real pages or broken ones, gives it to `work` and ends it. */
export function withMapStand<T>(
  options: Pick<MapOptions, 'cameras' | 'incidents' | 'seed' | 'say'> & { readonly broken: boolean },
  work: (stand: MapStand) => Promise<T>,
): Promise<T> {
  options.say(`a city of ${options.cameras} cameras and ${options.incidents} incidents`);
  return withPages(options.broken, async (webRoot) => {
    let city: BenchCity | undefined;
    const fill = async (database: Database, _: unknown, outlines: City): Promise<void> => {
      city = await fillCity(database, outlines, options);
    };
    return withOwnDashboard('ahual-bench-map', { fill, webRoot }, async ({ database, dashboard }) => {
      const made = city;
      if (!made)
        throw new AhualError('INTERNAL', 'the city of the bench was not filled.', 'Look at the fill function.');
      return withBrowser((browser) => work({ database, city: made, url: dashboard.url, browser }));
    });
  });
}

/** Moves the map of a stand as a hand does, and says how smooth and how whole it was. */
export const measureOn = async (stand: MapStand, options: MapOptions): Promise<Measurement> =>
  measured(await ride(stand, options), options);

/** `ahual bench map`: a stand of its own, measured. */
export const measureMap = (options: MapOptions): Promise<Measurement> =>
  withMapStand({ ...options, broken: options.sabotage !== 'none' }, (stand) => measureOn(stand, options));
