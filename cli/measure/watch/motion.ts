// Debian's `motion` on the same streams: its own defaults, nothing recorded, started and stopped by its own process id.
import { execFile, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Camera } from '#core/camera';
import { AhualError } from '#core/errors';

export interface MotionRun extends AsyncDisposable {
  readonly pid: number;
  /** How often it said that something moves: a program that sees nothing costs nothing. */
  events(): number;
}

/** Version of the program; undefined where it is absent. */
export async function motionVersion(program: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, ['-h']).catch((thrown: unknown) => {
      // It ends with 1 after its help text.
      const text = typeof thrown === 'object' && thrown !== null && 'stdout' in thrown ? String(thrown.stdout) : '';
      return { stdout: text };
    });
    return /motion Version ([\d.]+)/i.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

/** Starts it on the cameras. `fps` is the cameras' own rate: its default of 15 would judge some pictures twice. */
export function startMotion(
  program: string,
  folder: string,
  cameras: readonly Camera[],
  size: { readonly widthPx: number; readonly heightPx: number; readonly fps: number },
): MotionRun {
  const own = join(folder, 'motion');
  mkdirSync(own, { recursive: true });
  const log = join(own, 'motion.log');
  const common = ['movie_output off', 'picture_output off', 'snapshot_interval 0', `target_dir ${own}`];
  const files = cameras.map((camera, i) => {
    const file = join(own, `camera-${i}.conf`);
    const lines = [
      `camera_id ${i + 1}`,
      `netcam_url ${camera.rtsp ?? ''}`,
      `width ${size.widthPx}`,
      `height ${size.heightPx}`,
      `framerate ${size.fps}`,
      'stream_port 0',
      ...common,
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    return file;
  });
  const main = join(own, 'motion.conf');
  const head = ['daemon off', 'setup_mode off', 'webcontrol_port 0', 'stream_port 0', 'log_level 6', ...common];
  writeFileSync(main, `${[...head, ...files.map((file) => `camera ${file}`)].join('\n')}\n`);
  const child = spawn(program, ['-n', '-c', main], { stdio: ['ignore', 'pipe', 'pipe'] });
  const out = createWriteStream(log);
  child.stdout.pipe(out, { end: false });
  child.stderr.pipe(out, { end: false });
  if (child.pid === undefined)
    throw new AhualError('PART_MISSING', 'motion could not be started.', 'Install it, or leave --against out.');
  const gone = new Promise((resolve) => child.once('exit', resolve));
  return {
    pid: child.pid,
    events: () => {
      try {
        return readFileSync(log, 'utf8').split('starting event').length - 1;
      } catch {
        return 0;
      }
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      const hard = setTimeout(() => child.kill('SIGKILL'), 5000);
      await gone;
      clearTimeout(hard);
      out.end();
    },
  };
}
