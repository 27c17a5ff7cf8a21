// The city as screens need it: names, middle, pace, outlines; made once from settings and the city's folder.
import type { City, Settings } from '#config';
import { inRing } from '#core/geo';
import type { Texts } from '#core/hazard-name';
import type { Point } from '#core/place';
import type { City as CityWord, CityMap, Features } from '../contract.ts';
import type { z } from 'zod';

export interface CityFacts {
  readonly word: z.infer<typeof CityWord>;
  readonly map: z.infer<typeof CityMap>;
  readonly pace: number;
  readonly zone: string;
  readonly districts: readonly { readonly id: string; readonly name: Texts }[];
  /** The district of a place; undefined outside the city. */
  districtAt(point: Point): string | undefined;
}

/** Said on every screen where time runs faster than in life, so that nobody takes a demo's figures for real ones. */
const paceNoteOf = (pace: number): Texts => ({
  kk: `Уақыт ${pace} есе жылдам: барлық мерзім сонша есе қысқарған.`,
  ru: `Время ускорено в ${pace} раз: все сроки короче во столько же раз.`,
  en: `Time runs ${pace} times faster: every term is that much shorter.`,
});

interface AnyFeature {
  readonly geometry: { readonly type: string; readonly coordinates: readonly unknown[] };
  readonly properties: Readonly<Record<string, unknown>>;
}

const featuresOf = (features: readonly AnyFeature[]): Features => ({
  type: 'FeatureCollection',
  features: features.map(({ geometry, properties }) => ({
    type: 'Feature',
    geometry: { type: geometry.type, coordinates: [...geometry.coordinates] },
    properties: { ...properties },
  })),
});

/** What the screens show of the city. */
export function cityFacts(
  settings: Settings['city'],
  { districts, outline }: Pick<City, 'districts' | 'outline'>,
): CityFacts {
  const attribution = [...new Set([districts.attribution, outline.attribution])].join(' · ');
  const [lon, lat] = settings.centre;
  return {
    pace: settings.pace,
    zone: settings.zone,
    districts: districts.features.map(({ properties: { id, kk, ru, en } }) => ({ id, name: { kk, ru, en } })),
    districtAt: ({ lon: x, lat: y }) =>
      districts.features.find(({ geometry }) => geometry.coordinates.some((ring) => inRing(x, y, ring)))?.properties.id,
    word: {
      name: settings.name,
      zone: settings.zone,
      pace: settings.pace,
      paceNote: settings.pace === 1 ? null : paceNoteOf(settings.pace),
      centre: { lon, lat },
      zoom: settings.zoom,
      attribution,
    },
    map: { districts: featuresOf(districts.features), outline: featuresOf(outline.features), attribution },
  };
}
