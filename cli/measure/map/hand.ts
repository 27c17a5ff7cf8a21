// The hand of `ahual bench map`: it drags and wheels as a person does, presses keys, clicks, and takes pictures at fixed points.
import type { Locator, Page } from 'playwright-core';
import { systemClock } from '#core/clock';
import { AhualError } from '#core/errors';
import { pixelsOf, type Box, type Pixels, type View } from './picture.ts';

/** A step of the hand each so many milliseconds, as a mouse sends them. */
const stepMs = 16;

const mapOf = (page: Page): Locator => page.getByTestId('map');

async function boxOf(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await mapOf(page).boundingBox();
  if (!box) throw new AhualError('INTERNAL', 'the map is not to be seen.', 'Look at the page.');
  return box;
}

/** One drag by a part of the map's size. */
async function drag(page: Page, dx: number, dy: number): Promise<void> {
  const { x, y, width, height } = await boxOf(page);
  const [fromX, fromY] = [x + width * (0.5 - dx / 2), y + height * (0.5 - dy / 2)];
  await page.mouse.move(fromX, fromY);
  await page.mouse.down();
  const steps = 24;
  for (let i = 1; i <= steps; i++) {
    await page.mouse.move(fromX + (width * dx * i) / steps, fromY + (height * dy * i) / steps);
    await systemClock.sleep(stepMs);
  }
  await page.mouse.up();
}

/** Some turns of the wheel over a point near the middle; a negative turn is closer. */
async function wheel(page: Page, turns: number): Promise<void> {
  const { x, y, width, height } = await boxOf(page);
  await page.mouse.move(x + width * 0.52, y + height * 0.47);
  for (let i = 0; i < Math.abs(turns); i++) {
    await page.mouse.wheel(0, turns > 0 ? 120 : -120);
    await systemClock.sleep(4 * stepMs);
  }
}

/** The standard way: the whole city, closer in four stages with drags on each, and out again; until `endMs` (monotonic). */
export async function travel(page: Page, endMs: number): Promise<void> {
  const drags = [
    [0.4, 0.1],
    [-0.5, 0.2],
    [0.1, -0.4],
    [-0.2, 0.3],
  ] as const;
  while (systemClock.monotonicMs() < endMs) {
    for (const turns of [4, -5, -5, -6, 10]) {
      for (const [dx, dy] of drags) {
        if (systemClock.monotonicMs() >= endMs) return;
        await drag(page, dx, dy);
      }
      await wheel(page, turns);
    }
  }
}

/** Drags back and forth over the whole city, without coming closer; until `endMs` (monotonic). */
export async function shake(page: Page, endMs: number): Promise<void> {
  for (let dx = 0.3; systemClock.monotonicMs() < endMs; dx = -dx) await drag(page, dx, dx / 3);
}

/** Clicks at places spread over the map; each twentieth time it goes back to the whole city, since a ring that is hit comes closer. */
export async function clicks(page: Page, n: number, random: () => number): Promise<void> {
  for (let i = 0; i < n; i++) {
    if (i % 20 === 0) await pressAndRest(page, ['Digit0']);
    const { x, y, width, height } = await boxOf(page);
    await page.mouse.click(x + width * (0.05 + 0.8 * random()), y + height * (0.05 + 0.8 * random()));
  }
}

const viewOf = (page: Page): Promise<string | null> => mapOf(page).getAttribute('data-view');

/** Presses keys one after another, each after the map has come to rest. */
export async function pressAndRest(page: Page, codes: readonly string[]): Promise<View> {
  for (const code of codes) {
    await mapOf(page).focus();
    await page.keyboard.press(code);
    await rest(page);
  }
  const [lon = 0, lat = 0, zoom = 0] = ((await viewOf(page)) ?? '').split(' ').map(Number);
  return { lon, lat, zoom };
}

/** Waits until the map has said for a while that it stands: what a press begins, it begins within two frames. */
async function rest(page: Page): Promise<void> {
  const frames = (): Promise<unknown> =>
    page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await frames();
  let [before, sameMs] = [await viewOf(page), 0];
  while (sameMs < 200) {
    await systemClock.sleep(50);
    await frames();
    const now = await viewOf(page);
    sameMs = now !== null && now === before ? sameMs + 50 : 0;
    before = now;
  }
}

/** Where something lies over the map, in its own pixels. */
async function covers(page: Page): Promise<Box[]> {
  const { x, y } = await boxOf(page);
  const found: Box[] = [];
  for (const one of await page
    .locator('.map-buttons, .map-legend, .map-notes, .ol-attribution, .ol-scale-line')
    .all()) {
    const box = await one.boundingBox();
    if (box) found.push([box.x - x, box.y - y, box.x - x + box.width, box.y - y + box.height]);
  }
  return found;
}

export interface Shots {
  readonly bare: Pixels;
  readonly cameras: Pixels;
  readonly incidents: Pixels;
  readonly covered: readonly Box[];
  /** The map as it is, for a person to look at; undefined where nobody asked. */
  readonly png: Buffer | undefined;
}

/** The map with nothing, with cameras alone, with incidents alone, and as it is: by the product's own switches of layers. */
export async function shoot(page: Page, withPng: boolean): Promise<Shots> {
  const layer = (n: number): Locator => page.locator('.map-layers .toggle').nth(n);
  const [cameras, incidents, districts] = [layer(0), layer(1), layer(3)];
  const show = async (one: Locator, is: boolean): Promise<void> => {
    if ((await one.getAttribute('aria-pressed')) !== String(is)) await one.click();
  };
  const put = async (withCameras: boolean, withIncidents: boolean): Promise<void> => {
    await show(cameras, withCameras);
    await show(incidents, withIncidents);
  };
  const shot = async (withCameras: boolean, withIncidents: boolean): Promise<Buffer> => {
    await put(withCameras, withIncidents);
    await rest(page);
    return mapOf(page).screenshot();
  };
  const png = withPng ? await shot(true, true) : undefined;
  const covered = await covers(page);
  // Names of districts stand over everything; what they hide is hidden on purpose.
  await show(districts, false);
  const bare = await pixelsOf(await shot(false, false));
  const cameraShot = await pixelsOf(await shot(true, false));
  const incidentShot = await pixelsOf(await shot(false, true));
  await show(districts, true);
  await put(true, true);
  return { bare, cameras: cameraShot, incidents: incidentShot, covered, png };
}
