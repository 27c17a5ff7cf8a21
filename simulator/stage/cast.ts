// Owns who and what is on the stage at one moment: vehicles, people, covers, heaps, each with a key that says whether it changed.
import * as THREE from 'three';
import type { ClassName } from './classes.ts';
import type { Kits } from './kits.ts';
import { sagHeight } from './places.ts';
import { makeRng } from './rng.ts';
import type { Manhole, Moment, Scene } from './scene-types.ts';
import { Shape } from './shape.ts';
import {
  drawCone,
  drawHeap,
  drawLooseCover,
  drawManhole,
  drawPerson,
  drawPour,
  drawSacks,
  drawShaft,
  drawWindrow,
  drawWorks,
  stuffColor,
} from './things.ts';
import { VEHICLES, drawVehicle } from './vehicles.ts';

/** One labelled thing of the picture with its own id in the label pass. */
export interface Tracked {
  readonly id: number;
  readonly name: string;
  readonly label: ClassName;
  readonly mesh: THREE.Mesh;
}

export interface Present {
  readonly key: string;
  readonly mesh: THREE.Mesh;
  /** How far its lamps light the ground ahead, and how far its wake runs behind. */
  readonly reachM: number;
  readonly wakeM: number;
}

export class Cast {
  readonly group = new THREE.Group();
  tracked: Tracked[] = [];
  present: Present[] = [];
  /** Open covers among the present. */
  holes = 0;
  private dark = false;
  private readonly kits: Kits;
  private readonly geometries = new Map<string, THREE.BufferGeometry>();

  constructor(kits: Kits) {
    this.kits = kits;
  }

