// Owns the rendering of one moment of a scene: shadow, mirror, colour and label passes, then the camera's look.
import * as THREE from 'three';
import { atmosphereOf } from './atmosphere.ts';
import type { Atmosphere } from './atmosphere.ts';
import { mergeWindows, windowOf } from './changes.ts';
import type { Window } from './changes.ts';
import { CLASSES } from './classes.ts';
import type { ClassName } from './classes.ts';
import { sagHeight } from './places.ts';
import { makeRng } from './rng.ts';
import type { Four, Manhole, Moment, Scene, Vehicle } from './scene-types.ts';
import { Shape } from './shape.ts';
import { CARD_FRAGMENT, CARD_VERTEX, GLARE_FRAGMENT, GROUND_FRAGMENT, GROUND_VERTEX, OBJECT_FRAGMENT, OBJECT_VERTEX, POST_FRAGMENT, POST_VERTEX, SKY_FRAGMENT, WATER_FRAGMENT, WATER_VERTEX } from './shaders.ts';
import { cardTexture, noiseTexture } from './textures.ts';
import { drawCone, drawHeap, drawLooseCover, drawManhole, drawPerson, drawPour, drawSacks, drawShaft, drawWindrow, drawWorks, stuffColor } from './things.ts';
import { VEHICLES, drawVehicle } from './vehicles.ts';
import { drawWorld, lampHead } from './world.ts';

const SHADOW_SIZE = 1280;
const v4 = (f: Four): THREE.Vector4 => new THREE.Vector4(f[0], f[1], f[2], f[3]);

type Uniforms = Record<string, THREE.IUniform>;

/** Passes of the shaders: colour, sun depth, surface mask, object ids. */
const PASSES = { color: 0, depth: 1, mask: 2, id: 3 } as const;
type Pass = keyof typeof PASSES;
type Kit = Record<Pass, THREE.ShaderMaterial>;

/** One labelled thing of the picture with its own id in the label pass. */
export interface Tracked {
  readonly id: number;
  readonly name: string;
  readonly label: ClassName;
  readonly mesh: THREE.Mesh;
}

export class Stage {
  readonly renderer: THREE.WebGLRenderer;
  readonly camera = new THREE.PerspectiveCamera(50, 16 / 9, 0.6, 600);
  private readonly mirrorCamera = new THREE.PerspectiveCamera();
  private readonly sunCamera = new THREE.OrthographicCamera(-42, 42, 42, -42, 1, 260);
  private readonly scene = new THREE.Scene();
  private readonly u: Uniforms;
  private readonly post: Uniforms;
  private readonly postScene = new THREE.Scene();
  private readonly postCamera = new THREE.OrthographicCamera(-1, 1, 1, -1, 0, 1);
  private readonly shadowTarget: THREE.WebGLRenderTarget;
  private readonly mirrorTarget: THREE.WebGLRenderTarget;
  private readonly colorTarget: THREE.WebGLRenderTarget;
  readonly labelTarget: THREE.WebGLRenderTarget;
  private readonly labelRaw: THREE.WebGLRenderTarget;
  private readonly glareTarget: THREE.WebGLRenderTarget;
  private readonly maskRaw: THREE.WebGLRenderTarget;
  readonly maskTarget: THREE.WebGLRenderTarget;
  private readonly quad: THREE.Mesh;
  private readonly looks: Record<'post' | 'lens' | 'glare', THREE.ShaderMaterial>;
  private readonly kits = new WeakMap<THREE.Mesh, Kit>();
  private readonly objectKit: Kit;
  private readonly cardKit: Kit;
  private readonly groundKits: readonly [Kit, Kit];
  private readonly own: Uniforms = { uId: { value: new THREE.Vector3() }, uLights: { value: new THREE.Vector2() } };
  private readonly ground: THREE.Mesh;
  private readonly water: THREE.Mesh;
  private readonly skyMesh: THREE.Mesh;
  private readonly statics = new THREE.Group();
  private readonly moving = new THREE.Group();
  private readonly geometries = new Map<string, THREE.BufferGeometry>();
  private present: { key: string; mesh: THREE.Mesh; reachM: number; wakeM: number }[] = [];
  private shown = new Map<string, Window>();
  private shownWorld = '';
  private readonly textCanvas = document.createElement('canvas');
  private readonly text: THREE.CanvasTexture;
  tracked: Tracked[] = [];
  place: Scene | null = null;
  private atmosphere: Atmosphere | null = null;
  private frame = 0;

  readonly width: number;
  readonly height: number;

