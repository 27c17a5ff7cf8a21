// A real browser: what the health page says of the whole site, and a camera's page of its bit rate and its pictures, in three languages.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#core/clock';
import { inRoot } from '#core/root';
import { cameraHealth, cameras, looks, siteIncidents } from '#store';
import { browserPath, openBrowser } from '../../cli/measure/desk-driver.ts';
import { openStand, type Stand } from '../integration/dashboard-stand.ts';
import { aLook } from '../integration/store-builders.ts';
import { faultsOf, shootAt, sitDownAt, speak } from '../support/pages.ts';

describe.skipIf(browserPath() === undefined)('health', () => {
  let stand: Stand;
  let browser: Browser;

  beforeAll(async () => {
    stand = await openStand({ webRoot: inRoot('.build', 'web') });
    browser = await openBrowser();
    const nowMs = systemClock.nowMs();
    const { database } = stand;
    for (const { id } of await cameras.all(database))
      await looks.save(database, aLook(id, nowMs - 60_000, [{ hazard: 'snow', word: 'clear' }]), { judgeAll: false });
    await database.transaction(async (tx) => {
      for (const [n, bitsPerS] of [2e6, 2e6, 3e5, 3e5, 3e5].entries())
        await cameraHealth.learnSigns(tx, 'cam-open', nowMs - 150_000 + n * 30_000, { bitsPerS, missingPct: 20 });
      const at = { sinceMs: nowMs - 90_000, atMs: nowMs };
      await siteIncidents.note(tx, { kind: 'ring', ...at, cameras: 24, detail: 'space stuck' });
      await siteIncidents.note(tx, { kind: 'queue', ...at, cameras: 0, detail: '25' });
    });
  }, 300_000);
  afterAll(async () => {
    await browser.close();
    await stand.close();
  });

  test('tells of the disk under the films and of the queue, once each, in three languages', async () => {
    const page = await sitDownAt(browser, stand.dashboard.url, 'shift-lead', 1280, 800);
    await page.goto(`${stand.dashboard.url}/#/system`);
    const site = page.getByTestId('site');
    for (const [language, words] of [
      [
        'ru',
        'Записи 24 наблюдаемых камер не сохраняются как следует: диск почти заполнен, старые записи не удаляются.',
      ],
      [
        'en',
        'The films of 24 watched cameras are not kept as they should be: the disk is nearly full, old film cannot be removed.',
      ],
      [
        'kk',
        'Бақылаудағы 24 камераның жазбасы тиісінше сақталмай тұр: диск толуға жақын, ескі жазбалар өшірілмей тұр.',
      ],
    ] as const) {
      await speak(page, language);
      await site.getByText(words).waitFor();
    }
    expect(await site.locator('li').count()).toBe(2);
    expect(await page.getByTestId('measured').locator('li').count()).toBe(2);
    expect(await faultsOf(page)).toEqual([]);
    expect(
      await shootAt(page, 'health-site', [
        [1280, 800],
        [1920, 1080],
      ]),
    ).toEqual([]);
    await page.context().close();
  });

  test('says of a camera what rate it has beside the usual one, and that the rate of another is unknown', async () => {
    const page = await sitDownAt(browser, stand.dashboard.url, 'operator', 1280, 1000);
    await speak(page, 'kk');
    await page.goto(`${stand.dashboard.url}/#/camera/cam-open`);
    const facts = page.getByTestId('camera-facts');
    await facts.getByText('әдетте').waitFor();
    await facts.getByText('20 % қалып қойды').waitFor();
    expect(await page.getByTestId('no-bit-rate').count()).toBe(0);
    expect(await faultsOf(page)).toEqual([]);
    await facts.scrollIntoViewIfNeeded();
    expect(
      await shootAt(page, 'health-camera', [
        [1280, 1000],
        [1920, 1080],
      ]),
    ).toEqual([]);
    await page.goto(`${stand.dashboard.url}/#/camera/cam-closed`);
    await page.getByTestId('no-bit-rate').waitFor();
    await page.getByTestId('no-bit-rate').scrollIntoViewIfNeeded();
    expect(await shootAt(page, 'health-unknown', [[1280, 1000]])).toEqual([]);
    await page.context().close();
  });
});
