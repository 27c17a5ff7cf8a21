// A real browser: many cameras marked and changed in two steps, references picked from kept looks, the day of a camera in one line.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#core/clock';
import { CameraId, lookIdOf } from '#core/ids';
import { inRoot } from '#core/root';
import { cameraQuiet, cameras, looks, picks } from '#store';
import { browserPath, openBrowser } from '../../cli/measure/desk-driver.ts';
import { camera, openStand, type Stand } from '../integration/dashboard-stand.ts';
import { eventually } from '../support/product.ts';
import { faultsOf, phoneSize, shootAt, sitDownAt, snap, speak } from '../support/pages.ts';

const hasBrowser = browserPath() !== undefined;
const id = CameraId.parse('cam-0001');
const watched = [
  camera(id, { name: { kk: 'Мәңгілік Ел – Ұлы Дала', ru: 'Мангилик Ел – Улы Дала', en: 'Mangilik El – Uly Dala' } }),
  ...Array.from({ length: 120 }, (_, n) =>
    camera(`cam-1${String(n).padStart(3, '0')}`, { rtsp: `rtsp://10.0.0.${7 + (n % 3)}/${n}`, watch: n === 0 }),
  ),
];

describe.skipIf(!hasBrowser)('many cameras, references and the day line in the browser', () => {
  let stand: Stand;
  let browser: Browser;

  beforeAll(async () => {
    stand = await openStand({ cameras: watched, webRoot: inRoot('.build', 'web') });
    browser = await openBrowser();
    const close = inRoot('detector', 'close-frames');
    const frames = readdirSync(close).filter((name) => name.endsWith('.jpg'));
    const nowMs = systemClock.nowMs();
    for (const [n, name] of frames.slice(0, 6).entries()) {
      const still = await stand.files.put(readFileSync(join(close, name)), 'still', 'jpg');
      const atMs = nowMs - (8 - n) * 300_000;
      const look = { lookId: lookIdOf(id, atMs), cameraId: id, seenAtMs: atMs, stillSha256: still };
      const said = { zoneId: 'road', hazard: 'snow', sub: '', level: 0.02, word: 'clear' } as const;
      await looks.save(
        stand.database,
        {
          id: look.lookId,
          cameraId: id,
          dueAtMs: atMs,
          seenAtMs: atMs,
          way: 'rtsp',
          outcome: { kind: 'seen' },
          tookMs: 800,
          widthPx: 1280,
          heightPx: 720,
          detections: [],
          observations: [{ ...look, ...said, support: { boxes: [], facts: {} } }],
          stillSha256: still,
          parts: null,
        },
        { judgeAll: false },
      );
    }
    for (let n = 0; n < 5; n++) {
      const openedAtMs = nowMs - n * 2 * 86_400_000 - 3_600_000;
      const state = n === 4 ? 'rejected' : 'closed';
      const ended = { decidedAtMs: openedAtMs + 60_000, closedAtMs: openedAtMs + 120_000 };
      await stand.raise({ cameraId: id, hazard: n % 2 === 0 ? 'snow' : 'flooding', state, openedAtMs, ...ended });
    }
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await stand.close();
  }, 300_000);

  test('an engineer marks by keys, sees what will change, changes the rhythm, and picks a reference', async () => {
    const page = await sitDownAt(browser, stand.dashboard.url, 'camera-admin', 1920, 1080);
    await page.locator('.camera-screen').waitFor({ timeout: 120_000 });
    await speak(page, 'kk');
    await page.getByTestId('camera-node').selectOption('10.0.0.8');
    await page.locator('.camera-list [role="status"]', { hasText: '40' }).first().waitFor();
    await page.locator('.camera-screen h1').click();
    await page.keyboard.press('Shift+KeyX');
    await page.getByTestId('set-bar').getByText('40').waitFor();
    await page.keyboard.press('KeyB');
    await page.getByTestId('set-layer').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByTestId('set-try').focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('set-trial').waitFor();
    expect(await page.locator('.set-lines li').count()).toBeLessThan(40);
    expect(await faultsOf(page)).toEqual([]);
    await snap(page, 'camera-sets-kk-1920');
    await page.keyboard.press('Enter');
    await page.getByTestId('set-layer').waitFor({ state: 'detached' });
    expect((await cameras.byId(stand.database, 'cam-1001'))?.lookEveryS).toBe(120);
    expect((await cameras.byId(stand.database, 'cam-1000'))?.lookEveryS).toBeUndefined();

    await page.evaluate(() => {
      location.hash = '#/camera/cam-0001';
    });
    await page.getByTestId('day-line').waitFor();
    await page.getByTestId('references').waitFor();
    await page.locator('.camera-one h1', { hasText: 'cam-0001' }).click();
    await page.keyboard.press('KeyR');
    const layer = page.getByTestId('references-layer');
    await layer.locator('.strip .thumb').first().waitFor();
    await layer.locator('.strip .thumb').nth(2).focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('reference-pick-winter').focus();
    await page.keyboard.press('Enter');
    const picked = await eventually(
      'the reference is picked',
      120,
      async () => (await picks.of(stand.database, id))[0],
    );
    expect(picked).toMatchObject({ kind: 'winter', pickedBy: 'p-camera-admin' });
    await layer.getByTestId('reference-winter').locator('img').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await snap(page, 'camera-references-kk-1920');
    await page.keyboard.press('Escape');
    await layer.waitFor({ state: 'detached' });
  }, 300_000);

  test('a shift lead puts a hazard off by hand; the line says so, and ends it', async () => {
    const page = await sitDownAt(browser, stand.dashboard.url, 'shift-lead', 1920, 1080);
    await page.getByTestId('line').waitFor({ timeout: 120_000 });
    await page.evaluate(() => {
      location.hash = '#/camera/cam-0001';
    });
    await page.getByTestId('day-line').waitFor({ timeout: 120_000 });
    await speak(page, 'kk');
    await page
      .locator('.camera-row', { has: page.locator('a[aria-current="true"]') })
      .locator('input')
      .check();
    await page.getByTestId('set-change').click();
    await page.getByTestId('set-layer').locator('input[type="checkbox"]').first().check();
    await page.getByTestId('set-reason').fill('көшені жуу жоспарланған');
    await page.getByTestId('set-try').click();
    await page.getByTestId('set-do').click();
    await page.getByTestId('quiet-end').waitFor();
    expect(await cameraQuiet.now(stand.database, systemClock.nowMs(), id)).toHaveLength(1);
    expect(await faultsOf(page)).toEqual([]);
    expect(await shootAt(page, 'camera-page-kk', [[1280, 800], [1920, 1080], phoneSize])).not.toContain(1280);
    await page.getByTestId('quiet-end').click();
    await page.getByTestId('quiet-end').waitFor({ state: 'detached' });
    expect(await cameraQuiet.now(stand.database, systemClock.nowMs(), id)).toEqual([]);
  }, 300_000);
});
