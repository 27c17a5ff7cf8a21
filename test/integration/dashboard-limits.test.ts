// People whose roles are limited to a group of cameras, against the running server: every route, the socket, pictures, clips and live
// streams. Nothing of another group's cameras reaches them, not by a list, not by an id, not in a count.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#core/clock';
import { CameraId, ClipId, LookId, newId, PersonId } from '#core/ids';
import type { Incident } from '#core/incident';
import type { Role } from '#core/person';
import { hashPassword, limits, may, startDashboard, type Dashboard } from '#dashboard';
import { partRoles, pathOf, routes, type Change, type News, type RouteName } from '#dashboard/contract';
import { sealClip } from '#evidence';
import { cameraGroups, clips, feed, incidents, looks, people, planted, sql } from '#store';
import { openPage, until } from './live-stand.ts';
import { agencyOf, camera, openStand, password, Seat, type Stand } from './dashboard-stand.ts';

const names = Object.keys(routes).filter((name): name is RouteName => name in routes);
const ours = camera('cam-ours', {});
const theirs = camera('cam-theirs', { point: { lon: 71.4302, lat: 51.1151 } });
const reviewed: readonly Role[] = ['police_reviewer', 'second_reviewer'];

/** Everything of one camera, as ids by which it can be asked for. */
interface Everything {
  readonly incident: Incident;
  readonly act: Incident;
  readonly task: string;
  readonly clip: string;
  readonly violation: string;
  readonly lookStill: string;
  readonly still: string;
  readonly verdict: string;
  readonly number: number;
  readonly tasks: readonly string[];
}

let stand: Stand;
let dashboard: Dashboard;
let mine: Everything;
let other: Everything;
const seats = new Map<Role, Seat>();

const picture = (): Promise<string> =>
  stand.files.put(Buffer.concat([Buffer.from('ffd8ff', 'hex'), randomBytes(2000)]), 'still', 'jpg');

async function look(cameraId: CameraId, atMs: number): Promise<string> {
  const stillSha256 = await picture();
  await looks.save(
    stand.database,
    {
      id: LookId.parse(`${cameraId}@${atMs}`),
      cameraId,
      dueAtMs: atMs,
      seenAtMs: atMs,
      way: 'rtsp',
      outcome: { kind: 'seen' },
      tookMs: 500,
      widthPx: 1920,
      heightPx: 1080,
      detections: [],
      observations: [],
      stillSha256,
      parts: null,
    },
    { judgeAll: false },
  );
  return stillSha256;
}

async function sealed(incident: Incident): Promise<string> {
  const file = Buffer.concat([Buffer.from('\0\0\0\x18ftypisom'), randomBytes(3000)]);
  const sha256 = await stand.files.put(file, 'clip', 'mp4');
  const nowMs = systemClock.nowMs();
  const id = ClipId.parse(newId(systemClock));
  await stand.database.transaction(async (tx) => {
    await clips.plan(tx, {
      ...{ id, incidentId: incident.id, cameraId: CameraId.parse(incident.cameraId), state: 'planned' },
      ...{
        fromMs: nowMs - 60_000,
        toMs: nowMs - 30_000,
        startsAtMs: null,
        durationMs: null,
        sha256: null,
        bytes: null,
      },
      ...{ cutBy: null, sealedAtMs: null, previousSeal: null, seal: null, detail: '' },
    });
    const cut = { sha256, bytes: file.length, startsAtMs: nowMs - 61_000, durationMs: 31_000, cutBy: 'test 1' };
    await sealClip(tx, { id }, cut, { clock: systemClock, settings: stand.settings.evidence });
  });
  return id;
}

