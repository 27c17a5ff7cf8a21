// A real browser: the tab of retention, a camera as a page of its own on a phone, an agency's own score, the note
// of a shift with what is put off.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#core/clock';
import { CameraId } from '#core/ids';
import { inRoot } from '#core/root';
import { startDashboard, type Dashboard } from '#dashboard';
import { cameraQuiet, clips, keeping, kept, looks, marks } from '#store';
import { freezeScores } from '#tasks';
import { browserPath, openBrowser } from '../../cli/measure/desk-driver.ts';
import { agencyOf, camera, openStand, type Stand } from '../integration/dashboard-stand.ts';
import { emptied, filled } from '../integration/new-installation.ts';
import { sealedClipIn } from '../integration/sealed-clip.ts';
import { aLook } from '../integration/store-builders.ts';
import { frozenMonth, frozenMonthMs, minuteMs, worked } from '../integration/worked.ts';
import { faultsOf, phoneSize, shootAt, sitDownAt, speak, standsOut } from '../support/pages.ts';

const id = CameraId.parse('cam-0001');
const streets = ['Мәңгілік Ел – Ұлы Дала', 'Тұран – Сығанақ', 'Қабанбай батыр – Орынбор', 'Сарайшық көшесі, 34'];
const watched = streets.map((name, n) => camera(`cam-000${n + 1}`, { name: { kk: name, ru: name, en: name } }));
const hourMs = 3_600_000;

