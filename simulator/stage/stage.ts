// Owns the rendering of one moment of a scene: shadow, mirror, colour and label passes, whole or only where something changed.
import * as THREE from 'three';
import { atmosphereOf } from './atmosphere.ts';
import type { Atmosphere } from './atmosphere.ts';
import { Cast } from './cast.ts';
import type { Tracked } from './cast.ts';
import { mergeWindows, windowOf } from './changes.ts';
import type { Window } from './changes.ts';
import { Kits } from './kits.ts';
import type { Pass } from './kits.ts';
import { Lens } from './lens.ts';
import type { Four, Moment, Scene } from './scene-types.ts';
import { noiseTexture } from './textures.ts';
import { drawWorld, lampHead } from './world.ts';

const SHADOW_SIZE = 1280;
const v4 = (f: Four): THREE.Vector4 => new THREE.Vector4(f[0], f[1], f[2], f[3]);

export class Stage {
  readonly renderer: THREE.WebGLRenderer;
  readonly camera = new THREE.PerspectiveCamera(50, 16 / 9, 0.6, 600);
  readonly width: number;
  readonly height: number;
  readonly labelTarget: THREE.WebGLRenderTarget;
  readonly maskTarget: THREE.WebGLRenderTarget;
  place: Scene | null = null;
  private readonly kits: Kits;
  private readonly cast: Cast;
  private readonly lens: Lens;
  private readonly mirrorCamera = new THREE.PerspectiveCamera();
  private readonly sunCamera = new THREE.OrthographicCamera(-42, 42, 42, -42, 1, 260);
  private readonly scene = new THREE.Scene();
  private readonly shadowTarget: THREE.WebGLRenderTarget;
  private readonly mirrorTarget: THREE.WebGLRenderTarget;
  private readonly colorTarget: THREE.WebGLRenderTarget;
  private readonly labelRaw: THREE.WebGLRenderTarget;
  private readonly maskRaw: THREE.WebGLRenderTarget;
  private readonly ground: THREE.Mesh;
  private readonly water: THREE.Mesh;
  private readonly skyMesh: THREE.Mesh;
  private readonly statics = new THREE.Group();
  private standing: THREE.Mesh[] = [];
  private shown = new Map<string, Window>();
  private shownWorld = '';
  private atmosphere: Atmosphere | null = null;

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
    const near = { minFilter: THREE.NearestFilter, magFilter: THREE.NearestFilter } as const;
    this.shadowTarget = new THREE.WebGLRenderTarget(SHADOW_SIZE, SHADOW_SIZE, { depthTexture: depth });
    this.mirrorTarget = new THREE.WebGLRenderTarget(Math.round(rw / 2), Math.round(rh / 2), {
      generateMipmaps: true,
      minFilter: THREE.LinearMipmapNearestFilter,
    });
    this.colorTarget = new THREE.WebGLRenderTarget(rw, rh, {
      generateMipmaps: true,
      minFilter: THREE.LinearMipmapLinearFilter,
    });
    this.labelRaw = new THREE.WebGLRenderTarget(width, height, near);
    this.labelTarget = new THREE.WebGLRenderTarget(width, height, near);
    this.maskRaw = new THREE.WebGLRenderTarget(width / 4, height / 4, near);
    this.maskTarget = new THREE.WebGLRenderTarget(width / 4, height / 4, near);
    this.kits = new Kits({
      noise: noiseTexture(),
      shadow: depth,
      mirror: this.mirrorTarget.texture,
      widthPx: rw,
      heightPx: rh,
    });
    this.cast = new Cast(this.kits);
    this.lens = new Lens(this.colorTarget.texture, width, height);
    this.ground = this.kits.fitted(
      new THREE.PlaneGeometry(420, 420, 210, 1).rotateX(-Math.PI / 2),
      this.kits.ground[0],
    );
    this.water = this.kits.fitted(new THREE.PlaneGeometry(260, 200, 1, 1).rotateX(-Math.PI / 2), this.kits.water);
    this.skyMesh = this.kits.fitted(new THREE.SphereGeometry(450, 24, 12), this.kits.sky);
    this.ground.renderOrder = 2;
    this.skyMesh.renderOrder = 3;
    this.water.renderOrder = 5;
    for (const m of [this.ground, this.water, this.skyMesh, this.statics, this.cast.group]) {
      m.frustumCulled = false;
      this.scene.add(m);
    }
  }

  /** What of the last moment carries a label. */
  get tracked(): readonly Tracked[] {
    return this.cast.tracked;
  }

  /** Puts up the standing part of a scene. */
  load(scene: Scene): void {
    this.place = scene;
    for (const m of this.standing) m.geometry.dispose();
    this.statics.clear();
    this.standing = [];
    const shape = drawWorld(scene);
    if (!shape.empty) this.standing.push(this.kits.mesh(shape.geometry()));
    const cards = shape.cardGeometry();
    if (cards) {
      const leaves = this.kits.fitted(cards, this.kits.card);
      leaves.renderOrder = 1;
      this.standing.push(leaves);
    }
    if (this.standing.length > 0) this.statics.add(...this.standing);
    const l = scene.layout;
    this.kits.set('uRoad', v4(l.road));
    this.kits.set('uBand', v4(l.band));
    this.kits.set('uLane', v4(l.lane));
    this.kits.set('uSag', v4(l.sag));
    this.kits.set(
      'uZebra',
      Array.from({ length: 4 }, (_, i) => v4(l.zebra[i] ?? [0, 0, 0, 0])),
    );
    this.kits.set(
      'uBox',
      Array.from({ length: 8 }, (_, i) => {
        const b = l.boxes[i];
        return b ? new THREE.Vector4(b.cx, b.cz, b.hx, b.hz) : new THREE.Vector4(0, 0, 0, 0);
      }),
    );
    this.kits.set('uBoxN', l.boxes.length);
    this.kits.set('uZebraN', l.zebra.length);
    this.kits.set(
      'uBoxKind',
      Array.from({ length: 8 }, (_, i) => l.boxes[i]?.kind ?? -1),
    );
    this.kits.set('uSeed', (scene.seed % 997) / 31);
    this.kits.set('uPatch', l.patch);
    this.kits.set('uCrack', l.crack);
    this.kits.set('uGrassHue', scene.season === 'summer' ? l.grassHue * 0.5 : 0.4 + l.grassHue * 0.5);
    const a = atmosphereOf(scene);
    this.atmosphere = a;
    this.kits.set('uSunDir', a.sunDir);
    this.kits.set('uSunCol', a.sun);
    this.kits.set('uSkyCol', a.sky);
    this.kits.set('uHorCol', a.horizon);
    this.kits.set('uGroundCol', a.ground);
    this.kits.set('uFogCol', a.fog);
    this.kits.set('uFogK', a.fogK);
    this.kits.set('uNight', a.night);
    this.kits.set('uCloud', a.cloud);
    this.kits.set('uLampCol', a.lamp);
    const aim = this.aim(scene, 14);
    const lamps = scene.props
      .flatMap((p) => (p.kind === 'lamp' ? [lampHead(p)] : []))
      .sort((p, q) => Math.hypot(p[0] - aim.x, p[2] - aim.z) - Math.hypot(q[0] - aim.x, q[2] - aim.z));
    const dark = (scene.seed * 0.37) % 1 < 0.12;
    this.kits.set('uLampN', a.night > 0 ? Math.min(5, lamps.length) : 0);
    this.kits.set(
      'uLamp',
      Array.from({ length: 8 }, (_, i) => {
        const p = lamps[i];
        return p ? new THREE.Vector4(p[0], p[1] - 0.2, p[2], dark ? 0.45 : 1.25) : new THREE.Vector4();
      }),
    );
    const c = scene.camera;
    const yaw = (c.yawDeg * Math.PI) / 180;
    const tilt = (c.tiltDeg * Math.PI) / 180;
    this.camera.aspect = this.width / this.height;
    this.camera.fov = (2 * Math.atan(Math.tan((c.fovDeg * Math.PI) / 360) / this.camera.aspect) * 180) / Math.PI;
    this.camera.position.set(c.x, c.baseM + c.heightM, c.z);
    this.camera.lookAt(
      c.x + Math.cos(yaw) * Math.cos(tilt),
      c.baseM + c.heightM - Math.sin(tilt),
      c.z - Math.sin(yaw) * Math.cos(tilt),
    );
    this.camera.updateProjectionMatrix();
    this.camera.updateMatrixWorld();
    this.skyMesh.position.copy(this.camera.position);
    this.sunCamera.position.copy(aim).addScaledVector(a.sunDir, 120);
    this.sunCamera.lookAt(aim);
    this.sunCamera.updateMatrixWorld();
    this.kits.set(
      'uShadowMat',
      new THREE.Matrix4().multiplyMatrices(this.sunCamera.projectionMatrix, this.sunCamera.matrixWorldInverse),
    );
    this.kits.set('uShadowOn', a.shadow ? 1 : 0);
    this.kits.set('uView', new THREE.Vector3(...scene.sensor.tint).multiplyScalar(scene.sensor.exposure * 1.15));
    this.lens.fit(scene, a.glare);
  }

  private aim(scene: Scene, distM: number): THREE.Vector3 {
    const yaw = (scene.camera.yawDeg * Math.PI) / 180;
    return new THREE.Vector3(
      scene.camera.x + Math.cos(yaw) * (distM + 12),
      0,
      scene.camera.z - Math.sin(yaw) * (distM + 12),
    );
  }

  /** Puts up everything of a moment that may change from frame to frame. */
  private show(scene: Scene, m: Moment, frame: number): void {
    this.cast.show(scene, m, frame, (this.atmosphere?.night ?? 0) > 0);
    this.kits.dress(this.ground, this.kits.ground[this.cast.holes > 0 ? 1 : 0]);
    this.kits.set('uWet', m.wet);
    this.kits.set('uRain', scene.weather === 'rain' ? m.falling : 0);
    this.kits.set('uTime', m.phase);
    this.kits.set('uSnowRoad', m.snow.road);
    this.kits.set('uSnowPave', m.snow.pave);
    this.kits.set('uSnowLawn', m.snow.lawn);
    this.kits.set('uSnowCaps', m.snow.caps);
    this.kits.set('uClear', v4(m.clear));
    this.kits.set('uTrackSnow', new THREE.Vector4(m.snow.trackDepth, m.snow.trackWidth, m.snow.packed, 0));
    this.kits.set('uLevel', m.waterM);
    this.kits.set('uMuddy', m.muddy);
    this.water.visible = m.waterM > -0.05;
    this.water.position.y = Math.max(m.waterM, 0.012) + 0.004;
  }

  /** Renders one moment into the page's canvas; with `labels`, the label targets are filled too. */
  render(m: Moment, frame: number, labels: boolean): void {
    const scene = this.placed();
    this.show(scene, m, frame);
    this.scene.updateMatrixWorld();
    this.paint(m, null);
    if (labels) this.paintLabels();
    this.lens.finish(this.renderer, scene, m, frame, null);
  }

  /** Like render without grain (the encoder adds it), but draws only what changed since the frame before. False: nothing did. */
  renderChanged(m: Moment, frame: number, labels: boolean): boolean {
    const scene = this.placed();
    this.lens.set('uNoiseAmp', 0);
    this.show(scene, m, frame);
    this.scene.updateMatrixWorld();
    const falling = scene.weather === 'rain' || scene.weather === 'snowfall';
    const world = JSON.stringify([m.waterM, m.muddy, m.wet, m.snow, m.clear, m.phase]);
    const now = new Map<string, Window>();
    const wet = this.needsMirror(m) ? this.water.position.y : null;
    for (const p of this.cast.present)
      now.set(
        p.key,
        windowOf(this.camera, p.mesh, {
          sun: this.atmosphere?.shadow ? this.atmosphere.sunDir : null,
          mirrorY: wet,
          reachM: p.reachM,
          wakeM: p.wakeM,
        }),
      );
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
    if (changed) this.lens.finish(this.renderer, scene, m, frame, falling ? null : parts);
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
    if (parts === null) {
      draw();
      return;
    }
    for (const w of parts) {
      target.scissorTest = true;
      const x = Math.max(0, Math.floor(w.x0 * target.width) - 2);
      const y = Math.max(0, Math.floor((1 - w.y1) * target.height) - 2);
      target.scissor.set(
        x,
        y,
        Math.min(target.width - x, Math.ceil((w.x1 - w.x0) * target.width) + 4),
        Math.min(target.height - y, Math.ceil((w.y1 - w.y0) * target.height) + 4),
      );
      draw();
    }
    target.scissorTest = false;
  }

  private paint(m: Moment, parts: readonly Window[] | null): void {
    const a = this.atmosphere;
    const waterOn = m.waterM > -0.05;
    if (a?.shadow) {
      this.kits.wear(this.scene, 'depth');
      this.ground.visible = false;
      this.skyMesh.visible = false;
      this.water.visible = false;
      this.kits.set('uShadow', null);
      this.through(this.shadowTarget, null, this.sunCamera);
      this.ground.visible = true;
      this.skyMesh.visible = true;
      this.kits.set('uShadow', this.shadowTarget.depthTexture);
    }
    this.kits.wear(this.scene, 'color');
    const needMirror = this.needsMirror(m);
    if (needMirror) {
      const level = waterOn ? this.water.position.y : 0;
      const flip = new THREE.Matrix4()
        .makeScale(1, -1, 1)
        .premultiply(new THREE.Matrix4().makeTranslation(0, level * 2, 0));
      const mc = this.mirrorCamera;
      mc.matrixAutoUpdate = false;
      mc.matrixWorldAutoUpdate = false;
      mc.projectionMatrix.copy(this.camera.projectionMatrix);
      mc.projectionMatrixInverse.copy(this.camera.projectionMatrixInverse);
      mc.matrixWorld.multiplyMatrices(flip, this.camera.matrixWorld);
      mc.matrixWorldInverse.copy(mc.matrixWorld).invert();
      this.ground.visible = false;
      this.water.visible = false;
      this.kits.set('uMirrorOn', 0);
      this.kits.set('uMirror', null);
      this.through(this.mirrorTarget, parts, mc);
      this.kits.set('uMirror', this.mirrorTarget.texture);
      this.ground.visible = true;
    }
    this.water.visible = waterOn;
    this.kits.set('uMirrorOn', needMirror ? 1 : 0);
    this.through(this.colorTarget, parts, this.camera);
  }

  private paintLabels(): void {
    this.labelPass('id', this.labelRaw, this.labelTarget);
    this.labelPass('mask', this.maskRaw, this.maskTarget);
    this.kits.wear(this.scene, 'color');
  }

  private labelPass(pass: Pass, raw: THREE.WebGLRenderTarget, bent: THREE.WebGLRenderTarget): void {
    const r = this.renderer;
    this.kits.wear(this.scene, pass);
    this.skyMesh.visible = false;
    r.setRenderTarget(raw);
    r.setClearColor(0x000000, 1);
    r.clear();
    r.render(this.scene, this.camera);
    this.skyMesh.visible = true;
    this.lens.bend(r, raw, bent);
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
    const share = Math.min(
      1,
      ((Math.min(box.max.x, this.width) - Math.max(box.min.x, 0)) *
        (Math.min(box.max.y, this.height) - Math.max(box.min.y, 0))) /
        full,
    );
    const r = this.renderer;
    this.kits.wear(this.scene, 'id');
    const shown = this.scene.children.map((c) => c.visible);
    for (const c of this.scene.children) c.visible = false;
    this.cast.group.visible = true;
    const movingShown = this.cast.group.children.map((c) => c.visible);
    for (const c of this.cast.group.children) c.visible = c === t.mesh;
    r.setRenderTarget(this.labelRaw);
    this.labelRaw.scissorTest = true;
    this.labelRaw.scissor.set(x0, y0, x1 - x0, y1 - y0);
    r.clear();
    r.render(this.scene, this.camera);
    this.labelRaw.scissorTest = false;
    this.scene.children.forEach((c, i) => (c.visible = shown[i] ?? true));
    this.cast.group.children.forEach((c, i) => (c.visible = movingShown[i] ?? true));
    const data = new Uint8Array((x1 - x0) * (y1 - y0) * 4);
    r.readRenderTargetPixels(this.labelRaw, x0, y0, x1 - x0, y1 - y0, data);
    let inside = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i] === t.id) inside += 1;
    return { inside, boxShare: share };
  }

  /** Ground point → picture fractions through the lens; null behind the camera. */
  project(x: number, y: number, z: number): readonly [number, number] | null {
    return this.lens.project(this.camera, x, y, z);
  }
}
