// A real browser at the newer parts of the desk: the pair laid over one another, the narrowed queue, a known item told after its verdict, the offer of a
// pause, an incident by hand taken back; and a wall of which one panel cannot be read.
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#core/clock';
import { CameraId, IncidentId, newId, PersonId } from '#core/ids';
import type { Incident } from '#core/incident';
import { inRoot } from '#core/root';
import { incidents, planted, sql } from '#store';
import { browserPath, openBrowser } from '../../cli/measure/desk-driver.ts';
import { camera, openStand, type Stand } from '../integration/dashboard-stand.ts';
import { faultsOf, phoneSize, shootAt, sitDownAt, snap, speak } from '../support/pages.ts';
import { eventually } from '../support/product.ts';

const few = [
  [1280, 800],
  [1920, 1080],
] as const;
const frames = inRoot('detector', 'close-frames');
const names = ['closed-manhole-yard', 'closed-manhole-pavement', 'heap', 'open-manhole-yard', 'open-manhole-pavement'];

/** A wall of photographs 1600 x 900 from which views are cut. */
async function scene(order: readonly number[], sidePx = 229): Promise<Buffer> {
  const tiles = await Promise.all(
    Array.from({ length: 28 }, async (_, i) => ({
      input: await sharp(join(frames, `${names[order[i % order.length] ?? 0] ?? 'heap'}.jpg`))
        .rotate((i % 4) * 90)
        .resize(sidePx + 27, sidePx + 27)
        .toBuffer(),
      left: (i % 7) * sidePx,
      top: Math.floor(i / 7) * (sidePx - 4),
    })),
  );
  return sharp({ create: { width: 7 * sidePx + 27, height: 4 * sidePx + 15, channels: 3, background: '#777' } })
    .composite(tiles)
    .png()
    .toBuffer();
}

/** What a camera sees of it: turned by so many degrees, moved by so many pixels of 1280. */
async function view(whole: Buffer, turnDeg = 0, dx = 0, dy = 0): Promise<Buffer> {
  const turned = await sharp(whole).rotate(turnDeg, { background: '#777' }).toBuffer({ resolveWithObject: true });
  const left = Math.round((turned.info.width - 1280) / 2) - dx;
  const top = Math.round((turned.info.height - 720) / 2) - dy;
  return sharp(turned.data).extract({ left, top, width: 1280, height: 720 }).jpeg({ quality: 85 }).toBuffer();
}

