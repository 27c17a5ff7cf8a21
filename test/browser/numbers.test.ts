// A real browser: the numbers page of a busy day, by keyboard, from a number to its list, in three languages and four widths.
import { DateTime } from 'luxon';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Camera } from '#core/camera';
import { systemClock } from '#core/clock';
import { hazardNames } from '#core/hazard-name';
import { CameraId, newId, TaskId } from '#core/ids';
import { inRoot } from '#core/root';
import { held, sql, tasks, verdicts } from '#store';
import { browserPath, openBrowser, signInByPage } from '../../cli/measure/desk-driver.ts';
import { camera, openStand, password, type Stand } from '../integration/dashboard-stand.ts';
import { aTask } from '../integration/store-builders.ts';
import { eventually } from '../support/product.ts';
import { faultsOf, sitDownAt, snap, speak } from '../support/pages.ts';

const hasBrowser = browserPath() !== undefined;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const zone = 'Asia/Almaty';
const dayStartMs = DateTime.now().setZone(zone).minus({ days: 1 }).startOf('day').toMillis();
const day = DateTime.fromMillis(dayStartMs, { zone }).toISODate() ?? '';

const streets = ['Мәңгілік Ел – Ұлы Дала', 'Тұран – Сығанақ', 'Қабанбай батыр – Орынбор', 'Сарайшық көшесі, 34'];
const some = <T>(list: readonly T[], n: number): T => {
  const one = list[n % list.length];
  if (one === undefined) throw new Error('an empty list');
  return one;
};
const watched: readonly Camera[] = Array.from({ length: 24 }, (_, n) => {
  const name = `${some(streets, n)}, ${n + 1}`;
  return camera(`cam-${n + 1}`, { name: { kk: name, ru: name, en: name } });
});

