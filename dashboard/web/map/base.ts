// The ground of every map: the city's own outline, which needs no tiles, and what all maps share.
import { GeoJSON } from 'ol/format.js';
import { Vector as VectorLayer, VectorImage } from 'ol/layer.js';
import { Vector as VectorSource } from 'ol/source.js';
import { fromLonLat } from 'ol/proj.js';
import { Fill, Stroke, Style, Text } from 'ol/style.js';
import type { FeatureLike } from 'ol/Feature.js';
import type { Language } from '#core/hazard-name';
import type { Point } from '#core/place';
import { routes, type CityMap } from '../../contract.ts';
import { z } from 'zod';
import { call } from '../net/api.ts';
import { NamesLayer } from './names-layer.ts';
import type { Colours } from './symbols.ts';

export type City = z.infer<typeof CityMap>;

let asked: Promise<City> | undefined;

/** The city's lines and areas, asked for once; after a failure the next one asks again. */
export function cityLines(): Promise<City> {
  asked ??= call(routes.city).catch((thrown: unknown) => {
    asked = undefined;
    throw thrown;
  });
  return asked;
}

export const xy = ({ lon, lat }: Point): [number, number] => {
  const [x = 0, y = 0] = fromLonLat([lon, lat]);
  return [x, y];
};

const kindOf = (feature: FeatureLike): string =>
  String(feature.get('kind') ?? feature.get('class') ?? feature.get('type') ?? '');
const isWater = (kind: string): boolean => /river|water|lake|channel|canal/.test(kind);
const isArea = (feature: FeatureLike): boolean => /Polygon/.test(feature.getGeometry()?.getType() ?? '');

function lineStyle(colours: Colours, language: Language): (feature: FeatureLike, resolution: number) => Style {
  const water = `${colours.watch}55`;
  return (feature, resolution) => {
    const kind = kindOf(feature);
    const near = resolution < 12;
    if (isWater(kind)) {
      return isArea(feature)
        ? new Style({ fill: new Fill({ color: water }) })
        : new Style({
            stroke: new Stroke({ color: water, width: near ? 14 : 6, lineCap: 'round', lineJoin: 'round' }),
            zIndex: 0,
          });
    }
    if (isArea(feature))
      return new Style({
        fill: new Fill({ color: colours.bg1 }),
        stroke: new Stroke({ color: colours.line, width: 1.5 }),
        zIndex: -1,
      });
    const name: unknown = feature.get(language) ?? feature.get('name');
    return new Style({
      stroke: new Stroke({ color: `${colours.edge}80`, width: near ? 6 : 2.2, lineCap: 'round', lineJoin: 'round' }),
      zIndex: 1,
      ...(near && typeof name === 'string'
        ? {
            text: new Text({
              text: name,
              placement: 'line',
              font: "14px 'Noto Sans', sans-serif",
              fill: new Fill({ color: colours.mute }),
              stroke: new Stroke({ color: colours.bg0, width: 4 }),
            }),
          }
        : {}),
    });
  };
}

/** Layers of the ground, lowest first: outline and lines, district borders, district names. `nameOf` gives a district's label. */
export function groundLayers(
  city: City,
  colours: Colours,
  language: Language,
  label: (district: string) => string,
): [VectorImage, VectorLayer, NamesLayer] {
  const format = new GeoJSON({ featureProjection: 'EPSG:3857' });
  const lines = new VectorImage({
    source: new VectorSource({ features: format.readFeatures(city.outline) }),
    style: lineStyle(colours, language),
    imageRatio: 1.5,
  });
  const source = new VectorSource({ features: format.readFeatures(city.districts) });
  const border = new Style({ stroke: new Stroke({ color: colours.edge, width: 1.5, lineDash: [6, 5] }) });
  const districts = new VectorLayer({ source, style: border });
  const names = new NamesLayer(
    source.getFeatures().flatMap((feature) => {
      const at = labelPlace(feature);
      return at ? [{ at, text: label(districtOf(feature)) }] : [];
    }),
    colours,
  );
  return [lines, districts, names];
}

/** Where a district's name is written: the place that the city's data gives, else its middle. */
function labelPlace(feature: FeatureLike): [number, number] | undefined {
  const at: unknown = feature.get('label');
  const parsed = z.tuple([z.number(), z.number()]).safeParse(at);
  return parsed.success ? xy({ lon: parsed.data[0], lat: parsed.data[1] }) : undefined;
}

/** Every district with the place of its name. */
export function districtPlaces(city: City): { readonly id: string; readonly at: [number, number] }[] {
  return new GeoJSON({ featureProjection: 'EPSG:3857' }).readFeatures(city.districts).flatMap((feature) => {
    const at = labelPlace(feature);
    return at ? [{ id: districtOf(feature), at }] : [];
  });
}

/** The district's id of an area of the city's outline. */
export const districtOf = (feature: FeatureLike): string =>
  String(feature.get('id') ?? feature.get('district') ?? feature.getId() ?? '');
