// A real browser: a snowfall as one line on the desk, decided in two presses and taken back; and the list of what was almost raised.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Camera } from '#core/camera';
import { systemClock } from '#core/clock';
import { CameraId, newId } from '#core/ids';
import type { Incident } from '#core/incident';
import type { MassIncident } from '#core/mass';
import { streetClasses } from '#core/place';
import { inRoot } from '#core/root';
import { defaultHazardSettings } from '#hazards';
import { held, mass, weather } from '#store';
import { browserPath, openBrowser } from '../../cli/measure/desk-driver.ts';
import { camera, openStand, type Stand } from '../integration/dashboard-stand.ts';
import { eventually } from '../support/product.ts';
import { faultsOf, sitDownAt, snap, speak } from '../support/pages.ts';

const hasBrowser = browserPath() !== undefined;
const hourMs = 3_600_000;

const streets = ['Мәңгілік Ел – Ұлы Дала', 'Тұран – Сығанақ', 'Қабанбай батыр – Орынбор', 'Сарайшық көшесі, 34'];
const some = <T>(list: readonly T[], n: number): T => {
  const one = list[n % list.length];
  if (one === undefined) throw new Error('an empty list');
  return one;
};

const watched: readonly Camera[] = Array.from({ length: 24 }, (_, n) => {
  const name = `${some(streets, n)}, ${n + 1}`;
  const [zone, ...rest] = camera('x', {}).zones;
  if (!zone) throw new Error('the camera of the stand has no zone');
  return camera(`cam-${n + 1}`, {
    name: { kk: name, ru: name, en: name },
    point: { lon: 71.39 + (n % 6) * 0.012, lat: 51.09 + Math.floor(n / 6) * 0.009 },
    zones: [{ ...zone, streetClass: some(streetClasses, n % 5) }, ...rest],
  });
});

/** Frames of the simulator's clips, where ffmpeg is here; the detector's close frames else. */
function framesOf(wanted: RegExp): Uint8Array[] {
  const folder = inRoot('simulator', 'clips');
  const clips = readdirSync(folder).filter((name) => name.endsWith('.mp4') && wanted.test(name));
  try {
    return clips.map((name) => {
      const args = ['-loglevel', 'error', '-ss', '3', '-i', join(folder, name), '-frames:v', '1', '-f', 'mjpeg', '-'];
      return execFileSync('ffmpeg', args, { maxBuffer: 1 << 24 });
    });
  } catch {
    const close = inRoot('detector', 'close-frames');
    const names = readdirSync(close).filter((name) => name.endsWith('.jpg'));
    return names.map((name) => readFileSync(join(close, name)));
  }
}