describe.skipIf(!hasBrowser)('the numbers page', () => {
  let stand: Stand;
  let browser: Browser;

  beforeAll(async () => {
    stand = await openStand({ cameras: watched, webRoot: inRoot('.build', 'web') });
    browser = await openBrowser();
    for (let n = 0; n < 160; n++) {
      // Half of them within two hours, so that there is a flood; the rest over the day and the day before.
      const spread = n % 2 === 0 ? 9 * hourMs + n * 20_000 : (n * 37 * minuteMs) % (24 * hourMs);
      const raisedAtMs = dayStartMs + spread - (n % 5 === 4 ? 24 * hourMs : 0);
      const isWrong = n % 6 === 0 || n % 24 === 3;
      const incident = await stand.raise({
        hazard: n % 9 === 0 ? 'open-manhole' : n % 4 === 0 ? 'dumping' : n % 3 === 0 ? 'flooding' : 'snow',
        severity: n % 19 === 0 ? 'S4' : n % 6 === 0 ? 'S3' : 'S2',
        state: isWrong ? 'rejected' : n % 7 === 0 ? 'closed' : 'in_work',
        rejectReason: isWrong
          ? some(['shadow', 'wet_asphalt', 'shadow', 'reflection'] as const, Math.floor(n / 6))
          : null,
        cameraId: CameraId.parse(some(watched, n % 24 === 3 ? 3 : n * 7).id),
        openedAtMs: raisedAtMs - 20_000,
        raisedAtMs,
        decidedAtMs: raisedAtMs + 15_000 + ((n * 7919) % 90) * 1000,
      });
      await stand.database.transaction(async (tx) => {
        await verdicts.record(tx, {
          verdict: {
            kind: 'confirm',
            id: newId(systemClock),
            incidentId: incident.id,
            version: 1,
            decisionMs: 3000 + (n % 30) * 1000,
          },
          personId: some(['p-operator', 'p-operator2', 'p-shift-lead'], n),
          atMs: incident.decidedAtMs ?? 0,
          before: incident,
          taskIds: [],
        });
        if (isWrong) return;
        const createdAtMs = incident.decidedAtMs ?? 0;
        const acceptedAtMs = createdAtMs + (3 + (n % 11)) * minuteMs;
        const task = aTask(TaskId.parse(newId(systemClock)), incident, {
          state: 'verified',
          createdAtMs,
          acceptedAtMs,
          verifiedAtMs: acceptedAtMs + (30 + (n % 50)) * minuteMs,
        });
        await tasks.insert(tx, task, { atMs: createdAtMs, actor: 'test', reason: 'test' });
      });
    }
    await stand.database.run(sql`
      insert into look_sum (hour_at, camera_id, hazard, looks, hazard_looks, clear_looks, cannot_see)
      select ${new Date(dayStartMs + 8 * hourMs).toISOString()}::timestamptz, camera.id, hazard, 12, 1, 9, 2
      from camera cross join unnest(${hazardNames}::text[]) as watched (hazard)`);
    await stand.database.run(sql`
      insert into camera_health (camera_id, state, since_at, last_look_at, last_good_at, detail, fails)
      select id, 'ok', now(), now() - interval '2 minutes', now() - interval '2 minutes', '', 0 from camera
      where id <> 'cam-2'`);
    await stand.database.run(sql`
      insert into last_word (camera_id, zone_id, hazard, sub, word, level, seen_at)
      select camera_id, id, unnest(hazards), '', case when camera_id = 'cam-5' then 'cannot-see' else 'clear' end, 0, now() from zone`);
    await stand.raise({
      hazard: 'open-manhole',
      origin: 'manual',
      state: 'confirmed',
      cameraId: CameraId.parse('cam-open'),
      openedAtMs: dayStartMs + 8 * hourMs + 30 * minuteMs,
      raisedAtMs: dayStartMs + 8 * hourMs + 30 * minuteMs,
      decidedAtMs: dayStartMs + 8 * hourMs + 30 * minuteMs,
    });
    await stand.database.run(sql`
      insert into second_looks (id, number, incident_id, first_verdict_id, hazard, incident_before, first_person_id, first_at, first_kind,
        first_hazard, asked_from, asked_until, second_verdict_id, second_person_id, second_at, second_kind, second_hazard, agreed)
      select id, number + 1000000, id, id, hazard, '{}', 'p-operator', decided_at, 'confirm', hazard, decided_at, decided_at, id, 'p-operator2', decided_at,
        'confirm', hazard, number % 12 <> 0
      from incident where number % 4 = 0`);
    const rules = ['within-deadline', 'below-raise', 'works', 'group', 'quiet', 'vehicle-over'] as const;
    await stand.database.transaction((tx) =>
      held.count(
        tx,
        Array.from({ length: 61 }, (_, n) => ({
          cameraId: some(watched, n).id,
          zoneId: 'road',
          hazard: n % 2 === 0 ? 'snow' : 'flooding',
          rule: some(rules, n),
          level: 0.4,
          stillSha256: null,
          incidentId: null,
          atMs: dayStartMs + n * 10 * minuteMs,
        })),
        60,
      ),
    );
  }, 300_000);
  afterAll(async () => {
    await browser.close();
    await stand.close();
  }, 300_000);

  const sitDown = async (login: string, width = 1920, height = 1080): Promise<Page> => {
    const page = await sitDownAt(browser, stand.dashboard.url, login, width, height);
    await page.locator('.top nav').waitFor({ timeout: 120_000 });
    await page.locator('.app > main').first().waitFor({ timeout: 120_000 });
    await page.keyboard.press('KeyG');
    await page.keyboard.press('KeyR');
    await page.getByTestId('numbers').waitFor({ timeout: 120_000 });
    return page;
  };
  const ready = async (page: Page): Promise<void> => {
    for (const name of ['right', 'fast', 'load', 'eyes', 'cameras', 'held'])
      await page.locator(`[data-testid="numbers-${name}"][data-state="here"]`).waitFor({ timeout: 120_000 });
    await page.waitForLoadState('networkidle');
  };
  const shot = (page: Page, name: string) => snap(page, name);
  /** Words of the page that stand out of their box, where the box does not scroll. */
  const overflowing = (page: Page): Promise<string[]> =>
    page.evaluate(() =>
      [
        ...document.querySelectorAll(
          '.numbers button, .numbers th, .numbers td, .numbers dt, .numbers dd, .numbers-panel',
        ),
      ]
        .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0)
        .map((one) => `${one.className} ${one.textContent.slice(0, 60)}`),
    );

  test('says by keyboard what a day was, and each number opens what it was counted from', async () => {
    const page = await sitDown('shift-lead');
    await ready(page);
    await page.keyboard.press('ArrowLeft');
    await page.waitForURL(new RegExp(`day=${day}`));
    await ready(page);
    await page.locator('.numbers-chart canvas').first().waitFor();
    for (const language of ['ru', 'kk', 'en']) {
      await speak(page, language);
      await shot(page, `numbers-${language}-1920`);
      expect(await overflowing(page), language).toEqual([]);
    }
    expect(await faultsOf(page)).toEqual([]);

    const snow = page.locator('[data-testid="numbers-right"] tr[data-hazard="snow"] [data-list="claims"]');
    const n = Number(await snow.innerText());
    expect(n).toBeGreaterThan(20);
    await snow.focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('numbers-list').waitFor();
    expect(await page.locator('[data-testid="numbers-list"] tbody tr').count()).toBe(n);
    expect(await page.locator('dialog').innerText()).not.toMatch(/Name of|p-operator/);
    await shot(page, 'numbers-list-1920');
    expect(await faultsOf(page)).toEqual([]);
    // The layer has the keys: a digit does not change the period below it.
    await page.keyboard.press('Digit3');
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    expect(page.url()).toContain('span=day');

    // One camera is silent, another cannot see: their zones are not judged, and never counted as clear.
    await page.locator('[data-testid="numbers-eyes"] tr[data-hazard="snow"] [data-list="unjudged"]').click();
    await page.getByTestId('numbers-list').waitFor();
    const places = await page.locator('[data-testid="numbers-list"] tbody tr .numbers-place a').allInnerTexts();
    expect(places.sort()).toEqual(['cam-2', 'cam-5']);
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });

    await page.keyboard.press('KeyE');
    await page.locator('dialog .numbers-words').waitFor();
    await shot(page, 'numbers-words-1920');
    await page.keyboard.press('Escape');
    await page.close();
  }, 300_000);

  test('holds in Kazakh from a small desk to a wide one, and on paper', async () => {
    const page = await sitDown('controller', 1280, 800);
    await speak(page, 'kk');
    await page.keyboard.press('Digit2');
    await page.waitForURL(/span=week/);
    // The running week is empty on a Monday morning.
    await page.evaluate((at) => (location.hash = `#/numbers?span=week&day=${at}`), day);
    await ready(page);
    for (const [width, height] of [
      [1280, 800],
      [2560, 1440],
      [390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      await eventually('the curve has the new width', 120, async () =>
        (await page.evaluate(() => {
          const box = document.querySelector('.numbers-canvas');
          const drawn = document.querySelector('.numbers-canvas .uplot');
          return box && drawn && Math.abs(box.clientWidth - drawn.clientWidth) < 2;
        }))
          ? true
          : undefined,
      );
      await shot(page, `numbers-kk-${width}`);
      if (width >= 1280) expect(await overflowing(page), `${width}`).toEqual([]);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    // As the browser does when it prints.
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('day');
    await page.locator('.numbers-printed .numbers-words').waitFor();
    expect(await page.locator('.top').isVisible()).toBe(false);
    await page.setViewportSize({ width: 794, height: 1123 });
    await snap(page, 'numbers-print-kk', { fullPage: true });
    await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    await page.close();
  }, 300_000);

  test('the table beside a curve says what the curve shows, and the export comes as a file', async () => {
    const page = await sitDown('auditor');
    await page.evaluate((at) => (location.hash = `#/numbers?span=day&day=${at}`), day);
    await ready(page);
    const twin = page.locator('.numbers-right .numbers-twin');
    await twin.locator('summary').click();
    expect(await twin.locator('tbody tr').count()).toBe(24);
    const cells = await twin.locator('tbody td').allInnerTexts();
    const counted = cells.reduce((sum, cell) => sum + Number(cell), 0);
    const shown = await page.locator('[data-testid="numbers-right"] [data-list="claims"]').allInnerTexts();
    expect(counted).toBe(shown.reduce((sum, text) => sum + Number(text), 0));
    const coming = page.waitForEvent('download');
    await page.getByTestId('numbers-export').click();
    expect((await coming).suggestedFilename()).toBe(`ahual-day-${day}.csv`);
    await page.close();
  }, 300_000);

  test('one panel fails in words while the others stand, and without a line the last numbers stay with their time', async () => {
    const page = await sitDown('shift-lead');
    await ready(page);
    await page.clock.install();
    await page.route('**/api/numbers/eyes*', (route) =>
      route.fulfill({
        status: 500,
        contentType: 'application/json',
        body: JSON.stringify({ code: 'INTERNAL', message: 'It broke.', cure: 'Wait.', requestId: '1' }),
      }),
    );
    await page.keyboard.press('Digit2');
    await page.locator('[data-testid="numbers-eyes"][data-state="failed"] .failure').waitFor();
    await page.locator('[data-testid="numbers-right"][data-state="here"]').waitFor();
    await shot(page, 'numbers-failed-1920');
    await page.unroute('**/api/numbers/eyes*');
    await page.locator('[data-testid="numbers-eyes"] .failure button').click();
    await ready(page);
    // The next counting, a minute later, finds no server: what is known stays, and says of when it is.
    await page.route('**/api/numbers/**', (route) => route.abort());
    await page.clock.fastForward(61_000);
    await page.locator('.numbers-fast .notice').waitFor();
    expect(await page.getByTestId('numbers-fast').getAttribute('data-state')).toBe('here');
    // What was never asked for cannot be shown.
    await page.keyboard.press('ArrowLeft');
    await page.locator('[data-testid="numbers-fast"][data-state="failed"]').waitFor();
    await page.close();
  }, 300_000);

  test('nobody without the permission has the screen', async () => {
    const page = await browser.newPage();
    await signInByPage(page, stand.dashboard.url, 'operator', password);
    await page.locator('.top nav').waitFor({ timeout: 120_000 });
    await page.evaluate(() => (location.hash = '#/numbers'));
    await page.locator('.desk').first().waitFor();
    expect(await page.getByTestId('numbers').count()).toBe(0);
    expect(await page.locator('.top nav a[href="#/numbers"]').count()).toBe(0);
    await page.close();
  }, 300_000);
});
