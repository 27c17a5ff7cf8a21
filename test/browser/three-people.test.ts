// A real browser: the operator confirms by key, the agency accepts on its page, the officer plays the clip.
import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inRoot } from '#core/root';
import { browserPath, openBrowser, signInByPage } from '../../cli/measure/desk-driver.ts';
import { eventually, openProduct, type Product } from '../support/product.ts';

const shots = inRoot('test-results');
const hasBrowser = browserPath() !== undefined;
if (!hasBrowser) process.stderr.write('browser tests are skipped: no Chromium here (apt-get install chromium)\n');

describe.skipIf(!hasBrowser)('three people at their screens', () => {
  let product: Product;
  let browser: Browser;

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true });
    product = await openProduct();
    browser = await openBrowser();
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await product.close();
  }, 60_000);

  const sitDown = async (login: string, width: number, height: number): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width, height } });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    await signInByPage(page, product.standing.url, login, product.password(login));
    expect(faults).toEqual([]);
    return page;
  };
  const shot = (page: Page, name: string) => page.screenshot({ path: `${shots}/${name}.png` });

  test('an incident is confirmed by key, done by the agency, and the clip plays for the officer', async () => {
    const desk = await sitDown('operator', 1920, 1080);
    await desk.getByTestId('queue-item').first().waitFor({ timeout: 180_000 });
    await desk.locator('[data-testid="now-picture"][data-painted="true"]').waitFor({ timeout: 120_000 });
    // Someone whose agency has a page: walk until the chosen one is water, a manhole or snow.
    const incidentId = await eventually('an incident for a utility is chosen', 180, async () => {
      const item = desk.locator('[data-testid="queue-item"][aria-selected="true"]');
      const hazard = await item.getAttribute('data-hazard', { timeout: 2_000 });
      if (hazard === 'open-manhole' || hazard === 'flooding') return (await item.getAttribute('data-id')) ?? undefined;
      await desk.keyboard.press('KeyJ');
      return undefined;
    });
    await desk.locator('[data-testid="now-picture"][data-painted="true"]').waitFor({ timeout: 120_000 });
    await shot(desk, 'desk-1920');
    await desk.keyboard.press('Enter');
    await desk.getByTestId('toast-undo').waitFor({ timeout: 120_000 });
    await shot(desk, 'desk-undo-1920');

    const operator = await product.seat('operator');
    const task = await eventually('the task is sent', 120, async () => {
      const view = await operator.ask('incident', { params: { id: incidentId } });
      return view.tasks.find((one) => one.role === 'primary' && one.state === 'sent');
    });
    const login = { 'su-arnasy': 'su-arnasy', 'elorda-eco-system': 'eco-system' }[task.agencyId as string];
    expect(login, task.agencyId).toBeDefined();

    const phone = await sitDown(login ?? '', 390, 844);
    const card = phone.locator(`[data-testid="task-card"][data-id="${task.id}"]`);
    await card.waitFor({ timeout: 120_000 });
    await shot(phone, 'agency-list-390');
    // By its heading: the middle of the card is the button that accepts without opening it.
    await card.click({ position: { x: 80, y: 30 } });
    await phone.getByTestId('task-decline').waitFor({ timeout: 120_000 });
    await shot(phone, 'agency-task-390');
    await phone.getByTestId('task-accept').click();
    await eventually('the task is accepted', 120, async () =>
      (await operator.ask('incident', { params: { id: incidentId } })).tasks.some(
        (one) => one.id === task.id && one.state === 'accepted',
      )
        ? true
        : undefined,
    );
    await phone.getByTestId('task-start').waitFor({ timeout: 120_000 });
    await shot(phone, 'agency-accepted-390');

    // Every dumping is confirmed by its operator too, through the contract: the officer's draft needs a person's word. A heap of
    // which nobody saw the making has no clip; the acts that were watched have.
    const officer = await product.seat('officer');
    await eventually('an act is confirmed and its clip sealed', 300, async () => {
      const { queue } = await operator.ask('desk');
      for (const card of queue.filter((one) => one.hazard === 'dumping' && one.state === 'pending_review')) {
        await operator.ask('verdict', {
          body: { kind: 'confirm', id: `browser-${card.id}`, incidentId: card.id, version: card.version },
        });
      }
      const { violations } = await officer.ask('violations');
      return violations.find((one) => one.clip.state === 'sealed');
    });
    const screen = await sitDown('officer', 1920, 1080);
    await screen.getByTestId('violation-item').first().click();
    const video = screen.getByTestId('clip-video');
    await video.waitFor({ timeout: 120_000 });
    await video.evaluate((element) => {
      if (element instanceof HTMLVideoElement) {
        element.muted = true;
        void element.play();
      }
    });
    await eventually('the clip plays', 120, async () => {
      const seconds = await video.evaluate((element) =>
        element instanceof HTMLVideoElement ? element.currentTime : 0,
      );
      return seconds > 1 ? true : undefined;
    });
    await shot(screen, 'officer-1920');
    expect(await screen.getByTestId('article-option').count()).toBeGreaterThan(1);
  }, 600_000);

  test('each screen opens in three languages and says so', async () => {
    const desk = await sitDown('operator', 1280, 800);
    for (const language of ['kk', 'ru', 'en']) {
      await desk.getByTestId(`language-${language}`).click();
      await eventually(`the page is in ${language}`, 120, async () =>
        (await desk.evaluate(() => document.documentElement.lang)) === language ? true : undefined,
      );
      await shot(desk, `desk-${language}-1280`);
    }
    const lead = await sitDown('lead', 1920, 1080);
    // What each screen shows once it has something to say: a frame without it is an empty page.
    const content = { map: 'map', options: 'tab-me', tasks: 'tasks' };
    for (const [name, key] of [
      ['map', 'KeyM'],
      ['options', 'KeyO'],
      ['tasks', 'KeyT'],
    ] as const) {
      await lead.keyboard.press('KeyG');
      await lead.keyboard.press(key);
      await lead.getByTestId(content[name]).waitFor({ timeout: 120_000 });
      await shot(lead, `${name}-1920`);
    }
    const wall = await sitDown('wall', 3840, 2160);
    await wall.getByTestId('wall-head').waitFor({ timeout: 120_000 });
    await eventually('the wall has drawn its map', 120, async () =>
      (await wall.locator('[data-testid="wall"] canvas').count()) > 0 ? true : undefined,
    );
    await shot(wall, 'wall-3840');
    const keeper = await sitDown('keeper', 1920, 1080);
    await keeper.goto(`${product.standing.url}/#/options/health`);
    const processes = keeper.getByTestId('system-processes').locator('tr');
    await processes.first().waitFor({ timeout: 120_000 });
    expect(await processes.count()).toBeGreaterThanOrEqual(4);
    await shot(keeper, 'system-keeper-1920');
  }, 180_000);
});
