// A real browser: a person is added, comes by a one-time link, sets up a second factor, and loses access; own keys and colours;
// the people tab with a thousand people; every tab in kk and ru at three widths.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PersonId } from '#core/ids';
import { roles } from '#core/person';
import { inRoot } from '#core/root';
import { people } from '#store';
import { browserPath, openBrowser, signInByPage } from '../../cli/measure/desk-driver.ts';
import { codeAt, openAccountStand, type AccountStand } from '../integration/accounts-stand.ts';
import { password } from '../integration/dashboard-stand.ts';
import { eventually } from '../support/product.ts';
import { faultsOf, phoneSize, shootAt, snap, speak } from '../support/pages.ts';

const longest = 'Нұрсұлтанбекқожа Әбілқайырұлы-Төлегенов Мұхамедсалықұлы';

describe.skipIf(browserPath() === undefined)('options', () => {
  let city: AccountStand;
  let browser: Browser;

  beforeAll(async () => {
    city = await openAccountStand({ factorRoles: ['police_reviewer'] }, inRoot('.build', 'web'));
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await city.close();
  });

  const newPage = async (width = 1920, height = 1080): Promise<Page> =>
    (await browser.newContext({ viewport: { width, height } })).newPage();
  const shot = (page: Page, name: string) => snap(page, `accounts-${name}`);
  /** Words on controls and heads that do not fit into them, but for those that are cut on purpose. */
  const cutOff = (page: Page): Promise<string[]> =>
    page.evaluate(() =>
      [...document.querySelectorAll('button, a, label, th, h2, legend, .chip, .options-label')]
        .filter((one) => one.closest('.cut, .hidden, .people-list, .top nav, .keys') === null)
        .filter((one) => one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1)
        .map((one) => `${one.tagName} ${one.textContent.slice(0, 60)}`),
    );
  const open = async (page: Page, tab: string): Promise<void> => {
    await page.goto(`${city.dashboard.url}/#/options/${tab}`);
    await page.getByTestId(`options-${tab}`).waitFor();
  };

  test('a person is added, comes by the link with a second factor, and loses access at once', async () => {
    const keeper = await newPage();
    await keeper.goto(city.dashboard.url);
    await speak(keeper, 'kk');
    await keeper.getByTestId('sign-in-submit').waitFor();
    await shot(keeper, 'sign-in-kk-1920');
    expect(await faultsOf(keeper)).toEqual([]);
    await signInByPage(keeper, city.dashboard.url, 'system-admin', password);
    await open(keeper, 'people');
    await keeper.getByTestId('add-person').click();
    await keeper.locator('input[name=login]').fill('aigerim');
    await keeper.locator('input[name=name]').fill('Айгерім Өмірбекова');
    await keeper.getByTestId('role-system_admin').check();
    await keeper.getByTestId('role-police_reviewer').check();
    await keeper.locator('input[name=reason]').fill('жаңа қызмет');
    await keeper.getByTestId('propose').click();
    await keeper.locator('.role-choice .bad').filter({ hasText: /\S/ }).waitFor();
    await keeper.getByTestId('role-system_admin').uncheck();
    await shot(keeper, 'add-kk-1920');
    expect(await faultsOf(keeper)).toEqual([]);
    await keeper.getByTestId('propose').click();
    const link = await keeper.getByTestId('one-time-link').inputValue();
    await shot(keeper, 'link-kk-1920');

    const guest = await newPage(1280, 900);
    await guest.goto(link);
    await guest.getByTestId('invite-new').fill('қысқа');
    await guest.getByTestId('invite-again').fill('қысқа');
    await guest.getByTestId('invite-go').click();
    await guest.getByTestId('invite-trouble').filter({ hasText: /\S/ }).waitFor();
    expect(guest.url()).not.toContain('invited');
    await guest.getByTestId('invite-new').fill('көк аспан мен ақ қар');
    await guest.getByTestId('invite-again').fill('көк аспан мен ақ қар');
    await guest.getByTestId('invite-go').click();
    const secret = (await guest.getByTestId('factor-secret').textContent()) ?? '';
    await shot(guest, 'set-up-kk-1280');
    expect(await faultsOf(guest)).toEqual([]);
    await guest.getByTestId('first-code').fill(codeAt(secret.replaceAll(' ', ''), city.nowMs()));
    await guest.getByTestId('factor-confirm').click();
    await guest.getByTestId('recovery-codes').waitFor();
    expect(await guest.getByTestId('recovery-codes').locator('li').count()).toBe(10);
    await shot(guest, 'codes-kk-1280');
    await guest.getByTestId('codes-kept').click();
    await guest.getByTestId('line').waitFor();

    await keeper.getByTestId('people-find').fill('өмір');
    await keeper.getByTestId('person-aigerim').click();
    await keeper.getByTestId('sessions').waitFor();
    await keeper.getByTestId('deactivate').click();
    await keeper.getByTestId('reason').fill('қызметтен кетті');
    await shot(keeper, 'person-kk-1920');
    expect(await faultsOf(keeper)).toEqual([]);
    await keeper.getByTestId('do-it').click();
    await guest.getByTestId('sign-in-login').waitFor();
    await keeper.context().close();
    await guest.context().close();
  });

  test('a key is moved, kept on the server, and acts at another seat; two acts cannot share one', async () => {
    const page = await newPage();
    await signInByPage(page, city.dashboard.url, 'operator', password);
    await open(page, 'me');
    await speak(page, 'kk');
    await speak(page, 'ru');
    await page.getByTestId('move-confirm').click();
    await page.keyboard.press('KeyX');
    await page.locator('[data-testid=key-map] .bad').waitFor();
    await page.getByTestId('move-confirm').click();
    await page.keyboard.press('KeyV');
    await page.getByTestId('theme-grey').click();
    await page.getByTestId('text-size').fill('1');
    const seat = await city.seat('operator');
    await eventually('the server keeps the choices', 120, async () => {
      expect(await seat.ask('choices')).toMatchObject({
        moved: { confirm: 'KeyV' },
        theme: 'grey',
        textStep: 1,
        language: 'ru',
      });
      return true;
    });
    await shot(page, 'me-grey-ru-1920');
    expect(await faultsOf(page)).toEqual([]);
    const other = await newPage();
    await signInByPage(other, city.dashboard.url, 'operator', password);
    await other.locator('html[data-theme=grey][lang=ru]').waitFor();
    await other.keyboard.press('Shift+Slash');
    await other.locator('dialog kbd').filter({ hasText: /\bV\b/ }).first().waitFor();
    await page.getByTestId('theme-dark').click();
    await page.getByTestId('text-size').fill('0');
    await eventually('the server keeps the colours', 120, async () =>
      (await seat.ask('choices')).theme === 'dark' ? true : undefined,
    );
    await page.context().close();
    await other.context().close();
  });

  test('a thousand people are found and shown without drawing a thousand rows', async () => {
    await city.stand.database.transaction(async (tx) => {
      for (let n = 0; n < 1000; n++) {
        const role = roles[n % 4] ?? 'operator';
        const name = n === 7 ? longest : `Қызметкер ${String(n).padStart(4, '0')}`;
        const id = PersonId.parse(`many-${n}`);
        const one = {
          id,
          login: `many-${n}`,
          name,
          roles: [role],
          agencyId: null,
          language: 'kk',
          active: true,
        } as const;
        await people.insert(tx, { ...one, roles: [role] }, '');
      }
    });
    const page = await newPage();
    await signInByPage(page, city.dashboard.url, 'system-admin', password);
    await open(page, 'people');
    await page.getByTestId('person-auditor').waitFor({ state: 'attached' });
    expect(await page.locator('.people-list li').count()).toBeLessThan(60);
    await page.getByTestId('people-find').fill('0999');
    await page.getByTestId('person-many-999').click();
    await page.getByTestId('person').waitFor();
    expect(await page.locator('.people-list li').count()).toBe(1);
    await page.context().close();
  });

  test('every tab holds its words in kk and ru at 1280, 1920 and 2560', async () => {
    const page = await newPage();
    await signInByPage(page, city.dashboard.url, 'system-admin', password);
    const faults: string[] = [];
    for (const tab of ['me', 'people', 'roles', 'log']) {
      await open(page, tab);
      if (tab === 'people') {
        await page.getByTestId('people-find').fill('нұрсұлтан');
        await page.getByTestId('person-many-7').click();
        await page.getByTestId('change-roles').click();
        await page.getByTestId('role-agency_user').check();
      }
      for (const language of ['kk', 'ru']) {
        await speak(page, language);
        for (const [width, height] of [
          [1280, 800],
          [1920, 1080],
          [2560, 1440],
        ] as const) {
          await page.setViewportSize({ width, height });
          await shot(page, `${tab}-${language}-${width}`);
          faults.push(...(await cutOff(page)).map((what) => `${tab} ${language} ${width}: ${what}`));
        }
      }
      faults.push(...(await faultsOf(page)).map((what) => `${tab} axe ${what}`));
    }
    expect(faults).toEqual([]);
    expect(await shootAt(page, 'accounts-ru', [[3840, 2160], phoneSize])).not.toContain(3840);
    await page.goto(`${city.dashboard.url}/#/options/health`);
    await page.getByTestId('system').waitFor();
    await page.context().close();
  });
});
