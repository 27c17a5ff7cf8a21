// A real browser at the desk, worked by keys alone: a hundred incidents reviewed in Kazakh, and what the desk does when things go
// wrong: no line, a dead server, another operator, a card that clears itself, a thousand at once, bad words, no picture, a wrong clock.
import { readdirSync, readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Camera } from '#core/camera';
import { systemClock } from '#core/clock';
import { hazardNames, severities } from '#core/hazard-name';
import { CameraId, PersonId } from '#core/ids';
import type { Incident } from '#core/incident';
import { inRoot } from '#core/root';
import { hashPassword, startDashboard } from '#dashboard';
import { moveIncident } from '#incidents';
import { audit, handLabels, incidents, people, seats, sql, tasks, verdicts } from '#store';
import { browserPath, openBrowser } from '../../cli/measure/desk-driver.ts';
import { camera, openStand, password, type Stand } from '../integration/dashboard-stand.ts';
import { faultsOf, snap } from '../support/pages.ts';
import { eventually } from '../support/product.ts';

const hasBrowser = browserPath() !== undefined;
const many = 100;

const streets = ['Мәңгілік Ел – Ұлы Дала', 'Тұран – Сығанақ', 'Қабанбай батыр – Орынбор', 'Жошы хан көшесі, 34'];
const some = <T>(list: readonly T[], n: number): T => {
  const one = list[n % list.length];
  if (one === undefined) throw new Error('an empty list');
  return one;
};
const watched: readonly Camera[] = Array.from({ length: 25 }, (_, n) => {
  const name = `${some(streets, n)}, ${n + 1}`;
  return camera(`cam-${n + 1}`, {
    name: { kk: name, ru: name, en: name },
    // Far enough from one another that no two incidents are one.
    point: { lon: 71.37 + (n % 5) * 0.02, lat: 51.07 + Math.floor(n / 5) * 0.012 },
  });
});

const badName =
  `<b class="planted">Мәңгілік Ел</b><img src=x onerror="document.title='planted'"> ${'Ұзақ-атау'.repeat(30)}`.slice(
    0,
    300,
  );
const badlyNamed = camera('cam-bad', {
  name: { kk: badName, ru: badName, en: badName },
  point: { lon: 71.45, lat: 51.13 },
});

/** A line to the server that can be cut, and led to another server. */
interface Cuttable {
  readonly url: string;
  cut(): void;
  mend(port?: number): void;
  close(): Promise<void>;
}
async function openCuttable(port: number): Promise<Cuttable> {
  let target = port;
  let isCut = false;
  const open = new Set<Socket>();
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(target, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  const drop = (): void => {
    for (const one of open) one.destroy();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = server.address();
  const own: AddressInfo | undefined = typeof at === 'object' && at !== null ? at : undefined;
  if (!own) throw new Error('the line has no port');
  return {
    url: `http://127.0.0.1:${own.port}`,
    cut: () => {
      isCut = true;
      drop();
    },
    mend: (next = target) => {
      target = next;
      isCut = false;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        drop();
      }),
  };
}

/** Someone who speaks Kazakh, so that nothing has to be chosen on the screen. */
async function hire(stand: Stand, login: string, role: 'operator' | 'shift_lead' = 'operator'): Promise<PersonId> {
  const id = PersonId.parse(`p-${login}`);
  const hash = await hashPassword(password);
  await stand.database.transaction((tx) =>
    people.insert(
      tx,
      { id, login, name: `Қызметкер ${login}`, roles: [role], agencyId: null, language: 'kk', active: true },
      hash,
    ),
  );
  return id;
}

/** Signs in with keys alone: the first field has the focus by itself. */
async function sitDown(page: Page, url: string, login: string): Promise<void> {
  await page.goto(url);
  await page.locator('[data-testid="sign-in-login"]:focus').waitFor();
  await page.keyboard.type(login);
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.getByTestId('sign-in-login').waitFor({ state: 'detached' });
}

/** Walks with `Tab` until this has the focus. */
async function tabTo(page: Page, testId: string): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab');
    if ((await page.locator(`[data-testid="${testId}"]:focus`).count()) === 1) return;
  }
  throw new Error(`${testId} is not reached by keyboard`);
}

