// A real browser: cameras come in from a table, tried and then done; a group of cameras is made and roles are limited to it.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inRoot } from '#core/root';
import { cameras, people } from '#store';
import { browserPath, openBrowser } from '../../cli/measure/desk-driver.ts';
import { openAccountStand, type AccountStand } from '../integration/accounts-stand.ts';
import { faultsOf, shootAt, sitDownAt, speak } from '../support/pages.ts';

const sizes = [
  [1280, 800],
  [1920, 1080],
] as const;

describe.skipIf(browserPath() === undefined)('settings', () => {
  let city: AccountStand;
  let browser: Browser;
  beforeAll(async () => {
    city = await openAccountStand({}, inRoot('.build', 'web'));
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await city.close();
  });

  const look = async (page: Page, name: string): Promise<void> => {
    expect(await shootAt(page, `settings-${name}-kk`, sizes)).toEqual([]);
    expect(await faultsOf(page)).toEqual([]);
  };

  test('a table of cameras shows its refused rows and changes before anything is written', async () => {
    const page = await sitDownAt(browser, city.dashboard.url, 'camera-admin', 1280, 800);
    await speak(page, 'kk');
    await page.goto(`${city.dashboard.url}/#/options/import`);
    const rows = Array.from({ length: 300 }, (_, i) => `K-${i};Абай даңғылы, ${i};51,115;71,43;rtsp://10.1.0.1/${i}`);
    const table = [
      'id;name_kk;lat;lon;rtsp',
      'cam-open;Тұран даңғылы;;;rtsp://10.0.0.2/main',
      'K-far;Алыс;12,0;71,43;',
      'K-secret;Құпия;51,115;71,43;rtsp://user:geheim@10.0.0.3/main',
      ...rows,
    ].join('\r\n');
    const file = { name: 'камералар.csv', mimeType: 'text/csv', buffer: Buffer.from(table) };
    await page.getByTestId('import-file').setInputFiles(file);
    await page.getByTestId('import-try').click();
    await page.getByTestId('import-report').waitFor();
    expect(await page.getByTestId('import-rows').locator('li').count()).toBe(2);
    expect(await page.getByTestId('import-do').isDisabled()).toBe(true);
    await look(page, 'import-faults');
    await page.getByTestId('import-changed').click();
    expect(await page.getByTestId('import-rows').textContent()).toContain('Тұран даңғылы');
    await page.getByTestId('import-added').click();
    await page.getByTestId('import-skip').check();
    await look(page, 'import-added');
    await page.getByTestId('import-do').click();
    await page.getByTestId('import-do').waitFor({ state: 'detached' });
    await page.getByTestId('import-report').waitFor();
    expect((await cameras.byId(city.stand.database, 'K-299'))?.name.kk).toBe('Абай даңғылы, 299');
    await page.context().close();
  });

  test('a group of cameras is made, and somebody’s roles are limited to it and to days', async () => {
    const page = await sitDownAt(browser, city.dashboard.url, 'system-admin', 1280, 800);
    await speak(page, 'kk');
    await page.goto(`${city.dashboard.url}/#/options/people`);
    await page.getByTestId('groups').click();
    await page.getByTestId('add-group').click();
    await page.getByTestId('group-id').fill('turan');
    await page.getByTestId('group-name-kk').fill('Тұран даңғылы');
    await page.getByTestId('group-name-ru').fill('Проспект Туран');
    await page.getByTestId('group-name-en').fill('Turan avenue');
    await look(page, 'group-add');
    await page.getByTestId('group-by-list').check();
    await page.getByTestId('group-cameras').fill('cam-open\ncam-closed');
    await page.locator('input[name=reason]').fill('жаңа учаске');
    await page.getByTestId('propose-group').click();
    await page.getByTestId('change-group-turan').waitFor();
    await page.getByTestId('person-police-reviewer').click();
    await page.getByTestId('change-roles').click();
    await page.getByTestId('group-turan').check();
    await page.getByTestId('until-day').fill('2099-12-31');
    await page.getByTestId('reason').fill('учаскеге бекітілді');
    await look(page, 'limits');
    await page.getByTestId('do-it').click();
    await page.getByTestId('do-it').waitFor({ state: 'detached' });
    await page.getByTestId('person-bounds').getByText('Тұран даңғылы').waitFor();
    await look(page, 'limited');
    expect((await people.byId(city.stand.database, 'p-police-reviewer'))?.bounds).toMatchObject({ groups: ['turan'] });

    const officer = await sitDownAt(browser, city.dashboard.url, 'police-reviewer', 1280, 800);
    await officer.goto(`${city.dashboard.url}/#/options/me`);
    await officer.getByTestId('my-limits').waitFor();
    await officer.context().close();
    await page.context().close();
  });

  test('the networks stand there with their papers and scores', async () => {
    const page = await sitDownAt(browser, city.dashboard.url, 'shift-lead', 1280, 800);
    await speak(page, 'kk');
    await page.goto(`${city.dashboard.url}/#/options/models`);
    await page.getByTestId('corrections').waitFor();
    const network = page.getByTestId('model-close-v0');
    await network.locator('summary').click();
    expect(await network.locator('table').count()).toBeGreaterThan(1);
    await network.scrollIntoViewIfNeeded();
    await look(page, 'models');
    await page.context().close();
  });
});