describe.skipIf(!hasBrowser)('a snowfall on the desk', () => {
  let stand: Stand;
  let browser: Browser;
  let one: MassIncident;

  beforeAll(async () => {
    stand = await openStand({ cameras: watched, webRoot: inRoot('.build', 'web') });
    browser = await openBrowser();
    const put = (list: readonly Uint8Array[]) =>
      Promise.all(list.map((bytes) => stand.files.put(bytes, 'still', 'jpg')));
    const snowy = await put(framesOf(/snow/));
    const wet = await put(framesOf(/water|flood|rain|wet/));
    const nowMs = systemClock.nowMs();
    const startedAtMs = nowMs - 19 * hourMs;
    const endedAtMs = nowMs - 11 * hourMs;
    await stand.database.transaction(async (tx) => {
      await weather.saveSnowfall(tx, { district: 'esil', startedAtMs, endedAtMs, source: 'test' });
      await weather.save(tx, [
        {
          district: 'esil',
          atMs: nowMs,
          temperatureC: -11,
          rainMmH: 0,
          snowfallCmH: 0,
          snowDepthM: 0.2,
          windMS: 6,
          isDay: true,
          source: 'test',
        },
      ]);
    });
    one = await stand.database.transaction((tx) =>
      mass.insert(
        tx,
        {
          id: newId(systemClock),
          hazard: 'snow',
          district: 'esil',
          cause: 'snowfall',
          sinceMs: startedAtMs,
          state: 'open',
          severity: 'S2',
          openedAtMs: nowMs - 14 * 60_000,
          lastJoinedAtMs: nowMs,
          endedAtMs: null,
          decision: null,
          decidedAtMs: null,
          decidedBy: null,
          rejectReason: null,
          rejections: 0,
          quietUntilMs: null,
        },
        { atMs: nowMs, actor: 'judge', reason: 'one snowfall' },
      ),
    );
    const whySnow = (n: number): Incident['why'] => ({
      looks: 3,
      hazardLooks: 3,
      overS: 2700,
      level: 0.55 + (n % 9) / 25,
      rule: 'snow.deadline',
      models: ['surface-1'],
      weather: '',
      facts: {
        share: 0.55 + (n % 9) / 25,
        peakShare: 0.92,
        snowfallEndedAtMs: endedAtMs,
        deadlineAtMs: nowMs - 50 * 60_000,
        lateS: 3000,
        light: 'day',
        severityReasons: n % 3 === 0 ? 'sensitive dark' : '',
        pace: 1,
        thresholds: JSON.stringify(defaultHazardSettings.snow),
      },
    });
    for (let n = 0; n < 46; n++) {
      const hung = some(watched, n);
      await stand.raise({
        hazard: 'snow',
        sub: 'carriageway',
        severity: n === 4 ? 'S3' : 'S2',
        state: n < 5 ? 'pending_review' : 'candidate',
        raisedAtMs: n < 5 ? nowMs - (20 - n) * 60_000 : null,
        openedAtMs: nowMs - (25 - (n % 20)) * 60_000,
        lastSeenAtMs: nowMs - (n + 1) * 20_000,
        cameraId: CameraId.parse(hung.id),
        point: hung.point,
        level: 0.55 + (n % 9) / 25,
        why: whySnow(n),
        mark: {
          kind: 'zone',
          points: [
            [0.1, 0.95],
            [0.35, 0.5],
            [0.65, 0.5],
            [0.95, 0.95],
          ],
        },
        stillSha256: some(snowy, n),
        massId: one.id,
      });
    }
    await stand.raise({
      cameraId: CameraId.parse('cam-7'),
      point: some(watched, 6).point,
      stillSha256: some(wet, 0),
      why: {
        looks: 4,
        hazardLooks: 3,
        overS: 380,
        level: 0.86,
        rule: 'flooding.persistence',
        models: ['surface-1'],
        weather: '',
        facts: {
          share: 0.34,
          flood: 0.86,
          past: 7,
          levelAlone: 0.79,
          levelWithPast: 0.86,
          waterM2: 46,
          grewBy: 0.31,
          grewInS: 1500,
          severityReasons: 'arterial freezing',
          pace: 1,
          thresholds: JSON.stringify(defaultHazardSettings.flooding),
        },
      },
      level: 0.86,
      reopens: 1,
    });
    const rules = ['within-deadline', 'below-raise', 'works', 'group', 'quiet', 'vehicle-over'] as const;
    await stand.database.transaction(async (tx) => {
      for (let n = 0; n < 60; n++) {
        const rule = some(rules, n);
        const hazard = rule === 'works' || rule === 'vehicle-over' ? 'open-manhole' : n % 2 === 0 ? 'snow' : 'flooding';
        const look = {
          cameraId: some(watched, n).id,
          zoneId: 'road',
          hazard,
          rule,
          level: 0.3 + (n % 7) / 12,
          stillSha256: n % 5 === 4 ? null : some(hazard === 'snow' ? snowy : wet, n),
          incidentId: null,
        };
        const atMs = nowMs - n * n * 18_000;
        await held.count(
          tx,
          [
            { ...look, atMs: atMs - 240_000 },
            { ...look, atMs },
          ],
          600,
        );
      }
    });
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await stand.close();
  }, 300_000);

  const sitDown = (login: string, width = 1920, height = 1080): Promise<Page> =>
    sitDownAt(browser, stand.dashboard.url, login, width, height);
  const shot = (page: Page, name: string) => snap(page, name);
  const row = (page: Page) => page.getByTestId('queue-mass');

  test('is one row, asks twice, and is taken back by one key', async () => {
    const page = await sitDown('operator');
    await row(page).waitFor({ timeout: 120_000 });
    // The worse member and the flooding stand for themselves.
    expect(await page.getByTestId('queue-item').count()).toBe(2);
    await row(page).click();
    await page.locator('[data-testid="mass-panel"][data-ready="true"]').waitFor({ timeout: 120_000 });
    await page.locator('.where-map canvas').waitFor({ timeout: 120_000 });
    for (const language of ['ru', 'kk', 'en']) {
      await speak(page, language);
      await shot(page, `mass-desk-${language}-1920`);
    }
    expect(await faultsOf(page)).toEqual([]);

    // The language's button had the focus, and Enter is its own there.
    await row(page).click();
    await page.keyboard.press('Enter');
    await page.getByTestId('mass-armed').waitFor();
    await shot(page, 'mass-armed-1920');
    await page.keyboard.press('KeyJ');
    await page.getByTestId('mass-armed').waitFor({ state: 'detached' });
    expect(await mass.byId(stand.database, one.id)).toMatchObject({ version: 1, decision: null });

    await page.keyboard.press('Enter');
    await page.getByTestId('mass-armed').waitFor();
    await page.keyboard.press('Enter');
    await page.getByTestId('toast-undo').waitFor();
    await eventually('it is decided', 120, async () =>
      (await mass.byId(stand.database, one.id))?.decision === 'confirmed' ? true : undefined,
    );
    await row(page).waitFor({ state: 'detached' });
    await shot(page, 'mass-decided-1920');
    await page.keyboard.press('KeyZ');
    await row(page).waitFor();
    expect(await mass.byId(stand.database, one.id)).toMatchObject({ version: 3, decision: null });
  }, 300_000);

  test('opens into its members, which are decided one by one', async () => {
    const page = await sitDown('operator2');
    await row(page).waitFor({ timeout: 120_000 });
    await row(page).click();
    await page.keyboard.press('ArrowRight');
    const inside = page.locator('[data-testid="queue-item"].row-inside');
    await inside.first().waitFor();
    await page.keyboard.press('KeyJ');
    const chosen = page.locator('[data-testid="queue-item"][aria-selected="true"]');
    await page.locator('[data-testid="now-picture"][data-painted="true"]').waitFor({ timeout: 120_000 });
    await shot(page, 'mass-members-1920');
    const id = await chosen.getAttribute('data-id');
    await page.keyboard.press('Enter');
    await eventually('the member is confirmed', 120, async () => {
      const { card } = await (await stand.seat('operator2')).ask('incident', { params: { id: id ?? '' } });
      return card.state === 'confirmed' || card.state === 'in_work' ? true : undefined;
    });
    await page.keyboard.press('KeyZ');
  }, 300_000);

  test('says in words why a single one was raised', async () => {
    const page = await sitDown('shift-lead');
    const flooding = page.locator('[data-testid="queue-item"][data-hazard="flooding"]');
    await flooding.waitFor({ timeout: 120_000 });
    // The queue may put another row under the pointer while it fills: the row is asked for until it is the chosen one.
    await eventually('the row is chosen', 120, async () => {
      if ((await flooding.getAttribute('aria-selected')) === 'true') return true;
      await flooding.click();
      return undefined;
    });
    await page.locator('[data-testid="now-picture"][data-painted="true"]').waitFor({ timeout: 120_000 });
    await speak(page, 'ru');
    const why = page.locator('.why');
    for (const words of [
      'Держится дольше, чем брызги',
      'порог 0,80',
      'С прошлым этой камеры',
      'Открывался повторно: 1',
    ]) {
      await why.getByText(words).first().waitFor();
    }
    await shot(page, 'why-1920');
    expect(await faultsOf(page)).toEqual([]);
  }, 300_000);

  test('the list of what was almost raised says by which rule, and is narrowed by keyboard', async () => {
    const page = await sitDown('camera-admin');
    await page.locator('.camera-screen').waitFor({ timeout: 120_000 });
    await page.keyboard.press('KeyG');
    await page.keyboard.press('KeyA');
    await page.getByTestId('held-list').waitFor({ timeout: 120_000 });
    await page.waitForLoadState('networkidle');
    for (const language of ['ru', 'kk', 'en']) {
      await speak(page, language);
      await shot(page, `held-${language}-1920`);
    }
    expect(await faultsOf(page)).toEqual([]);
    const all = await page.getByTestId('held-row').count();
    await page.getByTestId('held-hazard').selectOption('open-manhole');
    await eventually('fewer are shown', 120, async () => {
      const now = await page.getByTestId('held-row').count();
      return now > 0 && now < all ? true : undefined;
    });
    await page.getByTestId('held-rule').selectOption('no-policy');
    await page.locator('.held .panel-state').waitFor();
  }, 300_000);

  test('says calmly that alarms come thick', async () => {
    for (let n = 0; n < 11; n++) {
      const hung = some(watched, n + 3);
      await stand.raise({ cameraId: CameraId.parse(hung.id), point: hung.point, severity: n === 0 ? 'S4' : 'S3' });
    }
    const page = await sitDown('operator');
    await page.getByTestId('flood').waitFor({ timeout: 120_000 });
    await speak(page, 'kk');
    await shot(page, 'flood-1920');
    await page.setViewportSize({ width: 1280, height: 800 });
    // The list is windowed: a mass incident of medium severity stands below the grave ones.
    await page.keyboard.press('End');
    await row(page).click();
    await page.locator('[data-testid="mass-panel"][data-ready="true"]').waitFor({ timeout: 120_000 });
    await shot(page, 'mass-desk-kk-1280');
  }, 300_000);

  test('the wall says it in one line', async () => {
    const page = await sitDown('wall', 3840, 2160);
    await page.getByTestId('wall-mass').waitFor({ timeout: 120_000 });
    await shot(page, 'mass-wall-3840');
    expect(await page.getByTestId('wall-mass').innerText()).toContain(`M${one.number}`);
  }, 300_000);
});
