// A real browser: zones drawn by keyboard and by hand, refused, tested on kept looks and saved; and the city edited in its lists.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Camera } from '#core/camera';
import { systemClock } from '#core/clock';
import { lookIdOf, PersonId } from '#core/ids';
import { inRoot } from '#core/root';
import { hashPassword } from '#dashboard';
import { groundMark } from '#hazards';
import { cameras, looks, people, rules } from '#store';
import { browserPath, openBrowser } from '../../cli/measure/desk-driver.ts';
import { camera, openStand, password, type Stand } from '../integration/dashboard-stand.ts';
import { eventually } from '../support/product.ts';
import { faultsOf, phoneSize, shootAt, sitDownAt, snap, speak } from '../support/pages.ts';

const hasBrowser = browserPath() !== undefined;
const longName = 'Мәңгілік Ел даңғылы мен Ұлы Дала көшесінің қиылысы, '.repeat(5).slice(0, 280);

const drawn = camera('cam-0001', {
  name: { kk: 'Мәңгілік Ел – Ұлы Дала', ru: 'Мангилик Ел – Улы Дала', en: 'Mangilik El – Uly Dala' },
  tiltDeg: 22,
  heightM: 8,
});
const [road] = drawn.zones;
if (!road) throw new Error('the camera of the stand has a zone');
const watched: readonly Camera[] = [
  drawn,
  camera('cam-0002', { name: { kk: `${longName}<b>`, ru: `${longName}<b>`, en: `${longName}<b>` } }),
  ...Array.from({ length: 300 }, (_, n) =>
    camera(`cam-1${String(n).padStart(3, '0')}`, {
      district: n % 2 === 0 ? 'esil' : 'nura',
      rtsp: 'rtsp://10.0.0.7/a?key=k',
    }),
  ),
];

