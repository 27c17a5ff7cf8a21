// The entry that runs in the browser: renders a still or one frame of a clip and hands back picture and labels.
import { readLabels } from './labels.ts';
import type { FrameLabels } from './labels.ts';
import { makeRng } from './rng.ts';
import { buildClip, CLIPS, clipMoment } from './clips.ts';
import type { ClipPlan, PhaseName } from './clip-plan.ts';
import type { BuiltScene } from './scenes.ts';
import { planStill } from './scenes.ts';
import { planDays } from './days.ts';
import type { DayLook } from './days.ts';
import { planSeries } from './series.ts';
import type { SeriesLook } from './series.ts';
import { Stage } from './stage.ts';

let stage: Stage | null = null;

function stageOf(width: number, height: number, scale: number): Stage {
  if (!stage || stage.width !== width || stage.height !== height) stage = new Stage(width, height, scale);
  return stage;
}

async function picture(s: Stage, quality: number): Promise<string> {
  const blob = await new Promise<Blob | null>((done) => s.renderer.domElement.toBlob(done, 'image/jpeg', quality));
  if (!blob) throw new Error('The canvas gave no picture.');
  return base64(new Uint8Array(await blob.arrayBuffer()));
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

function portable(l: FrameLabels): Omit<FrameLabels, 'mask'> & { mask: string } {
  return { ...l, mask: base64(l.mask) };
}

async function still(seed: number, width: number, height: number): Promise<unknown> {
  const s = stageOf(width, height, 0.8);
  const plan = planStill(seed);
  s.load(plan.scene);
  s.render(plan.moment, seed % 977, true);
  const quality = 0.6 + 0.3 * makeRng(seed + 17).next();
  const jpeg = await picture(s, quality);
  const { family, weather, light, season, camera, sunHeightDeg } = plan.scene;
  return {
    jpeg,
    labels: portable(readLabels(s)),
    about: {
      seed,
      scene: family,
      weather,
      light,
      season,
      sunHeightDeg: Math.round(sunHeightDeg),
      camera: { heightM: camera.heightM, tiltDeg: camera.tiltDeg, fovDeg: camera.fovDeg },
      hazards: plan.hazards,
      wet: plan.moment.wet,
      waterM: plan.moment.waterM,
      snowRoad: plan.moment.snow.road,
      jpegQuality: Math.round(quality * 100),
    },
  };
}

let series: { seed: number; looks: readonly SeriesLook[] } | null = null;

/** Puts up a camera's series; says how many looks it has. */
function openSeries(seed: number): number {
  series = { seed, looks: planSeries(seed) };
  return series.looks.length;
}

/** One look of the open series. */
async function seriesLook(index: number, width: number, height: number): Promise<unknown> {
  const look = series?.looks[index];
  if (!series || !look) throw new Error(`No series with a look ${String(index)} is open.`);
  const { scene, moment, theme, degree } = look;
  const s = stageOf(width, height, 0.8);
  s.load(scene);
  s.render(moment, (series.seed + index * 7) % 977, true);
  const quality = 0.6 + 0.3 * makeRng(series.seed + index * 29).next();
  const jpeg = await picture(s, quality);
  const { family, weather, light, season } = scene;
  const about = { seed: series.seed, look: index, theme, degree, scene: family, weather, light, season };
  return { jpeg, labels: portable(readLabels(s)), about: { ...about, wet: moment.wet, waterM: moment.waterM } };
}

let days: { seed: number; looks: readonly DayLook[] } | null = null;

/** Puts up a scene of the simulated days; says the names of its states. */
function openDays(seed: number, index: number): string[] {
  days = { seed, looks: planDays(seed, index) };
  return days.looks.map(({ state }) => state.name);
}

/** One state of the open scene. */
async function daysLook(index: number, width: number, height: number): Promise<unknown> {
  const look = days?.looks[index];
  if (!days || !look) throw new Error(`No scene with a state ${String(index)} is open.`);
  const { scene, moment, state } = look;
  const s = stageOf(width, height, 0.8);
  s.load(scene);
  s.render(moment, (days.seed + index * 7) % 977, true);
  const jpeg = await picture(s, 0.92);
  const { family, camera } = scene;
  const pose = { heightM: camera.heightM, tiltDeg: camera.tiltDeg, fovDeg: camera.fovDeg };
  return { jpeg, labels: portable(readLabels(s)), about: { seed: days.seed, scene: family, camera: pose, state } };
}

let clip: { plan: ClipPlan; built: BuiltScene } | null = null;

/** Puts up a clip's place. Seeds other than the catalogue's may be tried while choosing. */
function openClip(id: string, width: number, height: number, seed: number | null): unknown {
  const known = CLIPS.find((c) => c.id === id);
  if (!known) throw new Error(`There is no clip named ${id}.`);
  const plan = seed === null ? known : { ...known, seed };
  const built = buildClip(plan);
  clip = { plan, built };
  const s = stageOf(width, height, 0.72);
  s.load(built.scene);
  s.forget();
  const { camera, weather, light, family } = built.scene;
  return {
    id,
    title: plan.title,
    hazard: plan.hazard,
    sub: plan.sub,
    seed: plan.seed,
    phases: plan.phases,
    permitted: plan.permitted ?? null,
    scene: family,
    weather,
    light,
    noise: built.scene.sensor.noise,
    camera: { heightM: camera.heightM, tiltDeg: camera.tiltDeg, fovDeg: camera.fovDeg },
  };
}

/** One frame of the open clip; `jpeg` is null when nothing changed since the frame before. */
async function clipFrame(phase: PhaseName, tS: number, frame: number, labels: boolean): Promise<unknown> {
  const s = stage;
  if (!s || !clip) throw new Error('No clip is open.');
  const changed = s.renderChanged(clipMoment(clip.plan, clip.built, phase, tS), frame, labels);
  const jpeg = changed ? await picture(s, 0.95) : null;
  const read = labels ? readLabels(s) : null;
  return { jpeg, labels: read ? { boxes: read.boxes, zones: read.zones, shares: read.shares } : null };
}

Object.assign(window, {
  ahualStage: {
    still,
    openSeries,
    seriesLook,
    openDays,
    daysLook,
    openClip,
    clipFrame,
    clipIds: CLIPS.map((c) => c.id),
  },
});