describe.skipIf(browserPath() === undefined)('the newer parts of the desk', () => {
  let stand: Stand;
  let browser: Browser;
  let page: Page;
  const stills: Record<'plain' | 'swayed' | 'moved' | 'other', string> = {
    plain: '',
    swayed: '',
    moved: '',
    other: '',
  };
  const watched = Array.from({ length: 6 }, (_, n) =>
    camera(`cam-${n}`, {
      name: { kk: `Тұран – Сығанақ, ${n}`, ru: `Туран – Сыганак, ${n}`, en: `Turan / Syganaq, ${n}` },
      point: { lon: 71.4 + n * 0.02, lat: 51.1 },
      district: n % 2 === 0 ? 'esil' : 'nura',
    }),
  );
  const raise = (n: number, more: Partial<Incident>): Promise<Incident> =>
    stand.raise({
      cameraId: CameraId.parse(`cam-${n}`),
      point: { lon: 71.4 + n * 0.02, lat: 51.1 },
      district: n % 2 === 0 ? 'esil' : 'nura',
      stillSha256: stills.plain,
      ...more,
    });
  const row = (id: string) => page.locator(`[data-testid="queue-item"][data-id="${id}"]`);
  /** What is new waits behind the bar while a hand is at work. */
  const bring = (id: string): Promise<true> =>
    eventually('it stands in the queue', 120, async () => {
      await page.keyboard.press('KeyR');
      return (await row(id).count()) === 1 ? true : undefined;
    });
  const open = async (id: string): Promise<void> => {
    await bring(id);
    await row(id).click();
    await page.locator('[data-testid="now-picture"][data-painted="true"]').waitFor();
  };

  beforeAll(async () => {
    stand = await openStand({ cameras: watched, webRoot: inRoot('.build', 'web') });
    browser = await openBrowser();
    const [one, two] = await Promise.all([scene([0, 1, 2, 3, 4]), scene([4, 2, 0, 1, 3, 2, 1], 263)]);
    const keep = async (bytes: Buffer): Promise<string> => stand.files.put(bytes, 'still', 'jpg');
    stills.plain = await keep(await view(one));
    stills.swayed = await keep(await view(one, 0.5, 13, -6));
    stills.moved = await keep(await view(one, 1.5, -64, 20));
    stills.other = await keep(await view(two));
    page = await sitDownAt(browser, stand.dashboard.url, 'operator');
    await speak(page, 'kk');
  }, 300_000);
  afterAll(async () => {
    await browser.close();
    await stand.close();
  });

  test('before is laid over now, and is not where that is not sure', async () => {
    const beforeAtMs = systemClock.nowMs() - 3_600_000;
    const pair = (n: number, beforeSha256: string) =>
      raise(n, { severity: 'S2', hazard: 'open-manhole', beforeSha256, beforeAtMs });
    const [swayed, moved, other] = [
      await pair(0, stills.swayed),
      await pair(1, stills.moved),
      await pair(2, stills.other),
    ];
    const word = page.getByTestId('align');
    const lying = () =>
      page.locator('[data-testid="before-picture"] img').evaluate((image) => {
        const { a, b, e, f } = new DOMMatrix(getComputedStyle(image).transform);
        const box = image.parentElement?.getBoundingClientRect();
        return { turnDeg: (Math.atan2(b, a) * 180) / Math.PI, x: e / (box?.width ?? 1), y: f / (box?.height ?? 1) };
      });
    await open(swayed.id);
    await word.and(page.locator('[data-align="aligned"]')).waitFor();
    const lie = await lying();
    // The earlier picture is brought back by what it had been moved and turned.
    expect(lie.turnDeg).toBeCloseTo(-0.5, 1);
    expect(lie.x).toBeCloseTo(-13 / 1280, 2);
    expect(lie.y).toBeCloseTo(6 / 720, 2);
    await page.keyboard.down('KeyB');
    await page.locator('.picture-swap img').waitFor();
    expect(await page.locator('.picture-swap img').evaluate((one) => getComputedStyle(one).transform)).not.toBe('none');
    await snap(page, 'desk-blink-kk-1920');
    await page.keyboard.up('KeyB');
    expect(await shootAt(page, 'desk-aligned-kk')).toEqual([]);
    await open(moved.id);
    await word.and(page.locator('[data-align="moved"]')).waitFor();
    await speak(page, 'ru');
    expect(await shootAt(page, 'desk-moved-ru', few)).toEqual([]);
    expect(await faultsOf(page)).toEqual([]);
    await speak(page, 'kk');
    await open(other.id);
    await page
      .locator('[data-testid="align"][data-align="disagree"], [data-testid="align"][data-align="few-marks"]')
      .waitFor();
    expect((await lying()).turnDeg).toBe(0);
  });

  test('is narrowed by Shift and a digit; what is critical stays', async () => {
    const snow = await raise(3, { severity: 'S1', hazard: 'snow' });
    const urgent = await raise(4, { severity: 'S4', hazard: 'flooding' });
    await bring(snow.id);
    await bring(urgent.id);
    await page.keyboard.press('Shift+Digit1');
    await page.locator('[data-testid="queue-filter"][data-digit="1"][aria-pressed="true"]').waitFor();
    const ids = await page
      .getByTestId('queue-item')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-id')));
    expect(ids).toEqual([urgent.id, snow.id]);
    expect(await shootAt(page, 'desk-narrowed-kk', [...few, phoneSize])).toEqual([]);
    await page.keyboard.press('Escape');
    await eventually('the whole queue', 120, async () =>
      (await page.getByTestId('queue-item').count()) === 5 ? true : undefined,
    );
    await stand.database.run(
      sql`update incident set state = 'self_cleared', closed_at = now(), version = version + 1 where id = ${urgent.id}`,
    );
    await page.reload();
    await row(snow.id).waitFor();
  });

  test('a known item is told right after the verdict', async () => {
    const nowMs = systemClock.nowMs();
    const source = await raise(5, { severity: 'S2', hazard: 'snow', state: 'rejected', closedAtMs: nowMs });
    const id = newId(systemClock);
    const item = {
      ...source,
      id: IncidentId.parse(id),
      number: source.number + 1,
      state: 'pending_review' as const,
      closedAtMs: null,
    };
    await stand.database.transaction(async (tx) => {
      await planted.plant(tx, {
        sourceId: source.id,
        personId: PersonId.parse('p-operator'),
        item,
        strip: [],
        history: [],
        knownKind: 'reject',
        knownHazard: 'snow',
        askedFromMs: nowMs,
        askedUntilMs: nowMs + 3_600_000,
        atMs: nowMs,
      });
    });
    await open(id);
    await page.keyboard.press('Enter');
    await page.locator('[data-testid="planted-word"][data-answer="other"]').waitFor();
    expect(await shootAt(page, 'desk-planted-kk', few)).toEqual([]);
    await speak(page, 'ru');
    await shootAt(page, 'desk-planted-ru', [[1920, 1080]]);
    expect(await faultsOf(page)).toEqual([]);
    await speak(page, 'kk');
    await page.getByTestId('planted-word').locator('button').click();
    await page.getByTestId('planted-word').waitFor({ state: 'detached' });
    expect(await page.getByTestId('toast-undo').count()).toBe(0);
  });

  test('after an hour of verdicts a pause is offered, and can be put off', async () => {
    const one = await raise(5, {
      severity: 'S1',
      hazard: 'flooding',
      state: 'rejected',
      closedAtMs: systemClock.nowMs(),
    });
    await stand.database.run(sql`
      insert into verdict (id, incident_id, person_id, at, verdict, incident_before, task_ids)
      select 'spell-' || minute, ${one.id}, 'p-operator', now() - make_interval(mins => minute), '{}', '{}', '{}'
      from generate_series(0, 66, 6) as minute`);
    await page.getByTestId('pause-offer').waitFor({ timeout: 120_000 });
    await shootAt(page, 'desk-pause-offer-kk', [[1920, 1080]]);
    await page.getByTestId('pause-later').click();
    await page.getByTestId('pause-offer').waitFor({ state: 'detached' });
    await stand.database.run(sql`delete from verdict where id like 'spell-%'`);
  });

  test('an incident by hand is taken back by Z within its seconds', async () => {
    await page.locator('[data-testid="now-picture"][data-painted="true"]').waitFor();
    await page.keyboard.press('KeyN');
    await page.getByTestId('by-hand').waitFor();
    await page.keyboard.press('Digit2');
    await page.locator('[data-testid="branch-water"][aria-checked="true"]').waitFor();
    await page.keyboard.press('Enter');
    await page.getByTestId('by-hand').waitFor({ state: 'detached' });
    await page.getByTestId('toast-undo').waitFor();
    await snap(page, 'desk-by-hand-undo-kk-1920');
    await page.keyboard.press('KeyZ');
    const [made] = await eventually('it is taken back', 120, async () => {
      const found = await incidents.list(stand.database, { states: ['rejected'], limit: 50 });
      const mine = found.filter((incident) => incident.origin === 'manual');
      return mine.length > 0 ? mine : undefined;
    });
    expect(made).toMatchObject({ rejectReason: 'other', decidedBy: 'p-operator' });
  });

  test('a wall of which a panel cannot be read says so there and nowhere else', async () => {
    const wall = await sitDownAt(browser, stand.dashboard.url, 'wall', 3840, 2160);
    await wall.getByTestId('wall-head').waitFor();
    expect(await wall.locator('.wall-panel-stale').count()).toBe(0);
    await stand.database.run(sql`update seat set taken_at = 'infinity'`);
    await wall.locator('.wall-panel-stale').waitFor({ timeout: 120_000 });
    expect(await wall.locator('.wall-panel-stale').getAttribute('data-panel')).toContain('desk');
    expect(await wall.locator('.wall-panel-stale').count()).toBe(1);
    await snap(wall, 'wall-stale-kk-3840');
    await stand.database.run(sql`update seat set taken_at = now()`);
    await wall.locator('.wall-panel-stale').waitFor({ state: 'detached', timeout: 120_000 });
    await wall.context().close();
  });
});
