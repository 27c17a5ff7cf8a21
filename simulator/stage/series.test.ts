// A series: one camera and place, other light and other things in each look, always the same for a seed.
import { describe, expect, it } from 'vitest';
import { planSeries } from './series.ts';

const seeds = Array.from({ length: 40 }, (_, i) => 300_000 + i);

describe('series', () => {
  it('are the same for the same seed, and another for another', () => {
    expect(JSON.stringify(planSeries(300_003))).toBe(JSON.stringify(planSeries(300_003)));
    expect(JSON.stringify(planSeries(300_003))).not.toBe(JSON.stringify(planSeries(300_004)));
  });

  it('show one place through one lens, shaken by less than half a degree', () => {
    for (const seed of seeds) {
      const [first, ...others] = planSeries(seed).map((look) => look.scene);
      for (const scene of others) {
        expect(scene.layout).toEqual(first?.layout);
        expect(scene.sensor.distortion).toBe(first?.sensor.distortion);
        expect(Math.abs(scene.camera.yawDeg - (first?.camera.yawDeg ?? 0))).toBeLessThan(0.9);
        expect({ ...scene.camera, yawDeg: 0, tiltDeg: 0 }).toEqual({ ...first?.camera, yawDeg: 0, tiltDeg: 0 });
      }
    }
  });

  it('have calm looks by day and by night, dry and wet, and a hazard in each', () => {
    for (const seed of seeds) {
      const looks = planSeries(seed);
      const calm = looks.filter((look) => look.theme === 'calm');
      for (const isNight of [true, false]) {
        const like = calm.filter((look) => (look.scene.light === 'night') === isNight);
        expect(like.some((look) => look.moment.wet > 0.4)).toBe(true);
        expect(like.some((look) => look.moment.wet === 0)).toBe(true);
      }
      expect(calm.every((look) => look.moment.waterM < 0 && look.moment.heaps.length === 0)).toBe(true);
      expect(looks.some((look) => look.theme === 'flood' && look.moment.waterM > 0.05)).toBe(true);
    }
  });
});
