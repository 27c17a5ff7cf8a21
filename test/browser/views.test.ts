// A real browser: a camera that turns gets a second view from a kept look, zones of its own, a name, and loses it again in two steps.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#core/clock';
import { CameraId, lookIdOf } from '#core/ids';
import { inRoot } from '#core/root';
import { cameras, looks, picks } from '#store';
import { browserPath, openBrowser } from '../../cli/measure/desk-driver.ts';
import { camera, openStand, type Stand } from '../integration/dashboard-stand.ts';
import { eventually } from '../support/product.ts';
import { faultsOf, phoneSize, shootAt, sitDownAt, speak } from '../support/pages.ts';

const hasBrowser = browserPath() !== undefined;
const id = CameraId.parse('ptz-0001');
const name = { kk: 'Мәңгілік Ел – Ұлы Дала', ru: 'Мангилик Ел – Улы Дала', en: 'Mangilik El – Uly Dala' };

describe.skipIf(!hasBrowser)('views of a camera in the browser', () => {
  let stand: Stand;
  let browser: Browser;
  const stills: string[] = [];
  let n = 0;

  async function aLook(still: number, preset?: string | null): Promise<string> {
    const atMs = systemClock.nowMs() - 3_600_000 + ++n * 60_000;
    const lookId = lookIdOf(id, atMs);
    const isSeen = preset !== null;
    await looks.save(
      stand.database,
      {
        id: lookId,
        cameraId: id,
        dueAtMs: atMs,
        seenAtMs: atMs,
        way: 'rtsp',
        outcome: isSeen ? { kind: 'seen' } : { kind: 'unseen', state: 'moved', detail: 'none of its views' },
        tookMs: 800,
        widthPx: 1280,
        heightPx: 720,
        ...(preset === undefined ? {} : { preset }),
        detections: [],
        observations: [],
        stillSha256: stills[still] ?? null,
        parts: null,
      },
      { judgeAll: false },
    );
    return lookId;
  }

  beforeAll(async () => {
    mkdirSync(inRoot('test-results'), { recursive: true });
    stand = await openStand({ cameras: [camera(id, { name, tiltDeg: 18 })], webRoot: inRoot('.build', 'web') });
    browser = await openBrowser();
    const close = inRoot('detector', 'close-frames');
    for (const file of readdirSync(close).filter((one) => one.endsWith('.jpg')))
      stills.push(await stand.files.put(readFileSync(join(close, file)), 'still', 'jpg'));
    await aLook(0);
    await aLook(1);
    const [first] = stills;
    const pickedAtMs = systemClock.nowMs();
    const pick = {
      id: 'pick-main',
      cameraId: id,
      kind: 'day',
      stillSha256: first ?? '',
      pickedBy: 'p-camera-admin',
    } as const;
    await stand.database.transaction((tx) => picks.pick(tx, { ...pick, seenAtMs: pickedAtMs - 3_600_000, pickedAtMs }));
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await stand.close();
  }, 60_000);

  test('an engineer makes a view of a picture, draws on it, names it and removes it', async () => {
    const page = await sitDownAt(browser, stand.dashboard.url, 'camera-admin', 1920, 1080);
    await page.locator('.camera-screen').waitFor({ timeout: 30_000 });
    await speak(page, 'kk');
    await page.evaluate((camera) => {
      location.hash = `#/camera/${camera}`;
    }, String(id));
    await page.getByTestId('views').waitFor();
    await page.locator('.camera-one h1').click();
    await page.keyboard.press('KeyV');
    const layer = page.getByTestId('views-layer');
    await layer.getByTestId('view-add').waitFor();
    await layer.locator('.views-add input[type="text"], .views-add input:not([type])').fill('Қиылыс');
    expect(await faultsOf(page)).toEqual([]);
    await layer.getByTestId('view-add').click();
    await layer.getByTestId('view-row-view-2').waitFor();
    expect((await cameras.byId(stand.database, String(id)))?.presets?.map((one) => one.name)).toEqual(['', 'Қиылыс']);

    await layer.getByTestId('view-row-main').locator('input').first().fill('Аула');
    await layer.getByTestId('view-row-view-2').locator('button').first().click();
    await layer.getByTestId('views-save').click();
    await eventually('the order is kept', 20, async () => {
      const now = (await cameras.byId(stand.database, String(id)))?.presets?.map((one) => one.name).join();
      return now === 'Қиылыс,Аула' ? now : undefined;
    });
    await aLook(1, 'view-2');
    await aLook(0, 'main');
    await aLook(2, null);
    expect(await faultsOf(page)).toEqual([]);
    expect(await shootAt(page, 'views-layer-kk', [[1280, 800], [1920, 1080], phoneSize])).toEqual([]);
    await page.keyboard.press('Escape');
    await layer.waitFor({ state: 'detached' });

    // The page has a row of both; zones are drawn on the one that is chosen.
    const row = page.getByTestId('view-view-2');
    await row.locator('img').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await row.scrollIntoViewIfNeeded();
    expect(
      await shootAt(page, 'views-page-kk', [
        [1280, 800],
        [1920, 1080],
      ]),
    ).toEqual([]);
    await row.getByRole('button').click();
    await page.getByTestId('zone-editor').waitFor();
    await page.getByTestId('zones-view').getByText('Қиылыс').waitFor();
    expect(await page.locator('.zone-list li').count()).toBe(0);
    await page.keyboard.press('Escape');

    await page.locator('.camera-one h1').click();
    await page.keyboard.press('KeyV');
    const second = layer.getByTestId('view-row-view-2');
    await second.waitFor();
    await second.locator('button').last().click();
    await page.getByTestId('view-remove-sure').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByTestId('view-remove-do').click();
    await second.waitFor({ state: 'detached' });
    expect((await cameras.byId(stand.database, String(id)))?.presets?.map((one) => one.name)).toEqual(['Аула']);
  }, 180_000);
});
