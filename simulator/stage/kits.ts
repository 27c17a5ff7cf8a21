// Owns the materials of the stage: one uniform set, and for every shader one material per pass.
import * as THREE from 'three';
import { CLASSES } from './classes.ts';
import type { ClassName } from './classes.ts';
import {
  CARD_FRAGMENT,
  CARD_VERTEX,
  GROUND_FRAGMENT,
  GROUND_VERTEX,
  OBJECT_FRAGMENT,
  OBJECT_VERTEX,
  SKY_FRAGMENT,
  WATER_FRAGMENT,
  WATER_VERTEX,
} from './shaders.ts';
import { cardTexture } from './textures.ts';

export type Uniforms = Record<string, THREE.IUniform>;

/** Passes of the shaders: colour, sun depth, surface mask, object ids. */
const PASSES = { color: 0, depth: 1, mask: 2, id: 3 } as const;
export type Pass = keyof typeof PASSES;
export type Kit = Record<Pass, THREE.ShaderMaterial>;

interface Sources {
  readonly noise: THREE.Texture;
  readonly shadow: THREE.Texture;
  readonly mirror: THREE.Texture;
  readonly widthPx: number;
  readonly heightPx: number;
}

function uniformsOf(o: Sources): Uniforms {
  const vec = (n: number): THREE.Vector4[] => Array.from({ length: n }, () => new THREE.Vector4());
  return {
    uNoise: { value: o.noise },
    uShadow: { value: o.shadow },
    uMirror: { value: o.mirror },
    uCards: { value: cardTexture() },
    uShadowMat: { value: new THREE.Matrix4() },
    uSunDir: { value: new THREE.Vector3() },
    uSunCol: { value: new THREE.Color() },
    uSkyCol: { value: new THREE.Color() },
    uHorCol: { value: new THREE.Color() },
    uGroundCol: { value: new THREE.Color() },
    uFogCol: { value: new THREE.Color() },
    uLampCol: { value: new THREE.Color() },
    uFogK: { value: 0 },
    uNight: { value: 0 },
    uCloud: { value: 0 },
    uWet: { value: 0 },
    uRain: { value: 0 },
    uTime: { value: 0 },
    uShadowOn: { value: 0 },
    uSnowLawn: { value: 0 },
    uSnowRoad: { value: 0 },
    uSnowPave: { value: 0 },
    uSnowCaps: { value: 0 },
    uMirrorOn: { value: 0 },
    uRes: { value: new THREE.Vector2(o.widthPx, o.heightPx) },
    uView: { value: new THREE.Vector3(1, 1, 1) },
    uLampN: { value: 0 },
    uHeadN: { value: 0 },
    uBoxN: { value: 0 },
    uZebraN: { value: 0 },
    uHoleN: { value: 0 },
    uWakeN: { value: 0 },
    uLamp: { value: vec(8) },
    uHead: { value: vec(8) },
    uHeadY: { value: new Array<number>(8).fill(0) },
    uRoad: { value: new THREE.Vector4() },
    uBand: { value: new THREE.Vector4() },
    uLane: { value: new THREE.Vector4() },
    uZebra: { value: vec(4) },
    uBox: { value: vec(8) },
    uBoxKind: { value: new Array<number>(8).fill(-1) },
    uHole: { value: [new THREE.Vector3(), new THREE.Vector3(), new THREE.Vector3()] },
    uSag: { value: new THREE.Vector4(0, 0, 1, 0) },
    uClear: { value: new THREE.Vector4() },
    uTrackSnow: { value: new THREE.Vector4() },
    uSeed: { value: 0 },
    uPatch: { value: 0 },
    uCrack: { value: 0 },
    uGrassHue: { value: 0 },
    uLevel: { value: 0 },
    uMuddy: { value: 0 },
    uWake: { value: vec(4) },
    uWakeV: { value: [0, 0, 0, 0] },
  };
}

/** Materials by shader and pass; every mesh made here changes its material when a pass begins. */
export class Kits {
  readonly object: Kit;
  readonly card: Kit;
  readonly ground: readonly [Kit, Kit];
  readonly water: Kit;
  readonly sky: Kit;
  private readonly u: Uniforms;
  private readonly own: Uniforms = { uId: { value: new THREE.Vector3() }, uLights: { value: new THREE.Vector2() } };
  private readonly worn = new WeakMap<THREE.Object3D, Kit>();

  constructor(sources: Sources) {
    this.u = uniformsOf(sources);
    this.object = this.kit(OBJECT_VERTEX, OBJECT_FRAGMENT, false, this.own);
    this.card = this.kit(CARD_VERTEX, CARD_FRAGMENT);
    this.ground = [this.kit(GROUND_VERTEX, GROUND_FRAGMENT), this.kit(GROUND_VERTEX, GROUND_FRAGMENT, false, {}, 1)];
    this.water = this.kit(WATER_VERTEX, WATER_FRAGMENT, true);
    this.sky = this.kit(WATER_VERTEX, SKY_FRAGMENT);
  }

  private kit(vertexShader: string, fragmentShader: string, transparent = false, own: Uniforms = {}, holes = 0): Kit {
    const make = (pass: Pass): THREE.ShaderMaterial =>
      new THREE.ShaderMaterial({
        glslVersion: THREE.GLSL3,
        defines: { PASS: PASSES[pass], HOLES: holes },
        vertexShader,
        fragmentShader,
        uniforms: { ...this.u, ...own },
        side: THREE.DoubleSide,
        transparent: transparent && pass === 'color',
        depthWrite: !(transparent && pass === 'color'),
      });
    return { color: make('color'), depth: make('depth'), mask: make('mask'), id: make('id') };
  }

  fitted(geometry: THREE.BufferGeometry, kit: Kit): THREE.Mesh {
    const m = new THREE.Mesh(geometry, kit.color);
    m.frustumCulled = false;
    this.worn.set(m, kit);
    return m;
  }

  /** Gives a mesh another shader from the next pass on. */
  dress(m: THREE.Mesh, kit: Kit): void {
    this.worn.set(m, kit);
  }

  /** All meshes below `root` take the material of a pass. */
  wear(root: THREE.Object3D, pass: Pass): void {
    root.traverse((o) => {
      if (!(o instanceof THREE.Mesh)) return;
      const kit = this.worn.get(o);
      if (kit) o.material = kit[pass];
    });
  }

  set(name: string, value: unknown): void {
    const slot = this.u[name];
    if (slot) slot.value = value;
  }

  /** A mesh of the object shader with its own number, class, surface and lamps. */
  mesh(
    geometry: THREE.BufferGeometry,
    id = 0,
    label: ClassName | null = null,
    surface = 0,
    lights: readonly [number, number] = [0, 0],
  ): THREE.Mesh {
    const ids = new THREE.Vector3(id / 255, label ? CLASSES.indexOf(label) / 255 : 0, surface / 255);
    const lamps = new THREE.Vector2(lights[0], lights[1]);
    const m = this.fitted(geometry, this.object);
    m.onBeforeRender = (_r, _s, _c, _g, material) => {
      if (!(material instanceof THREE.ShaderMaterial)) return;
      const [slotId, slotLights] = [this.own['uId'], this.own['uLights']];
      if (slotId) slotId.value = ids;
      if (slotLights) slotLights.value = lamps;
      material.uniformsNeedUpdate = true;
    };
    return m;
  }
}
