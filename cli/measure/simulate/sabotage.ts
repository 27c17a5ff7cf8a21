// The product broken in known ways: a measure that does not notice them measures nothing (measure 0.1, rule 11).
import type { Camera } from '#core/camera';
import type { IncidentSettings } from '#incidents';

export const sabotages = [
  'none',
  'no-persistence',
  'no-weather',
  'no-dedupe',
  'zone-shift-3pct',
  'night-off',
  'no-quiet',
] as const;
export type Sabotage = (typeof sabotages)[number];

/** By how much of the picture a sabotage draws all zones wrongly. */
export const shiftBy = (sabotage: Sabotage): number => (sabotage === 'zone-shift-3pct' ? 0.03 : 0);

/** Cameras as a sabotage leaves them in the product's list: without their tilt nobody knows which of them look at one place. */
export const sabotagedCameras = (cameras: readonly Camera[], sabotage: Sabotage): readonly Camera[] =>
  sabotage === 'no-dedupe' ? cameras.map((camera) => ({ ...camera, tiltDeg: undefined })) : cameras;

/** Settings of the judge as a sabotage leaves them. */
export function sabotaged(settings: IncidentSettings, sabotage: Sabotage): IncidentSettings {
  switch (sabotage) {
    case 'no-quiet':
      return { ...settings, quietAfterRejectMin: 0 };
    case 'no-dedupe':
      return { ...settings, mergeRadiusM: 0 };
    case 'no-persistence':
      return { ...settings, hazards: withoutPersistence(settings.hazards) };
    case 'none':
    case 'no-weather':
    case 'zone-shift-3pct':
    case 'night-off':
      return settings;
  }
}

/** One look is enough for everything. */
function withoutPersistence(hazards: IncidentSettings['hazards']): IncidentSettings['hazards'] {
  const open = { looks: 1, of: 1, overS: 0 };
  const at = <T extends { persistence: { open: unknown } }>(one: T) => ({
    ...one,
    persistence: { ...one.persistence, open },
  });
  return {
    ...hazards,
    snow: at(hazards.snow),
    flooding: at(hazards.flooding),
    'open-manhole': at(hazards['open-manhole']),
    dumping: at(hazards.dumping),
  };
}
