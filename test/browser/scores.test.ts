// A real browser: agencies' scores of a month and what they were counted from, the akim's weekly page on one sheet of A4, in Kazakh first.
import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#core/clock';
import { AgencyId, CameraId, newId, TaskId } from '#core/ids';
import { inRoot } from '#core/root';
import { tasks } from '#store';
import { freezeScores } from '#tasks';
import { browserPath, openBrowser } from '../../cli/measure/desk-driver.ts';
import { camera, openStand, type Stand } from '../integration/dashboard-stand.ts';
import { aTask } from '../integration/store-builders.ts';
import { faultsOf, shootAt, shots, sitDownAt, snap, speak, standsOut } from '../support/pages.ts';

const minuteMs = 60_000;
const zone = 'Asia/Almaty';
// The middle of a month that is frozen whenever the test runs.
const middleMs = DateTime.now()
  .setZone(zone)
  .minus({ months: 2 })
  .startOf('month')
  .plus({ days: 14, hours: 12 })
  .toMillis();
const day = DateTime.fromMillis(middleMs, { zone }).toISODate() ?? '';

const streets = ['Мәңгілік Ел – Ұлы Дала', 'Тұран – Сығанақ', 'Қабанбай батыр – Орынбор', 'Сарайшық көшесі, 34'];
const works = [
  ['akimat-esil', 'snow', 40, 37],
  ['akimat-nura', 'snow', 24, 24],
  ['akimat-almaty', 'flooding', 18, 11],
  ['akimat-saryarqa', 'snow', 3, 3],
  ['su-arnasy', 'open-manhole', 12, 9],
  ['elorda-eco-system', 'flooding', 30, 28],
  ['astana-tazalyq', 'dumping', 22, 15],
  ['cleaning-left-bank', 'snow', 16, 12],
  ['cleaning-right-bank', 'snow', 19, 18],
  ['akimat-baiqonyr', 'dumping', 9, 6],
  ['akimat-saraishyq', 'snow', 6, 6],
  ['teplotranzit', 'open-manhole', 8, 8],
  ['housing-bodies', 'snow', 7, 2],
  ['police-ecology', 'dumping', 5, 5],
] as const;

