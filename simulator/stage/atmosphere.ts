// Owns the light of a scene: sun, sky, haze and lamps as numbers for the shaders, from light and weather.
import * as THREE from 'three';
import type { Scene } from './scene-types.ts';

export interface Atmosphere {
  readonly sunDir: THREE.Vector3;
  readonly sun: THREE.Color;
  readonly sky: THREE.Color;
  readonly horizon: THREE.Color;
  readonly ground: THREE.Color;
  readonly fog: THREE.Color;
  readonly fogK: number;
  readonly night: number;
  readonly cloud: number;
  readonly shadow: boolean;
  readonly lamp: THREE.Color;
  readonly glare: number;
}

const rgb = (r: number, g: number, b: number): THREE.Color => new THREE.Color().setRGB(r, g, b);

/** Radiances are relative; 1 is about a white wall in the sun. Chosen by eye against pictures of road cameras. */
export function atmosphereOf(scene: Scene): Atmosphere {
  const az = (scene.sunAzimuthDeg * Math.PI) / 180;
  const shownHeight = scene.light === 'night' || scene.light === 'dusk' ? 30 : scene.sunHeightDeg;
  const el = (shownHeight * Math.PI) / 180;
  const sunDir = new THREE.Vector3(Math.cos(el) * Math.cos(az), Math.sin(el), Math.cos(el) * Math.sin(az));
  const grey = scene.weather !== 'clear' && scene.weather !== 'snow';
  const snowy = scene.weather === 'snow' || scene.weather === 'snowfall';
  const bounce = snowy ? 2.6 : 1;
  const fogK = scene.weather === 'snowfall' ? 0.0095 : scene.weather === 'rain' ? 0.006 : grey ? 0.0027 : 0.0018;
  const seed = (scene.seed * 0.618) % 1;
  if (scene.light === 'night') {
    const glow = snowy ? 3.4 : 2.4;
    return {
      sunDir,
      sun: rgb(0, 0, 0),
      sky: rgb(0.004, 0.005, 0.009).multiplyScalar(glow),
      horizon: rgb(0.02, 0.017, 0.015).multiplyScalar(glow),
      ground: rgb(0.022, 0.018, 0.014).multiplyScalar(bounce),
      fog: rgb(0.018, 0.016, 0.015).multiplyScalar(glow),
      fogK: fogK * 0.8,
      night: 1,
      cloud: 0.8,
      shadow: false,
      lamp: seed < 0.55 ? rgb(1, 0.66, 0.3) : rgb(0.85, 0.92, 1),
      glare: 1.5,
    };
  }
  if (scene.light === 'dusk') {
    return {
      sunDir,
      sun: rgb(0, 0, 0),
      sky: rgb(0.13, 0.17, 0.27),
      horizon: grey ? rgb(0.2, 0.19, 0.2) : rgb(0.34, 0.22, 0.18),
      ground: rgb(0.07, 0.063, 0.058).multiplyScalar(bounce),
      fog: grey ? rgb(0.17, 0.17, 0.185) : rgb(0.24, 0.19, 0.19),
      fogK: fogK * 1.2,
      night: 0.5,
      cloud: grey ? 0.8 : 0.4,
      shadow: false,
      lamp: seed < 0.55 ? rgb(1, 0.68, 0.34) : rgb(0.85, 0.92, 1),
      glare: 1.0,
    };
  }
  if (scene.light === 'overcast' || grey) {
    return {
      sunDir,
      sun: rgb(0.13, 0.13, 0.13),
      sky: rgb(0.72, 0.76, 0.82),
      horizon: rgb(0.9, 0.91, 0.93),
      ground: rgb(0.22, 0.215, 0.2).multiplyScalar(Math.min(bounce, 2)),
      fog: rgb(0.72, 0.74, 0.77),
      fogK,
      night: 0,
      cloud: 0.95,
      shadow: true,
      lamp: rgb(0, 0, 0),
      glare: 0.15,
    };
  }
  if (scene.light === 'low-sun') {
    return {
      sunDir,
      sun: rgb(2.5, 1.75, 1.05),
      sky: rgb(0.3, 0.42, 0.62),
      horizon: rgb(0.85, 0.72, 0.58),
      ground: rgb(0.16, 0.135, 0.11).multiplyScalar(bounce),
      fog: rgb(0.75, 0.66, 0.56),
      fogK: fogK * 1.2,
      night: 0,
      cloud: 0.25,
      shadow: true,
      lamp: rgb(0, 0, 0),
      glare: 0.4,
    };
  }
  return {
    sunDir,
    sun: rgb(2.0, 1.88, 1.7),
    sky: rgb(0.26, 0.42, 0.72),
    horizon: rgb(0.7, 0.77, 0.86),
    ground: rgb(0.2, 0.185, 0.16).multiplyScalar(bounce),
    fog: rgb(0.66, 0.72, 0.8),
    fogK,
    night: 0,
    cloud: 0.2 + seed * 0.4,
    shadow: true,
    lamp: rgb(0, 0, 0),
    glare: 0.25,
  };
}