let number = 0;
/** An incident that waits, one with a task, an act with its sealed clip and violation, a look with its picture. */
async function fillCamera(cameraId: CameraId): Promise<Everything> {
  const at = { cameraId, point: cameraId === ours.id ? ours.point : theirs.point };
  const lookStill = await look(cameraId, systemClock.nowMs());
  const still = await picture();
  const incident = await stand.raise({ ...at, stillSha256: still, severity: 'S3' });
  const worked = await stand.raise({ ...at, hazard: 'open-manhole' });
  const verdict = `verdict-${(number += 1)}-${cameraId}`;
  const body = { id: verdict, incidentId: worked.id, version: 1, kind: 'confirm', agencyId: agencyOf.water };
  const { taskIds } = await (await stand.seat('operator')).ask('verdict', { body });
  const facts = { source: 'story', stillActing: await picture() };
  const act = await stand.raise({
    ...at,
    ...{ hazard: 'dumping', zoneId: 'yard', state: 'confirmed', stillSha256: await picture() },
    why: { looks: 1, hazardLooks: 1, overS: 60, level: 1, rule: 'dumping.act', models: [], weather: '', facts },
  });
  const clip = await sealed(act);
  const [violation] = await clips.violationsOf(stand.database, clip);
  return {
    ...{ incident, act, clip, lookStill, still, verdict, number: incident.number + 770_000, tasks: taskIds },
    task: taskIds[0] ?? '',
    violation: violation?.id ?? '',
  };
}

async function addPerson(login: string, held: readonly Role[], bounds: people.PersonWithHash['bounds']): Promise<void> {
  const hash = await hashPassword(password);
  await stand.database.transaction((tx) =>
    people.insert(
      tx,
      {
        ...{ id: PersonId.parse(`p-${login}`), login, name: `Name of ${login}`, roles: [...held], agencyId: null },
        ...{ language: 'ru', active: true, bounds },
      },
      hash,
    ),
  );
}

const toGroup = { groups: ['ours'], fromMs: null, untilMs: null, historyFromMs: null };

beforeAll(async () => {
  stand = await openStand({ cameras: [ours, theirs] });
  const name = { kk: 'Біздікі', ru: 'Наши', en: 'Ours' };
  await stand.database.transaction((tx) =>
    cameraGroups.put(tx, { id: 'ours', name, rule: { kind: 'list', cameras: [ours.id] } }),
  );
  for (const role of partRoles) await addPerson(`part-${role.replaceAll('_', '-')}`, [role], toGroup);
  dashboard = await startDashboard({
    ...stand.options,
    live: {
      ...{ ways: ['node-av', 'ffmpeg'], ffmpeg: 'ffmpeg', allowedHosts: [], credential: () => undefined },
      ...{ tiles: 4, encoders: 1, lingerMs: 100 },
    },
  });
  for (const role of partRoles) {
    const seat = new Seat(dashboard.url);
    await seat.signIn(`part-${role.replaceAll('_', '-')}`);
    seats.set(role, seat);
  }
  mine = await fillCamera(ours.id);
  other = await fillCamera(theirs.id);
  // A number that stands for nothing else in any answer.
  await stand.database.run(sql`update incident set number = number + 770000 where camera_id = ${theirs.id}`);
}, 300_000);
afterAll(async () => {
  await dashboard.close();
  await stand.close();
});

const seatOf = (role: Role): Seat => {
  const seat = seats.get(role);
  if (!seat) throw new Error(`nobody sits as ${role}`);
  return seat;
};

/** Whatever names something of a camera. */
const secretsOf = (all: Everything, cameraId: string): string[] => [
  cameraId,
  ...[all.incident.id, all.act.id, all.task, all.clip, all.violation, all.lookStill, all.still, all.verdict],
  `${all.number}`,
];
const leaks = (text: string): string[] => secretsOf(other, theirs.id).filter((secret) => text.includes(secret));

const holds = (role: Role, name: RouteName): boolean => {
  const permission = routes[name].may;
  return permission !== null && may({ roles: [role] }, permission);
};
const isGone = (status: number): boolean => status === 404;

/** The thing that a route names, of one camera. */
const idsOf = (all: Everything, of: string, name: RouteName): string[] => {
  switch (of) {
    case 'camera':
      return [all === mine ? ours.id : theirs.id];
    case 'incident':
      return [all.incident.id, all.act.id];
    case 'task':
      return [all.task];
    case 'violation':
      return [all.violation];
    case 'clip':
      return [all.clip];
    case 'picture':
      return [all.still, all.lookStill];
    default:
      return name === 'undoVerdict' ? [all.verdict] : [];
  }
};
const at = (name: RouteName, id: string): string =>
  pathOf(name, { id, sha256: id }, name === 'clipVideo' ? { purpose: 'waste_violation' } : {});

