// Scenes of simulated days: one place in many states, the same for a seed, with what the town's life needs.
import { describe, expect, it } from 'vitest';
import { planDays } from './days.ts';

const scenes = Array.from({ length: 24 }, (_, i) => planDays(900_000 + i, i));

describe('scenes of simulated days', () => {
  it('are the same for the same seed, and another for another', () => {
    expect(JSON.stringify(planDays(900_003, 3))).toBe(JSON.stringify(planDays(900_003, 3)));
    expect(JSON.stringify(planDays(900_003, 3))).not.toBe(JSON.stringify(planDays(900_011, 3)));
  });

  it('show one place through one lens, the plain day first and with its mast at rest', () => {
    for (const looks of scenes) {
      const [first, ...others] = looks;
      expect(first?.state.name).toBe('dry-day');
      for (const { scene } of others) {
        expect(scene.layout).toEqual(first?.scene.layout);
        expect(Math.abs(scene.camera.yawDeg - (first?.scene.camera.yawDeg ?? 0))).toBeLessThan(0.9);
      }
    }
  });

  it('have every state once, by day and by night, hazards planted only where their names say so', () => {
    for (const looks of scenes) {
      const names = looks.map(({ state }) => state.name);
      expect(new Set(names).size).toBe(names.length);
      for (const { state, moment } of looks) {
        const isOpen = Object.values(moment.covers).some((cover) => cover !== 'closed');
        expect(isOpen).toBe(state.cover !== 'closed');
        expect(moment.waterM > 0).toBe(state.water !== 'none');
        expect(moment.snow.road > 0.1).toBe(state.snow > 0);
        expect(moment.windrows.length > 0).toBe(state.bank !== 'none');
      }
      const nights = looks.filter(({ state }) => state.light === 'night' || state.light === 'dusk').length;
      expect(nights / looks.length).toBeGreaterThan(0.4);
    }
  });

  it('put a vehicle over the cover, or its shadow, and a fence around works', () => {
    const withCover = scenes.filter((looks) => looks.some(({ state }) => state.name === 'parked-day'));
    expect(withCover.length).toBeGreaterThanOrEqual(8);
    for (const looks of withCover) {
      const at = (name: string) => looks.find(({ state }) => state.name === name);
      const parked = at('parked-day');
      const [lid] = parked?.scene.manholes ?? [];
      const over = parked?.moment.vehicles.find(({ id }) => id === 'standing');
      expect(Math.hypot((over?.x ?? 99) - (lid?.x ?? 0), (over?.z ?? 99) - (lid?.z ?? 0))).toBeLessThan(0.5);
      expect(at('works-night')?.moment.cones.length).toBeGreaterThanOrEqual(3);
      const beside = at('shadow-low-sun')?.moment.vehicles.find(({ id }) => id === 'standing');
      expect(Math.hypot((beside?.x ?? 0) - (lid?.x ?? 0), (beside?.z ?? 0) - (lid?.z ?? 0))).toBeGreaterThan(2);
    }
  });
});