describe.skipIf(browserPath() === undefined)('screens that were owed', () => {
  let stand: Stand;
  let browser: Browser;

  beforeAll(async () => {
    stand = await openStand({ cameras: watched, webRoot: inRoot('.build', 'web') });
    browser = await openBrowser();
    const close = inRoot('detector', 'close-frames');
    const frames = readdirSync(close).filter((name) => name.endsWith('.jpg'));
    const nowMs = systemClock.nowMs();
    for (const [n, name] of frames.slice(0, 6).entries()) {
      const stillSha256 = await stand.files.put(readFileSync(join(close, name)), 'still', 'jpg');
      const look = aLook(id, nowMs - (8 - n) * 300_000, [{ hazard: 'snow', word: 'clear' }]);
      await looks.save(stand.database, { ...look, stillSha256 }, { judgeAll: false });
    }
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await stand.close();
  }, 60_000);

  const go = (page: Page, hash: string): Promise<void> => page.evaluate((to) => void (location.hash = to), hash);

  test('retention says the terms with their settings, the disk and when it fills, holds and the last sweep', async () => {
    const { database, files } = stand;
    const nowMs = systemClock.nowMs();
    const held = await sealedClipIn(stand, Buffer.alloc(900_000, 7), { stillSha256: null });
    await database.transaction((tx) => clips.hold(tx, held.id, true));
    const terms = { framesH: 48, rejectedFramesD: 30, confirmedFramesD: 366, clipsWithoutViolationD: 30 };
    const swept = await keeping.sweep(database, files, nowMs, { ...terms, hourlySumsD: 396, recordsD: 1827 });
    await kept.note(database, files, { atMs: nowMs, tookMs: 4200, swept });
    const measured = await kept.told(database);
    // Five days before, by which the disk would be full in ten.
    const history = Array.from({ length: 120 }, (_, h) => ({
      atMs: nowMs - (120 - h) * hourMs,
      fileBytes: 2e9 + h * 4e7,
      rowBytes: 5e8,
      freeBytes: 1e10 + ((120 - h) / 24) * 1e9,
    }));
    const last = { atMs: nowMs, fileBytes: 6.8e9, rowBytes: 5e8, freeBytes: 1e10 };
    await marks.set(database, 'kept', { ...measured, history: [...history, last] });

    const page = await sitDownAt(browser, stand.dashboard.url, 'auditor', 1280, 800);
    await speak(page, 'kk');
    await go(page, '#/options/keeping');
    const row = page.getByTestId('keeping-terms').locator('tr[data-thing="frame"]');
    expect(await row.innerText()).toContain('keeping.framesH');
    expect(await row.innerText()).toContain('48 сағат');
    expect(await page.getByTestId('keeping-forecast').innerText()).toMatch(/10.күн|9.күн/);
    expect(await page.getByTestId('keeping-holds').innerText()).toMatch(/1/);
    expect(await page.getByTestId('keeping-terms').locator('input, button').count()).toBe(0);
    expect(await shootAt(page, 'keeping-kk', [[1280, 800], [1920, 1080], phoneSize])).toEqual([]);
    expect(await faultsOf(page)).toEqual([]);
    await page.getByTestId('keeping-disk').scrollIntoViewIfNeeded();
    await shootAt(page, 'keeping-disk-kk', [[1280, 800]]);
    await page.context().close();
  });

  test('on a phone a camera is a page of its own with a way back, and the editor says that it wants a wider screen', async () => {
    const page = await sitDownAt(browser, stand.dashboard.url, 'camera-admin', ...phoneSize);
    await speak(page, 'kk');
    await go(page, '#/camera');
    const list = page.getByTestId('camera-window');
    await list.waitFor();
    expect(await page.locator('.camera-one').isVisible()).toBe(false);
    expect(await shootAt(page, 'phone-cameras-kk', [phoneSize])).toEqual([]);
    await list.locator(`a[href="#/camera/${id}"]`).click();
    await page.getByTestId('zones-edit').waitFor();
    expect(await list.isVisible()).toBe(false);
    expect(await standsOut(page)).toBe(0);
    for (const box of ['.app', '.camera-one'])
      expect(await page.locator(box).evaluate((one) => one.scrollWidth - one.clientWidth)).toBe(0);
    expect(await shootAt(page, 'phone-camera-kk', [phoneSize])).toEqual([]);
    expect(await faultsOf(page)).toEqual([]);
    await page.getByTestId('zones-edit').click();
    await page.getByTestId('zones-narrow').waitFor();
    expect(await shootAt(page, 'phone-editor-kk', [phoneSize])).toEqual([]);
    expect(await faultsOf(page)).toEqual([]);
    await page.getByTestId('zones-narrow').getByRole('button').click();
    await page.getByTestId('camera-back').click();
    await list.waitFor();
    expect(await page.locator('.camera-one').isVisible()).toBe(false);
    await page.context().close();
  });

  test('the head of an agency sees its own score by month, what it was counted from and how to contest it', async () => {
    for (let k = 0; k < 9; k++) {
      const more = { madeMs: frozenMonthMs + k * minuteMs, cameraId: `cam-000${1 + (k % 4)}` };
      await worked(stand, agencyOf.water, k < 7 ? 40 : k === 7 ? 150 : null, more);
      await worked(stand, agencyOf.manholes, 40, more);
    }
    await freezeScores(stand.database, systemClock.nowMs(), 'Asia/Almaty');
    const page = await sitDownAt(browser, stand.dashboard.url, 'agency-head', ...phoneSize);
    await speak(page, 'kk');
    await page.getByTestId('own-score-link').click();
    await page.getByTestId('own-month').selectOption(frozenMonth);
    // 7 of 9: 0.453 at least.
    await page.getByTestId('own-figures').getByText('45').waitFor();
    expect(await page.locator('.phone').evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0);
    expect(await page.getByTestId('own-scored-bad').locator('li').count()).toBe(2);
    expect(await shootAt(page, 'own-score-kk', [phoneSize])).toEqual([]);
    await page.getByTestId('own-contest').locator('summary').click();
    await page.getByTestId('own-contest').scrollIntoViewIfNeeded();
    expect(await shootAt(page, 'own-contest-kk', [phoneSize])).toEqual([]);
    expect(await faultsOf(page)).toEqual([]);
    await page.context().close();
  });

  test('the note of the shift names the hazards that are put off: where, until when, why and by whom', async () => {
    const atMs = systemClock.nowMs();
    const by = { actor: 'p-operator', atMs, untilMs: atMs + hourMs };
    await stand.database.transaction(async (tx) => {
      const snow = watched.map((one) => ({ cameraId: String(one.id), hazard: 'snow' as const }));
      await cameraQuiet.putOff(tx, snow, { ...by, reason: 'Қар тазалау жүріп жатыр' });
      const road = [{ cameraId: String(id), hazard: 'flooding' as const }];
      await cameraQuiet.putOff(tx, road, { ...by, reason: 'Көше жуылуда', untilMs: atMs + 2 * hourMs });
    });
    const page = await sitDownAt(browser, stand.dashboard.url, 'shift-lead', 1280, 800);
    await speak(page, 'kk');
    await go(page, '#/shift');
    const rows = page.getByTestId('shift-put-off');
    await rows.first().waitFor();
    expect(await rows.count()).toBe(2);
    expect(await rows.first().innerText()).toContain('Қар тазалау жүріп жатыр · Name of operator');
    expect(await rows.first().innerText()).toContain('тағы 1');
    await page.getByTestId('handover-give').click();
    await page.getByTestId('handover-waits').waitFor();
    expect(
      await shootAt(page, 'shift-kk', [
        [1280, 800],
        [1920, 1080],
      ]),
    ).toEqual([]);
    expect(await faultsOf(page)).toEqual([]);
    // What was handed over stays, when it is put off no more.
    const wishes = (await cameraQuiet.now(stand.database, atMs)).map(({ cameraId, hazard }) => ({ cameraId, hazard }));
    const end = { actor: 'p-operator', atMs: systemClock.nowMs(), reason: 'over' };
    await stand.database.transaction((tx) => cameraQuiet.end(tx, wishes, end));
    const { waiting, note } = await (await stand.seat('shift-lead')).ask('shift');
    expect(waiting?.note.putOffAll).toEqual({ acts: 2, cameras: 4 });
    expect(note.putOffAll).toEqual({ acts: 0, cameras: 0 });
    await page.context().close();
  });
});

