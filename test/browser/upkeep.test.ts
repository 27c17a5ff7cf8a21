// A real browser: an operator opens an issue of the city by keys alone, in Kazakh, and draws its box.
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#core/clock';
import { inRoot } from '#core/root';
import { handLabels, incidents, tasks } from '#store';
import { browserPath, openBrowser } from '../../cli/measure/desk-driver.ts';
import { openCamera, openStand, type Stand } from '../integration/dashboard-stand.ts';
import { faultsOf, shootAt, sitDownAt, speak } from '../support/pages.ts';

const few = [
  [1280, 800],
  [1920, 1080],
] as const;

describe.skipIf(browserPath() === undefined)('an issue of the city’s upkeep by keys', () => {
  let stand: Stand;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    stand = await openStand({ webRoot: inRoot('.build', 'web') });
    const { data } = await sharp({ create: { width: 1280, height: 720, channels: 3, background: '#55606a' } })
      .jpeg()
      .toBuffer({ resolveWithObject: true });
    const stillSha256 = await stand.files.put(data, 'still', 'jpg');
    const nowMs = systemClock.nowMs();
    await stand.raise({ hazard: 'snow', severity: 'S2', stillSha256, lastSeenAtMs: nowMs });
    browser = await openBrowser();
    page = await sitDownAt(browser, stand.dashboard.url, 'operator');
    await speak(page, 'kk');
  }, 300_000);
  afterAll(async () => {
    await browser.close();
    await stand.close();
  });

  test('N, 5, a word on a Russian keyboard, Enter: it is open with its task', async () => {
    await page.locator('[data-testid="now-picture"][data-painted="true"]').waitFor();
    await page.keyboard.press('KeyN');
    await page.getByTestId('by-hand').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Digit5');
    await page.locator('[data-testid="by-hand-search"]:focus').waitFor();
    await page.keyboard.press('Enter');
    expect(await page.getByTestId('by-hand').count()).toBe(1);
    await shootAt(page, 'by-hand-tree-kk', few);
    await page.keyboard.type('жол шункыр');
    await page.locator('[data-testid="issue-road-pothole"][aria-selected="true"]').waitFor();
    await shootAt(page, 'by-hand-found-kk', few);
    expect(await faultsOf(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByTestId('by-hand').waitFor({ state: 'detached' });
    await page.getByTestId('toast-undo').waitFor();
    const [label] = await handLabels.since(stand.database, 0, 5);
    expect(label).toMatchObject({ cameraId: openCamera.id, category: 'road-pothole', hazard: 'upkeep' });
    expect(label?.box).not.toBeNull();
    const made = await incidents.byId(stand.database, label?.incidentId ?? '');
    expect(made).toMatchObject({ hazard: 'upkeep', sub: 'road', severity: 'S2', state: 'confirmed' });
    const [task] = await tasks.byIncident(stand.database, made?.id ?? '');
    expect(task?.agencyId).toBe('road-repair');
  });

  test('it stands on the map under its own name, and its filter has a key', async () => {
    const [label] = await handLabels.since(stand.database, 0, 1);
    await page.goto(`${stand.dashboard.url}/#/map/${label?.incidentId ?? ''}`);
    await page.getByText('Жолдағы шұңқыр').first().waitFor();
    await shootAt(page, 'map-upkeep-kk', few);
    expect(await faultsOf(page)).toEqual([]);
    await page.keyboard.press('Shift+Digit5');
    await page.locator('.toggle[aria-pressed="false"]', { hasText: 'Шаруашылық' }).waitFor();
  });
});
