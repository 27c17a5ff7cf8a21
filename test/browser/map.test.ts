// A real browser on the map: search in three alphabets, painted ground, a day gone by, tables, groups, a lost graphics processor, tiles.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#core/clock';
import { CameraId, newId } from '#core/ids';
import { hazardNames, severities, type Language } from '#core/hazard-name';
import { inRoot } from '#core/root';
import { startDashboard } from '#dashboard';
import { beliefs, incidents, mass, sql, weather } from '#store';
import { browserPath, openBrowser, signInByPage } from '../../cli/measure/desk-driver.ts';
import { differsNear, pixelAt, pixelsOf, type View } from '../../cli/measure/map/picture.ts';
import { camera, openStand, password, until, type Stand } from '../integration/dashboard-stand.ts';

import { pictureArchive } from '../support/pmtiles.ts';
import { faultsOf, phoneSize, snap } from '../support/pages.ts';

const hourMs = 3_600_000;

const streets = ['Мәңгілік Ел – Ұлы Дала', 'Тұран – Сығанақ', 'Қабанбай батыр – Орынбор', 'Сарайшық көшесі, 34'];
const watched = Array.from({ length: 700 }, (_, n) => {
  const name = `${streets[n % streets.length] ?? ''}, ${n + 1}`;
  const [road, ...rest] = camera('x', {}).zones;
  if (!road) throw new Error('the camera of the stand has no zone');
  return camera(`cam-${n + 1}`, {
    name: { kk: name, ru: name, en: name },
    point: { lon: 71.34 + (n % 35) * 0.006 + (n % 3) * 0.001, lat: 51.07 + Math.floor(n / 35) * 0.0056 },
    bearingDeg: (n * 47) % 360,
    tiltDeg: 26,
    zones: [{ ...road, segment: `s-${Math.floor(n / 3)}` }, ...rest],
  });
});

const mapOf = (page: Page) => page.getByTestId('map');
const viewOf = async (page: Page): Promise<View> => {
  const [lon = 0, lat = 0, zoom = 0] = ((await mapOf(page).getAttribute('data-view')) ?? '').split(' ').map(Number);
  return { lon, lat, zoom };
};
const picture = async (page: Page) => pixelsOf(await mapOf(page).screenshot());

