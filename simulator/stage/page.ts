// The entry that runs in the browser: renders a still or one frame of a clip and hands back picture and labels.
import { readLabels } from './labels.ts';
import type { FrameLabels } from './labels.ts';
import { makeRng } from './rng.ts';
import { planStill } from './scenes.ts';
import { Stage } from './stage.ts';

let stage: Stage | null = null;

function stageOf(width: number, height: number): Stage {
  if (!stage || stage.width !== width || stage.height !== height) stage = new Stage(width, height);
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
  const s = stageOf(width, height);
  const plan = planStill(seed);
  s.load(plan.scene);
  s.render(plan.moment, seed % 977, true);
  const quality = 0.6 + 0.3 * makeRng(seed + 17).next();
  const jpeg = await picture(s, quality);
  const { family, weather, light, season, camera, sunHeightDeg } = plan.scene;
  return {
    jpeg,
    labels: portable(readLabels(s)),
    about: { seed, scene: family, weather, light, season, sunHeightDeg: Math.round(sunHeightDeg), camera: { heightM: camera.heightM, tiltDeg: camera.tiltDeg, fovDeg: camera.fovDeg }, hazards: plan.hazards, wet: plan.moment.wet, waterM: plan.moment.waterM, snowRoad: plan.moment.snow.road, jpegQuality: Math.round(quality * 100) },
  };
}

Object.assign(window, { ahualStage: { still } });