/** Questions without which a list is not asked well. */
const asks: Partial<Record<RouteName, Record<string, string | number>>> = {
  near: { lon: theirs.point.lon, lat: theirs.point.lat },
  mapGround: { hazard: 'snow' },
  mapDay: {},
  incidents: { sinceMs: 0 },
};

describe.each(partRoles)('%s of one group', (role) => {
  it.each(names.filter((name) => holds(role, name) && limits[name] === undefined))(
    '%s concerns the whole city and is closed',
    async (name) => {
      const path = routes[name].path.replace(':sha256', 'a'.repeat(64)).replace(/:[a-z0-9]+/gi, 'nothing');
      expect((await seatOf(role).send(routes[name].method, path)).status).toBe(403);
    },
  );

  const lists = names.filter(
    (name) => holds(role, name) && routes[name].method === 'GET' && typeof limits[name] === 'string',
  );
  it.each(lists.filter((name) => name !== 'mapTiles'))('%s names nothing of another group', async (name) => {
    const answer = await seatOf(role).send('GET', pathOf(name, {}, asks[name]));
    const text = await answer.text();
    expect(answer.status, text).toBe(200);
    expect(leaks(text)).toEqual([]);
  });

  const things = names.flatMap((name) => {
    const limit = limits[name];
    return holds(role, name) && typeof limit === 'object' ? [[name, limit.of] as const] : [];
  });
  it.each(things)('%s does not know the %s of another group, and knows its own', async (name, of) => {
    const { method } = routes[name];
    const foreign = idsOf(other, of, name);
    expect(foreign.length).toBeGreaterThan(0);
    // A well-formed body is needed to come as far as the thing itself.
    for (const id of foreign) {
      const body = bodyFor(name, other);
      const answer = await seatOf(role).send(method, at(name, id), body);
      const [status, text] = [answer.status, await answer.text()];
      expect(isGone(status), `${id}: ${status} ${text}`).toBe(true);
      expect(leaks(text.replaceAll(id, ''))).toEqual([]);
    }
    if (method !== 'GET') return;
    for (const id of idsOf(mine, of, name)) {
      // A reviewer reads acts alone, and a task is no matter of theirs.
      if (of === 'incident' && reviewed.includes(role) && id === mine.incident.id) continue;
      const answer = await seatOf(role).send('GET', at(name, id));
      const text = await answer.text();
      // A plate that was not read has no picture.
      expect([200, name === 'platePicture' ? 404 : 200], text).toContain(answer.status);
      expect(leaks(text)).toEqual([]);
    }
  });
});

/** A body of the agreed form for routes that change something. */
function bodyFor(name: RouteName, all: Everything): unknown {
  const version = 1;
  const bodies: Partial<Record<RouteName, unknown>> = {
    verify: { version, outcome: 'fixed', method: 'call', note: 'seen by eye' },
    rerouteTask: { version, agencyId: agencyOf.manholes, reason: 'not theirs' },
    cancelTask: { version, reason: 'not needed' },
    sayPlate: { text: '123ABC01' },
    chooseArticle: { version, articleId: 'any' },
    markViolation: { key: 'any-key-at-all', articleId: 'any', atClipMs: null, box: null, note: 'a mark' },
    dismissViolation: { version, note: 'no act at all' },
    reviewSecond: { version, articleId: null, note: 'words' },
    recordOutcome: { version, outcome: 'protocol_no', note: '17' },
  };
  return bodies[name] ?? (all === other && routes[name].method === 'POST' ? {} : undefined);
}