describe.skipIf(browserPath() === undefined)('the map', () => {
  let stand: Stand;
  let browser: Browser;
  let page: Page;
  let massId: string;
  const troubles: string[] = [];

  async function openMap(url: string, size = { width: 1920, height: 1080 }): Promise<Page> {
    const context = await browser.newContext({ viewport: size });
    const made = await context.newPage();
    made.on('pageerror', (error) => troubles.push(error.message));
    made.on('console', (message) => {
      // Before somebody signs in the page asks who is there.
      if (message.type() === 'error' && !message.text().includes('401')) troubles.push(message.text());
    });
    await signInByPage(made, url, 'operator', password);
    await made.goto(`${url}/#/map`);
    await mapOf(made).and(made.locator('[data-cameras="702"][data-incidents]')).waitFor();
    return made;
  }
  const speak = (language: Language): Promise<void> => page.getByTestId(`language-${language}`).click();

  beforeAll(async () => {
    stand = await openStand({ cameras: watched, webRoot: inRoot('.build', 'web') });
    const nowMs = systemClock.nowMs();
    await stand.database.run(sql`
      insert into camera_health (camera_id, state, since_at, last_look_at, last_good_at, detail, fails)
      select id, case when mod(abs(hashtext(id)), 12) = 0 then 'silent' else 'ok' end, now() - interval '2 days', now(),
        now() - case when mod(abs(hashtext(id)), 12) = 0 then interval '2 days' else interval '3 minutes' end, '', 0
      from camera on conflict (camera_id) do nothing`);
    const one = await stand.database.transaction((tx) =>
      mass.insert(
        tx,
        {
          id: newId(systemClock),
          hazard: 'snow',
          district: 'esil',
          cause: 'snowfall',
          sinceMs: nowMs - 9 * hourMs,
          state: 'open',
          severity: 'S2',
          openedAtMs: nowMs - hourMs,
          lastJoinedAtMs: nowMs,
          endedAtMs: null,
          decision: null,
          decidedAtMs: null,
          decidedBy: null,
          rejectReason: null,
          quietUntilMs: null,
          rejections: 0,
        },
        { atMs: nowMs, actor: 'judge', reason: 'one snowfall' },
      ),
    );
    massId = one.id;
    for (let n = 0; n < 60; n++) {
      const hung = watched[(n * 11 + 5) % watched.length];
      if (!hung) continue;
      await stand.raise({
        hazard: hazardNames[n % 4] ?? 'snow',
        severity: severities[n % 7 === 0 ? 3 : n % 3] ?? 'S1',
        cameraId: CameraId.parse(hung.id),
        point: hung.point,
        openedAtMs: nowMs - (n + 1) * 900_000,
        zoneId: n % 4 === 3 ? 'yard' : 'road',
      });
    }
    // Far from the others, three of one cause on one crossing.
    for (let n = 0; n < 3; n++) {
      await stand.raise({ hazard: 'snow', severity: 'S2', massId, point: { lon: 71.6, lat: 51.1 + n * 1e-5 } });
    }
    const closed = await stand.raise({ hazard: 'flooding', openedAtMs: nowMs - 20 * hourMs });
    await stand.database.transaction((tx) =>
      incidents.update(tx, closed, { state: 'closed' }, { atMs: systemClock.nowMs(), actor: 'test', reason: 'test' }),
    );
    const snow = (cameraId: string, atMs: number) => ({
      cameraId,
      zoneId: 'road',
      hazard: 'snow',
      atMs,
      belief: {
        entries: [
          {
            lookId: `l-${cameraId}`,
            atMs,
            word: 'hazard',
            sub: 'carriageway',
            level: 0.6,
            still: null,
            boxes: [],
            facts: {},
          },
        ],
        acts: [],
        doubts: [],
        blind: null,
      },
    });
    await stand.database.transaction(async (tx) => {
      await beliefs.save(
        tx,
        watched.filter((_, n) => n % 3 === 0).map((hung) => snow(hung.id, nowMs - hourMs)),
      );
      await weather.saveSnowfall(tx, {
        district: 'esil',
        startedAtMs: nowMs - 20 * hourMs,
        endedAtMs: nowMs - 9 * hourMs,
        source: 'test',
      });
    });
    browser = await openBrowser();
    page = await openMap(stand.dashboard.url);
  });
  afterAll(async () => {
    await browser.close();
    await stand.close();
  });

  const keysAt = async (...codes: string[]): Promise<void> => {
    await mapOf(page).focus();
    for (const code of codes) await page.keyboard.press(code);
  };
  /** The view after it has stopped changing. */
  const atRest = (): Promise<View> =>
    until(async () => {
      const before = await viewOf(page);
      await page.waitForTimeout(250);
      const after = await viewOf(page);
      return before.zoom === after.zoom && before.lon === after.lon && before.lat === after.lat ? after : undefined;
    });

  test('draws by canvas where no graphics processor is, every camera in its place', async () => {
    expect(await mapOf(page).getAttribute('data-way')).toBe('canvas');
    const [cameras, marks, , districts] = await page.locator('.map-layers .toggle').all();
    await marks?.click();
    await districts?.click();
    const view = await atRest();
    const shown = await picture(page);
    await cameras?.click();
    const bare = await picture(page);
    const inView = watched
      .map(({ point }) => pixelAt(point, view, shown))
      .filter(([x, y]) => x > 60 && y > 60 && x < shown.width - 120 && y < shown.height - 120);
    expect(inView.length).toBeGreaterThan(300);
    expect(inView.filter(([x, y]) => !differsNear(shown, bare, x, y, 6))).toEqual([]);
    for (const one of [cameras, marks, districts]) await one?.click();
  });

  test('is found in any alphabet, from the key to the camera without a pointer', async () => {
    for (const [typed, found] of [
      ['мангилик ел улы дала, 21', 'cam-21'],
      ['qabanbai batyr 23', 'cam-23'],
      ['Сығанақ, 22', 'cam-22'],
    ] as const) {
      await mapOf(page).focus();
      await page.keyboard.press('Slash');
      const input = page.getByTestId('map-search');
      await until(async () => ((await input.evaluate((one) => one === document.activeElement)) ? true : undefined));
      await input.fill(typed);
      await page.getByRole('option').first().waitFor();
      await page.keyboard.press('Enter');
      await page.locator('.chosen h3', { hasText: found }).waitFor();
    }
    await keysAt('Digit0');
  });

  test('paints the ground that can be judged, that was not seen, and the snow by age', async () => {
    await keysAt('Digit0', 'Equal');
    await atRest();
    const before = await picture(page);
    for (const [choice, counts] of [
      ['judge snow', /700/],
      ['unseen snow', /\d+/],
      ['snow', /\d+/],
    ] as const) {
      await page.getByTestId('map-ground').selectOption(choice);
      await page.getByTestId('map-legend').filter({ hasText: counts }).waitFor();
      const after = await until(async () => {
        const now = await picture(page);
        const view = await viewOf(page);
        const places = watched.map(({ point }) => pixelAt(point, view, now));
        const painted = places.filter(
          ([x, y]) => x > 500 && y > 20 && x < now.width - 150 && differsNear(now, before, x, y, 9),
        );
        return painted.length > 8 ? now : undefined;
      });
      expect(after.width).toBeGreaterThan(800);
      await snap(page, `map-${choice.replace(' ', '-')}`);
    }
    await page.getByTestId('map-ground').selectOption('judge snow');
    await keysAt('Equal', 'Equal', 'Equal');
    // Quick presses add up.
    await until(async () => ((await viewOf(page)).zoom === 16 ? true : undefined));
    await page.getByTestId('map-legend').filter({ hasText: /700/ }).waitFor();
    await snap(page, 'map-judge-near');
    await page.getByTestId('map-as-table').click();
    await page.locator('.map-table-which .toggle').nth(2).click();
    const table = page.getByTestId('map-ground-table');
    await table.waitFor();
    expect(Number(await table.getAttribute('aria-rowcount'))).toBeGreaterThan(200);
    await page.getByTestId('map-as-table').click();
    await page.getByTestId('map-ground').selectOption('none');
  });

  test('plays a day and comes back to now', async () => {
    await page.getByTestId('map-day-open').click();
    const slider = page.getByTestId('map-day-slider');
    await slider.waitFor();
    const said = page.getByTestId('map-day-state');
    const first = await said.textContent();
    await slider.fill(await slider.evaluate((one) => (one instanceof HTMLInputElement ? one.max : '')));
    await until(async () => ((await said.textContent()) === first ? undefined : true));
    expect(await said.textContent()).toMatch(/63/);
    await snap(page, 'map-day-kk');
    await page.getByTestId('map-day-play').click();
    const from = await said.textContent();
    await until(async () => ((await said.textContent()) === from ? undefined : true));
    await page.getByTestId('map-day-open').click();
    await slider.waitFor({ state: 'detached' });
    expect(await mapOf(page).getAttribute('data-incidents')).toBe('63');
  });

  test('is the same in words: all cameras in a table of which few rows are in the page', async () => {
    await page.getByTestId('map-as-table').click();
    await page.getByTestId('map-table').waitFor();
    await page.locator('.map-table-which .toggle').nth(1).click();
    const table = page.getByTestId('map-camera-table');
    await table.waitFor();
    expect(await table.getAttribute('aria-rowcount')).toBe('703');
    expect(await table.locator('tbody tr').count()).toBeLessThan(60);
    const box = page.locator('.map-table-scroll');
    await box.evaluate((one) => {
      one.scrollTop = one.scrollHeight;
    });
    await table.locator('tr[aria-rowindex="703"]').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await snap(page, 'map-table-kk');
    await page.getByTestId('map-as-table').click();
  });

  test('stands in every width and language without a label that overflows, and axe finds nothing', async () => {
    await page.getByTestId('map-ground').selectOption('judge open-manhole');
    await page.getByTestId('map-day-open').click();
    await page.getByTestId('map-day-slider').waitFor();
    for (const [width, height] of [
      [1280, 800],
      [1920, 1080],
      [2560, 1440],
    ] as const) {
      await page.setViewportSize({ width, height });
      for (const language of ['kk', 'ru'] as const) {
        await speak(language);
        await until(async () => ((await page.locator('html').getAttribute('lang')) === language ? true : undefined));
        await atRest();
        const tooLong = await page
          .locator('.map-screen button, .map-legend li, .map-day-now, .map-layers label')
          .evaluateAll((all) =>
            all
              .filter((one) => one.scrollWidth > one.clientWidth + 1 && !one.querySelector('.cut'))
              .map((one) => one.textContent),
          );
        expect(tooLong, `${width} ${language}`).toEqual([]);
        const side = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(side, `${width} ${language}`).toBeLessThanOrEqual(0);
        await snap(page, `map-${language}-${width}`);
      }
    }
    expect(await faultsOf(page)).toEqual([]);
    for (const [width, height] of [[3840, 2160], phoneSize] as const) {
      await page.setViewportSize({ width, height });
      await atRest();
      await snap(page, `map-ru-${width}`);
    }
    await page.getByTestId('map-day-open').click();
    await page.getByTestId('map-ground').selectOption('none');
    await page.setViewportSize({ width: 1920, height: 1080 });
  });

  test('opens the group card from a ring of one cause', async () => {
    await keysAt('Digit0');
    const view = await atRest();
    const box = await mapOf(page).boundingBox();
    if (!box) throw new Error('no map');
    const [x, y] = pixelAt({ lon: 71.6, lat: 51.1 }, view, box);
    await page.mouse.click(box.x + x, box.y + y);
    await until(() => (page.url().includes(encodeURIComponent(`mass:${massId}`)) ? true : undefined));
    await page.goto(`${stand.dashboard.url}/#/map`);
    await mapOf(page).waitFor();
  });

  test('goes on by canvas when the graphics processor is lost', async () => {
    const context = await browser.newContext({ viewport: { width: 1000, height: 700 } });
    // The browser of a test has no graphics processor; it says that it has one, and draws as well as it can.
    await context.addInitScript(() => {
      const proto = WebGL2RenderingContext.prototype;
      const own: unknown = Reflect.get(proto, 'getParameter');
      if (typeof own !== 'function') return;
      Reflect.set(proto, 'getParameter', function named(this: unknown, name: number): unknown {
        const said: unknown = Reflect.apply(own, this, [name]);
        return name === 0x9246 ? 'ANGLE (NVIDIA, NVIDIA GeForce RTX 3060)' : said;
      });
    });
    const other = await context.newPage();
    await signInByPage(other, stand.dashboard.url, 'operator', password);
    await other.goto(`${stand.dashboard.url}/#/map`);
    await mapOf(other).and(other.locator('[data-cameras="702"][data-way="webgl"]')).waitFor();
    const lost = await other.locator('.map canvas').evaluateAll((all) => {
      for (const one of all) {
        const gl = one instanceof HTMLCanvasElement ? (one.getContext('webgl2') ?? one.getContext('webgl')) : null;
        const extension = gl?.getExtension('WEBGL_lose_context');
        if (extension) {
          extension.loseContext();
          return true;
        }
      }
      return false;
    });
    expect(lost).toBe(true);
    await mapOf(other).and(other.locator('[data-way="canvas"]')).waitFor();
    await other.locator('.map-notes p').first().waitFor();
    await context.close();
  });

  test('puts tiles of one file under everything', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ahual-pmtiles-'));
    const file = join(folder, 'city.pmtiles');
    const red = await sharp({ create: { width: 256, height: 256, channels: 3, background: '#d02020' } })
      .png()
      .toBuffer();
    writeFileSync(file, pictureArchive(red));
    const tiles = { kind: 'pmtiles', file, url: null, attribution: '© test', maxZoom: 15 } as const;
    const other = await startDashboard({
      ...stand.options,
      settings: { ...stand.settings, map: { ...stand.settings.map, tiles } },
    });
    try {
      const second = await openMap(other.url, { width: 1000, height: 700 });
      await until(async () => {
        const { rgb, width, height } = await picture(second);
        let reddish = 0;
        for (let i = 0; i < width * height; i++) if ((rgb[3 * i] ?? 0) > 80 && (rgb[3 * i + 2] ?? 0) < 60) reddish += 1;
        return reddish > (width * height) / 2 ? true : undefined;
      });
      await second.context().close();
    } finally {
      await other.close();
      rmSync(folder, { recursive: true });
    }
  });

  test('had no trouble in the console', () => expect(troubles).toEqual([]));
});
