// Owns the catalogue of shipped clips as a whole: a clip and a second give a moment. Pure.
import type { ClipPlan, PhaseName } from './clip-plan.ts';
import { CALM_CLIPS } from './clips-calm.ts';
import { HAZARD_CLIPS } from './clips-hazard.ts';
import { carsAt, walkersAt } from './motion.ts';
import { makeRng } from './rng.ts';
import type { Moment } from './scene-types.ts';
import { buildScene, calmMoment } from './scenes.ts';
import type { BuiltScene } from './scenes.ts';

/** Every shipped clip. */
export const CLIPS: readonly ClipPlan[] = [...HAZARD_CLIPS, ...CALM_CLIPS];

/** A camera in service is set bright enough to be read. */
const LEAST_EXPOSURE = { day: 1.05, overcast: 1.2, 'low-sun': 0.95, dusk: 1.6, night: 1.5 } as const;

/** The built place of a clip; the caption carries no running clock, so a loop cannot jump. */
export function buildClip(plan: ClipPlan): BuiltScene {
  const built = buildScene(plan.seed, plan.wishes);
  const { scene } = built;
  const extra =
    plan.permitted === 'snow-storage'
      ? scene.zones.map((zone) =>
          zone.kind === 'no-dumping' ? { ...zone, id: 'storage', kind: 'snow-storage' as const } : zone,
        )
      : scene.zones;
  return {
    ...built,
    scene: {
      ...scene,
      zones: extra,
      sensor: {
        ...scene.sensor,
        exposure: Math.max(scene.sensor.exposure, LEAST_EXPOSURE[scene.light]),
        stamp: '',
        drops: scene.weather === 'rain' ? 0.3 : 0,
        captionStyle: 2,
      },
    },
  };
}

/** What is there in a clip at `tS` seconds after a phase began. */
export function clipMoment(plan: ClipPlan, b: BuiltScene, phase: PhaseName, tS: number): Moment {
  const base = calmMoment(b.scene, makeRng(plan.seed + 5));
  const moving: Moment = {
    ...base,
    wet: b.scene.weather === 'after-rain' ? 0.8 : b.scene.weather === 'snow' ? 0.35 : base.wet,
    waterM: b.scene.weather === 'after-rain' && plan.hazard === null ? 0.012 : -1,
    phase: b.scene.weather === 'rain' ? (tS / plan.periodS) % 1 : 0.25,
    vehicles: [...(plan.parked?.(b) ?? []), ...carsAt(b.scene, b.place, plan.streams ?? [], tS, plan.periodS)],
    people: walkersAt(b.scene, b.place, plan.walks ?? [], tS, plan.periodS),
  };
  return plan.play ? plan.play(b, moving, phase, tS) : moving;
}
