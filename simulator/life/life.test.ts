import { describe, expect, it } from 'vitest';
import { observe } from '#hazards';
import { LookId } from '#core/ids';
import { readErrors } from './errors.ts';
import { lifeOf, type Life } from './happenings.ts';
import { normal, wander } from './noise.ts';
import { beatOf, sightAt, storyOf, type Seeing } from './seen.ts';
import { skyOf } from './sky.ts';
import { sortOf, sorts, townOf } from './town.ts';

const hourMs = 3_600_000;
const fromMs = Date.UTC(2026, 0, 11, 19);
const days = 6;

function town(seed: number, hazards = 24): Seeing & { cameras: ReturnType<typeof townOf>; life: Life } {
  const cameras = townOf({ seed, cameras: 60 });
  const sky = skyOf({ seed, season: 'mix', fromMs, days });
  const snowDeadlineMs = (_: unknown, __: unknown, endedAtMs: number): number => endedAtMs + 5 * hourMs;
  const life = lifeOf({ seed, cameras, sky, fromMs, days, hazards, snowDeadlineMs });
  return { seed, cameras, sky, life, errors: readErrors() };
}

describe('noise', () => {
  it('is normal, and repeats', () => {
    const drawn = Array.from({ length: 4000 }, (_, i) => normal(`n ${i}`));
    const mean = drawn.reduce((sum, x) => sum + x, 0) / drawn.length;
    const spread = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / drawn.length;
    expect(Math.abs(mean)).toBeLessThan(0.06);
    expect(Math.abs(spread - 1)).toBeLessThan(0.1);
    expect(normal('n 1')).toBe(drawn[1]);
  });

  it('wanders: near moments are alike, far ones are not, and the spread is kept between its steps', () => {
    const near: number[] = [];
    const far: number[] = [];
    const middle: number[] = [];
    for (let i = 0; i < 1500; i++) {
      const at = i * 3 * hourMs;
      const here = wander('w', at, 600);
      near.push(here * wander('w', at + 30_000, 600));
      far.push(here * wander('w', at + hourMs, 600));
      middle.push(wander('w', at + 300_000, 600) ** 2);
    }
    const mean = (list: number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length;
    expect(mean(near)).toBeGreaterThan(0.8);
    expect(Math.abs(mean(far))).toBeLessThan(0.15);
    expect(Math.abs(mean(middle) - 1)).toBeLessThan(0.15);
  });
});

describe('a simulated town', () => {
  it('is the same for the same seed and another for another one', () => {
    expect(townOf({ seed: 3, cameras: 30 })).toEqual(townOf({ seed: 3, cameras: 30 }));
    expect(townOf({ seed: 4, cameras: 30 })).not.toEqual(townOf({ seed: 3, cameras: 30 }));
  });

  it('has cameras of every sort, of which no two look at one place', () => {
    const cameras = townOf({ seed: 1, cameras: 400 });
    expect(new Set(cameras.map(sortOf))).toEqual(new Set(sorts));
    expect(new Set(cameras.map((c) => `${c.point.lat}/${c.point.lon}`)).size).toBe(cameras.length);
  });

  it('plants hazards of all kinds, never two in one place at one time', () => {
    const { life } = town(2, 40);
    expect(new Set(life.planted.map((one) => one.hazard))).toEqual(
      new Set(['snow', 'flooding', 'open-manhole', 'dumping']),
    );
    for (const a of life.planted) {
      expect(a.toMs).toBeGreaterThan(a.fromMs);
      const beside = life.planted.filter((b) => b !== a && b.cameraId === a.cameraId && b.zoneId === a.zoneId);
      expect(beside.every((b) => b.fromMs > a.toMs || a.fromMs > b.toMs)).toBe(true);
    }
  });

  it('lies under what was planted and only under that', () => {
    const { cameras, life } = town(5, 40);
    for (const one of life.planted) {
      const camera = cameras.find((c) => c.id === one.cameraId);
      const zone = camera?.zones.find((z) => z.id === one.zoneId);
      if (!camera || !zone) throw new Error('a hazard was planted where nobody looks');
      const during = life.groundAt(camera, zone, (one.fromMs + Math.min(one.toMs, one.fromMs + hourMs)) / 2);
      const after = life.groundAt(camera, zone, one.toMs + 3 * hourMs);
      if (one.hazard === 'flooding') expect([during.water > 0.25, after.water < 0.2]).toEqual([true, true]);
      if (one.hazard === 'open-manhole') expect([during.cover, after.cover]).toEqual(['open', 'closed']);
      if (one.hazard === 'dumping') expect([during.heap > 0, after.heap]).toEqual([true, 0]);
      if (one.sub === 'windrow') expect(during.bank).toBeGreaterThan(0.12);
      else if (one.hazard === 'snow') expect(during.snow).toBeGreaterThan(0.5);
    }
  });

  it('gives looks that the readings take, the same in whatever order they are asked', () => {
    const seeing = town(7);
    const asked = seeing.cameras
      .slice(0, 20)
      .flatMap((camera) => [1, 30, 77].map((h) => ({ camera, atMs: fromMs + h * hourMs })));
    const look = { id: LookId.parse('l'), seenAtMs: fromMs, stillSha256: null };
    const said = asked.map(({ camera, atMs }) => observe(sightAt(seeing, camera, atMs), camera, look));
    const again = asked.toReversed().map(({ camera, atMs }) => observe(sightAt(seeing, camera, atMs), camera, look));
    expect(again.toReversed()).toEqual(said);
    expect(said.flat().some((o) => o.word === 'clear')).toBe(true);
    const [watched] = seeing.cameras.filter((c) => c.watch);
    const [visit] = seeing.life.visits;
    if (!watched?.zones[0] || !visit) throw new Error('nobody is watched');
    expect(beatOf(seeing, watched, watched.zones[0], fromMs).heapScore).toBeLessThanOrEqual(1);
    expect(storyOf(seeing, visit).stoppedS).toBeGreaterThanOrEqual(0);
  });
});
