// The same recordings served over RTSP to the whole product, as if each were a camera of the city.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { systemClock } from '#core/clock';
import { AhualError, messageOf } from '#core/errors';
import { standUp } from '../stand.ts';
import { bar, type Measurement } from './frame.ts';
import { takeSeat } from './seat.ts';
import { wholePicture } from './replay.ts';

export interface RtspReplayOptions {
  readonly files: readonly string[];
  /** How long the city runs, seconds; clips repeat. */
  readonly runS: number;
  readonly pace: number;
  /** Program of that name or path. */
  readonly ffmpeg: string;
  readonly say: (text: string) => void;
}

const cameraFps = 10;

/** Recordings have pictures out of order and any codec; a street camera sends H.264 in order, with a key picture every two seconds. */
function asCameraSends(ffmpeg: string, from: string, to: string): void {
  const even = 'scale=trunc(iw/2)*2:trunc(ih/2)*2';
  const picture = ['-an', '-r', String(cameraFps), '-vf', even, '-pix_fmt', 'yuv420p'];
  const codec = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20', '-bf', '0', '-g', String(2 * cameraFps)];
  try {
    execFileSync(ffmpeg, ['-v', 'error', '-y', '-i', from, ...picture, ...codec, to], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  } catch (thrown) {
    throw new AhualError(
      'PART_MISSING',
      `${from} cannot be made as a camera sends it: ${messageOf(thrown)}.`,
      'Replaying over RTSP needs an ffmpeg program with libx264: apt-get install ffmpeg, or name it in ingest.ffmpeg. The file way needs none.',
    );
  }
}

/** Stands the product up on a city whose cameras play the files, and tells what it saw and raised at each. */
export async function measureRtspReplay(options: RtspReplayOptions): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'ahual-replay-'));
  try {
    // Root's database runs as another user, who must be able to pass through.
    chmodSync(folder, 0o711);
    return await replayIn(folder, options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function replayIn(folder: string, options: RtspReplayOptions): Promise<Measurement> {
  const clips = join(folder, 'clips');
  mkdirSync(clips);
  const ids = options.files.map((file) =>
    basename(file, '.mp4')
      .replace(/[^A-Za-z0-9-]/g, '-')
      .slice(0, 40),
  );
  options.files.forEach((file, index) => {
    const id = ids[index] ?? '';
    options.say(`${basename(file)}: made as a camera sends it`);
    asCameraSends(options.ffmpeg, resolve(file), join(clips, `${id}.mp4`));
    writeFileSync(
      join(clips, `${id}.json`),
      JSON.stringify({ clip: id, fps: cameraFps, durationS: 30, phases: [], truth: [], zones: [] }),
    );
  });
  writeFileSync(
    join(folder, 'scenario.yml'),
    stringify({
      name: 'replay',
      title: { kk: 'Қайталау', ru: 'Повтор', en: 'Replay' },
      cameras: ids.map((id) => ({ id, clip: id })),
    }),
  );
  writeFileSync(
    join(folder, 'cameras.yml'),
    stringify({
      cameras: ids.map((id, index) => ({
        id,
        name: { kk: id, ru: id, en: id },
        // Far enough apart that two recordings never count as one place.
        point: { lon: 71.3 + index * 0.01, lat: 51.1 },
        district: 'esil',
        restricted: false,
        watch: true,
        rtsp: `rtsp://\${AHUAL_SIMULATOR_RTSP}/cam/${id}/main`,
        zones: wholePicture,
      })),
    }),
  );
  writeFileSync(
    join(folder, 'ahual.yml'),
    stringify({
      city: { cameras: join(folder, 'cameras.yml'), pace: options.pace },
      ingest: { lookEveryS: 5, followUpEveryS: 3, weather: { everyS: 10 } },
      data: { folder: join(folder, 'data') },
      dashboard: { port: 0, secureCookies: false },
      simulator: { scenario: join(folder, 'scenario.yml') },
    }),
  );
  const standing = await standUp({
    env: { ...process.env, AHUAL_CONFIG: join(folder, 'ahual.yml'), AHUAL_CITY_CLIPS: clips },
    say: options.say,
  });
  try {
    const lead = standing.signIns.find((one) => one.login === 'lead');
    if (!lead) throw new AhualError('INTERNAL', 'no shift lead was made.', 'Start with an empty data folder.');
    const seat = await takeSeat(standing.url, lead.login, lead.password);
    await systemClock.sleep(options.runS * 1000);
    const { cameras } = await seat.ask('cameras');
    const { incidents } = await seat.ask('incidents', {
      query: { states: 'candidate,pending_review,escalated,shelved,self_cleared,expired', limit: 1000 },
    });
    const result = Object.fromEntries(
      await Promise.all(
        cameras.map(async (camera) => {
          const view = await seat.ask('camera', { params: { id: camera.id } });
          return [
            camera.id,
            {
              state: camera.state,
              detail: view.health?.detail ?? '',
              picture: view.health?.widthPx == null ? null : `${view.health.widthPx}x${view.health.heightPx ?? 0}`,
              looksKept: view.strip.length,
              words: Object.fromEntries(
                (['hazard', 'clear', 'cannot-see'] as const).map((word) => [
                  word,
                  view.strip.filter((look) => look.word === word).length,
                ]),
              ),
              raised: incidents
                .filter((card) => card.cameraId === camera.id)
                .map((card) => `${card.hazard}${card.sub === '' ? '' : `.${card.sub}`} ${card.level.toFixed(2)}`),
            },
          ] as const;
        }),
      ),
    );
    seat.leave();
    return {
      command: 'replay',
      args: { files: options.files.length, way: 'rtsp', runS: options.runS, pace: options.pace },
      result: { clips: result, raised: incidents.length },
      bars: [
        bar('replay.camerasSeen', '==', ids.length, cameras.filter((camera) => camera.lastLookAtMs !== null).length),
      ],
      notes: [],
    };
  } finally {
    await standing.stop();
  }
}
