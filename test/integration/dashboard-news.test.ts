// News over a real socket: what changes arrives, what was missed is caught up, and nobody hears what is not theirs.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Change, News } from '#dashboard/contract';
import { CameraId, lookIdOf } from '#core/ids';
import { startDashboard } from '#dashboard';
import { feed, incidents, looks, memory } from '#store';
import { openStand, Seat, until, type Stand, type Wire } from './dashboard-stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand();
});
afterAll(() => stand.close());

async function connect(seat: Seat): Promise<{ wire: Wire; heard: Change[] }> {
  const wire = seat.wire();
  const heard: Change[] = [];
  wire.on('changed', (change) => heard.push(change));
  await new Promise((resolve, reject) => {
    wire.once('hello', resolve);
    wire.once('connect_error', reject);
  });
  return { wire, heard };
}

const since = (wire: Wire, number: number): Promise<News> =>
  new Promise((resolve) => wire.emit('since', number, resolve));

async function note(id: string, text: string): Promise<void> {
  await stand.database.transaction(async (tx) => {
    const before = await incidents.lock(tx, id);
    await incidents.update(tx, before, { note: text }, { atMs: Date.now(), actor: 'judge', reason: text });
  });
}

describe('news', () => {
  it('brings a change with its card to the desk', async () => {
    const { wire, heard } = await connect(await stand.seat('operator'));
    const incident = await stand.raise({ severity: 'S4' });
    const change = await until(() => heard.find((one) => one.id === incident.id));
    expect(change.topic).toBe('incident');
    expect(change.incident).toMatchObject({
      id: incident.id,
      severity: 'S4',
      version: 1,
      place: { en: 'cam-open en' },
    });
    wire.disconnect();
  });

  it('catches up after a gap: everything once, as it is now, in order', async () => {
    const number = await feed.last(stand.database);
    const [one, two] = [await stand.raise(), await stand.raise()];
    for (const text of ['a', 'b', 'c']) await note(one.id, text);
    const { wire } = await connect(await stand.seat('operator'));
    const news = await since(wire, number);
    if (news.kind !== 'news') throw new Error('too far');
    expect(news.changes.map((change) => [change.id, change.incident?.version])).toEqual([
      [two.id, 1],
      [one.id, 4],
    ]);
    expect(news.feed).toBe(number + 5);
    expect(await since(wire, news.feed)).toEqual({ kind: 'news', feed: news.feed, changes: [] });
    wire.disconnect();
  });

  it('says that a gap is too wide, or that the number is of another database', async () => {
    const number = await feed.last(stand.database);
    await stand.database.transaction((tx) => {
      for (let i = 0; i < 600; i++) feed.append(tx, 'weather', 'esil', Date.now());
      return Promise.resolve();
    });
    const { wire } = await connect(await stand.seat('operator'));
    expect(await since(wire, number)).toEqual({ kind: 'too-far', feed: number + 600 });
    expect((await since(wire, number + 100_000)).kind).toBe('too-far');
    wire.disconnect();
  });

  it('tells an agency nothing of what is not its own, and the wall nothing but that time goes on', async () => {
    const agency = await connect(await stand.seat('agency-user'));
    const wall = await connect(await stand.seat('wall'));
    const officer = await connect(await stand.seat('police-reviewer'));
    const desk = await connect(await stand.seat('operator'));
    const number = await feed.last(stand.database);
    const flood = await stand.raise();
    const act = await stand.raise({ hazard: 'dumping', zoneId: 'yard' });
    await until(() => desk.heard.find((one) => one.id === act.id));
    await until(() => officer.heard.find((one) => one.id === act.id));
    expect(officer.heard.some((one) => one.id === flood.id)).toBe(false);
    for (const { wire } of [agency, wall]) {
      const news = await since(wire, number);
      expect(news).toEqual({ kind: 'news', feed: number + 2, changes: [] });
    }
    expect(agency.heard).toEqual([]);
    expect(wall.heard).toEqual([]);
    for (const { wire } of [agency, wall, officer, desk]) wire.disconnect();
  });

  it('does not let in without a session or with a wrong token', async () => {
    const seat = await stand.seat('operator');
    // Each is dialled when it is listened to: a refusal that came before would be waited for in vain.
    for (const dial of [() => new Seat(stand.dashboard.url).wire('x'), () => seat.wire('wrong'), () => seat.wire('')]) {
      const wire = dial();
      await expect(
        new Promise((resolve, reject) => wire.on('connect', () => resolve('in')).on('connect_error', reject)),
      ).rejects.toThrow('AUTH_NEEDED');
      wire.disconnect();
    }
  });

  it('survives nonsense from a browser and tells the time', async () => {
    const { wire } = await connect(await stand.seat('operator'));
    wire.io.engine.write('2["since","not a number"]');
    wire.io.engine.write('2["clock"]');
    const word = await new Promise<{ nowMs: number }>((resolve) => wire.emit('clock', resolve));
    expect(word.nowMs).toBeGreaterThan(0);
    wire.disconnect();
  });

  it('arrives although no bell rang', async () => {
    const deaf = await startDashboard({ ...stand.options, bell: memory.memoryBell() });
    const seat = new Seat(deaf.url);
    await seat.signIn('operator');
    const { wire, heard } = await connect(seat);
    const incident = await stand.raise();
    await until(() => heard.find((one) => one.id === incident.id));
    wire.disconnect();
    await deaf.close();
  });

  it('tells a camera with its new state', async () => {
    const { wire, heard } = await connect(await stand.seat('camera-admin'));
    const nowMs = Date.now();
    await looks.save(
      stand.database,
      {
        id: lookIdOf('cam-open', nowMs),
        cameraId: CameraId.parse('cam-open'),
        dueAtMs: nowMs,
        seenAtMs: nowMs,
        way: null,
        outcome: { kind: 'unseen', state: 'unreachable', detail: 'connection refused' },
        tookMs: 10,
        widthPx: null,
        heightPx: null,
        detections: [],
        observations: [],
        stillSha256: null,
        parts: null,
      },
      { judgeAll: false },
    );
    const change = await until(() => heard.find((one) => one.topic === 'camera'));
    expect(change).toMatchObject({ id: 'cam-open', camera: { state: 'unreachable', lastLookAtMs: nowMs } });
    wire.disconnect();
  });
});
