import { describe, expect, it } from 'vitest';
import type { Camera } from '#core/camera';
import { distanceM, ringMiddle } from '#core/geo';
import { LookId } from '#core/ids';
import { placeAt, viewOf } from '#core/range';
import { observe } from '#hazards';
import { sightAmid } from './astray.ts';
import { readErrors } from './errors.ts';
import { concerns, lifeOf, nuisances, type Life, type Planted, type Spot } from './happenings.ts';
import { normal, wander } from './noise.ts';
import { beatOf, sightAt, storyOf, type Seeing } from './seen.ts';
import { skyOf } from './sky.ts';
import { siteOf, sortOf, sorts, townOf } from './town.ts';

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

const sameSpot = (a: Spot, b: Spot): boolean => a.cameraId === b.cameraId && a.zoneId === b.zoneId;

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

  it('has cameras of every sort; about 15 of 100 share a place, and all others stand apart', () => {
    const cameras = townOf({ seed: 1, cameras: 600 });
    expect(new Set(cameras.map(sortOf))).toEqual(new Set(sorts));
    const bySite = new Map<string, Camera[]>();
    for (const camera of cameras) {
      const [zone] = camera.zones;
      if (!zone) throw new Error('a camera without a zone');
      const site = siteOf(camera, zone);
      bySite.set(site, [...(bySite.get(site) ?? []), camera]);
    }
    const together = [...bySite.values()].filter((list) => list.length > 1);
    const share = together.flat().length / cameras.length;
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.22);
    const alone = [...bySite.values()].flatMap((list) => list.slice(0, 1));
    const near = alone.filter((a) => alone.some((b) => a !== b && distanceM(a.point, b.point) < 60));
    expect(near).toEqual([]);
  });

  it('shows shared ground to each of its cameras at the same place of the map, to metres', () => {
    const cameras = townOf({ seed: 2, cameras: 600 });
    const groundOf = (camera: Camera) => {
      const view = viewOf(camera);
      const zone = camera.zones.find(({ id }) => id === 'M1') ?? camera.zones[0];
      const place = view && zone && placeAt(camera, view, ...ringMiddle(zone.polygon));
      if (!place) throw new Error('a shared place that nobody sees');
      return place;
    };
    const twins = cameras.filter(({ id }) => /-[23]$/.test(id));
    expect(twins.length).toBeGreaterThan(20);
    for (const one of twins) {
      const first = cameras.find(({ id }) => id === one.id.replace(/-[23]$/, ''));
      if (!first) throw new Error('a twin without its first');
      expect(distanceM(groundOf(first), groundOf(one))).toBeLessThan(1);
      expect(first.zones.map(({ id }) => id)).toEqual(expect.arrayContaining(one.zones.map(({ id }) => id)));
    }
  });

  it('plants hazards of all kinds, never two in one place at one time', () => {
    const { life } = town(2, 40);
    expect(new Set(life.planted.map((one) => one.hazard))).toEqual(
      new Set(['snow', 'flooding', 'open-manhole', 'dumping']),
    );
    for (const a of life.planted) {
      expect(a.toMs).toBeGreaterThan(a.fromMs);
      const sees = (b: Planted): boolean => a.seenBy.some((spot) => b.seenBy.some((o) => sameSpot(o, spot)));
      const beside = life.planted.filter((b) => b !== a && sees(b));
      expect(beside.every((b) => b.beginsMs > a.goneMs || a.beginsMs > b.goneMs)).toBe(true);
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
      if (one.hazard === 'open-manhole') expect([during.cover, after.cover]).toEqual(['open', 'closed']);
      if (one.hazard === 'dumping') expect([during.heap > 0, after.heap]).toEqual([true, 0]);
      if (one.sub === 'windrow') expect(during.bank).toBeGreaterThan(0.12);
      else if (one.hazard === 'snow') expect(during.snow).toBeGreaterThan(0.5);
    }
  });

  it('lets water rise, stand and fall: a hazard from a fifth of the zone until it is less again', () => {
    const { cameras, life } = town(5, 60);
    const floods = life.planted.filter(({ hazard }) => hazard === 'flooding');
    expect(floods.length).toBeGreaterThan(5);
    for (const flood of floods) {
      for (const { cameraId, zoneId } of flood.seenBy) {
        const camera = cameras.find((c) => c.id === cameraId);
        const zone = camera?.zones.find((z) => z.id === zoneId);
        if (!camera || !zone) throw new Error('a flood where nobody looks');
        const water = (atMs: number): number => life.groundAt(camera, zone, atMs).water;
        const isItsOwn = zoneId === flood.zoneId;
        if (isItsOwn) {
          expect(water(flood.fromMs - 90_000)).toBeLessThan(0.2);
          expect(water(flood.fromMs + 60_000)).toBeGreaterThan(0.19);
          expect(water(flood.toMs + 60_000)).toBeLessThan(0.2);
        }
        const most = water((flood.fromMs + flood.toMs) / 2);
        expect(most).toBeGreaterThan(isItsOwn ? 0.25 : 0.04);
        expect(water(flood.goneMs + 3 * hourMs)).toBeLessThan(0.2);
      }
    }
  });

  it('shows what lies on shared ground to all its cameras, and plants it once', () => {
    const { cameras, life } = town(3, 80);
    const shared = life.planted.filter(({ seenBy }) => new Set(seenBy.map((spot) => spot.cameraId)).size > 1);
    expect(shared.length).toBeGreaterThan(0);
    for (const one of shared) {
      const atMs = (one.fromMs + one.toMs) / 2;
      const grounds = one.seenBy.flatMap(({ cameraId, zoneId }) => {
        const camera = cameras.find((c) => c.id === cameraId);
        const zone = camera?.zones.find((z) => z.id === zoneId);
        return camera && zone && zoneId === one.zoneId ? [life.groundAt(camera, zone, atMs)] : [];
      });
      expect(grounds.length).toBeGreaterThan(1);
      expect(new Set(grounds.map(({ cover }) => cover)).size).toBe(1);
      expect(new Set(grounds.map(({ snow }) => snow.toFixed(6))).size).toBe(1);
    }
  });

  it('has every nuisance somewhere within some days of each season, and says for which hazard it may be taken', () => {
    const cameras = townOf({ seed: 1, cameras: 60 });
    const kinds = new Set<string>();
    for (const season of ['winter', 'thaw', 'summer'] as const) {
      const sky = skyOf({ seed: 1, season, fromMs, days: 20 });
      const snowDeadlineMs = (_: unknown, __: unknown, endedAtMs: number): number => endedAtMs + 5 * hourMs;
      const life = lifeOf({ seed: 1, cameras, sky, fromMs, days: 20, hazards: 0, snowDeadlineMs });
      for (const { id } of cameras) {
        for (const { kind } of life.troublesWithin(id, fromMs, fromMs + 20 * 24 * hourMs)) kinds.add(kind);
      }
    }
    expect([...nuisances].filter((kind) => !kinds.has(kind))).toEqual([]);
    expect(nuisances.filter((kind) => concerns[kind].length === 0)).toEqual([]);
  });

  it('shows an earlier moment where pictures come late or stand still, and leans only where a nuisance leads astray', () => {
    const { cameras, life } = town(9);
    let [late, leaning] = [0, 0];
    for (const camera of cameras) {
      for (let h = 0; h < days * 24; h++) {
        const atMs = fromMs + h * hourMs;
        const kinds = life.troublesAt(camera.id, atMs).map(({ kind }) => kind);
        const isLate = kinds.includes('late-pictures') || kinds.includes('frozen');
        expect(life.shownAt(camera.id, atMs) < atMs).toBe(isLate);
        if (isLate) late += 1;
        for (const zone of camera.zones) {
          const by = life.leaningAt(camera, zone, atMs);
          if (Object.values(by).some((one) => one > 0)) leaning += 1;
        }
      }
    }
    expect(late).toBeGreaterThan(0);
    expect(leaning).toBeGreaterThan(0);
  });

  it('loses a registered cover when all zones are drawn three hundredths of the picture beside', () => {
    const seeing = town(5, 60);
    const covers = seeing.life.planted.filter(({ cause }) => cause === 'registered');
    const levels = (shift: number): number[] =>
      covers.flatMap((one) => {
        const camera = seeing.cameras.find((c) => c.id === one.cameraId);
        const spot =
          camera && sightAmid(seeing, camera, one.fromMs + 60_000, shift).zones.find((z) => z.zoneId === one.zoneId);
        return spot?.spot ? [spot.spot.open] : [];
      });
    const mean = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length;
    expect(mean(levels(0.03))).toBeLessThan(0.6 * mean(levels(0)));
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