const chosen = (page: Page) => page.locator('[data-testid="queue-item"][aria-selected="true"]');
const ready = (page: Page) => page.locator('[data-testid="now-picture"][data-painted="true"]');

/** As `eventually`, asked often: a hundred items are waited for. */
const waitFor = <T>(what: string, check: () => Promise<T | undefined>): Promise<T> => eventually(what, 120, check, 25);

/** The item that is on the screen, painted and open for a verdict, and another one than `before`. */
async function readyItem(page: Page, before: string | null = null): Promise<string> {
  return waitFor('the next item is on the screen', async () => {
    const id = await chosen(page).getAttribute('data-id', { timeout: 5_000 });
    return id !== null && id !== before && (await ready(page).count()) === 1 ? id : undefined;
  }).catch(async (thrown: unknown) => {
    await snap(page, 'desk-stuck', { always: true });
    throw thrown;
  });
}

describe.skipIf(!hasBrowser)('the desk by keys alone', () => {
  let stand: Stand;
  let browser: Browser;
  let stills: readonly string[];

  const raise = (n: number, more: Partial<Incident> = {}): Promise<Incident> => {
    const hung = some(watched, n);
    const hazard = some(hazardNames, n + Math.floor(n / 25));
    return stand.raise({
      hazard,
      severity: some(severities, Math.floor(n / 3)),
      cameraId: CameraId.parse(hung.id),
      zoneId: hazard === 'dumping' ? 'yard' : 'road',
      point: hung.point,
      raisedAtMs: systemClock.nowMs() - 2_400_000 - n * 20_000,
      openedAtMs: systemClock.nowMs() - 2_500_000 - n * 20_000,
      stillSha256: some(stills, n),
      ...more,
    });
  };

  beforeAll(async () => {
    stand = await openStand({ cameras: [...watched, badlyNamed], webRoot: inRoot('.build', 'web') });
    browser = await openBrowser();
    const folder = inRoot('detector', 'close-frames');
    const frames = readdirSync(folder).filter((name) => name.endsWith('.jpg'));
    stills = await Promise.all(frames.map((name) => stand.files.put(readFileSync(join(folder, name)), 'still', 'jpg')));
  }, 240_000);
  afterAll(async () => {
    await browser.close();
    await stand.close();
  }, 300_000);

  test('a hundred incidents in Kazakh: every verdict is in the database and the audit, once', async () => {
    const personId = await hire(stand, 'aigerim');
    for (let n = 0; n < many; n++) await raise(n);
    const context = await browser.newContext({ viewport: { width: 1920, height: 1080 }, locale: 'kk-KZ' });
    const page = await context.newPage();
    // Only keys may move this page: a press of the pointer would be seen.
    await page.addInitScript(() => {
      window.addEventListener('pointerdown', () => document.documentElement.setAttribute('data-pointer', 'used'), true);
    });
    await sitDown(page, stand.dashboard.url, 'aigerim');
    const given = new Map<string, string>();
    let at: string | null = null;
    for (let n = 0; n < many; n++) {
      at = await readyItem(page, at);
      expect(given.has(at), 'an item came twice').toBe(false);
      if (n === 40) await snap(page, 'desk-review-kk-1920');
      if (n % 2 === 0) {
        await page.keyboard.press('Enter');
        given.set(at, 'confirm');
      } else {
        await page.keyboard.press('KeyX');
        const digit = 1 + (n % 7);
        await page.keyboard.press(`Digit${digit}`);
        // The seventh is "another reason": it is asked for in words.
        if (digit === 7) {
          await page.locator('[data-testid="reject-words"]:focus').waitFor();
          await page.keyboard.type('Бұл жабық құдықтың қақпағы');
          await page.keyboard.press('Enter');
        }
        given.set(at, 'reject');
      }
    }
    await page.getByTestId('desk-empty').waitFor();
    await page.getByTestId('unsent').waitFor({ state: 'detached' });
    expect(await page.locator('html').getAttribute('lang')).toBe('kk');
    expect(await page.locator('html').getAttribute('data-pointer')).toBeNull();
    await snap(page, 'desk-reviewed-kk-1920');

    const rows = await eventually('every verdict is in the database', 120, async () => {
      const found = (await verdicts.since(stand.database, 0, 1000)).filter((row) => row.personId === personId);
      return found.length >= many ? found : undefined;
    });
    expect(rows).toHaveLength(many);
    expect(new Map(rows.map(({ verdict }) => [verdict.incidentId, verdict.kind]))).toEqual(given);
    expect(rows.every((row) => row.undoneAtMs === null)).toBe(true);
    for (const [incidentId, kind] of given) {
      const incident = await incidents.byId(stand.database, incidentId);
      const made = await tasks.byIncident(stand.database, incidentId);
      const acts = (await audit.of(stand.database, 'incident', incidentId)).filter((act) => act.actor === personId);
      if (kind === 'confirm') {
        expect(['confirmed', 'in_work']).toContain(incident?.state);
        expect(made.length).toBeGreaterThan(0);
      } else {
        expect(incident?.state).toBe('rejected');
        expect(incident?.rejectReason).not.toBeNull();
        expect(made).toEqual([]);
      }
      expect(incident?.decidedBy).toBe(personId);
      expect(acts, `the audit of ${incidentId}`).toHaveLength(1);
    }
    await context.close();
  }, 300_000);

  /** What an earlier test left for a second pair of eyes is no business of the next one. */
  const noSecondLooks = () => stand.database.run(sql`update second_looks set void_at = now() where void_at is null`);

  test('pause, patrol, an incident by hand and the handing over of a shift, by keys', async () => {
    await noSecondLooks();
    // A closed page is a seat for thirty seconds more.
    await stand.database.run(sql`delete from seat`);
    await hire(stand, 'aliya');
    await hire(stand, 'bolat', 'shift_lead');
    await hire(stand, 'gulnar', 'shift_lead');
    const at = new Date(systemClock.nowMs() - 120_000).toISOString();
    for (const [k, one] of watched.slice(0, 3).entries()) {
      await stand.database.run(sql`
        insert into look (camera_id, due_at, seen_at, state, detail, took_ms, still_sha256)
        values (${one.id}, ${at}::timestamptz, ${at}::timestamptz, 'ok', '', 40, ${some(stills, k)})`);
    }
    const sit = async (login: string): Promise<Page> => {
      const page = await (await browser.newContext({ viewport: { width: 1920, height: 1080 } })).newPage();
      await sitDown(page, stand.dashboard.url, login);
      return page;
    };
    const shoot = async (page: Page, name: string): Promise<void> => {
      for (const [width, height] of [
        [1280, 800],
        [1920, 1080],
        [2560, 1440],
      ] as const) {
        await page.setViewportSize({ width, height });
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(
          0,
        );
        await snap(page, `${name}-kk-${width}`);
      }
      await page.setViewportSize({ width: 1920, height: 1080 });
    };
    const sayings = (page: Page) => page.getByTestId('sentence').innerText();

    const page = await sit('aliya');
    const place = page.getByTestId('patrol');
    await place.locator('img').waitFor();
    await page.keyboard.press('KeyP');
    await eventually('the last seat is refused', 120, async () =>
      (await sayings(page)).includes('соңғы орын') ? true : undefined,
    );
    const first = await place.getAttribute('data-camera');
    await shoot(page, 'desk-patrol');
    await eventually('the place is clean', 120, async () => {
      await page.keyboard.press('Enter');
      return (await place.getAttribute('data-camera')) === first ? undefined : true;
    });
    const second = await place.getAttribute('data-camera');
    await page.keyboard.press('KeyN');
    await page.getByTestId('by-hand').waitFor();
    await page.keyboard.press('Digit3');
    await page.locator('[data-testid="branch-manhole"][aria-checked="true"]').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+ArrowRight');
    await shoot(page, 'desk-by-hand');
    expect(await faultsOf(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByTestId('by-hand').waitFor({ state: 'detached' });
    const [label] = await handLabels.since(stand.database, 0, 10);
    expect(label).toMatchObject({ cameraId: second, hazard: 'open-manhole', category: 'manhole-missing' });
    expect((await incidents.byId(stand.database, label?.incidentId ?? ''))?.origin).toBe('manual');

    const lead = await sit('bolat');
    // Refused until the other seat has been heard of; each press is answered before the next one.
    await eventually('the other seat is seen', 120, async () => {
      await page.keyboard.press('KeyP');
      return page
        .getByTestId('desk-paused')
        .waitFor({ timeout: 3_000 })
        .then(
          () => true,
          () => undefined,
        );
    });
    await shoot(page, 'desk-paused');
    await page.keyboard.press('KeyP');
    await page.getByTestId('desk-paused').waitFor({ state: 'detached' });
    expect((await seats.since(stand.database, 0)).every((seat) => seat.pausedAtMs === null)).toBe(true);

    await lead.keyboard.press('KeyG');
    await lead.keyboard.press('KeyS');
    await lead.getByTestId('shift-note').waitFor();
    await tabTo(lead, 'handover-line');
    await lead.keyboard.type('Сарайшық өткеліндегі судың деңгейін қараңыз.');
    await tabTo(lead, 'handover-give');
    await lead.keyboard.press('Enter');
    await lead.getByTestId('handover-waits').waitFor();
    expect(await lead.getByTestId('handover-take').count()).toBe(0);
    await shoot(lead, 'shift');
    expect(await faultsOf(lead)).toEqual([]);
    const next = await sit('gulnar');
    await next.keyboard.press('KeyG');
    await next.keyboard.press('KeyS');
    await next.getByTestId('handover-take').waitFor();
    await tabTo(next, 'handover-take');
    await next.keyboard.press('Enter');
    await next.getByTestId('handover-taken').waitFor();
    expect((await seats.handovers(stand.database, 1))[0]).toMatchObject({ givenBy: 'p-bolat', takenBy: 'p-gulnar' });
    for (const one of [page, lead, next]) await one.context().close();
  }, 300_000);

  describe('when things go wrong', () => {
    let context: BrowserContext;
    let page: Page;
    let line: Cuttable;
    let personId: PersonId;
    let n = 0;

    beforeEach(async () => {
      // What an earlier test left is no business of this one.
      for (const one of await incidents.open(stand.database, { states: ['pending_review', 'escalated'] })) {
        await stand.database.transaction((tx) => clearItself(tx, one));
      }
      await noSecondLooks();
      n += 1;
      personId = await hire(stand, `op${n}`);
      line = await openCuttable(stand.dashboard.port);
      context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
      page = await context.newPage();
    });
    afterEach(async () => {
      await context.close();
      await line.close();
    });

    const clearItself = (tx: Parameters<typeof moveIncident>[0], one: Incident) =>
      moveIncident(
        tx,
        one,
        'self_cleared',
        { closedAtMs: systemClock.nowMs() },
        { atMs: systemClock.nowMs(), actor: { kind: 'system', name: 'judge' }, reason: 'clear looks', pace: 1 },
      );
    const enter = () => sitDown(page, line.url, `op${n}`);
    const verdictsOf = async (who: string) =>
      (await verdicts.since(stand.database, 0, 5000)).filter((row) => row.personId === who);
    const lineIs = (word: 'up' | 'down') => page.locator(`[data-testid="line"][data-line="${word}"]`).waitFor();
    const sentence = () => page.getByTestId('sentence').innerText();

    test('a cut line: three verdicts wait, are said to wait, and arrive once each', async () => {
      for (let k = 0; k < 6; k++) await raise(k);
      let ahead = 0;
      page.on('requestfinished', (request) => {
        if (/\/api\/(incidents\/|stills\/)/.test(request.url())) ahead += 1;
      });
      await enter();
      let at = await readyItem(page);
      // Six items and their six pictures: the next ones are fetched before they are asked for.
      await waitFor('the next ones are here', () => Promise.resolve(ahead >= 12 ? true : undefined));
      line.cut();
      await lineIs('down');
      const given: string[] = [];
      for (let k = 0; k < 3; k++) {
        given.push(at);
        await page.keyboard.press('Enter');
        at = await readyItem(page, at);
      }
      await page.getByTestId('unsent').getByText('3').waitFor();
      await snap(page, 'desk-no-line-kk-1920');
      expect(await verdictsOf(personId)).toEqual([]);
      line.mend();
      await page.getByTestId('unsent').waitFor({ state: 'detached' });
      await lineIs('up');
      expect((await verdictsOf(personId)).map((row) => row.verdict.incidentId).sort()).toEqual(given.sort());
    }, 300_000);

    test('a server that dies and comes back: what was decided meanwhile arrives once, a closed page keeps it', async () => {
      for (let k = 0; k < 4; k++) await raise(k);
      const second = await startDashboard(stand.options);
      line.mend(second.port);
      await enter();
      const first = await readyItem(page);
      await second.close();
      await lineIs('down');
      await page.keyboard.press('Enter');
      await readyItem(page, first);
      await page.getByTestId('unsent').waitFor();
      // The page is closed with the verdict in it, and opened again when the server is back.
      page.once('dialog', (dialog) => void dialog.accept());
      await page.close({ runBeforeUnload: false });
      line.mend(stand.dashboard.port);
      page = await context.newPage();
      await page.goto(line.url);
      await eventually('the kept verdict arrives', 120, async () =>
        (await verdictsOf(personId)).length === 1 ? true : undefined,
      );
      await readyItem(page, first);
      expect((await verdictsOf(personId)).map((row) => row.verdict.incidentId)).toEqual([first]);
    }, 300_000);

    test('two on one card: one wins, the other is told who and when, and nothing of theirs is written', async () => {
      await raise(1, { severity: 'S4' });
      await raise(2, { severity: 'S1' });
      const rivalId = await hire(stand, `rival${n}`);
      await enter();
      const mine = await readyItem(page);
      const other = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
      await sitDown(other, stand.dashboard.url, `rival${n}`);
      expect(await readyItem(other)).toBe(mine);
      line.cut();
      await lineIs('down');
      await other.keyboard.press('Enter');
      await eventually('the first verdict is stored', 120, async () =>
        (await verdictsOf(rivalId)).length === 1 ? true : undefined,
      );
      await page.keyboard.press('KeyX');
      await page.keyboard.press('KeyX');
      await page.getByTestId('unsent').waitFor();
      line.mend();
      await page.getByTestId('unsent').waitFor({ state: 'detached' });
      await page.getByTestId('sentence').getByText('Шешім').waitFor();
      expect(await verdictsOf(personId)).toEqual([]);
      const now = await incidents.byId(stand.database, mine);
      expect(now?.decidedBy).toBe(rivalId);
      await other.context().close();
    }, 300_000);

    test('a card that clears itself while it is open stays where it is, says so, and takes no verdict', async () => {
      const one = await raise(1, { severity: 'S4' });
      await raise(2, { severity: 'S1' });
      await enter();
      expect(await readyItem(page)).toBe(one.id);
      await stand.database.transaction((tx) => clearItself(tx, one));
      await page.locator(`[data-testid="queue-item"][data-id="${one.id}"].row-gone`).waitFor();
      expect(await chosen(page).getAttribute('data-id')).toBe(one.id);
      await page.keyboard.press('Enter');
      await eventually('it is said', 120, async () => ((await sentence()) === '' ? undefined : true));
      expect(await verdictsOf(personId)).toEqual([]);
      expect((await incidents.byId(stand.database, one.id))?.state).toBe('self_cleared');
      await page.keyboard.press('KeyJ');
      await readyItem(page, one.id);
    }, 300_000);

    test('a thousand at once: the list is windowed, its end is one key away, and the next is judged', async () => {
      for (let k = 0; k < 1000; k += 50) {
        await Promise.all(Array.from({ length: 50 }, (_, i) => raise(k + i)));
      }
      await enter();
      const first = await readyItem(page);
      expect(await page.getByTestId('queue-item').count()).toBeLessThan(60);
      expect(await page.locator('.queue .panel-head').innerText()).toContain('1000');
      await snap(page, 'desk-thousand-kk-1920');
      await page.keyboard.press('End');
      const last = await readyItem(page, first);
      await page.keyboard.press('KeyK');
      await readyItem(page, last);
      await page.keyboard.press('Home');
      await eventually('the first again', 120, async () => ((await readyItem(page)) === first ? true : undefined));
      await page.keyboard.press('Enter');
      await readyItem(page, first);
      await eventually('it is stored', 120, async () => ((await verdictsOf(personId)).length === 1 ? true : undefined));
    }, 300_000);

    test('a camera named with 300 letters and markup is shown as letters and pushes nothing aside', async () => {
      await raise(1, { cameraId: CameraId.parse(badlyNamed.id), severity: 'S4' });
      for (const width of [1280, 1920, 2560]) {
        await page.setViewportSize({ width, height: Math.round((width * 9) / 16) });
        if (width === 1280) await enter();
        await readyItem(page);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(wide, `at ${width}`).toBeLessThanOrEqual(0);
        await snap(page, `desk-bad-name-kk-${width}`);
      }
      expect(await page.evaluate(() => document.querySelector('.claim b.planted, .queue b.planted'))).toBeNull();
      expect(await page.locator('.claim').innerText()).toContain('<b class="planted">');
    }, 300_000);

    test('a picture that never comes: no verdict but "unsure", and the desk says why', async () => {
      const one = await raise(1, { severity: 'S4' });
      await raise(2, { severity: 'S1' });
      await page.route('**/api/stills/**', () => undefined);
      await enter();
      await chosen(page).waitFor();
      await page.locator('.verdict .wait').waitFor();
      await page.keyboard.press('Enter');
      await eventually('it is said', 120, async () => ((await sentence()).includes('Сурет') ? true : undefined));
      await page.locator('.verdict .wait').getByText('Сурет жоқ').waitFor();
      await page.keyboard.press('Enter');
      expect(await verdictsOf(personId)).toEqual([]);
      await page.keyboard.press('KeyU');
      const [row] = await eventually('unsure is stored', 120, async () => {
        const found = await verdictsOf(personId);
        return found.length > 0 ? found : undefined;
      });
      expect(row?.verdict).toMatchObject({ kind: 'unsure', incidentId: one.id });
    }, 300_000);

    test('a browser ten minutes ahead: ages, clock and the seconds of grace are the server’s', async () => {
      const one = await raise(1, { severity: 'S4' });
      await context.addInitScript(() => {
        const real = Date.now.bind(Date);
        Date.now = () => real() + 600_000;
      });
      await enter();
      expect(await readyItem(page)).toBe(one.id);
      const shown = await page.locator('.clock').innerText();
      // The browser is ten minutes ahead; a page on a busy machine may draw its clock late.
      const near = Array.from({ length: 60 }, (_, s) =>
        new Date(systemClock.nowMs() + 5000 - s * 1000).toLocaleTimeString('ru-RU', { timeZone: 'Asia/Almaty' }),
      );
      expect(near).toContain(shown);
      await page.keyboard.press('Enter');
      await page.getByTestId('toast-undo').waitFor();
      await page.keyboard.press('KeyZ');
      await eventually('it is taken back', 120, async () => {
        const [row] = await verdictsOf(personId);
        return row?.undoneAtMs != null ? true : undefined;
      });
      expect(await readyItem(page)).toBe(one.id);
      expect((await incidents.byId(stand.database, one.id))?.state).toBe('pending_review');
    }, 300_000);

    test('a full local store: the verdict is kept by the page, the desk says so, and it arrives once', async () => {
      for (let k = 0; k < 3; k++) await raise(k);
      await enter();
      const at = await readyItem(page);
      await page.evaluate(() => {
        // Halved until not one more letter goes in.
        for (let size = 4_000_000, k = 0; size >= 1; k++) {
          try {
            localStorage.setItem(`ballast ${k}`, 'x'.repeat(size));
          } catch {
            size = Math.floor(size / 2);
          }
        }
      });
      line.cut();
      await lineIs('down');
      await page.keyboard.press('Enter');
      await readyItem(page, at);
      await page.getByTestId('unsent').getByText('Браузерде орын жоқ').waitFor();
      line.mend();
      await page.getByTestId('unsent').waitFor({ state: 'detached' });
      expect((await verdictsOf(personId)).map((row) => row.verdict.incidentId)).toEqual([at]);
    }, 300_000);
  });
});
