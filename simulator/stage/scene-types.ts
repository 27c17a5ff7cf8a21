// Owns the words of a scene: where things stand, what the camera is, what is on the ground at one moment. Metres; x along the street, z across, y up.
import type { VehicleKind } from './vehicles.ts';

export type Family = 'crossing' | 'street' | 'yard' | 'wasteland' | 'underpass' | 'pavement';
export type Weather = 'clear' | 'overcast' | 'rain' | 'after-rain' | 'snowfall' | 'snow' | 'thaw';
export type Light = 'day' | 'low-sun' | 'dusk' | 'night' | 'overcast';
export type ZoneKind =
  | 'carriageway'
  | 'crossing'
  | 'pavement'
  | 'stop'
  | 'yard-entry'
  | 'underpass'
  | 'manhole'
  | 'no-dumping'
  | 'container-site'
  | 'snow-storage';

export type Point = readonly [number, number];
export type Four = readonly [number, number, number, number];

/** Ground kinds: 0 asphalt, 1 kerb, 2 tiles, 3 lawn, 4 soil, 5 lot, 6 sand, 7 concrete. */
export interface GroundBox {
  readonly cx: number;
  readonly cz: number;
  readonly hx: number;
  readonly hz: number;
  readonly kind: number;
}

export interface Layout {
  /** Half width of the street, of the cross street (negative: none), its x, corner radius. */
  readonly road: Four;
  /** Grass strip, pavement width, kerb 0/1, what lies beyond. */
  readonly band: Four;
  /** Lane width, lanes each way, centre line 0/1/2, wear 0..1. */
  readonly lane: Four;
  /** Axis (0 across the street at x, 1 across the cross street at z), place, half width, on. */
  readonly zebra: readonly Four[];
  readonly boxes: readonly GroundBox[];
  /** Depth, place and half length of a dip. */
  readonly sag: Four;
  readonly patch: number;
  readonly crack: number;
  readonly grassHue: number;
}

export type Prop =
  | {
      readonly kind: 'house';
      x: number;
      z: number;
      yaw: number;
      lengthM: number;
      depthM: number;
      floors: number;
      style: number;
      hue: number;
    }
  | { readonly kind: 'tree'; x: number; z: number; heightM: number; bare: boolean; seed: number }
  | { readonly kind: 'lamp'; x: number; z: number; yaw: number; heightM: number }
  | { readonly kind: 'shelter'; x: number; z: number; yaw: number }
  | { readonly kind: 'bins'; x: number; z: number; yaw: number; count: number; seed: number }
  | { readonly kind: 'playground'; x: number; z: number; yaw: number }
  | { readonly kind: 'bench'; x: number; z: number; yaw: number }
  | { readonly kind: 'fence'; x: number; z: number; yaw: number; lengthM: number; style: 'panel' | 'rail' | 'works' }
  | { readonly kind: 'bush'; x: number; z: number; heightM: number; seed: number; bare: boolean }
  | { readonly kind: 'signal'; x: number; z: number; yaw: number }
  | { readonly kind: 'sign'; x: number; z: number; yaw: number; style: number }
  | { readonly kind: 'garage'; x: number; z: number; yaw: number; count: number; seed: number }
  | { readonly kind: 'bridge'; x: number; z: number; spanM: number; widthM: number; clearM: number; wallM: number }
  | { readonly kind: 'pole'; x: number; z: number; heightM: number };

export interface Manhole {
  readonly id: string;
  readonly x: number;
  readonly z: number;
  readonly r: number;
  /** Turn of the cast pattern. */
  readonly yaw: number;
}

export interface GroundZone {
  readonly id: string;
  readonly kind: ZoneKind;
  readonly points: readonly Point[];
}

export interface CameraPose {
  readonly x: number;
  readonly z: number;
  readonly heightM: number;
  /** Ground level under the mast. */
  readonly baseM: number;
  /** Heading: 0 looks along +x, positive turns towards -z. */
  readonly yawDeg: number;
  readonly tiltDeg: number;
  /** Horizontal field of view. */
  readonly fovDeg: number;
}

export interface Sensor {
  readonly distortion: number;
  readonly exposure: number;
  readonly noise: number;
  readonly vignette: number;
  readonly soft: number;
  readonly saturation: number;
  readonly contrast: number;
  readonly tint: readonly [number, number, number];
  readonly drops: number;
  readonly caption: string;
  readonly place: string;
  readonly stamp: string;
  readonly captionStyle: number;
}

/** Everything about a place that stays. */
export interface Scene {
  readonly seed: number;
  readonly family: Family;
  readonly weather: Weather;
  readonly light: Light;
  readonly season: 'summer' | 'autumn' | 'winter' | 'spring';
  readonly sunAzimuthDeg: number;
  readonly sunHeightDeg: number;
  readonly camera: CameraPose;
  readonly layout: Layout;
  readonly props: readonly Prop[];
  readonly manholes: readonly Manhole[];
  readonly zones: readonly GroundZone[];
  readonly sensor: Sensor;
}

export interface Vehicle {
  readonly id: string;
  readonly kind: VehicleKind;
  readonly x: number;
  readonly z: number;
  /** Turn about y; nose towards (cos yaw, -sin yaw). */
  readonly yaw: number;
  readonly paint: number;
  readonly raise?: number;
  readonly load?: number;
  readonly lights?: boolean;
  readonly brake?: boolean;
  readonly beacon?: boolean;
  readonly wake?: number;
  readonly stuff?: number;
}

export interface Person {
  readonly id: string;
  readonly x: number;
  readonly z: number;
  readonly yaw: number;
  readonly clothes: number;
  /** Phase of the step, 0..1. */
  readonly step: number;
  readonly carries?: 'sack';
  readonly worker?: boolean;
}

export interface Heap {
  readonly id: string;
  readonly x: number;
  readonly z: number;
  readonly radiusM: number;
  readonly heightM: number;
  /** 0..1 of the full size. */
  readonly grown: number;
  readonly stuff: number;
  readonly seed: number;
}

export interface Windrow {
  readonly x0: number;
  readonly z0: number;
  readonly x1: number;
  readonly z1: number;
  readonly heightM: number;
  readonly widthM: number;
  readonly seed: number;
  readonly paved: boolean;
}

export type CoverState = 'closed' | 'missing' | 'shifted';

/** What is there at one moment. */
export interface Moment {
  readonly vehicles: readonly Vehicle[];
  readonly people: readonly Person[];
  readonly covers: Readonly<Record<string, CoverState>>;
  readonly cones: readonly Point[];
  readonly works: readonly { x: number; z: number; yaw: number }[];
  readonly heaps: readonly Heap[];
  readonly sacks: readonly { id: string; x: number; z: number; count: number; seed: number; black: boolean }[];
  readonly windrows: readonly Windrow[];
  /** Water level in metres over the lowest gutter; below 0 none. */
  readonly waterM: number;
  readonly muddy: number;
  readonly wet: number;
  readonly snow: {
    road: number;
    pave: number;
    lawn: number;
    trackDepth: number;
    trackWidth: number;
    packed: number;
    caps: number;
  };
  readonly clear: Four;
  readonly falling: number;
  /** 0..1 inside a loop, so that ripples end where they began. */
  readonly phase: number;
  /** Material sliding out of a raised body: place and amount. */
  readonly pour: { x: number; z: number; y: number; amount: number; yaw: number } | null;
}
