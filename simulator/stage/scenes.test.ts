// The scene of a seed: always the same, balanced over seeds, and clips that loop without a seam.
import { describe, expect, it } from 'vitest';
import { buildClip, clipMoment, CLIPS } from './clips.ts';
import { groundKind, roadDistance } from './places.ts';
import { planStill } from './scenes.ts';
import { mergeWindows } from './changes.ts';

describe('stills', () => {
  it('give the same scene for the same seed, and another for another', () => {
    expect(JSON.stringify(planStill(100_123))).toBe(JSON.stringify(planStill(100_123)));
    expect(JSON.stringify(planStill(100_123))).not.toBe(JSON.stringify(planStill(100_124)));
  });

  it('are balanced: about half without a hazard, covers, heaps, water, snow and night as often as training needs', () => {
    const plans = Array.from({ length: 600 }, (_, i) => planStill(100_000 + i));
    const share = (is: (p: (typeof plans)[number]) => boolean): number => plans.filter(is).length / plans.length;
    expect(share((p) => p.hazards.length === 0)).toBeGreaterThan(0.35);
    expect(share((p) => p.hazards.length === 0)).toBeLessThan(0.6);
    expect(share((p) => p.scene.manholes.length > 0)).toBeGreaterThan(0.35);
    expect(share((p) => p.moment.heaps.length > 0 || p.moment.sacks.length > 0)).toBeGreaterThan(0.12);
    expect(share((p) => p.moment.waterM > 0)).toBeGreaterThan(0.18);
    expect(share((p) => p.moment.snow.lawn > 0.05)).toBeGreaterThan(0.25);
    expect(share((p) => p.scene.light === 'night')).toBeGreaterThan(0.3);
  });

  it('put covers on paved ground only', () => {
    for (let seed = 100_000; seed < 100_200; seed += 1) {
      const { scene } = planStill(seed);
      for (const m of scene.manholes) expect([0, 2]).toContain(groundKind(scene.layout, m.x, m.z));
    }
  });
});

describe('clips', () => {
  it('have ids and seeds of their own, apart from the seeds of training', () => {
    expect(new Set(CLIPS.map((c) => c.id)).size).toBe(CLIPS.length);
    expect(new Set(CLIPS.map((c) => c.seed)).size).toBe(CLIPS.length);
    for (const c of CLIPS) expect(c.seed).toBeLessThan(100_000);
  });

  it.each(CLIPS.map((c) => ({ id: c.id, plan: c })))('$id: loops end as they begin', ({ plan }) => {
    const built = buildClip(plan);
    for (const phase of plan.phases.filter((p) => p.loop)) {
      const places = (tS: number): string[] =>
        clipMoment(plan, built, phase.name, tS)
          .vehicles.filter((v) => v.id !== 'wader')
          .map((v) => `${v.kind} ${v.x.toFixed(2)} ${v.z.toFixed(2)}`)
          .sort();
      expect(places(phase.seconds)).toEqual(places(0));
    }
  });

  it.each(CLIPS.filter((c) => c.hazard === 'open-manhole').map((c) => ({ id: c.id, plan: c })))(
    '$id: has its cover, and no car drives over it',
    ({ plan }) => {
      const built = buildClip(plan);
      const cover = built.scene.manholes[0];
      expect(cover).toBeDefined();
      if (!cover) return;
      for (let tS = 0; tS < plan.periodS; tS += 0.125) {
        for (const v of clipMoment(plan, built, 'during', tS).vehicles) {
          expect(Math.hypot(v.x - cover.x, v.z - cover.z)).toBeGreaterThan(1.2);
        }
      }
    },
  );
});

describe('ground', () => {
  it('rounds the corners of a crossing: the corner point is nearer to the asphalt than two straight kerbs would leave it', () => {
    const { scene } = planStill(100_000);
    const layout = { ...scene.layout, road: [7, 7, 0, 6] as const, boxes: [] };
    expect(roadDistance(layout, 0, 0)).toBeLessThan(0);
    expect(roadDistance(layout, 8, 8)).toBeLessThan(0);
    expect(roadDistance(layout, 13, 13)).toBeGreaterThan(0);
  });
});

describe('changed windows', () => {
  it('joins near windows, keeps far ones apart and drops empty ones', () => {
    const near = mergeWindows(
      [
        { x0: 0.1, y0: 0.1, x1: 0.2, y1: 0.2 },
        { x0: 0.15, y0: 0.1, x1: 0.25, y1: 0.2 },
      ],
      0,
    );
    expect(near).toHaveLength(1);
    const far = mergeWindows(
      [
        { x0: 0, y0: 0, x1: 0.1, y1: 0.1 },
        { x0: 0.8, y0: 0.8, x1: 0.9, y1: 0.9 },
        { x0: 1, y0: 0.5, x1: 1, y1: 0.6 },
      ],
      0,
    );
    expect(far).toHaveLength(2);
  });
});
