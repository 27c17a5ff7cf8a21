// What is painted on the ground: where a hazard can be judged, what was not seen for too long, where snow lies.
import { useMemo } from 'react';
import { hazardNames, type HazardName } from '#core/hazard-name';
import { routes, type GroundArea, type MapGround, type MapSnow, type SnowArea } from '../../../contract.ts';
import type { Area, AreaLook } from '../../map/areas-layer.ts';
import { call } from '../../net/api.ts';
import { useLoad, type Loaded } from '../../parts/use-load.ts';
import { dark } from '../../style/tokens.ts';

export type GroundChoice =
  | { readonly kind: 'none' }
  | { readonly kind: 'judge' | 'unseen'; readonly hazard: HazardName }
  | { readonly kind: 'snow' };

/** All choices in the order of the list. */
export const groundChoices: readonly GroundChoice[] = [
  { kind: 'none' },
  ...hazardNames.map((hazard) => ({ kind: 'judge', hazard }) as const),
  ...hazardNames.map((hazard) => ({ kind: 'unseen', hazard }) as const),
  { kind: 'snow' },
];

export const choiceName = (choice: GroundChoice): string =>
  'hazard' in choice ? `${choice.kind} ${choice.hazard}` : choice.kind;

/** Ground of which no look could judge anything for longer than `afterMs`, or ever. */
export const isUnseen = ({ lastGoodAtMs }: Pick<GroundArea, 'lastGoodAtMs'>, nowMs: number, afterMs: number): boolean =>
  lastGoodAtMs === null || nowMs - lastGoodAtMs > afterMs;

export const snowAges = ['open', '6', '24', 'Old', 'Late'] as const;
export type SnowAge = (typeof snowAges)[number];

const hourMs = 3_600_000;

/** How old the snow of a stretch is: since the end of the snowfall; past its deadline where an incident is open. */
export function snowAge(
  { fallEndedAtMs, incidentId }: Pick<SnowArea, 'fallEndedAtMs' | 'incidentId'>,
  nowMs: number,
): SnowAge {
  if (incidentId !== null) return 'Late';
  if (fallEndedAtMs === null || fallEndedAtMs > nowMs) return 'open';
  const hours = (nowMs - fallEndedAtMs) / hourMs;
  return hours < 6 ? '6' : hours < 24 ? '24' : 'Old';
}

/** Looks of the ground: strength and hatching tell the kinds apart, colour only repeats it. */
export const groundLooks = {
  judge: { colour: dark.watch, alpha: 0.7, hatch: 'none', leastPx: 3 },
  seen: { colour: dark.neutral, alpha: 0.16, hatch: 'none', leastPx: 3 },
  unseen: { colour: dark.neutral, alpha: 0.85, hatch: 'crossed', leastPx: 8 },
  snow: {
    open: { colour: dark.neutral, alpha: 0.25, hatch: 'none', leastPx: 8 },
    6: { colour: dark.neutral, alpha: 0.5, hatch: 'none', leastPx: 8 },
    24: { colour: dark.text, alpha: 0.75, hatch: 'rising', leastPx: 8 },
    Old: { colour: dark.text, alpha: 0.95, hatch: 'crossed', leastPx: 8 },
    Late: { colour: dark.high, alpha: 0.75, hatch: 'rising', leastPx: 8 },
  },
} as const satisfies Record<string, AreaLook | Record<string, AreaLook>>;

export type Group = { readonly look: AreaLook; readonly areas: readonly Area[] };

export interface PaintedGround {
  readonly groups: readonly Group[];
  readonly ground: Loaded<MapGround>;
  readonly snow: Loaded<MapSnow>;
}

/** Loads what a choice needs, again each minute, and says what to paint. */
export function useGround(
  choice: GroundChoice,
  unseenAfterMs: Readonly<Record<HazardName, number>> | undefined,
): PaintedGround {
  const hazard = 'hazard' in choice ? choice.hazard : undefined;
  const [ground] = useLoad(
    hazard === undefined ? null : `ground ${hazard}`,
    (signal) => call(routes.mapGround, { query: { hazard: hazard ?? 'snow' }, signal }),
    { everyMs: 60_000 },
  );
  const [snow] = useLoad(choice.kind === 'snow' ? 'snow' : null, (signal) => call(routes.mapSnow, { signal }), {
    everyMs: 60_000,
  });
  const kind = choice.kind;
  const afterMs = hazard === undefined ? undefined : unseenAfterMs?.[hazard];
  const groups = useMemo((): Group[] => {
    if (kind === 'snow' && snow.kind === 'here') {
      const { nowMs, areas } = snow.value;
      return snowAges.map((age) => ({
        look: groundLooks.snow[age],
        areas: areas.filter((area) => snowAge(area, nowMs) === age),
      }));
    }
    if (kind !== 'judge' && kind !== 'unseen') return [];
    if (ground.kind !== 'here' || ground.value.hazard !== hazard) return [];
    const { nowMs, areas } = ground.value;
    if (kind === 'judge') return [{ look: groundLooks.judge, areas }];
    if (afterMs === undefined) return [];
    return [
      { look: groundLooks.seen, areas: areas.filter((area) => !isUnseen(area, nowMs, afterMs)) },
      { look: groundLooks.unseen, areas: areas.filter((area) => isUnseen(area, nowMs, afterMs)) },
    ];
  }, [kind, hazard, ground, snow, afterMs]);
  return { groups, ground, snow };
}