describe.skipIf(browserPath() === undefined)('a new installation', () => {
  let stand: Stand;
  let browser: Browser;
  let dashboard: Dashboard;
  beforeAll(async () => {
    stand = await openStand({ webRoot: inRoot('.build', 'web') });
    await emptied(stand);
    // One that starts where nothing is: what was there before it knows nothing of.
    dashboard = await startDashboard(stand.options);
    browser = await openBrowser();
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await dashboard.close();
    await stand.close();
  }, 60_000);

  test('leads from where nothing is to see to the list of first steps, which is gone when all are done', async () => {
    const page = await sitDownAt(browser, dashboard.url, 'camera-admin', 1280, 800);
    await speak(page, 'kk');
    await page.evaluate(() => void (location.hash = '#/camera'));
    await page.getByTestId('first-pointer').getByRole('link').click();
    const list = page.getByTestId('first-steps');
    await list.waitFor();
    expect(await list.locator('li[data-done="true"]').count()).toBe(2);
    expect(await list.locator('li[aria-current="step"]').getAttribute('data-step')).toBe('camera');
    expect(await list.locator('li[data-step="camera"] a').first().getAttribute('href')).toBe('#/options/import');
    // Of what others do it says who, and leads nowhere.
    expect(await list.locator('li[data-step="agency"] a').count()).toBe(0);
    expect(await shootAt(page, 'first-steps-kk', [[1280, 800], [1920, 1080], phoneSize])).toEqual([]);
    expect(await faultsOf(page)).toEqual([]);
    await page.evaluate(() => void (location.hash = '#/options/health'));
    await list.waitFor();
    await page.context().close();

    const lead = await sitDownAt(browser, dashboard.url, 'shift-lead', 1280, 800);
    await speak(lead, 'kk');
    await lead.evaluate(() => void (location.hash = '#/map'));
    await lead.getByTestId('first-pointer').waitFor();
    await lead.evaluate(() => void (location.hash = '#/wall'));
    await lead.getByTestId('first-pointer').waitFor();
    await lead.evaluate(() => void (location.hash = '#/desk'));
    await lead.getByTestId('first-pointer').waitFor();
    expect(await shootAt(lead, 'first-desk-kk', [[1280, 800]])).toEqual([]);
    expect(await faultsOf(lead)).toEqual([]);

    await filled(stand);
    await lead.evaluate(() => void (location.hash = '#/options/me'));
    await lead.getByTestId('options-me').waitFor();
    await lead.getByTestId('first-steps').waitFor({ state: 'detached' });
    await lead.evaluate(() => void (location.hash = '#/desk'));
    await lead.getByTestId('desk-empty').waitFor();
    await lead.getByTestId('first-pointer').waitFor({ state: 'detached' });
    await lead.context().close();
  });
});
