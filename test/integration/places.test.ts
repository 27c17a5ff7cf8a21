// Cameras, agencies and dated rows edited in the browser, over a real database: refusals in words, history, undo, two people for rules.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PersonId } from '#core/ids';
import { hashPassword } from '#dashboard';
import { agencies, audit, cameras, people, rules } from '#store';
import { camera, openStand, password, type Seat, type Stand } from './dashboard-stand.ts';

const listed = camera('cam-listed', { rtsp: 'rtsp://10.1.2.3:554/main?token=s3cret', credential: 'north' });

let stand: Stand;
let engineer: Seat;
let first: Seat;
let second: Seat;
beforeAll(async () => {
  stand = await openStand({ cameras: [listed] });
  const hash = await hashPassword(password);
  await stand.database.transaction((tx) =>
    people.insert(
      tx,
      {
        id: PersonId.parse('p-second-admin'),
        login: 'second-admin',
        name: 'Second Admin',
        roles: ['system_admin'],
        agencyId: null,
        language: 'ru',
        active: true,
      },
      hash,
    ),
  );
  [engineer, first, second] = [
    await stand.seat('camera-admin'),
    await stand.seat('system-admin'),
    await stand.seat('second-admin'),
  ];
});
afterAll(() => stand.close());

async function refused(seat: Seat, path: string, body: unknown): Promise<{ status: number; words: string }> {
  const answer = await seat.send('POST', `/api/places${path}`, body);
  const problem = z.object({ message: z.string(), cure: z.string() }).parse(await answer.json());
  return { status: answer.status, words: `${problem.message} ${problem.cure}` };
}

const form = (more: object = {}) => ({
  id: 'cam-new',
  name: { kk: 'Жаңа', ru: 'Новая', en: 'New' },
  point: { lon: 71.43, lat: 51.115 },
  bearingDeg: 10,
  district: 'esil',
  watch: false,
  restricted: true,
  indoor: false,
  nearSensitive: false,
  rtsp: 'rtsp://10.0.0.9:554/main',
  ...more,
});

const sheetOf = (id: string) => engineer.ask('placeCamera', { params: { id } });

