// A real browser: the operator sees what citizens wrote about the incident on the desk, and links by key.
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { offset } from '#core/geo';
import { inRoot } from '#core/root';
import { startDashboard, type Dashboard } from '#dashboard';
import { browserPath, openBrowser, signInByPage } from '../../cli/measure/desk-driver.ts';
import { openCamera, openStand, password, theServices, type Stand } from '../integration/dashboard-stand.ts';
import { snap } from '../support/pages.ts';

const hasBrowser = browserPath() !== undefined;
if (!hasBrowser) process.stderr.write('browser tests are skipped: no Chromium here (apt-get install chromium)\n');

describe.skipIf(!hasBrowser)("citizens' appeals on the desk", () => {
  let stand: Stand;
  let dashboard: Dashboard;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    stand = await openStand();
    dashboard = await startDashboard({ ...stand.options, webRoot: inRoot('.build', 'web') });
    browser = await openBrowser();
    const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
    page = await context.newPage();
  }, 300_000);
  afterAll(async () => {
    await browser.close();
    await dashboard.close();
    await stand.close();
  }, 300_000);

  const send = (externalId: string, text: string, more: object): Promise<Response> =>
    fetch(`${dashboard.url}/api/appeals`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${theServices[0].token}` },
      body: JSON.stringify({
        externalId,
        channel: 'call',
        topic: 'Подтопление',
        language: 'ru',
        point: openCamera.point,
        text,
        madeAt: new Date(Date.now() - 4 * 60_000).toISOString(),
        ...more,
      }),
    });

  test('those that are linked, those that may belong to it, one key to link and one press to take off', async () => {
    const street = { r: 84, g: 96, b: 104 };
    const still = await sharp({ create: { width: 1280, height: 720, channels: 3, background: street } })
      .jpeg()
      .toBuffer();
    const stillSha256 = await stand.files.put(still, 'still', 'jpg');
    const incident = await stand.raise({ stillSha256, severity: 'S4' });
    await send('109-4411', 'Вода по щиколотку у остановки, не пройти, звоните +7 701 123 45 67', {
      address: 'Кабанбай батыра, 46',
    });
    await send('109-4413', 'Тротуар су астында', { language: 'kk', channel: 'bot' });
    const second = await stand.raise({ point: offset(openCamera.point, 90, 120), severity: 'S2', stillSha256 });
    await send('109-4417', 'Затопило переход, машины глохнут', {
      channel: 'app',
      point: offset(openCamera.point, 90, 20),
    });
    await signInByPage(page, dashboard.url, 'operator', password);
    const panel = page.getByTestId('appeals');
    await panel.waitFor({ timeout: 120_000 });
    await page.locator(`[data-testid="queue-item"][data-id="${incident.id}"][aria-selected="true"]`).waitFor();
    await expect.poll(() => panel.getByTestId('appeal').count()).toBe(3);
    expect(await panel.innerText()).not.toContain('701');
    for (const language of ['kk', 'ru', 'en']) {
      await page.getByTestId(`language-${language}`).click();
      await expect.poll(() => page.evaluate(() => document.documentElement.lang)).toBe(language);
      await snap(page, `appeals-${language}-1920`);
    }
    await page.keyboard.press('KeyI');
    await expect.poll(() => panel.getByTestId('appeal-unlink').count(), { timeout: 300_000 }).toBe(3);
    await expect.poll(() => panel.getByTestId('appeal-link').count()).toBe(0);
    await panel.getByTestId('appeal-unlink').first().click();
    await expect.poll(() => panel.getByTestId('appeal-unlink').count(), { timeout: 300_000 }).toBe(2);
    await snap(page, 'appeals-unlinked-1920');
    // One that comes while the incident is open on the desk is heard of without a touch.
    await page.keyboard.press('KeyJ');
    await page.locator(`[data-testid="queue-item"][data-id="${second.id}"][aria-selected="true"]`).waitFor();
    // The one that was taken off the first may belong to the second.
    await expect.poll(() => panel.getByTestId('appeal-link').count()).toBe(1);
    await send('109-4420', 'Үй алдында су', {
      language: 'kk',
      channel: 'site',
      point: offset(openCamera.point, 90, 130),
    });
    await expect.poll(() => panel.getByTestId('appeal-link').count(), { timeout: 300_000 }).toBe(2);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.keyboard.press('KeyK');
    await panel.waitFor();
    await snap(page, 'appeals-1280');
  }, 300_000);
});