describe.skipIf(!hasBrowser)('the city drawn in the browser', () => {
  let stand: Stand;
  let browser: Browser;

  beforeAll(async () => {
    stand = await openStand({ cameras: watched, webRoot: inRoot('.build', 'web') });
    browser = await openBrowser();
    const close = inRoot('detector', 'close-frames');
    const frames = readdirSync(close).filter((name) => name.endsWith('.jpg'));
    const stills = await Promise.all(
      frames.slice(0, 6).map((name) => stand.files.put(readFileSync(join(close, name)), 'still', 'jpg')),
    );
    const nowMs = systemClock.nowMs();
    for (let n = 0; n < 26; n++) {
      const atMs = nowMs - (26 - n) * 300_000;
      const isSnowy = n > 14 && n < 20;
      const look = {
        lookId: lookIdOf(drawn.id, atMs),
        cameraId: drawn.id,
        seenAtMs: atMs,
        stillSha256: stills[n % stills.length] ?? null,
      };
      await looks.save(
        stand.database,
        {
          id: look.lookId,
          cameraId: drawn.id,
          dueAtMs: atMs,
          seenAtMs: atMs,
          way: 'rtsp',
          outcome: n === 8 ? { kind: 'unseen', state: 'dark', detail: 'dark' } : { kind: 'seen' },
          tookMs: 800,
          widthPx: 1280,
          heightPx: 720,
          detections: [],
          observations:
            n === 8
              ? []
              : (['snow', 'flooding', 'open-manhole'] as const).map((hazard) => ({
                  ...look,
                  zoneId: 'road',
                  hazard,
                  sub: '',
                  word: hazard === 'snow' && isSnowy ? 'hazard' : 'clear',
                  level: hazard === 'snow' && isSnowy ? 0.9 : 0.03,
                  support: {
                    boxes: [],
                    facts: { share: hazard === 'snow' && isSnowy ? 0.9 : 0.01, ground: groundMark(road) },
                  },
                })),
          stillSha256: look.stillSha256,
          parts: null,
        },
        { judgeAll: false },
      );
    }
    for (let n = 0; n < 5; n++) {
      await stand.raise({
        cameraId: drawn.id,
        hazard: n % 2 === 0 ? 'snow' : 'flooding',
        state: n === 0 ? 'pending_review' : n === 4 ? 'rejected' : 'closed',
        openedAtMs: nowMs - n * 2 * 86_400_000 - 3_600_000,
        decidedAtMs: n === 0 ? null : nowMs - n * 2 * 86_400_000,
      });
    }
    const hash = await hashPassword(password);
    await stand.database.transaction((tx) =>
      people.insert(
        tx,
        {
          id: PersonId.parse('p-second-admin'),
          login: 'second-admin',
          name: 'Second Admin',
          roles: ['system_admin'],
          agencyId: null,
          language: 'kk',
          active: true,
        },
        hash,
      ),
    );
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await stand.close();
  }, 300_000);

  const sitDown = (login: string, width = 1920, height = 1080): Promise<Page> =>
    sitDownAt(browser, stand.dashboard.url, login, width, height);
  const shot = (page: Page, name: string) => snap(page, name);
  const go = async (page: Page, hash: string): Promise<void> => {
    await page.evaluate((to) => {
      location.hash = to;
    }, hash);
  };
  /** Labels that are wider than their button or cell: a word that nobody can read to its end. */
  const overflowing = (page: Page): Promise<string[]> =>
    page.evaluate(() =>
      [...document.querySelectorAll('main button, main label > span, main th, main dt, main summary')]
        .filter(
          (one) =>
            one.scrollWidth > one.clientWidth + 1 &&
            getComputedStyle(one).display !== 'inline' &&
            !one.classList.contains('hidden'),
        )
        .map((one) => `${one.tagName} ${one.textContent.slice(0, 60)}`),
    );
  const press = async (page: Page, keys: readonly string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const ringOf = async (id: string) =>
    (await cameras.byId(stand.database, 'cam-0001'))?.zones.find((zone) => zone.id === id)?.polygon;

  test('zones are drawn by keyboard alone, tested on the last looks and saved', async () => {
    const page = await sitDown('camera-admin');
    await page.locator('.camera-screen').waitFor({ timeout: 120_000 });
    await go(page, '#/camera/cam-0001');
    await page.getByTestId('camera-day').waitFor({ timeout: 120_000 });
    for (const language of ['ru', 'kk']) {
      await speak(page, language);
      await shot(page, `camera-${language}-1920`);
    }
    expect(await shootAt(page, 'camera-kk', [[3840, 2160], phoneSize])).not.toContain(3840);
    expect(await faultsOf(page)).toEqual([]);
    await page.keyboard.press('KeyE');
    const editor = page.getByTestId('zone-editor');
    await editor.waitFor({ timeout: 120_000 });
    await page.locator('.zone-canvas img').waitFor();
    // A zone of three points beside the road, by keys alone.
    await press(page, ['Insert', 'KeyA']);
    for (let n = 0; n < 12; n++) await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('KeyA');
    for (let n = 0; n < 10; n++) await page.keyboard.press('Shift+ArrowDown');
    await press(page, ['KeyA', 'ArrowLeft', 'KeyZ', 'Shift+KeyZ', 'Enter']);
    await page.getByTestId('zone-fields').waitFor();
    await press(page, ['KeyJ', 'ArrowUp', 'ArrowUp']);
    await page.getByTestId('zone-run-test').waitFor();
    await page.keyboard.press('Enter');
    await page.getByTestId('zone-test-table').waitFor({ timeout: 120_000 });
    expect(await page.getByTestId('zone-test').locator('.thumb').count()).toBe(24);
    for (const language of ['ru', 'kk']) {
      await speak(page, language);
      await shot(page, `zones-test-${language}-1920`);
    }
    expect(await faultsOf(page)).toEqual([]);
    expect(await overflowing(page)).toEqual([]);
    await page.getByTestId('zone-canvas').focus();
    await page.keyboard.press('Enter');
    const saved = await eventually('the zone is kept', 120, () => ringOf('A'));
    expect(saved).toHaveLength(3);
    await page.getByTestId('zone-history').getByText('Name of camera-admin').first().waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.camera-screen').waitFor();
  }, 300_000);

  test('a hand drags, adds on a side, removes that point; a crossing is refused in words; leaving asks twice', async () => {
    const page = await sitDown('camera-admin', 1280, 800);
    await page.locator('.camera-screen').waitFor({ timeout: 120_000 });
    await go(page, '#/camera/cam-0001');
    await page.getByTestId('zones-edit').click();
    const canvas = page.getByTestId('zone-canvas');
    await canvas.waitFor({ timeout: 120_000 });
    await page.locator('.zone-canvas img').waitFor();
    await speak(page, 'kk');
    const box = await canvas.boundingBox();
    if (!box) throw new Error('the canvas is not on the page');
    const place = (x: number, y: number): [number, number] => [box.x + x * box.width, box.y + y * box.height];
    const drag = async (from: [number, number], to: [number, number]): Promise<void> => {
      await page.mouse.move(...from);
      await page.mouse.down();
      await page.mouse.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2);
      await page.mouse.move(...to);
      await page.mouse.up();
    };
    const handles = page.locator('.zone-handle');
    // The road is chosen first: (0, 0.5) (1, 0.5) (1, 1).
    await drag(place(0.5, 0.5), place(0.5, 0.35));
    expect(await handles.count()).toBe(4);
    await page.mouse.click(...place(0.5, 0.35), { button: 'right' });
    expect(await handles.count()).toBe(3);
    await page.getByTestId('zone-undo').click();
    expect(await handles.count()).toBe(4);
    // Somebody else saves meanwhile: the drawing is not lost, it is laid over what is there now.
    const now = await cameras.byId(stand.database, 'cam-0001');
    if (!now) throw new Error('the camera is there');
    await stand.database.transaction((tx) => cameras.upsert(tx, { ...now, bearingDeg: 77 }));
    await page.getByTestId('zone-run-test').click();
    await page.getByTestId('zone-carry').click();
    await page.getByTestId('zone-refusal').waitFor({ state: 'detached' });
    expect(await handles.count()).toBe(4);
    await page.getByTestId('zone-run-test').click();
    await page.getByTestId('zone-test-table').waitFor();
    const smaller = await canvas.boundingBox();
    if (!smaller) throw new Error('the canvas is not on the page');
    Object.assign(box, smaller);
    await drag(place(0.5, 0.35), place(0.9, 0.99));
    await page.getByTestId('zone-faults').waitFor();
    expect(await page.getByTestId('zone-run-test').isDisabled()).toBe(true);
    await shot(page, 'zones-refused-kk-1280');
    expect(await overflowing(page)).toEqual([]);
    await canvas.focus();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.locator('.camera-screen').waitFor();
    expect(await ringOf('road')).toEqual(road.polygon);
  }, 300_000);

  test('a long list is windowed and filtered by district', async () => {
    const page = await sitDown('camera-admin', 2560, 1440);
    await page.locator('.camera-screen').waitFor({ timeout: 120_000 });
    await page.getByTestId('camera-window').locator('a').first().waitFor();
    expect(await page.getByTestId('camera-window').locator('a').count()).toBeLessThan(60);
    await page.keyboard.press('End');
    await eventually('the last row is in sight', 120, async () =>
      (await page.locator('.camera-window a[aria-current="true"]').isVisible()) ? true : undefined,
    );
    await page.locator('.camera-list select').nth(1).selectOption('nura');
    await page.locator('.camera-list [role="status"]', { hasText: '150' }).waitFor();
    await go(page, '#/camera/cam-0002');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await speak(page, 'kk');
    await shot(page, 'camera-long-kk-2560');
  }, 300_000);

  test('a camera is added and an address with a password is refused', async () => {
    const page = await sitDown('camera-admin');
    await page.locator('.camera-screen').waitFor({ timeout: 120_000 });
    await go(page, '#/options/places');
    await page.getByTestId('places-add').click({ timeout: 120_000 });
    const form = page.getByTestId('camera-form');
    const fields = form.locator('input:not([type="checkbox"])');
    for (const [at, text] of ['cam-9999', 'Жаңа камера', 'Новая камера', 'New camera', '51,115', '71.43'].entries())
      await fields.nth(at).fill(text);
    await form.locator('select').first().selectOption('esil');
    await fields.nth(7).fill('rtsp://root:pass@10.0.0.9/main');
    await page.getByTestId('places-save').click();
    await page.getByTestId('places-refusal').waitFor();
    for (const language of ['ru', 'kk']) {
      await speak(page, language);
      await shot(page, `places-cameras-${language}-1920`);
    }
    expect(await faultsOf(page)).toEqual([]);
    expect(await overflowing(page)).toEqual([]);
    await fields.nth(7).fill('rtsp://10.0.0.9/main');
    await page.getByTestId('places-save').click();
    await page.getByTestId('places-history').waitFor();
    expect((await cameras.byId(stand.database, 'cam-9999'))?.rtsp).toBe('rtsp://10.0.0.9/main');
  }, 300_000);

  test('routing is tried, proposed by one and published by another', async () => {
    const page = await sitDown('system-admin', 1920, 1080);
    await page
      .getByTestId('tab-places')
      .or(page.locator('nav a[href^="#/options"]'))
      .first()
      .waitFor({ timeout: 120_000 });
    await go(page, '#/options/places');
    await page.getByTestId('places-agencies').waitFor({ timeout: 120_000 });
    await page.locator('.places-list .map-row').first().click();
    await speak(page, 'kk');
    await page.getByTestId('places-history').waitFor();
    await shot(page, 'places-agencies-kk-1920');
    expect(await faultsOf(page)).toEqual([]);
    await page.getByTestId('places-routing').click();
    await page.locator('.rules-list .map-row', { hasText: 'R-FLOOD' }).last().click();
    const primary = page.locator('.places-form select').nth(5);
    await primary.selectOption('su-arnasy');
    await page.getByTestId('rules-try').click();
    await page.getByTestId('rules-trial').waitFor();
    await page.locator('.rules-changes li').first().waitFor();
    for (const language of ['ru', 'kk']) {
      await speak(page, language);
      await shot(page, `places-routing-${language}-1920`);
    }
    expect(await faultsOf(page)).toEqual([]);
    expect(await overflowing(page)).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 900 });
    await shot(page, 'places-routing-kk-1280');
    expect(await overflowing(page)).toEqual([]);
    await page.locator('.places-side form input').fill('су арнаға беріледі');
    await page.getByTestId('rules-propose').click();
    await page.getByTestId('rules-drafts').getByText('су арнаға беріледі').waitFor();
    expect(await page.getByTestId('rules-publish').count()).toBe(0);

    const other = await sitDown('second-admin');
    await go(other, '#/options/places');
    await other.getByTestId('places-routing').click({ timeout: 120_000 });
    await other.getByTestId('rules-publish').click();
    await eventually('the row is published', 120, async () =>
      (await rules.routing(stand.database)).find((row) => row.id === 'R-FLOOD')?.primary === 'su-arnasy'
        ? true
        : undefined,
    );
  }, 300_000);
});
