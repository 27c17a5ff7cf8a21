// A picture of the streets under the map, where the city has one: tiles by address, or one PMTiles file read by parts. Loaded only then.
import { PMTiles, TileType } from 'pmtiles';
import { PMTilesVectorSource } from 'ol-pmtiles';
import ImageTile from 'ol/ImageTile.js';
import TileState from 'ol/TileState.js';
import type { FeatureLike } from 'ol/Feature.js';
import { Tile as TileLayer, VectorTile as VectorTileLayer } from 'ol/layer.js';
import type BaseLayer from 'ol/layer/Base.js';
import { XYZ } from 'ol/source.js';
import { Fill, Stroke, Style } from 'ol/style.js';
import type { MapTiles } from '../../contract.ts';
import type { Colours } from './symbols.ts';

/** A picture made for daylight would outshine the marks. */
const dimmed = 0.5;

/** Plain lines and areas of vector tiles, by the layer names of Protomaps and OpenMapTiles. */
function vectorStyle(colours: Colours): (feature: FeatureLike) => Style | undefined {
  const water = new Style({
    fill: new Fill({ color: `${colours.watch}40` }),
    stroke: new Stroke({ color: `${colours.watch}40`, width: 1 }),
  });
  const road = new Style({ stroke: new Stroke({ color: `${colours.edge}80`, width: 1.4 }) });
  const house = new Style({ fill: new Fill({ color: colours.bg2 }) });
  const land = new Style({ fill: new Fill({ color: colours.bg1 }) });
  return (feature) => {
    const layer = String(feature.get('layer') ?? '');
    if (/water/.test(layer)) return water;
    if (/road|transportation|street/.test(layer)) return road;
    if (/building/.test(layer)) return house;
    return /land|earth|park/.test(layer) ? land : undefined;
  };
}

/** Tiles of pictures out of one file: each is asked for by its range and handed over as an object address. */
function pictureSource(file: PMTiles, attribution: string, zooms: { minZoom: number; maxZoom: number }): XYZ {
  return new XYZ({
    url: 'pmtiles://{z}/{x}/{y}',
    attributions: attribution,
    ...zooms,
    tileLoadFunction: (tile, address) => {
      const [z = 0, x = 0, y = 0] = address.replace('pmtiles://', '').split('/').map(Number);
      const image = tile instanceof ImageTile ? tile.getImage() : undefined;
      void file.getZxy(z, x, y).then(
        (found) => {
          if (!found || !(image instanceof HTMLImageElement)) {
            tile.setState(TileState.EMPTY);
            return;
          }
          const url = URL.createObjectURL(new Blob([found.data]));
          const forget = (): void => URL.revokeObjectURL(url);
          image.addEventListener('load', forget, { once: true });
          image.addEventListener('error', forget, { once: true });
          image.src = url;
        },
        () => tile.setState(TileState.ERROR),
      );
    },
  });
}

/** The layer of these tiles. Throws what the file's reader says when it cannot be read. */
export async function tileLayer({ kind, url, attribution, maxZoom }: MapTiles, colours: Colours): Promise<BaseLayer> {
  if (kind === 'xyz') {
    return new TileLayer({ opacity: dimmed, source: new XYZ({ url, attributions: attribution, maxZoom }) });
  }
  const address = new URL(url, location.href).toString();
  const file = new PMTiles(address);
  const header = await file.getHeader();
  if (header.tileType === TileType.Mvt) {
    return new VectorTileLayer({
      source: new PMTilesVectorSource({ url: address, attributions: attribution }),
      style: vectorStyle(colours),
    });
  }
  const zooms = { minZoom: header.minZoom, maxZoom: header.maxZoom };
  return new TileLayer({ opacity: dimmed, source: pictureSource(file, attribution, zooms) });
}
