// A town of many cameras that play a few clips: the scenario for the simulator, and the camera list for the product.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Camera } from '#core/camera';
import { inRoot } from '#core/root';
import { listCameras, loadScenario } from '#simulator';

/** Streets, a pavement with covers, a courtyard: what a look has to judge there is what it costs. */
const clips = [
  'bench-1080p',
  'calm-crossing-day',
  'calm-street-after-rain',
  'calm-pavement-covers',
  'calm-street-low-sun',
  'calm-yard-day',
] as const;
/** One camera in two sends 1920x1080, the others 1280x720. */
const clipOf = (n: number): string =>
  n % 2 === 0 ? clips[0] : (clips[1 + (((n - 1) / 2) % (clips.length - 1))] ?? clips[1]);

export interface Town {
  readonly scenario: string;
  readonly list: string;
  readonly clipFolder: string;
  /** Cameras of the list, and those that stand in the town but not on the list yet; addresses need `placed`. */
  readonly cameras: readonly Camera[];
  readonly spare: readonly Camera[];
}

const rtsp = '127.0.0.1:8554';
const http = '127.0.0.1:8080';

/** Writes scenario and list into a folder. */
export async function buildTown(folder: string, count: number, spares: number): Promise<Town> {
  const clipFolder = join(folder, 'clips');
  mkdirSync(clipFolder);
  for (const clip of clips) {
    const from = inRoot('simulator', clip.startsWith('bench') ? 'bench' : 'clips');
    for (const ending of ['mp4', 'json'])
      symlinkSync(join(from, `${clip}.${ending}`), join(clipFolder, `${clip}.${ending}`));
  }
  const scenario = join(folder, 'scenario.yml');
  writeFileSync(
    scenario,
    stringify({
      name: 'scale',
      title: { kk: 'Қала', ru: 'Город', en: 'City' },
      cameras: Array.from({ length: count + spares }, (_, n) => ({
        id: `c${String(n + 1).padStart(5, '0')}`,
        clip: clipOf(n),
        district: 'esil',
      })),
    }),
  );
  const listed = await listCameras(await loadScenario(scenario), { rtsp, http, clipFolders: [clipFolder] });
  // The clip at 1920x1080 is the crossing enlarged: what is where in it is the crossing's.
  const crossing = listed.find((_, n) => clipOf(n) === 'calm-crossing-day')?.zones ?? [];
  const all = listed.map((camera, n): Camera => ({
    ...camera,
    // One address each: the stream as a look would open it where a camera has nothing cheaper.
    subRtsp: undefined,
    snapshot: undefined,
    zones: clipOf(n) === clips[0] ? crossing : camera.zones,
    watch: false,
  }));
  const list = join(folder, 'cameras.yml');
  writeFileSync(
    list,
    stringify({ cameras: all.slice(0, count) }, { aliasDuplicateObjects: false }).replaceAll(
      `rtsp://${rtsp}/`,
      'rtsp://${AHUAL_SIMULATOR_RTSP}/',
    ),
  );
  return { scenario, list, clipFolder, cameras: all.slice(0, count), spare: all.slice(count) };
}

/** A camera with the address at which the town really serves it. */
export const placed = (camera: Camera, rtspPort: number): Camera => ({
  ...camera,
  ...(camera.rtsp === undefined
    ? {}
    : { rtsp: camera.rtsp.replace(`rtsp://${rtsp}/`, `rtsp://127.0.0.1:${rtspPort}/`) }),
});
