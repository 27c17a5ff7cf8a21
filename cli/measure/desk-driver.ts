// The operator at the real desk: Chromium, the pages, and keys alone.
import { existsSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { AhualError } from '#core/errors';
import type { Standing } from '../stand.ts';
import type { DeskDriver } from './demo.ts';

export const browserPaths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Flags for a headless browser that talks to nobody but the address it is given. */
export const browserFlags = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser program of this machine, if any. */
export const browserPath = (): string | undefined => browserPaths.find((path) => existsSync(path));

/** Opens a headless browser. playwright-core is a development package, so it is asked for here alone. */
export async function openBrowser(): Promise<Browser> {
  const path = browserPath();
  if (path === undefined) throw new AhualError('PART_MISSING', 'no Chromium is installed.', 'apt-get install chromium');
  const { chromium } = await import('playwright-core');
  return chromium.launch({ executablePath: path, args: browserFlags, headless: true });
}

/** Signs in on the sign-in page by keyboard. */
export async function signInByPage(page: Page, url: string, login: string, password: string): Promise<void> {
  await page.goto(url);
  await page.getByTestId('sign-in-login').fill(login);
  await page.getByTestId('sign-in-password').fill(password);
  await page.keyboard.press('Enter');
  await page.getByTestId('sign-in-login').waitFor({ state: 'detached' });
}

/** A desk on which incidents are walked to with J and confirmed with Enter, as an operator does. */
export async function openDesk(standing: Standing): Promise<DeskDriver> {
  const operator = standing.signIns.find((one) => one.login === 'operator');
  if (!operator) throw new AhualError('INTERNAL', 'no operator was made.', 'Start with an empty data folder.');
  const browser = await openBrowser();
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  await signInByPage(page, standing.url, operator.login, operator.password);
  return {
    name: 'keys',
    async confirm(incidentId) {
      const item = page.locator(`[data-testid="queue-item"][data-id="${incidentId}"]`);
      await item.waitFor({ timeout: 20_000 });
      for (let step = 0; step < 60; step++) {
        if ((await item.getAttribute('aria-selected')) === 'true') break;
        await page.keyboard.press('KeyJ');
        await page.waitForTimeout(120);
      }
      await page.locator('[data-testid="now-picture"][data-painted="true"]').waitFor({ timeout: 20_000 });
      await page.keyboard.press('Enter');
      await page.getByTestId('toast-undo').waitFor({ timeout: 10_000 });
    },
    close: () => browser.close(),
  };
}