describe('what is counted, decided and raised', () => {
  it('counts the own cameras alone', async () => {
    const { life, queue, masses } = await seatOf('operator').ask('desk');
    expect(life.cameras.all).toBe(1);
    expect(queue.map(({ id }) => id)).toEqual([mine.incident.id]);
    expect(masses).toEqual([]);
    expect((await seatOf('operator').ask('cameras')).cameras.map(({ id }) => id)).toEqual([ours.id]);
    expect((await seatOf('operator').ask('mapDots')).ids).toEqual([ours.id]);
    expect((await seatOf('controller').ask('tasks')).tasks.map(({ id }) => id)).toEqual(
      expect.arrayContaining([...mine.tasks]),
    );
    expect((await seatOf('controller').ask('tasks')).tasks).toHaveLength(mine.tasks.length);
    expect((await seatOf('police_reviewer').ask('violations')).violations.map(({ violation }) => violation.id)).toEqual(
      [mine.violation],
    );
  });

  it('takes no verdict on, or merge into, what the person does not see', async () => {
    const seat = seatOf('operator');
    const give = async (body: object): Promise<number> => (await seat.send('POST', routes.verdict.path, body)).status;
    const base = { version: 1, kind: 'unsure' };
    expect(await give({ ...base, id: 'limits-1', incidentId: other.incident.id })).toBe(404);
    expect(
      await give({ ...base, id: 'limits-2', kind: 'merge', incidentId: mine.incident.id, into: other.incident.id }),
    ).toBe(404);
    expect((await incidents.byId(stand.database, other.incident.id))?.state).toBe('pending_review');
  });

  it('raises nothing at a camera or a place of others, and patrols none', async () => {
    const seat = seatOf('operator');
    const said = {
      ...{ key: 'limits-raise-1', hazard: 'flooding', sub: '', severity: 'S2', zoneId: null, note: 'water' },
      ...{ stillSha256: null, at: null, point: theirs.point },
    };
    const raise = async (cameraId: string | null): Promise<number> =>
      (await seat.send('POST', routes.raise.path, { ...said, cameraId })).status;
    expect(await raise(theirs.id)).toBe(404);
    expect(await raise(null)).toBe(403);
    const clean = { key: 'limits-patrol-1', cameraId: theirs.id, stillSha256: 'a'.repeat(64), seenAtMs: 1 };
    expect((await seat.send('POST', routes.patrolClean.path, clean)).status).toBe(404);
  });

  it('keeps what lies on the screens of others to itself', async () => {
    await (await stand.seat('operator')).ask('beatSeat', { body: { itemId: other.incident.id } });
    const { seats: sitting } = await seatOf('operator').ask('beatSeat', { body: { itemId: mine.incident.id } });
    expect(sitting.map(({ itemId, mine: own }) => (own ? itemId : null))).toContain(mine.incident.id);
    expect(leaks(JSON.stringify(sitting))).toEqual([]);
  });

  it('does not show a planted item that is made of a camera of others', async () => {
    const item: Incident = { ...other.incident, id: mine.act.id, number: 999_001 };
    const made = { ...item, id: (await stand.raise()).id };
    await stand.database.transaction((tx) =>
      planted.plant(tx, {
        ...{ sourceId: other.incident.id, personId: 'p-part-operator', item: made, strip: [], history: [] },
        ...{ knownKind: 'confirm', knownHazard: 'flooding', atMs: systemClock.nowMs() },
        ...{ askedFromMs: systemClock.nowMs() - 1000, askedUntilMs: systemClock.nowMs() + 600_000 },
      }),
    );
    const { queue } = await seatOf('operator').ask('desk');
    expect(leaks(JSON.stringify(queue))).toEqual([]);
  });
});

async function listen(seat: Seat): Promise<{ heard: Change[]; since: (n: number) => Promise<News>; end: () => void }> {
  const wire = seat.wire();
  const heard: Change[] = [];
  wire.on('changed', (change) => heard.push(change));
  await new Promise((resolve, reject) => {
    wire.once('hello', resolve);
    wire.once('connect_error', reject);
  });
  const since = (from: number): Promise<News> => new Promise((resolve) => wire.emit('since', from, resolve));
  return { heard, since, end: () => wire.disconnect() };
}