describe('a camera', () => {
  it('is added, changed, taken off, and brought back as it was', async () => {
    await engineer.ask('saveCamera', { body: { seen: null, camera: form(), why: 'a new pole' } });
    const added = await sheetOf('cam-new');
    expect(added.listed).toBe(false);
    const moved = form({ point: { lon: 71.431, lat: 51.116 }, rtsp: undefined });
    await engineer.ask('saveCamera', { body: { seen: added.seen, camera: moved, why: '' } });
    const now = await sheetOf('cam-new');
    expect(now.point.lat).toBe(51.116);
    expect((await cameras.byId(stand.database, 'cam-new'))?.rtsp).toBe('rtsp://10.0.0.9:554/main');
    const params = { id: 'cam-new' };
    await engineer.ask('removeCamera', { params, body: { seen: now.seen, why: 'the pole was cut' } });
    expect(await cameras.byId(stand.database, 'cam-new')).toBeUndefined();
    const { removed } = await engineer.ask('placeCameras');
    expect(removed).toMatchObject([{ id: 'cam-new', act: 'removed', why: 'the pole was cut' }]);
    await engineer.ask('restoreCamera', { params, body: { version: (removed[0]?.version ?? 0) - 1, seen: null } });
    const back = await sheetOf('cam-new');
    expect(back.point.lat).toBe(51.116);
    expect(back.versions.map((one) => one.act)).toEqual(['restored', 'removed', 'changed', 'added']);
    const acts = (await audit.of(stand.database, 'camera', 'cam-new')).map((row) => row.act);
    expect(acts).toEqual(['camera added', 'camera changed', 'camera removed', 'camera restored']);
  });

  it('stays when the list of the settings is read again, and one that was removed stays away', async () => {
    const old = await sheetOf('cam-listed');
    expect(old.listed).toBe(true);
    await engineer.ask('removeCamera', { params: { id: 'cam-listed' }, body: { seen: old.seen, why: 'taken down' } });
    const list = (await cameras.all(stand.database)).filter((one) => one.id !== 'cam-new');
    const done = await stand.database.transaction((tx) => cameras.replace(tx, [...list, listed]));
    expect(done).toEqual({ added: [], changed: [], removed: [] });
    expect((await cameras.all(stand.database)).map((one) => one.id)).toContain('cam-new');
    expect(await cameras.byId(stand.database, 'cam-listed')).toBeUndefined();
    await engineer.ask('restoreCamera', { params: { id: 'cam-listed' }, body: { version: 1, seen: null } });
  });

  it('never shows what may be secret, and keeps it when nothing is typed', async () => {
    const sheet = await sheetOf('cam-listed');
    expect(sheet.addresses.rtsp).toEqual({ shown: 'rtsp://10.1.2.3:554/main', hidden: true });
    expect(JSON.stringify(sheet)).not.toContain('s3cret');
    expect(JSON.stringify(await engineer.ask('placeCameras'))).not.toContain('s3cret');
    const kept = form({ id: 'cam-listed', rtsp: undefined, credential: 'north' });
    await engineer.ask('saveCamera', { body: { seen: sheet.seen, camera: kept, why: '' } });
    expect((await cameras.byId(stand.database, 'cam-listed'))?.rtsp).toContain('s3cret');
    const again = await sheetOf('cam-listed');
    await engineer.ask('saveCamera', { body: { seen: again.seen, camera: { ...kept, rtsp: null }, why: '' } });
    expect((await cameras.byId(stand.database, 'cam-listed'))?.rtsp).toBeUndefined();
  });

  it.each([
    ['a password in the address', { rtsp: 'rtsp://root:pass@10.0.0.9/main' }, /carries a name or a password/],
    ['another kind of address', { rtsp: 'file:///etc/passwd' }, /never opened/],
    ['no address', { snapshot: 'camera nine' }, /is not an address/],
    ['a district that is not there', { district: 'atlantis' }, /not on the city's map/],
    ['a point outside the city', { point: { lon: 30.5, lat: 50.4 } }, /outside the city/],
    ['an id with a slash', { id: 'a/b' }, /agreed form/],
    ['no name', { name: { kk: '', ru: 'а', en: 'a' } }, /agreed form/],
  ])('is refused with %s', async (_, more, words) => {
    const found = await refused(engineer, '/cameras', {
      seen: null,
      camera: form({ id: 'cam-bad', ...more }),
      why: '',
    });
    expect(found.status).toBe(400);
    expect(found.words).toMatch(words);
    expect(found.words).not.toContain('pass@');
    expect(await cameras.byId(stand.database, 'cam-bad')).toBeUndefined();
  });

  it('is not added twice, nor changed by who saw an older one', async () => {
    const taken = await refused(engineer, '/cameras', { seen: null, camera: form(), why: '' });
    expect(taken.words).toMatch(/already the camera cam-new/);
    const stale = await refused(engineer, '/cameras', { seen: 'a'.repeat(32), camera: form(), why: '' });
    expect(stale.status).toBe(409);
  });
});

const agency = (more: object = {}) => ({
  id: 'new-agency',
  kind: 'utility',
  name: { kk: 'Жаңа', ru: 'Новая', en: 'New' },
  ways: ['page'],
  duty: '+7 7172 000000',
  ...more,
});

const agencyRow = async (id: string) => (await first.ask('placeAgencies')).agencies.find((one) => one.agency.id === id);

describe('an agency', () => {
  it('is added, changed, removed and brought back', async () => {
    await first.ask('saveAgency', { body: { seen: null, agency: agency(), why: '' } });
    const row = await agencyRow('new-agency');
    await first.ask('saveAgency', { body: { seen: row?.seen, agency: agency({ duty: 'hall 2' }), why: '' } });
    const changed = await agencyRow('new-agency');
    expect(changed?.agency.duty).toBe('hall 2');
    const params = { id: 'new-agency' };
    await first.ask('restoreAgency', { params, body: { version: 1, seen: changed?.seen } });
    expect((await agencyRow('new-agency'))?.agency.duty).toBe('+7 7172 000000');
    const now = await agencyRow('new-agency');
    await first.ask('removeAgency', { params, body: { seen: now?.seen, why: 'merged with another' } });
    expect(await agencies.byId(stand.database, 'new-agency')).toBeUndefined();
    await first.ask('restoreAgency', { params, body: { version: 3, seen: null } });
    expect((await first.ask('agencyVersions', { params })).map((one) => one.act)).toEqual([
      'restored',
      'removed',
      'restored',
      'changed',
      'added',
    ]);
  });

  it.each([
    ['e-mail without an address', { id: 'bad-one', ways: ['email'] }, /has no address/],
    ['a duty of blanks', { id: 'bad-one', duty: '   ' }, /has no duty contact/],
    ['capitals in its id', { id: 'Bad One' }, /small Latin letters/],
    ['no duty', { id: 'bad-one', duty: '' }, /agreed form/],
    ['an address of another kind', { id: 'bad-one', ways: ['webhook'], webhook: 'ftp://a.kz/x' }, /not http/],
  ])('is refused with %s', async (_, more, words) => {
    const found = await refused(first, '/agencies', { seen: null, agency: agency(more), why: '' });
    expect(found.status).toBe(400);
    expect(found.words).toMatch(words);
  });

  it('that is still needed is not removed', async () => {
    const row = await agencyRow('su-arnasy');
    const found = await refused(first, '/agencies/su-arnasy/remove', { seen: row?.seen, why: 'no reason' });
    expect(found.words).toMatch(/still needed/);
    expect(await agencies.byId(stand.database, 'su-arnasy')).toBeDefined();
  });
});

const bookNow = () => first.ask('placeRules');

describe('dated rows', () => {
  const swapped = async () => {
    const book = await bookNow();
    const rows = book.routing.map((row) =>
      row.id === 'R-FLOOD' ? { ...row, primary: 'su-arnasy', secondChoice: undefined } : row,
    );
    return { book, set: { kind: 'routing', rows } };
  };

  it('are tried on the last 30 days: which incidents would have gone elsewhere', async () => {
    const nowMs = Date.now();
    const done = { decidedAtMs: nowMs - 86_400_000, openedAtMs: nowMs - 90_000_000 };
    const hit = await stand.raise({ state: 'closed', hazard: 'flooding', ...done, zoneId: 'road', cameraId: null });
    await stand.raise({ state: 'closed', hazard: 'snow', ...done, zoneId: 'road' });
    await stand.raise({ state: 'rejected', hazard: 'flooding', ...done });
    await stand.raise({
      state: 'closed',
      hazard: 'flooding',
      decidedAtMs: nowMs - 40 * 86_400_000,
      openedAtMs: nowMs - 41 * 86_400_000,
    });
    const { set } = await swapped();
    const trial = await first.ask('tryRules', { body: set });
    expect(trial.tried).toBe(2);
    expect(trial.changes).toMatchObject([{ incidentId: hit.id, what: 'primary', number: hit.number }]);
    expect((await bookNow()).drafts).toEqual([]);
    const policy = {
      kind: 'policy',
      rows: (await bookNow()).policy.map((row) => (row.hazard === 'flooding' ? { ...row, fixH: row.fixH * 2 } : row)),
    };
    const terms = await first.ask('tryRules', { body: policy });
    expect(terms.changes).toMatchObject([{ incidentId: hit.id, what: 'term' }]);
  });

  it('are proposed by one and published by another, never by the same person', async () => {
    const { book, set } = await swapped();
    const { id } = await first.ask('proposeRules', {
      body: { set, base: book.bases.routing, note: 'water goes to the network' },
    });
    const path = `/rules/${id}/publish`;
    const own = await refused(first, path, {});
    expect([own.status, own.words]).toEqual([403, expect.stringMatching(/does not publish/)]);
    expect((await rules.routing(stand.database)).find((row) => row.id === 'R-FLOOD')?.primary).toBe(
      'elorda-eco-system',
    );
    expect((await bookNow()).drafts).toMatchObject([{ id, mine: true, state: 'proposed', stale: false }]);
    await second.ask('publishRules', { params: { id } });
    expect((await rules.routing(stand.database)).find((row) => row.id === 'R-FLOOD')?.primary).toBe('su-arnasy');
    const after = await bookNow();
    expect(after.drafts).toMatchObject([{ id, state: 'published', decidedBy: 'Second Admin' }]);
    expect(after.versions[0]).toMatchObject({ who: 'Second Admin' });
    expect((await refused(second, path, {})).status).toBe(409);
    const acts = (await audit.of(stand.database, 'rules', id)).map((row) => [row.act, row.actor]);
    expect(acts).toEqual([
      ['rules proposed', 'p-system-admin'],
      ['rules published', 'p-second-admin'],
    ]);
  });

  it('go back by a proposal of the older set', async () => {
    const book = await bookNow();
    const old = book.versions.find(
      (version) => version.set?.kind === 'routing' && version.number !== book.versions[0]?.number,
    );
    if (!old?.set) throw new Error('there is an older set');
    const { id } = await second.ask('proposeRules', {
      body: { set: old.set, base: book.bases.routing, note: 'back again' },
    });
    await first.ask('publishRules', { params: { id } });
    expect((await rules.routing(stand.database)).find((row) => row.id === 'R-FLOOD')?.primary).toBe(
      'elorda-eco-system',
    );
  });

  it('made from other rows than those that hold now are refused', async () => {
    const { book, set } = await swapped();
    const { id } = await first.ask('proposeRules', { body: { set, base: book.bases.routing, note: 'one' } });
    const rows = book.routing.map((row) => (row.id === 'R-HEAP' ? { ...row, priority: 11 } : row));
    const two = await second.ask('proposeRules', {
      body: { set: { kind: 'routing', rows }, base: book.bases.routing, note: 'two' },
    });
    await first.ask('publishRules', { params: { id: two.id } });
    const late = await refused(second, `/rules/${id}/publish`, {});
    expect([late.status, late.words]).toEqual([409, expect.stringMatching(/Other rows were published/)]);
    expect((await bookNow()).drafts.find((draft) => draft.id === id)?.stale).toBe(true);
    await first.ask('withdrawRules', { params: { id } });
    expect((await bookNow()).drafts.find((draft) => draft.id === id)?.state).toBe('withdrawn');
  });

  it.each([
    ['an agency that is not there', { primary: 'nobody' }, /not in the list/],
    ['a subtype that the hazard does not have', { sub: 'lava' }, /subtype lava/],
    ['an end before its beginning', { validFrom: '2026-05-01', validTo: '2026-04-01' }, /ends before it begins/],
    ['a district of another city', { district: 'atlantis' }, /atlantis/],
    ['a date that is none', { validFrom: 'soon' }, /agreed form/],
  ])('are refused with %s', async (_, more, words) => {
    const book = await bookNow();
    const rows = book.routing.map((row) => (row.id === 'R-HEAP' ? { ...row, ...more } : row));
    const body = { set: { kind: 'routing', rows }, base: book.bases.routing, note: 'bad rows' };
    const found = await refused(first, '/rules', body);
    expect(found.status).toBe(400);
    expect(found.words).toMatch(words);
  });

  it('that say nothing new are not proposed', async () => {
    const book = await bookNow();
    const body = { set: { kind: 'policy', rows: book.policy }, base: book.bases.policy, note: 'nothing' };
    expect((await refused(first, '/rules', body)).words).toMatch(/Nothing is different/);
  });
});