  /** Geometry by key: what looks the same is drawn once. */
  private drawn(key: string, draw: (s: Shape) => void): THREE.BufferGeometry | null {
    const known = this.geometries.get(key);
    if (known) return known;
    if (this.geometries.size > 160) {
      const inUse = new Set(this.present.map((p) => p.mesh.geometry));
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
    const m = this.kits.mesh(geometry, id, label, surface);
    this.group.add(m);
    this.present.push({ key, mesh: m, reachM: 0, wakeM: 0 });
    if (label) this.tracked.push({ id, name, label, mesh: m });
  }

  /** Whether something at a ground point can show in the picture, with a margin for its size and shadow. */
  private nearView(scene: Scene, x: number, z: number, marginM: number): boolean {
    const yaw = (scene.camera.yawDeg * Math.PI) / 180;
    const [dx, dz] = [x - scene.camera.x, z - scene.camera.z];
    const ahead = dx * Math.cos(yaw) - dz * Math.sin(yaw);
    const aside = Math.abs(dx * Math.sin(yaw) + dz * Math.cos(yaw));
    return (
      ahead > -marginM && aside < Math.max(0, ahead) * Math.tan((scene.camera.fovDeg * Math.PI) / 360) * 1.1 + marginM
    );
  }

  /** Puts up everything of a moment that may change from frame to frame. */
  show(scene: Scene, m: Moment, frame: number, dark: boolean): void {
    this.dark = dark;
    this.group.clear();
    this.tracked = [];
    this.present = [];
    const lit = m.vehicles
      .filter((v) => v.lights)
      .sort(
        (a, b) =>
          Math.hypot(a.x - scene.camera.x, a.z - scene.camera.z) -
          Math.hypot(b.x - scene.camera.x, b.z - scene.camera.z),
      );
    this.kits.set(
      'uHead',
      Array.from({ length: 8 }, (_, i) => {
        const v = lit[i];
        if (!v) return new THREE.Vector4();
        const half = VEHICLES[v.kind].lengthM / 2;
        const [c, s] = [Math.cos(v.yaw), -Math.sin(v.yaw)];
        return new THREE.Vector4(v.x + c * half, v.z + s * half, c, s);
      }),
    );
    this.kits.set('uHeadN', this.dark ? Math.min(4, lit.length) : 0);
    this.kits.set(
      'uHeadY',
      Array.from({ length: 8 }, (_, i) => (lit[i] ? 1 : 0)),
    );
    const wakes = m.vehicles.filter((v) => (v.wake ?? 0) > 0).slice(0, 4);
    this.kits.set(
      'uWake',
      Array.from({ length: 4 }, (_, i) => {
        const v = wakes[i];
        return v ? new THREE.Vector4(v.x, v.z, Math.cos(v.yaw), -Math.sin(v.yaw)) : new THREE.Vector4();
      }),
    );
    this.kits.set('uWakeN', wakes.length);
    this.kits.set(
      'uWakeV',
      Array.from({ length: 4 }, (_, i) => wakes[i]?.wake ?? 0),
    );
    for (const v of m.vehicles) {
      if (!this.nearView(scene, v.x, v.z, 16)) continue;
      const form = VEHICLES[v.kind];
      const label: ClassName = v.kind === 'tipper' ? ((v.raise ?? 0) > 0.15 ? 'tipper_raised' : 'tipper') : form.label;
      const id = this.tracked.length + 1;
      const raise = Math.round((v.raise ?? 0) * 24) / 24;
      const load = Math.round((v.load ?? 0) * 16) / 16;
      const look = `${v.kind}/${v.paint}/${raise}/${load}/${v.stuff ?? 0}`;
      const geometry = this.drawn(look, (s) =>
        drawVehicle(s, { kind: v.kind, raise, load, stuff: stuffColor(v.stuff) }, makeRng(v.paint)),
      );
      if (!geometry) continue;
      const mesh = this.kits.mesh(geometry, id, label, 0, [v.lights ? 1 : 0, (v.beacon ? 1 : 0) + (v.brake ? 2 : 0)]);
      mesh.rotation.y = v.yaw;
      mesh.position.set(v.x, sagHeight(scene.layout, v.x), v.z);
      this.group.add(mesh);
      this.present.push({
        key: `${look}@${v.x.toFixed(3)},${v.z.toFixed(3)},${v.yaw.toFixed(3)},${v.lights ? 1 : 0},${v.brake ? 1 : 0}`,
        mesh,
        reachM: v.lights && this.dark ? 16 : 0,
        wakeM: v.wake ? 16 : 0,
      });
      this.tracked.push({ id, name: v.id, label, mesh });
    }
    for (const p of m.people)
      if (this.nearView(scene, p.x, p.z, 4))
        this.add(
          `person/${p.clothes}/${p.x.toFixed(2)}/${p.z.toFixed(2)}/${p.yaw.toFixed(2)}/${p.step.toFixed(2)}/${p.carries ?? ''}/${p.worker ? 1 : 0}`,
          (s) => s.at(0, sagHeight(scene.layout, p.x), 0, 0, () => drawPerson(s, p)),
          p.id,
          'person',
        );
    const holes: Manhole[] = [];
    for (const h of scene.manholes) {
      const state = m.covers[h.id] ?? 'closed';
      const y = sagHeight(scene.layout, h.x);
      if (state !== 'closed') holes.push(h);
      const spot = `${scene.seed}/${h.id}/${state}`;
      this.add(
        `manhole/${spot}`,
        (s) => drawManhole(s, h, state, y),
        h.id,
        state === 'closed' ? 'manhole_closed' : 'manhole_open',
      );
      if (state !== 'closed') this.add(`shaft/${spot}`, (s) => drawShaft(s, h, y), `${h.id}-shaft`, null);
      if (state !== 'closed') this.add(`cover/${spot}`, (s) => drawLooseCover(s, h, state, y), `${h.id}-cover`, null);
    }
    this.kits.set('uHoleN', Math.min(3, holes.length));
    this.holes = holes.length;
    this.kits.set(
      'uHole',
      Array.from({ length: 3 }, (_, i) => {
        const h = holes[i];
        return h ? new THREE.Vector3(h.x, h.z, h.r) : new THREE.Vector3(0, 0, 0);
      }),
    );
    for (const c of m.cones)
      this.add(
        `cone/${c[0].toFixed(2)}/${c[1].toFixed(2)}`,
        (s) => drawCone(s, c[0], c[1]),
        `cone-${c[0].toFixed(2)}-${c[1].toFixed(2)}`,
        'cone',
      );
    for (const w of m.works)
      this.add(`works/${w.x}/${w.z}/${w.yaw}`, (s) => drawWorks(s, w.x, w.z, w.yaw), 'works', null);
    for (const h of m.heaps)
      if (h.grown > 0.02)
        this.add(`heap/${JSON.stringify(h)}`, (s) => drawHeap(s, h), h.id, 'heap', h.stuff === 4 ? 5 : 0);
    for (const k of m.sacks)
      if (k.count > 0)
        this.add(`sacks/${JSON.stringify(k)}`, (s) => drawSacks(s, k.x, k.z, k.count, k.seed, k.black), k.id, 'sacks');
    for (const w of m.windrows)
      this.add(`windrow/${JSON.stringify(w)}`, (s) => drawWindrow(s, w), 'windrow', null, w.paved ? 4 : 5);
    const pour = m.pour;
    const tipper = m.vehicles.find((v) => v.kind === 'tipper');
    if (pour)
      this.add(
        `pour/${JSON.stringify(pour)}/${frame}`,
        (s) => drawPour(s, pour, stuffColor(tipper?.stuff), frame),
        'pour',
        null,
      );
  }
}
