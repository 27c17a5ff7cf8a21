// A real browser looks at a simulated city: sixteen stills, H.264 as it comes, other codecs another way, a reason for a restricted
// site, an incident from what is seen, and a camera let go when nobody looks.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Camera } from '#core/camera';
import { systemClock } from '#core/clock';
import { lookIdOf } from '#core/ids';
import { inRoot } from '#core/root';
import { livePath } from '#dashboard/contract';
import { incidents, looks } from '#store';
import { browserPath, openBrowser, signInByPage } from '../../cli/measure/desk-driver.ts';
import { cardCity, cameraOf } from '../../simulator/testing/card-city.ts';
import { camera, password } from '../integration/dashboard-stand.ts';
import { openLiveStand, viewsOf, type LiveStand, type SimulatedCity } from '../integration/live-stand.ts';
import { hasOddCameras, startOddCameras, type OddCameras } from '../support/odd-cameras.ts';
import { eventually } from '../support/product.ts';
import { snap } from '../support/pages.ts';

const playing = 4;
const names = [
  ['Мәңгілік Ел – Ұлы Дала', 'Мангилик Ел – Улы Дала', 'Mangilik El – Uly Dala'],
  ['Тұран – Сығанақ', 'Туран – Сыганак', 'Turan – Syganaq'],
  ['Абай даңғылы, 63', 'проспект Абая, 63', '63 Abay Avenue'],
] as const;

