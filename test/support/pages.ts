// Hands at a page of the dashboard for the browser tests: sitting down, choosing a language, axe, pictures at every width.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { inRoot } from '#core/root';
import { signInByPage } from '../../cli/measure/desk-driver.ts';
import { password } from '../integration/dashboard-stand.ts';

/** Where pictures of the screens are left. */
export const shots = inRoot('test-results');

/** Pictures are for people: AHUAL_SHOTS=1 takes them. Drawing and packing hundreds of wide screens is minutes of a small machine. */
const wantsShots = process.env['AHUAL_SHOTS'] === '1';

/** Leaves a picture of a page or of a part of it as `<name>.png` where pictures are wanted; `always` is for what went wrong. */
export async function snap(
  of: Pick<Page, 'screenshot'>,
  name: string,
  more: { fullPage?: boolean; always?: boolean } = {},
): Promise<void> {
  if (!wantsShots && more.always !== true) return;
  mkdirSync(shots, { recursive: true });
  await of.screenshot({ path: join(shots, `${name}.png`), ...(more.fullPage === true ? { fullPage: true } : {}) });
}

/** A page of its own for somebody who has signed in. */
export async function sitDownAt(
  browser: Browser,
  url: string,
  login: string,
  width = 1920,
  height = 1080,
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height } });
  const page = await context.newPage();
  await signInByPage(page, url, login, password);
  return page;
}

/** Chooses a language and waits until the page speaks it. */
export async function speak(page: Page, language: string): Promise<void> {
  await page.getByTestId(`language-${language}`).click();
  await page.locator(`html[lang="${language}"]`).waitFor();
}

/** What axe finds wrong with the page by WCAG 2.2 AA. */
export async function faultsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`));
}

export const wideSizes = [
  [1280, 800],
  [1920, 1080],
  [2560, 1440],
  [3840, 2160],
] as const;
export const phoneSize = [390, 844] as const;

/** How far the page stands out of its window to the right, in pixels. */
export const standsOut = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

/** Gives the widths at which the page stands out of its window, and leaves a picture at each as `<name>-<width>.png` where they are wanted. */
export async function shootAt(
  page: Page,
  name: string,
  sizes: readonly (readonly [number, number])[] = wideSizes,
): Promise<number[]> {
  const before = page.viewportSize();
  const out: number[] = [];
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height });
    // A page that was just made wider is drawn anew first; phones, on which some pages may be wider, are not waited for long.
    const timeout = width < 1280 ? 3_000 : 30_000;
    await page
      .waitForFunction(() => document.documentElement.scrollWidth <= window.innerWidth, undefined, { timeout })
      .catch(() => out.push(width));
    await snap(page, `${name}-${width}`);
  }
  if (before) await page.setViewportSize(before);
  return out;
}
