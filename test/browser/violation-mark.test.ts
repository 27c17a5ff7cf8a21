// A real browser: an officer marks what a clip shows by another article, with keys alone, in Kazakh.
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inRoot } from '#core/root';
import { clips } from '#store';
import { browserPath, openBrowser } from '../../cli/measure/desk-driver.ts';
import { openStand, type Stand } from '../integration/dashboard-stand.ts';
import { sealedClipIn } from '../integration/sealed-clip.ts';
import { faultsOf, shootAt, sitDownAt, speak } from '../support/pages.ts';
import { eventually } from '../support/product.ts';

const few = [
  [1280, 800],
  [1920, 1080],
] as const;

describe.skipIf(browserPath() === undefined)('a mark by another article', () => {
  let stand: Stand;
  let browser: Browser;
  let page: Page;
  let clipId: string;
  beforeAll(async () => {
    stand = await openStand({ webRoot: inRoot('.build', 'web') });
    const file = await readFile(inRoot('simulator', 'clips', 'calm-crossing-day.mp4'));
    clipId = (await sealedClipIn(stand, file, { stillSha256: null })).id;
    browser = await openBrowser();
    page = await sitDownAt(browser, stand.dashboard.url, 'police-reviewer');
    await speak(page, 'kk');
  }, 300_000);
  afterAll(async () => {
    await browser.close();
    await stand.close();
  });

  test('N holds the frame, arrows draw the box, a digit names the article, Enter marks', async () => {
    await page.keyboard.press('KeyG');
    await page.keyboard.press('KeyV');
    const video = page.getByTestId('clip-video');
    await video.waitFor();
    await page.waitForFunction(() => {
      const player = document.querySelector('video');
      return player !== null && player.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    });
    await page.keyboard.press('KeyN');
    await page.getByTestId('mark-layer').locator('img').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Digit6');
    await page.locator('[data-testid="mark-layer"] [role="radio"][aria-checked="true"]').waitFor();
    await shootAt(page, 'violation-mark-kk', few);
    expect(await faultsOf(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByTestId('mark-layer').waitFor({ state: 'detached' });
    const made = await eventually('the mark is there', 120, async () =>
      (await clips.violationsOf(stand.database, clipId)).find((one) => one.mark !== null),
    );
    expect(made).toMatchObject({ state: 'second_review', chosenBy: 'p-police-reviewer' });
    expect(made.mark?.box).not.toBeNull();
    expect(made.mark?.atClipMs).toBeGreaterThanOrEqual(0);
    await page.getByTestId('mark-said').waitFor();
    await shootAt(page, 'violation-marked-kk', few);
    expect(await faultsOf(page)).toEqual([]);
  });
});