describe.skipIf(browserPath() === undefined)('live pictures in the browser', () => {
  let city: SimulatedCity;
  let odd: OddCameras | undefined;
  let live: LiveStand;
  let browser: Browser;

  beforeAll(async () => {
    city = await cardCity([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
    odd = hasOddCameras ? await startOddCameras() : undefined;
    const streams = ['a', 'b', 'c'].map((id) => cameraOf(city, id).rtspUrl);
    const cameras: Camera[] = [
      ...Array.from({ length: 18 }, (_, n) => {
        const [kk, ru, en] = names[n % names.length] ?? names[0];
        return camera(`cam-${String(n + 101)}`, {
          name: { kk, ru, en },
          ...(n === 17 ? {} : { rtsp: streams[n % streams.length] ?? '' }),
        });
      }),
      camera('cam-200', { rtsp: streams[2] ?? '', restricted: true }),
      ...(odd ? [camera('odd-h265', { rtsp: odd.h265 }), camera('odd-mjpeg', { rtsp: odd.mjpeg })] : []),
    ];
    live = await openLiveStand(city, { cameras, webRoot: inRoot('.build', 'web'), tiles: playing, encoders: 1 });
    const close = inRoot('detector', 'close-frames');
    const frames = readdirSync(close).filter((name) => name.endsWith('.jpg'));
    const nowMs = systemClock.nowMs();
    for (const [n, { id }] of cameras.slice(0, 14).entries()) {
      const still = await live.stand.files.put(
        readFileSync(join(close, frames[n % frames.length] ?? '')),
        'still',
        'jpg',
      );
      const look = { id: lookIdOf(id, nowMs), cameraId: id, dueAtMs: nowMs, seenAtMs: nowMs - n * 9000 };
      const seen = {
        way: 'rtsp' as const,
        outcome: { kind: 'seen' as const },
        tookMs: 500,
        widthPx: 960,
        heightPx: 540,
      };
      const rest = { detections: [], observations: [], stillSha256: still, parts: null };
      await looks.save(live.database, { ...look, ...seen, ...rest }, { judgeAll: false });
    }
    browser = await openBrowser();
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await live[Symbol.asyncDispose]();
    await odd?.[Symbol.asyncDispose]();
    await city[Symbol.asyncDispose]();
  }, 300_000);

  const sitDown = async (login: string, width = 1920, height = 1080): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width, height } });
    const page = await context.newPage();
    await signInByPage(page, live.dashboard.url, login, password);
    return page;
  };
  const speak = (page: Page, language: string) => page.getByTestId(`language-${language}`).click();
  const go = (page: Page, hash: string): Promise<void> =>
    page.evaluate((to) => {
      location.hash = to;
    }, hash);
  const tile = (page: Page, id: string) => page.locator(`[data-testid="live-tile"][data-camera="${id}"]`);
  const playingTile = (page: Page, id: string, way: string) =>
    page.locator(`[data-testid="live-tile"][data-camera="${id}"][data-state="playing"][data-way="${way}"]`);
  const faultsOf = async (page: Page): Promise<string[]> => {
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
      .analyze();
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`));
  };
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });
  const noStreams = () =>
    eventually('every camera to be let go', 120, () =>
      Promise.resolve(live.dashboard.live().streams === 0 ? true : undefined),
    );
  const framesOf = (page: Page, id: string): Promise<number> =>
    tile(page, id)
      .locator('video')
      .evaluate((video) => (video instanceof HTMLVideoElement ? video.getVideoPlaybackQuality().totalVideoFrames : 0));

  test('sixteen stills; what is chosen plays as it comes, over one line, and the oldest gives way', async () => {
    const page = await sitDown('operator');
    const lines: string[] = [];
    page.on('websocket', (socket) => lines.push(new URL(socket.url()).pathname));
    await go(page, '#/live');
    await page.getByTestId('live-grid').waitFor();
    expect(await page.getByTestId('live-tile').count()).toBe(16);
    expect(lines).not.toContain(livePath);
    expect(await faultsOf(page)).toEqual([]);

    // By keyboard alone: the first tile, then three to the right.
    await tile(page, 'cam-101').getByTestId('live-press').focus();
    for (let n = 0; n < playing; n++) {
      if (n > 0) await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      await playingTile(page, `cam-${101 + n}`, 'fmp4').waitFor();
    }
    const before = await framesOf(page, 'cam-101');
    await eventually('frames that advance', 120, async () =>
      (await framesOf(page, 'cam-101')) > before + 8 ? true : undefined,
    );
    expect(live.dashboard.live()).toMatchObject({ streams: playing, viewers: playing });
    expect(await faultsOf(page)).toEqual([]);
    await tile(page, 'cam-105').getByTestId('live-press').focus();
    await page.keyboard.press('Enter');
    await playingTile(page, 'cam-105', 'fmp4').waitFor();
    await page.locator('[data-testid="live-tile"][data-camera="cam-101"][data-state="still"]').waitFor();
    expect(await page.locator('[data-testid="live-tile"][data-state="playing"]').count()).toBe(playing);
    expect(lines.filter((path) => path === livePath)).toHaveLength(1);
    await go(page, '#/desk');
    await noStreams();
    await page.context().close();
  });

  test('an incident by hand from what is seen, with the picture that was under the eye', async () => {
    const page = await sitDown('operator');
    await go(page, '#/live');
    await tile(page, 'cam-102').getByTestId('live-press').focus();
    await page.keyboard.press('Enter');
    await playingTile(page, 'cam-102', 'fmp4').waitFor();
    await page.keyboard.press('KeyN');
    await page.getByTestId('by-hand').locator('img').waitFor();
    await page.locator('[data-testid^="branch-"]').first().waitFor();
    await page.keyboard.press('Digit1');
    await page.keyboard.press('Enter');
    await snap(page, 'live-by-hand');
    await page.getByTestId('by-hand').waitFor({ state: 'detached' });
    const [raised] = await incidents.list(live.database, { sinceMs: 0, limit: 10 });
    expect(raised).toMatchObject({ cameraId: 'cam-102', origin: 'manual' });
    expect(await live.stand.files.has(raised?.stillSha256 ?? '')).toBe(true);
    // The live picture goes on behind the form; a tab that is closed lets the camera go.
    expect(live.dashboard.live().streams).toBe(1);
    await page.context().close();
    await noStreams();
  });

  test('from the camera page, by one key; a restricted site asks why, and the trail knows who, why and how long', async () => {
    const page = await sitDown('operator');
    await go(page, '#/camera/cam-101');
    await page.getByTestId('live-open').waitFor();
    await page.keyboard.press('KeyL');
    await page.getByTestId('live-layer').waitFor();
    await playingTile(page, 'cam-101', 'fmp4').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await snap(page, 'live-layer');
    await page.keyboard.press('KeyL');
    await page.getByTestId('live-layer').waitFor({ state: 'detached' });
    await go(page, '#/camera/cam-200');
    await page.getByRole('heading', { name: /cam-200/ }).waitFor();
    await page.keyboard.press('KeyL');
    await page.getByTestId('live-reason').waitFor();
    expect(await viewsOf(live.database, 'cam-200')).toEqual([]);
    expect(await faultsOf(page)).toEqual([]);
    await snap(page, 'live-reason');
    await page.getByTestId('live-reason').locator('input').fill('Қоңырау 112: қақпа алдында су');
    await page.keyboard.press('Enter');
    await playingTile(page, 'cam-200', 'fmp4').waitFor();
    await page.keyboard.press('KeyL');
    await page.getByTestId('live-layer').waitFor({ state: 'detached' });
    const rows = await eventually('both rows of the trail', 120, async () => {
      const all = await viewsOf(live.database, 'cam-200');
      return all.length === 2 ? all : undefined;
    });
    expect(rows.map(({ act, actor }) => `${actor} ${act}`)).toEqual([
      'p-operator live view began',
      'p-operator live view ended',
    ]);
    for (const { facts } of rows) expect(facts).toMatchObject({ reason: 'Қоңырау 112: қақпа алдында су' });
    await noStreams();
    await page.context().close();
  });

  test('says why there is no picture, and those who may not look have no way to it', async () => {
    const page = await sitDown('controller');
    await go(page, '#/live?c=cam-118,cam-200');
    await tile(page, 'cam-118').getByTestId('live-press').click();
    await tile(page, 'cam-118').locator('.live-ended').waitFor();
    await tile(page, 'cam-200').getByTestId('live-press').click();
    await page.getByTestId('live-reason').locator('input').fill('a reason that does not help');
    await page.keyboard.press('Enter');
    await tile(page, 'cam-200').locator('.live-ended').waitFor();
    expect(live.dashboard.live().streams).toBe(0);
    await page.context().close();
    const auditor = await sitDown('auditor');
    await go(auditor, '#/camera/cam-101');
    await auditor.getByRole('heading', { name: /cam-101/ }).waitFor();
    expect(await auditor.getByTestId('live-open').count()).toBe(0);
    await auditor.context().close();
  });

  test.skipIf(!hasOddCameras)(
    'H.265 and motion JPEG come as MPEG-1, and as key frames where no encoder is left',
    async () => {
      const page = await sitDown('operator');
      await go(page, '#/live?c=odd-h265,odd-mjpeg');
      await tile(page, 'odd-mjpeg').getByTestId('live-press').click();
      await playingTile(page, 'odd-mjpeg', 'mpeg1').waitFor({ timeout: 120_000 });
      await tile(page, 'odd-h265').getByTestId('live-press').click();
      await playingTile(page, 'odd-h265', 'jpeg').waitFor({ timeout: 120_000 });
      for (const id of ['odd-mjpeg', 'odd-h265']) {
        const ink = await tile(page, id)
          .locator('canvas')
          .evaluate((canvas) => {
            if (!(canvas instanceof HTMLCanvasElement)) return [];
            const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
            return [canvas.width, canvas.height, data.some((value, i) => i % 4 < 3 && value > 200) ? 1 : 0];
          });
        // A white ball on black: something was truly decoded and drawn.
        expect(ink, id).toEqual([640, 360, 1]);
      }
      await snap(page, 'live-odd');
      await page.context().close();
      await noStreams();
    },
  );

  test('fits every screen in Kazakh and Russian', async () => {
    const page = await sitDown('operator');
    await go(page, '#/live');
    for (const id of ['cam-101', 'cam-106']) {
      await tile(page, id).getByTestId('live-press').click();
      await playingTile(page, id, 'fmp4').waitFor();
    }
    for (const [width, height] of [
      [1280, 720],
      [1920, 1080],
      [2560, 1440],
      [3840, 2160],
    ] as const) {
      await page.setViewportSize({ width, height });
      for (const language of ['kk', 'ru']) {
        await speak(page, language);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(wide).toBeLessThanOrEqual(0);
        await snap(page, `live-${language}-${width}`);
      }
    }
    await page.context().close();
    await noStreams();
  }, 300_000);
});
