import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '#core/clock';
import { Camera, type Picture } from './camera.ts';
import { ClipShelf, type Clip } from './clip.ts';
import { cardFolder } from './testing/card-city.ts';
import { Wheel } from './wheel.ts';

const shelf = new ClipShelf([cardFolder]);
let clip: Clip;
let clock: ManualClock;
let wheel: Wheel;
beforeEach(async () => {
  clip = await shelf.get('testcard');
  clock = new ManualClock(Date.UTC(2026, 0, 1));
  wheel = new Wheel({ clock });
});
afterEach(async () => {
  await wheel[Symbol.asyncDispose]();
});
const cameraWith = (place = 0): Camera => new Camera({ id: 'a', clip, clock, wheel, place });

async function pass(ms: number): Promise<void> {
  for (let t = 0; t < ms; t += 25) {
    clock.advance(25);
    await setImmediate();
  }
}

describe('a camera', () => {
  it('shows every viewer the same pictures at the same moments', async () => {
    const camera = cameraWith();
    const one: Picture[] = [];
    const two: Picture[] = [];
    const leave = camera.watch('main', (picture) => one.push(picture));
    await pass(1000);
    camera.watch('sub', (picture) => two.push(picture));
    await pass(1000);
    leave();
    await pass(1000);
    expect(one.map((p) => p.atMs)).toEqual(Array.from({ length: 16 }, (_, i) => (i + 1) * 125));
    expect(two.slice(0, 8).map((p) => p.atMs)).toEqual(one.slice(8).map((p) => p.atMs));
    expect(two).toHaveLength(16);
    expect(camera.viewers).toBe(1);
  });

  it('leaves out what is long past, and says that a picture does not follow the one before', async () => {
    const camera = cameraWith();
    const pictures: Picture[] = [];
    camera.watch('main', (picture) => pictures.push(picture));
    await pass(500);
    clock.advance(60_000);
    await pass(500);
    const jump = pictures.findIndex((p) => !p.follows);
    expect(jump).toBe(4);
    expect(pictures.filter((p) => !p.follows)).toHaveLength(1);
    expect(pictures.length).toBeLessThan(40);
    expect((pictures[jump]?.atMs ?? 0) - (pictures[jump - 1]?.atMs ?? 0)).toBeGreaterThan(50_000);
  });

  it('knows the truth although nobody watches', async () => {
    const camera = cameraWith();
    camera.begin();
    clock.advance(3_600_000);
    const [truth] = camera.truth();
    expect(truth?.hazard).toBe('flooding');
    expect((truth?.fromMs ?? 0) - Date.UTC(2026, 0, 1)).toBe(3000);
    camera.end();
    clock.advance(60_000);
    expect(camera.truth()).toEqual([]);
    expect(camera.past()).toHaveLength(1);
  });

  it('tells the truth of the world while it shows another picture', async () => {
    const camera = cameraWith();
    camera.watch('main', () => undefined);
    camera.setFault({ kind: 'new-resolution', clip: 'testcard-small', afterS: 0 }, await shelf.get('testcard-small'));
    await pass(3000);
    expect(camera.rendition('main').width).toBe(352);
    camera.begin();
    await pass(6000);
    expect(camera.truth()).toHaveLength(1);
    const pictures: Picture[] = [];
    camera.watch('main', (picture) => pictures.push(picture));
    camera.setFault(undefined);
    await pass(500);
    expect(camera.rendition('main').width).toBe(640);
    expect(pictures[0]?.follows).toBe(false);
  });

  it('takes snapshots of the key picture that is on, and dates it by its own clock', async () => {
    const camera = cameraWith();
    await pass(3000);
    expect(camera.still()).toMatchObject({ index: 16, takenAtMs: Date.UTC(2026, 0, 1) + 2000 });
    camera.setFault({ kind: 'wrong-clock', offsetS: 3600 });
    expect(camera.still().takenAtMs).toBe(Date.UTC(2026, 0, 1) + 2000 + 3_600_000);
  });
});