  /** `scale`: the optics of a cheap camera resolve less than its sensor counts; the scene is drawn at this share of the size. */
  constructor(width: number, height: number, scale = 0.8) {
    const [rw, rh] = [Math.round(width * scale), Math.round(height * scale)];
    this.width = width;
    this.height = height;
    this.renderer = new THREE.WebGLRenderer({ antialias: false, preserveDrawingBuffer: true, alpha: false });
    this.renderer.setSize(width, height, false);
    this.renderer.autoClear = false;
    this.renderer.outputColorSpace = THREE.LinearSRGBColorSpace;
    const depth = new THREE.DepthTexture(SHADOW_SIZE, SHADOW_SIZE);
    this.shadowTarget = new THREE.WebGLRenderTarget(SHADOW_SIZE, SHADOW_SIZE, { depthTexture: depth });
    this.mirrorTarget = new THREE.WebGLRenderTarget(Math.round(rw / 2), Math.round(rh / 2), { generateMipmaps: true, minFilter: THREE.LinearMipmapNearestFilter });
    this.colorTarget = new THREE.WebGLRenderTarget(rw, rh, { generateMipmaps: true, minFilter: THREE.LinearMipmapLinearFilter });
    this.labelRaw = new THREE.WebGLRenderTarget(width, height, { minFilter: THREE.NearestFilter, magFilter: THREE.NearestFilter });
    this.labelTarget = new THREE.WebGLRenderTarget(width, height, { minFilter: THREE.NearestFilter, magFilter: THREE.NearestFilter });
    this.glareTarget = new THREE.WebGLRenderTarget(width / 4, height / 4, { type: THREE.HalfFloatType, depthBuffer: false, magFilter: THREE.LinearFilter });
    this.maskRaw = new THREE.WebGLRenderTarget(width / 4, height / 4, { minFilter: THREE.NearestFilter, magFilter: THREE.NearestFilter });
    this.maskTarget = new THREE.WebGLRenderTarget(width / 4, height / 4, { minFilter: THREE.NearestFilter, magFilter: THREE.NearestFilter });
    this.textCanvas.width = width;
    this.textCanvas.height = height;
    this.text = new THREE.CanvasTexture(this.textCanvas);
    this.text.generateMipmaps = false;
    this.text.minFilter = THREE.LinearFilter;
    this.text.premultiplyAlpha = true;
    const noise = noiseTexture();
    const vec = (n: number): THREE.Vector4[] => Array.from({ length: n }, () => new THREE.Vector4());
    this.u = {
      uNoise: { value: noise },
      uShadow: { value: depth },
      uMirror: { value: this.mirrorTarget.texture },
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
      uRes: { value: new THREE.Vector2(rw, rh) },
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
    this.objectKit = this.kit(OBJECT_VERTEX, OBJECT_FRAGMENT, false, this.own);
    this.cardKit = this.kit(CARD_VERTEX, CARD_FRAGMENT);
    this.groundKits = [this.kit(GROUND_VERTEX, GROUND_FRAGMENT), this.kit(GROUND_VERTEX, GROUND_FRAGMENT, false, {}, 1)];
    this.ground = this.fitted(Stage.groundGeometry(), this.groundKits[0]);
    this.water = this.fitted(new THREE.PlaneGeometry(260, 200, 1, 1).rotateX(-Math.PI / 2), this.kit(WATER_VERTEX, WATER_FRAGMENT, true));
    this.skyMesh = this.fitted(new THREE.SphereGeometry(450, 24, 12), this.kit(WATER_VERTEX, SKY_FRAGMENT));
    this.ground.renderOrder = 2;
    this.skyMesh.renderOrder = 3;
    this.water.renderOrder = 5;
    for (const m of [this.ground, this.water, this.skyMesh, this.statics, this.moving]) {
      m.frustumCulled = false;
      this.scene.add(m);
    }
    this.post = {
      uScene: { value: this.colorTarget.texture },
      uText: { value: this.text },
      uGlareMap: { value: this.glareTarget.texture },
      uRes: { value: new THREE.Vector2(width, height) },
      uK: { value: 0 },
      uGrain: { value: new THREE.Vector4() },
      uNoise: { value: this.grain() },
      uNoiseAmp: { value: 0 },
      uVignette: { value: 0 },
      uSoft: { value: 0.6 },
      uSat: { value: 1 },
      uRainAmt: { value: 0 },
      uSnowAmt: { value: 0 },
      uFrame: { value: 0 },
      uDrops: { value: 0 },
      uGlare: { value: 0 },
      uContrast: { value: 0 },
    };
    const look = (fragmentShader: string, pass: number): THREE.ShaderMaterial =>
      new THREE.ShaderMaterial({ glslVersion: THREE.GLSL3, defines: { PASS: pass }, vertexShader: POST_VERTEX, fragmentShader, uniforms: this.post, depthTest: false, depthWrite: false });
    this.looks = { post: look(POST_FRAGMENT, 0), lens: look(POST_FRAGMENT, 2), glare: look(GLARE_FRAGMENT, 0) };
    this.quad = new THREE.Mesh(new THREE.PlaneGeometry(2, 2), this.looks.post);
    this.quad.frustumCulled = false;
    this.postScene.add(this.quad);
  }

  /** Grain of the sensor as a texture: fetched point by point, cheaper than computing noise per pixel. */
  private grain(): THREE.DataTexture {
    const rng = makeRng(9);
    const data = Uint8Array.from({ length: 512 * 512 * 4 }, () => 255 * (rng.next() * 0.5 + rng.next() * 0.5));
    const t = new THREE.DataTexture(data, 512, 512, THREE.RGBAFormat);
    t.wrapS = THREE.RepeatWrapping;
    t.wrapT = THREE.RepeatWrapping;
    t.needsUpdate = true;
    return t;
  }

  private static groundGeometry(): THREE.BufferGeometry {
    const g = new THREE.PlaneGeometry(420, 420, 210, 1);
    g.rotateX(-Math.PI / 2);
    return g;
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

  private fitted(geometry: THREE.BufferGeometry, kit: Kit): THREE.Mesh {
    const m = new THREE.Mesh(geometry, kit.color);
    m.frustumCulled = false;
    this.kits.set(m, kit);
    return m;
  }

  private wear(pass: Pass): void {
    this.scene.traverse((o) => {
      if (!(o instanceof THREE.Mesh)) return;
      const kit = this.kits.get(o);
      if (kit) o.material = kit[pass];
    });
  }

  private set(name: string, value: unknown): void {
    const slot = this.u[name];
    if (slot) slot.value = value;
  }

  private mesh(geometry: THREE.BufferGeometry, id = 0, label: ClassName | null = null, surface = 0, lights: readonly [number, number] = [0, 0]): THREE.Mesh {
    const ids = new THREE.Vector3(id / 255, label ? CLASSES.indexOf(label) / 255 : 0, surface / 255);
    const lamps = new THREE.Vector2(lights[0], lights[1]);
    const m = this.fitted(geometry, this.objectKit);
    m.onBeforeRender = (_r, _s, _c, _g, material) => {
      if (!(material instanceof THREE.ShaderMaterial)) return;
      const [slotId, slotLights] = [this.own['uId'], this.own['uLights']];
      if (slotId) slotId.value = ids;
      if (slotLights) slotLights.value = lamps;
      material.uniformsNeedUpdate = true;
    };
    return m;
  }

  /** Puts up the standing part of a scene. */
  load(scene: Scene): void {
    this.place = scene;
    for (const child of [...this.statics.children]) {
      if (child instanceof THREE.Mesh) child.geometry.dispose();
      this.statics.remove(child);
    }
    const shape = drawWorld(scene);
    if (!shape.empty) this.statics.add(this.mesh(shape.geometry()));
    const cards = shape.cardGeometry();
    if (cards) {
      const leaves = this.fitted(cards, this.cardKit);
      leaves.renderOrder = 1;
      this.statics.add(leaves);
    }
    const l = scene.layout;
    this.set('uRoad', v4(l.road));
    this.set('uBand', v4(l.band));
    this.set('uLane', v4(l.lane));
    this.set('uSag', v4(l.sag));
    this.set('uZebra', Array.from({ length: 4 }, (_, i) => v4(l.zebra[i] ?? [0, 0, 0, 0])));
    this.set('uBox', Array.from({ length: 8 }, (_, i) => { const b = l.boxes[i]; return b ? new THREE.Vector4(b.cx, b.cz, b.hx, b.hz) : new THREE.Vector4(0, 0, 0, 0); }));
    this.set('uBoxN', l.boxes.length);
    this.set('uZebraN', l.zebra.length);
    this.set('uBoxKind', Array.from({ length: 8 }, (_, i) => l.boxes[i]?.kind ?? -1));
    this.set('uSeed', (scene.seed % 997) / 31);
    this.set('uPatch', l.patch);
    this.set('uCrack', l.crack);
    this.set('uGrassHue', scene.season === 'summer' ? l.grassHue * 0.5 : 0.4 + l.grassHue * 0.5);
    const a = atmosphereOf(scene);
    this.atmosphere = a;
    this.set('uSunDir', a.sunDir);
    this.set('uSunCol', a.sun);
    this.set('uSkyCol', a.sky);
    this.set('uHorCol', a.horizon);
    this.set('uGroundCol', a.ground);
    this.set('uFogCol', a.fog);
    this.set('uFogK', a.fogK);
    this.set('uNight', a.night);
    this.set('uCloud', a.cloud);
    this.set('uLampCol', a.lamp);
    const aim = this.aim(scene, 14);
    const lamps = scene.props
      .flatMap((p) => (p.kind === 'lamp' ? [lampHead(p)] : []))
      .sort((p, q) => Math.hypot(p[0] - aim.x, p[2] - aim.z) - Math.hypot(q[0] - aim.x, q[2] - aim.z));
    const dark = (scene.seed * 0.37) % 1 < 0.12;
    this.set('uLampN', a.night > 0 ? Math.min(5, lamps.length) : 0);
    this.set('uLamp', Array.from({ length: 8 }, (_, i) => { const p = lamps[i]; return p ? new THREE.Vector4(p[0], p[1] - 0.2, p[2], dark ? 0.45 : 1.25) : new THREE.Vector4(); }));
    const c = scene.camera;
    const yaw = (c.yawDeg * Math.PI) / 180;
    const tilt = (c.tiltDeg * Math.PI) / 180;
    this.camera.aspect = this.width / this.height;
    this.camera.fov = (2 * Math.atan(Math.tan((c.fovDeg * Math.PI) / 360) / this.camera.aspect) * 180) / Math.PI;
    this.camera.position.set(c.x, c.baseM + c.heightM, c.z);
    this.camera.lookAt(c.x + Math.cos(yaw) * Math.cos(tilt), c.baseM + c.heightM - Math.sin(tilt), c.z - Math.sin(yaw) * Math.cos(tilt));
    this.camera.updateProjectionMatrix();
    this.camera.updateMatrixWorld();
    this.skyMesh.position.copy(this.camera.position);
    this.sunCamera.position.copy(aim).addScaledVector(a.sunDir, 120);
    this.sunCamera.lookAt(aim);
    this.sunCamera.updateMatrixWorld();
    this.set('uShadowMat', new THREE.Matrix4().multiplyMatrices(this.sunCamera.projectionMatrix, this.sunCamera.matrixWorldInverse));
    this.set('uShadowOn', a.shadow ? 1 : 0);
    const s = scene.sensor;
    const set = (name: string, value: unknown): void => {
      const slot = this.post[name];
      if (slot) slot.value = value;
    };
    set('uK', s.distortion);
    this.set('uView', new THREE.Vector3(...s.tint).multiplyScalar(s.exposure * 1.15));
    set('uNoiseAmp', s.noise);
    set('uVignette', s.vignette);
    set('uSoft', s.soft);
    set('uSat', s.saturation);
    set('uContrast', s.contrast);
    set('uDrops', s.drops);
    set('uGlare', a.glare);
  }

  private aim(scene: Scene, distM: number): THREE.Vector3 {
    const yaw = (scene.camera.yawDeg * Math.PI) / 180;
    return new THREE.Vector3(scene.camera.x + Math.cos(yaw) * (distM + 12), 0, scene.camera.z - Math.sin(yaw) * (distM + 12));
  }

  /** Geometry by key: what looks the same is drawn once. */
  private drawn(key: string, draw: (s: Shape) => void): THREE.BufferGeometry | null {
    const known = this.geometries.get(key);
    if (known) return known;
    if (this.geometries.size > 160) {
      const inUse = new Set(this.moving.children.map((c) => (c instanceof THREE.Mesh ? c.geometry : null)));
      for (const [k, g] of this.geometries) {
        if (inUse.has(g)) continue;
        g.dispose();
        this.geometries.delete(k);
      }
    }
    const s = new Shape();
    draw(s);
    if (s.empty) return null;
    const g = s.geometry();
    this.geometries.set(key, g);
    return g;
  }

  private add(key: string, draw: (s: Shape) => void, name: string, label: ClassName | null, surface = 0): void {
    const geometry = this.drawn(key, draw);
    if (!geometry) return;
    const id = label ? this.tracked.length + 1 : 0;
    const m = this.mesh(geometry, id, label, surface);
    this.moving.add(m);
    this.present.push({ key, mesh: m, reachM: 0, wakeM: 0 });
    if (label) this.tracked.push({ id, name, label, mesh: m });
  }

  /** Whether something at a ground point can show in the picture, with a margin for its size and shadow. */
  private nearView(scene: Scene, x: number, z: number, marginM: number): boolean {
    const yaw = (scene.camera.yawDeg * Math.PI) / 180;
    const [dx, dz] = [x - scene.camera.x, z - scene.camera.z];
    const ahead = dx * Math.cos(yaw) - dz * Math.sin(yaw);
    const aside = Math.abs(dx * Math.sin(yaw) + dz * Math.cos(yaw));
    return ahead > -marginM && aside < Math.max(0, ahead) * Math.tan((scene.camera.fovDeg * Math.PI) / 360) * 1.1 + marginM;
  }

  /** Puts up everything of a moment that may change from frame to frame. */
  private stageMoment(scene: Scene, m: Moment): void {
    this.moving.clear();
    this.tracked = [];
    this.present = [];
    const lit = m.vehicles.filter((v) => v.lights).sort((a, b) => Math.hypot(a.x - scene.camera.x, a.z - scene.camera.z) - Math.hypot(b.x - scene.camera.x, b.z - scene.camera.z));
    this.set('uHead', Array.from({ length: 8 }, (_, i) => {
      const v = lit[i];
      if (!v) return new THREE.Vector4();
      const half = VEHICLES[v.kind].lengthM / 2;
      const [c, s] = [Math.cos(v.yaw), -Math.sin(v.yaw)];
      return new THREE.Vector4(v.x + c * half, v.z + s * half, c, s);
    }));
    this.set('uHeadN', (this.atmosphere?.night ?? 0) > 0 ? Math.min(4, lit.length) : 0);
    this.set('uHeadY', Array.from({ length: 8 }, (_, i) => (lit[i] ? 1 : 0)));
    const wakes = m.vehicles.filter((v) => (v.wake ?? 0) > 0).slice(0, 4);
    this.set('uWake', Array.from({ length: 4 }, (_, i) => { const v = wakes[i]; return v ? new THREE.Vector4(v.x, v.z, Math.cos(v.yaw), -Math.sin(v.yaw)) : new THREE.Vector4(); }));
    this.set('uWakeN', wakes.length);
    this.set('uWakeV', Array.from({ length: 4 }, (_, i) => wakes[i]?.wake ?? 0));
    for (const v of m.vehicles) {
      if (!this.nearView(scene, v.x, v.z, 16)) continue;
      const form = VEHICLES[v.kind];
      const label: ClassName = v.kind === 'tipper' ? ((v.raise ?? 0) > 0.15 ? 'tipper_raised' : 'tipper') : form.label;
      const id = this.tracked.length + 1;
      const raise = Math.round((v.raise ?? 0) * 24) / 24;
      const load = Math.round((v.load ?? 0) * 16) / 16;
      const look = `${v.kind}/${v.paint}/${raise}/${load}/${v.stuff ?? 0}`;
      const geometry = this.drawn(look, (s) => drawVehicle(s, { kind: v.kind, raise, load, stuff: stuffColor(v.stuff) }, makeRng(v.paint)));
      if (!geometry) continue;
      const mesh = this.mesh(geometry, id, label, 0, [v.lights ? 1 : 0, (v.beacon ? 1 : 0) + (v.brake ? 2 : 0)]);
      mesh.rotation.y = v.yaw;
      mesh.position.set(v.x, sagHeight(scene.layout, v.x), v.z);
      this.moving.add(mesh);
      this.present.push({ key: `${look}@${v.x.toFixed(3)},${v.z.toFixed(3)},${v.yaw.toFixed(3)},${v.lights ? 1 : 0},${v.brake ? 1 : 0}`, mesh, reachM: v.lights && (this.atmosphere?.night ?? 0) > 0 ? 16 : 0, wakeM: v.wake ? 16 : 0 });
      this.tracked.push({ id, name: v.id, label, mesh });
    }
    for (const p of m.people) if (this.nearView(scene, p.x, p.z, 4)) this.add(`person/${p.clothes}/${p.x.toFixed(2)}/${p.z.toFixed(2)}/${p.yaw.toFixed(2)}/${p.step.toFixed(2)}/${p.carries ?? ''}/${p.worker ? 1 : 0}`, (s) => s.at(0, sagHeight(scene.layout, p.x), 0, 0, () => drawPerson(s, p)), p.id, 'person');
    const holes: Manhole[] = [];
    for (const h of scene.manholes) {
      const state = m.covers[h.id] ?? 'closed';
      const y = sagHeight(scene.layout, h.x);
      if (state !== 'closed') holes.push(h);
      const spot = `${scene.seed}/${h.id}/${state}`;
      this.add(`manhole/${spot}`, (s) => drawManhole(s, h, state, y), h.id, state === 'closed' ? 'manhole_closed' : 'manhole_open');
      if (state !== 'closed') this.add(`shaft/${spot}`, (s) => drawShaft(s, h, y), `${h.id}-shaft`, null);
      if (state !== 'closed') this.add(`cover/${spot}`, (s) => drawLooseCover(s, h, state, y), `${h.id}-cover`, null);
    }
    this.set('uHoleN', Math.min(3, holes.length));
    this.kits.set(this.ground, this.groundKits[holes.length > 0 ? 1 : 0]);
    this.set('uHole', Array.from({ length: 3 }, (_, i) => { const h = holes[i]; return h ? new THREE.Vector3(h.x, h.z, h.r) : new THREE.Vector3(0, 0, 0); }));
    for (const c of m.cones) this.add(`cone/${c[0].toFixed(2)}/${c[1].toFixed(2)}`, (s) => drawCone(s, c[0], c[1]), `cone-${c[0].toFixed(2)}-${c[1].toFixed(2)}`, 'cone');
    for (const w of m.works) this.add(`works/${w.x}/${w.z}/${w.yaw}`, (s) => drawWorks(s, w.x, w.z, w.yaw), 'works', null);
    for (const h of m.heaps) if (h.grown > 0.02) this.add(`heap/${JSON.stringify(h)}`, (s) => drawHeap(s, h), h.id, 'heap', h.stuff === 4 ? 5 : 0);
    for (const k of m.sacks) if (k.count > 0) this.add(`sacks/${JSON.stringify(k)}`, (s) => drawSacks(s, k.x, k.z, k.count, k.seed, k.black), k.id, 'sacks');
    for (const w of m.windrows) this.add(`windrow/${JSON.stringify(w)}`, (s) => drawWindrow(s, w), 'windrow', null, w.paved ? 4 : 5);
    const pour = m.pour;
    const tipper = m.vehicles.find((v) => v.kind === 'tipper');
    if (pour) this.add(`pour/${JSON.stringify(pour)}/${this.frame}`, (s) => drawPour(s, pour, stuffColor(tipper?.stuff), this.frame), 'pour', null);
    this.set('uWet', m.wet);
    this.set('uRain', scene.weather === 'rain' ? m.falling : 0);
    this.set('uTime', m.phase);
    this.set('uSnowRoad', m.snow.road);
    this.set('uSnowPave', m.snow.pave);
    this.set('uSnowLawn', m.snow.lawn);
    this.set('uSnowCaps', m.snow.caps);
    this.set('uClear', v4(m.clear));
    this.set('uTrackSnow', new THREE.Vector4(m.snow.trackDepth, m.snow.trackWidth, m.snow.packed, 0));
    this.set('uLevel', m.waterM);
    this.set('uMuddy', m.muddy);
    this.water.visible = m.waterM > -0.05;
    this.water.position.y = Math.max(m.waterM, 0.012) + 0.004;
  }

  private caption(scene: Scene): void {
    const g = this.textCanvas.getContext('2d');
    if (!g) return;
    const s = scene.sensor;
    g.clearRect(0, 0, this.width, this.height);
    const px = Math.round(this.height * (s.captionStyle % 2 ? 0.034 : 0.041));
    g.font = `${s.captionStyle > 1 ? 'bold ' : ''}${px}px ${s.captionStyle % 2 ? 'monospace' : 'sans-serif'}`;
    g.textBaseline = 'top';
    const write = (t: string, x: number, y: number, right: boolean): void => {
      g.textAlign = right ? 'right' : 'left';
      g.lineWidth = Math.max(2, px / 7);
      g.strokeStyle = 'rgba(0,0,0,0.85)';
      g.fillStyle = 'rgba(240,240,236,1)';
      g.strokeText(t, x, y);
      g.fillText(t, x, y);
    };
    const pad = px * 0.6;
    const name = s.place ? `${s.caption}  ${s.place}` : s.caption;
    write(name, pad, s.captionStyle === 1 ? this.height - px * 1.6 : pad, false);
    if (s.stamp) write(s.stamp, this.width - pad, pad, true);
    this.text.needsUpdate = true;
  }

  /** Renders one moment into the page's canvas; with `labels`, the label targets are filled too. */
  render(m: Moment, frame: number, labels: boolean): void {
    const scene = this.placed();
    this.frame = frame;
    this.stageMoment(scene, m);
    this.scene.updateMatrixWorld();
    this.paint(m, null);
    if (labels) this.paintLabels();
    this.finish(scene, m, null);
  }

  /** Like render without grain (the encoder adds it), but draws only what changed since the frame before. False: nothing did. */
  renderChanged(m: Moment, frame: number, labels: boolean): boolean {
    const scene = this.placed();
    this.frame = frame;
    this.setPost('uNoiseAmp', 0);
    this.stageMoment(scene, m);
    this.scene.updateMatrixWorld();
    const falling = scene.weather === 'rain' || scene.weather === 'snowfall';
    const world = JSON.stringify([m.waterM, m.muddy, m.wet, m.snow, m.clear, m.phase]);
    const now = new Map<string, Window>();
    const wet = this.needsMirror(m) ? this.water.position.y : null;
    for (const p of this.present) now.set(p.key, windowOf(this.camera, p.mesh, { sun: this.atmosphere?.shadow ? this.atmosphere.sunDir : null, mirrorY: wet, reachM: p.reachM, wakeM: p.wakeM }));
    const windows: Window[] = [];
    for (const [k, w] of now) if (!this.shown.has(k)) windows.push(w);
    for (const [k, w] of this.shown) if (!now.has(k)) windows.push(w);
    const whole = world !== this.shownWorld;
    this.shown = now;
    this.shownWorld = world;
    const parts = whole ? null : mergeWindows(windows, (this.atmosphere?.night ?? 0) > 0 ? 0.05 : 0.012);
    const changed = parts === null || parts.length > 0 || falling;
    if (parts === null || parts.length > 0) this.paint(m, parts);
    if (labels) this.paintLabels();
    if (changed) this.finish(scene, m, falling ? null : parts);
    return changed;
  }

  /** The next renderChanged draws everything. */
  forget(): void {
    this.shown = new Map();
    this.shownWorld = '';
  }

  private placed(): Scene {
    if (!this.place) throw new Error('No scene is loaded; call load first.');
    return this.place;
  }

  private needsMirror(m: Moment): boolean {
    return m.waterM > 0 || m.wet > 0.15 || m.snow.road > 0.03;
  }

  /** Draws into a target, whole or window by window (fractions, origin at the top left). */
  private through(target: THREE.WebGLRenderTarget, parts: readonly Window[] | null, camera: THREE.Camera): void {
    const r = this.renderer;
    const draw = (): void => {
      r.setRenderTarget(target);
      r.setClearColor(0x000000, 1);
      r.clear();
      r.render(this.scene, camera);
    };
    if (parts === null) return draw();
    for (const w of parts) {
      target.scissorTest = true;
      const x = Math.max(0, Math.floor(w.x0 * target.width) - 2);
      const y = Math.max(0, Math.floor((1 - w.y1) * target.height) - 2);
      target.scissor.set(x, y, Math.min(target.width - x, Math.ceil((w.x1 - w.x0) * target.width) + 4), Math.min(target.height - y, Math.ceil((w.y1 - w.y0) * target.height) + 4));
      draw();
    }
    target.scissorTest = false;
  }

  private paint(m: Moment, parts: readonly Window[] | null): void {
    const a = this.atmosphere;
    const waterOn = m.waterM > -0.05;
    if (a?.shadow) {
      this.wear('depth');
      this.ground.visible = false;
      this.skyMesh.visible = false;
      this.water.visible = false;
      this.set('uShadow', null);
      this.through(this.shadowTarget, null, this.sunCamera);
      this.ground.visible = true;
      this.skyMesh.visible = true;
      this.set('uShadow', this.shadowTarget.depthTexture);
    }
    this.wear('color');
    const needMirror = this.needsMirror(m);
    if (needMirror) {
      const level = waterOn ? this.water.position.y : 0;
      const flip = new THREE.Matrix4().makeScale(1, -1, 1).premultiply(new THREE.Matrix4().makeTranslation(0, level * 2, 0));
      const mc = this.mirrorCamera;
      mc.matrixAutoUpdate = false;
      mc.matrixWorldAutoUpdate = false;
      mc.projectionMatrix.copy(this.camera.projectionMatrix);
      mc.projectionMatrixInverse.copy(this.camera.projectionMatrixInverse);
      mc.matrixWorld.multiplyMatrices(flip, this.camera.matrixWorld);
      mc.matrixWorldInverse.copy(mc.matrixWorld).invert();
      this.ground.visible = false;
      this.water.visible = false;
      this.set('uMirrorOn', 0);
      this.set('uMirror', null);
      this.through(this.mirrorTarget, parts, mc);
      this.set('uMirror', this.mirrorTarget.texture);
      this.ground.visible = true;
    }
    this.water.visible = waterOn;
    this.set('uMirrorOn', needMirror ? 1 : 0);
    this.through(this.colorTarget, parts, this.camera);
  }

  private paintLabels(): void {
    this.labelPass('id', this.labelRaw, this.labelTarget);
    this.labelPass('mask', this.maskRaw, this.maskTarget);
    this.wear('color');
  }

  /** Lens, glare, caption, grain: from the drawn scene to the canvas. */
  private finish(scene: Scene, m: Moment, parts: readonly Window[] | null): void {
    const r = this.renderer;
    this.quad.material = this.looks.glare;
    r.setRenderTarget(this.glareTarget);
    r.render(this.postScene, this.postCamera);
    this.quad.material = this.looks.post;
    if (parts === null) this.caption(scene);
    this.setPost('uFrame', this.frame % 977);
    const spin = makeRng(this.frame * 31 + 7);
    this.setPost('uGrain', new THREE.Vector4(spin.int(0, 511) / 512, spin.int(0, 511) / 512, spin.int(0, 511) / 512, spin.int(0, 511) / 512));
    this.setPost('uRainAmt', scene.weather === 'rain' ? m.falling : 0);
    this.setPost('uSnowAmt', scene.weather === 'snowfall' ? m.falling : 0);
    r.setRenderTarget(null);
    if (parts === null) {
      r.render(this.postScene, this.postCamera);
      return;
    }
    r.setScissorTest(true);
    for (const w of parts) {
      // The lens moves points by a little; a margin covers it.
      const margin = 0.02 + scene.sensor.distortion * 0.12;
      const x0 = Math.max(0, w.x0 - margin);
      const y0 = Math.max(0, w.y0 - margin);
      const x1 = Math.min(1, w.x1 + margin);
      const y1 = Math.min(1, w.y1 + margin);
      r.setScissor(Math.floor(x0 * this.width), Math.floor((1 - y1) * this.height), Math.ceil((x1 - x0) * this.width), Math.ceil((y1 - y0) * this.height));
      r.render(this.postScene, this.postCamera);
    }
    r.setScissorTest(false);
  }

  private labelPass(pass: Pass, raw: THREE.WebGLRenderTarget, lens: THREE.WebGLRenderTarget): void {
    const r = this.renderer;
    this.wear(pass);
    this.skyMesh.visible = false;
    r.setRenderTarget(raw);
    r.setClearColor(0x000000, 1);
    r.clear();
    r.render(this.scene, this.camera);
    this.skyMesh.visible = true;
    this.setPost('uScene', raw.texture);
    this.quad.material = this.looks.lens;
    r.setRenderTarget(lens);
    r.render(this.postScene, this.postCamera);
    this.setPost('uScene', this.colorTarget.texture);
  }

  private setPost(name: string, value: unknown): void {
    const slot = this.post[name];
    if (slot) slot.value = value;
  }

  /** Pixels a tracked thing would have alone, inside the given window of the undistorted label picture, and how many of them are outside the frame. */
  alonePixels(t: Tracked): { inside: number; boxShare: number } {
    const box = new THREE.Box2();
    const p = new THREE.Vector3();
    const pos = t.mesh.geometry.getAttribute('position');
    const step = Math.max(1, Math.floor(pos.count / 400));
    for (let i = 0; i < pos.count; i += step) {
      p.fromBufferAttribute(pos, i).applyMatrix4(t.mesh.matrixWorld).project(this.camera);
      if (p.z > 1) continue;
      box.expandByPoint(new THREE.Vector2((p.x * 0.5 + 0.5) * this.width, (p.y * 0.5 + 0.5) * this.height));
    }
    if (box.isEmpty()) return { inside: 0, boxShare: 0 };
    const full = Math.max(1, (box.max.x - box.min.x) * (box.max.y - box.min.y));
    const x0 = Math.max(0, Math.floor(box.min.x) - 1);
    const y0 = Math.max(0, Math.floor(box.min.y) - 1);
    const x1 = Math.min(this.width, Math.ceil(box.max.x) + 1);
    const y1 = Math.min(this.height, Math.ceil(box.max.y) + 1);
    if (x1 <= x0 || y1 <= y0) return { inside: 0, boxShare: 0 };
    const share = Math.min(1, ((Math.min(box.max.x, this.width) - Math.max(box.min.x, 0)) * (Math.min(box.max.y, this.height) - Math.max(box.min.y, 0))) / full);
    const r = this.renderer;
    this.wear('id');
    const shown = this.scene.children.map((c) => c.visible);
    for (const c of this.scene.children) c.visible = false;
    this.moving.visible = true;
    const movingShown = this.moving.children.map((c) => c.visible);
    for (const c of this.moving.children) c.visible = c === t.mesh;
    r.setRenderTarget(this.labelRaw);
    this.labelRaw.scissorTest = true;
    this.labelRaw.scissor.set(x0, y0, x1 - x0, y1 - y0);
    r.clear();
    r.render(this.scene, this.camera);
    this.labelRaw.scissorTest = false;
    this.scene.children.forEach((c, i) => (c.visible = shown[i] ?? true));
    this.moving.children.forEach((c, i) => (c.visible = movingShown[i] ?? true));
    const data = new Uint8Array((x1 - x0) * (y1 - y0) * 4);
    r.readRenderTargetPixels(this.labelRaw, x0, y0, x1 - x0, y1 - y0, data);
    let inside = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i] === t.id) inside += 1;
    return { inside, boxShare: share };
  }

  /** Ground point → picture fractions through the lens; null behind the camera. */
  project(x: number, y: number, z: number): readonly [number, number] | null {
    const p = new THREE.Vector3(x, y, z).applyMatrix4(this.camera.matrixWorldInverse);
    if (p.z > -0.7) return null;
    p.applyMatrix4(this.camera.projectionMatrix);
    const k = this.place?.sensor.distortion ?? 0;
    const a = this.width / this.height;
    const m = (a * a + 1) * 0.25;
    const [tx, ty] = [p.x * 0.5, p.y * 0.5];
    let [qx, qy] = [tx, ty];
    for (let i = 0; i < 6; i += 1) {
      const f = (1 + k * (qx * qx * a * a + qy * qy)) / (1 + k * m);
      qx = tx / f;
      qy = ty / f;
    }
    return [0.5 + qx, 0.5 - qy];
  }
}
