// Rendered days on one painted place: the nearest picture is shown, never twice alike, and a learned seed is refused.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AhualError } from '#core/errors';
import { life } from '#simulator';
import { readScenes, nearest, showable, type Moment } from './rendered.ts';
import { leakOfScenes, openRenderedEyes, refuseLeak } from './rendered-eyes.ts';

const folder = mkdtempSync(join(tmpdir(), 'ahual-rendered-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const calm = {
  season: 'summer',
  light: 'day',
  weather: 'clear',
  snow: 0,
  bank: 'none',
  water: 'none',
  cover: 'closed',
  over: 'nothing',
};
const states = [
  { ...calm, name: 'dry-day' },
  { ...calm, name: 'dry-night', light: 'night' },
  { ...calm, name: 'rising-day', water: 'rising', weather: 'rain' },
  { ...calm, name: 'rising-night', water: 'rising', weather: 'rain', light: 'night' },
  { ...calm, name: 'flooded-day', water: 'flooded', weather: 'after-rain' },
  { ...calm, name: 'flooded-night', water: 'flooded', weather: 'after-rain', light: 'night' },
  { ...calm, name: 'covered-day', season: 'winter', weather: 'snow', snow: 0.9 },
  { ...calm, name: 'covered-night', season: 'winter', weather: 'snow', snow: 0.9, light: 'night' },
  { ...calm, name: 'open-day', cover: 'open' },
  { ...calm, name: 'open-night', cover: 'open', light: 'night' },
];
const road: [number, number][] = [
  [0.1, 0.3],
  [0.9, 0.3],
  [0.9, 0.95],
  [0.1, 0.95],
];
const lid: [number, number][] = [
  [0.02, 0.8],
  [0.08, 0.8],
  [0.08, 0.9],
  [0.02, 0.9],
];
const wateriness: Readonly<Record<string, number>> = { none: 0, rising: 0.5, flooded: 1 };

/** A grey street with a lane mark: bright for snow, brown for water, dark at night. */
async function paint(into: string, seed: number): Promise<void> {
  for (const state of states) {
    const lit = state.light === 'night' ? 0.3 : 1;
    const tone = (r: number, g: number, b: number): string =>
      `rgb(${[r, g, b].map((v) => Math.round(v * lit)).join()})`;
    const ground =
      state.snow > 0 ? tone(230, 235, 240) : state.water === 'flooded' ? tone(110, 95, 75) : tone(105, 105, 108);
    const hole = state.cover === 'open' ? tone(15, 15, 15) : tone(90, 88, 86);
    const svg =
      `<svg xmlns="http://www.w3.org/2000/svg" width="768" height="432"><rect width="768" height="130" fill="${tone(180, 195, 210)}"/>` +
      `<rect y="130" width="768" height="302" fill="${ground}"/><rect x="370" y="180" width="12" height="120" fill="${tone(220, 220, 220)}"/>` +
      `<ellipse cx="38" cy="367" rx="14" ry="9" fill="${hole}"/></svg>`;
    await sharp(Buffer.from(svg))
      .jpeg({ quality: 92 })
      .toFile(join(into, `${seed}-${state.name}.jpg`));
    const water = wateriness[state.water] ?? 0;
    const label = {
      schema: 'ahual.days/1',
      seed,
      scene: 'street',
      camera: { heightM: 8, tiltDeg: 30, fovDeg: 66 },
      state,
      boxes: [{ class: 'manhole_closed', box: [0.03, 0.83, 0.04, 0.04], visible: 1, track: 'manhole-1' }],
      zones: [
        { id: 'road', kind: 'carriageway', polygon: road },
        { id: 'manhole-1', kind: 'manhole', polygon: lid },
      ],
      shares: { road: { dry: 1 - water - state.snow, wet: 0, water, snow: state.snow } },
    };
    writeFileSync(join(into, `${seed}-${state.name}.json`), JSON.stringify(label));
  }
}

beforeAll(() => paint(folder, 900_777));

const fromMs = Date.UTC(2026, 6, 5, 19);
const moment: Moment = {
  isDay: true,
  isEdge: false,
  isOvercast: false,
  isWinter: false,
  falling: 'nothing',
  wet: 0,
  water: 0,
  snow: 0,
  bank: 'none',
  cover: 'closed',
  over: 'nothing',
};
const hourMs = 3_600_000;

function living(hazards: number) {
  const scenes = readScenes(folder);
  const cameras = scenes.map(({ camera }) => camera);
  const sky = life.skyOf({ seed: 1, season: 'summer', fromMs, days: 2, spells: [] });
  const whole = life.lifeOf({ seed: 1, cameras, sky, fromMs, days: 2, hazards, snowDeadlineMs: () => null });
  return { scenes, cameras, sky, life: showable(scenes, whole), errors: life.readErrors(), seed: 1 };
}

describe('a rendered place', () => {
  it('is a camera with the zones that its pictures can answer for', () => {
    const [scene] = readScenes(folder);
    expect(scene?.camera.zones.map(({ kind, hazards }) => [kind, hazards])).toEqual([
      ['carriageway', ['snow', 'flooding', 'open-manhole']],
      ['manhole', ['open-manhole']],
    ]);
    expect([scene?.coverZone, scene?.hasAcross]).toEqual(['M1', false]);
  });

  it('shows the picture that is nearest to the moment', () => {
    const [scene] = readScenes(folder);
    if (!scene) throw new Error('no scene');
    const shown = (part: Partial<Moment>): string[] =>
      nearest(scene, { ...moment, ...part }).pictures.map(({ state }) => state.name);
    expect(shown({})).toEqual(['dry-day']);
    expect(shown({ isDay: false })).toEqual(['dry-night']);
    expect(shown({ water: 0.55, wet: 1 })).toEqual(['rising-day']);
    expect(shown({ water: 0.95, wet: 1, isDay: false })).toEqual(['flooded-night']);
    expect(shown({ snow: 0.9, isWinter: true })).toEqual(['covered-day']);
    expect(shown({ cover: 'open', isDay: false })).toEqual(['open-night']);
  });

  it('plants nothing that its pictures cannot show', () => {
    const { life: lives } = living(12);
    expect(lives.planted.length).toBeGreaterThan(0);
    for (const one of lives.planted) {
      expect(one.hazard === 'open-manhole' ? one.zoneId : 'M1').toBe('M1');
      expect(one.sub).not.toBe('windrow');
    }
  });

  it('is looked at by the real networks: equal questions get equal answers, no two looks show the same bytes for long', async () => {
    const town = living(0);
    const [camera] = town.cameras;
    if (!camera) throw new Error('no camera');
    await using eyes = await openRenderedEyes(town.scenes, town);
    const day = fromMs + 14 * hourMs;
    const moments = Array.from({ length: 8 }, (_, i) => day + i * 300_000);
    const looks = await Promise.all(moments.map(async (atMs) => eyes.sightAt(camera, atMs)));
    expect(looks.every(({ zones, models }) => zones.length === 2 && models.length === 3)).toBe(true);
    expect(await eyes.sightAt(camera, day)).toEqual(looks[0]);
    expect(new Set(looks.map(({ zones }) => zones[0]?.floodLevel)).size).toBeGreaterThan(1);
    const jpegs = await Promise.all(moments.slice(0, 6).map(async (atMs) => eyes.shownAt(camera, atMs)?.jpeg()));
    expect(new Set(jpegs.map((jpeg) => jpeg?.toString('base64'))).size).toBeGreaterThan(1);
    const { looks: counted, runs, pictures, nightShare } = eyes.work();
    expect([counted, pictures, nightShare]).toEqual([9, 1, 0]);
    expect(runs).toBeLessThanOrEqual(4);
    await using again = await openRenderedEyes(town.scenes, town);
    expect(await again.sightAt(camera, day)).toEqual(looks[0]);
  });

  it('is refused when a network has learned from its seed', async () => {
    const other = mkdtempSync(join(tmpdir(), 'ahual-rendered-'));
    try {
      await paint(other, 100_001);
      const leak = await leakOfScenes(readScenes(other));
      expect(leak.seeds).toEqual([100_001]);
      const before = process.listeners('exit');
      expect(() => refuseLeak(leak)).toThrow(AhualError);
      for (const one of process.listeners('exit')) if (!before.includes(one)) process.off('exit', one);
      expect((await leakOfScenes(readScenes(folder))).seeds).toEqual([]);
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });
});