describe('news', () => {
  it.each(partRoles)(
    '%s hears nothing of another group, neither at once nor when asking what was missed',
    async (role) => {
      const line = await listen(seatOf(role));
      const from = await feed.last(stand.database);
      const note = async (one: Incident): Promise<void> => {
        await stand.database.transaction(async (tx) => {
          const before = await incidents.lock(tx, one.id);
          await incidents.update(
            tx,
            before,
            { note: role },
            { atMs: systemClock.nowMs(), actor: 'judge', reason: role },
          );
        });
      };
      await look(theirs.id, systemClock.nowMs());
      await note(other.incident);
      await note(other.act);
      await note(mine.act);
      // What comes last is theirs to hear: by then all before it has been told or left out.
      await until(() => line.heard.find(({ id }) => id === mine.act.id));
      expect(leaks(JSON.stringify(line.heard))).toEqual([]);
      const missed = await line.since(from);
      expect(missed.kind === 'news' && missed.changes.length > 0).toBe(true);
      expect(leaks(JSON.stringify(missed))).toEqual([]);
      expect(leaks(JSON.stringify(await line.since(Math.max(1, from - 40))))).toEqual([]);
      line.end();
    },
  );
});

describe('live streams', () => {
  it('do not know a camera of another group', async () => {
    const page = openPage(dashboard.url, seatOf('operator'));
    await until(() => page.words.find(({ kind }) => kind === 'ready'));
    page.ask({ kind: 'open', tile: 1, cameraId: theirs.id, ways: ['fmp4'] });
    page.ask({ kind: 'open', tile: 2, cameraId: ours.id, ways: ['fmp4'] });
    await until(() => (page.of(1).length > 0 && page.of(2).length > 0 ? true : undefined));
    expect(page.of(1)).toMatchObject([{ kind: 'refused', why: 'unknown-camera' }]);
    // It has no address of a stream, and is known.
    expect(page.of(2)).toMatchObject([{ kind: 'refused', why: 'no-stream' }]);
    page.close();
  });
});

describe('time', () => {
  const dayMs = 86_400_000;

  it('shows nothing that had ended before the grant, and what is still open', async () => {
    const nowMs = systemClock.nowMs();
    await addPerson('late', ['operator'], { ...toGroup, historyFromMs: nowMs - 3_600_000 });
    const past = { openedAtMs: nowMs - 2 * dayMs, lastSeenAtMs: nowMs - 2 * dayMs, cameraId: ours.id };
    const ended = await stand.raise({ ...past, state: 'closed', closedAtMs: nowMs - dayMs });
    const open = await stand.raise({ ...past, state: 'in_work' });
    const stillBefore = await look(ours.id, nowMs - 2 * 3_600_000);
    const seat = new Seat(dashboard.url);
    await seat.signIn('late');
    const { incidents: listed } = await seat.ask('incidents', { query: { sinceMs: 0 } });
    expect(listed.map(({ id }) => id)).toContain(open.id);
    expect(listed.map(({ id }) => id)).not.toContain(ended.id);
    expect((await seat.send('GET', pathOf('incident', { id: ended.id }))).status).toBe(404);
    expect((await seat.send('GET', pathOf('still', { sha256: stillBefore }))).status).toBe(404);
    const { strip } = await seat.ask('camera', { params: { id: ours.id } });
    expect(strip.map(({ stillSha256 }) => stillSha256)).not.toContain(stillBefore);
  });

  it('lets nobody in before the first day or after the last, and ends an open session with it', async () => {
    const nowMs = systemClock.nowMs();
    const whole = { groups: null, historyFromMs: null };
    await addPerson('soon', ['operator'], { ...whole, fromMs: nowMs + dayMs, untilMs: null });
    await addPerson('gone', ['operator'], { ...whole, fromMs: null, untilMs: nowMs - dayMs });
    await addPerson('now', ['operator'], { ...whole, fromMs: nowMs - dayMs, untilMs: nowMs + dayMs });
    expect((await new Seat(dashboard.url).signIn('soon')).status).toBe(403);
    expect((await new Seat(dashboard.url).signIn('gone')).status).toBe(403);
    const seat = new Seat(dashboard.url);
    expect((await seat.signIn('now')).status).toBe(200);
    expect((await seat.ask('shift')).nowMs).toBeGreaterThan(0);
    await stand.database.run(
      sql`update person set bounds = jsonb_set(bounds, '{untilMs}', to_jsonb(${nowMs}::bigint)) where login = 'now'`,
    );
    expect((await seat.send('GET', routes.me.path)).status).toBe(401);
  });
});