describe.skipIf(browserPath() === undefined)('scores and the weekly page', () => {
  let stand: Stand;
  let browser: Browser;

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true });
    stand = await openStand({
      cameras: streets.map((street, n) => {
        const name = `${street}, ${n + 1}`;
        return camera(`cam-${n + 1}`, { name: { kk: name, ru: name, en: name }, rtsp: `rtsp://10.1.1.9/${n}` });
      }),
      webRoot: inRoot('.build', 'web'),
    });
    browser = await openBrowser();
    for (const [agencyId, hazard, n, good] of works) {
      for (let k = 0; k < n; k++) await work(agencyId, hazard, k < good, middleMs + k * minuteMs, k);
    }
    await freezeScores(stand.database, systemClock.nowMs(), zone);
  }, 300_000);
  afterAll(async () => {
    await browser.close();
    await stand.close();
  });

  async function work(
    agencyId: string,
    hazard: (typeof works)[number][1],
    isDone: boolean,
    madeMs: number,
    k: number,
  ): Promise<void> {
    const cameraId = CameraId.parse(`cam-${1 + (k % streets.length)}`);
    const at = { openedAtMs: madeMs, raisedAtMs: madeMs, decidedAtMs: madeMs };
    const incident = await stand.raise({ hazard, state: isDone ? 'closed' : 'in_work', cameraId, ...at });
    const step = (atMs: number) => ({ atMs, actor: 'test', reason: 'test' });
    await stand.database.transaction(async (tx) => {
      const given = { createdAtMs: madeMs, acceptByMs: madeMs + 30 * minuteMs, fixByMs: madeMs + 120 * minuteMs };
      const made = await tasks.insert(
        tx,
        aTask(TaskId.parse(newId(systemClock)), incident, { agencyId: AgencyId.parse(agencyId), ...given }),
        step(madeMs),
      );
      const takenMs = madeMs + 9 * minuteMs;
      const taken = await tasks.update(tx, made, { state: 'accepted', acceptedAtMs: takenMs }, step(takenMs));
      if (!isDone) return;
      const doneMs = madeMs + (40 + k) * minuteMs;
      const claimed = await tasks.update(tx, taken, { state: 'done_claimed', claimedAtMs: doneMs }, step(doneMs));
      const verified = {
        state: 'verified',
        verifiedAtMs: doneMs,
        verifiedBy: k % 3 === 0 ? 'photo' : 'camera',
      } as const;
      await tasks.update(tx, claimed, verified, step(doneMs));
    });
  }

  const at = (page: Page, query: string): Promise<void> =>
    page.evaluate((hash) => void (location.hash = hash), `#/numbers?${query}`);

  test('the lower bound stands with its n, and opens what it was counted from, by keyboard', async () => {
    const page = await sitDownAt(browser, stand.dashboard.url, 'controller', 1280, 900);
    await speak(page, 'kk');
    await at(page, `span=month&day=${day}`);
    const panel = page.getByTestId('numbers-scores');
    const row = panel.locator('tr[data-agency="akimat-nura"]');
    await row.waitFor();
    // 24 of 24: 0.862 at least.
    expect(await row.locator('.numbers-score').innerText()).toMatch(/^86/);
    expect(await panel.locator('tr[data-agency="akimat-saryarqa"]').innerText()).toContain('Деректер жеткіліксіз');
    await panel.scrollIntoViewIfNeeded();
    expect(
      await shootAt(page, 'scores-kk', [
        [1280, 900],
        [1920, 1080],
      ]),
    ).toEqual([]);
    expect(await faultsOf(page)).toEqual([]);
    await snap(panel, 'scores-panel-kk');
    const bad = panel.locator('tr[data-agency="su-arnasy"] [data-list="scored-bad"]');
    await bad.focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('numbers-list').waitFor();
    expect(await page.locator('[data-testid="numbers-list"] tbody tr').count()).toBe(3);
    await snap(page, 'scores-list-kk');
    expect(await faultsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    await page.close();
  }, 300_000);

  test('the weekly page is one sheet in each language, without a person or a restricted place', async () => {
    const page = await sitDownAt(browser, stand.dashboard.url, 'shift-lead', 1280, 900);
    await at(page, `span=week&day=${day}`);
    await page.getByTestId('numbers-week').waitFor();
    await page.keyboard.press('KeyW');
    const sheet = page.getByTestId('week-sheet');
    for (const language of ['en', 'ru', 'kk']) {
      await speak(page, language);
      await sheet.waitFor();
      expect(await faultsOf(page), language).toEqual([]);
      expect(await standsOut(page), language).toBeLessThanOrEqual(0);
      await snap(page, `week-${language}-1280`, { fullPage: true });
      const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true, printBackground: true });
      await writeFile(join(shots, `week-${language}.pdf`), pdf);
      // Every agency of the city stands on it.
      expect(await sheet.locator('tbody th[scope="row"]').count(), language).toBe(8 + works.length);
      expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g), language).toHaveLength(1);
    }
    expect(await sheet.innerText()).not.toMatch(/Name of|cam-closed/);
    // As the browser does when it prints: white paper, and nothing but the sheet.
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
    expect(await page.locator('.week-acts').isVisible()).toBe(false);
    await page.setViewportSize({ width: 703, height: 1032 });
    await snap(page, 'week-print-kk');
    expect(await sheet.evaluate((one) => one.getBoundingClientRect().height)).toBeLessThan(1032);
    await page.emulateMedia({ media: 'screen' });
    await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
    await page.keyboard.press('KeyW');
    await page.getByTestId('numbers-scores').waitFor();
    expect(page.url()).toContain('span=week');
    await page.close();
  }, 300_000);
});
