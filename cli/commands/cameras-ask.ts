// `ahual cameras probe`: one camera asked for itself, with advice; and what is kept of it, so that looks take the way that tells the truth.
import { writeFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { loadConfig, readSecrets, type Settings } from '#config';
import type { Camera } from '#core/camera';
import { systemClock } from '#core/clock';
import { AhualError } from '#core/errors';
import { openLog } from '#core/log';
import {
  adviceWords,
  adviseOf,
  factWord,
  openAsker,
  parseCameraAddress,
  probeLanguages,
  refusedWords,
  signInFrom,
  smallBeside,
  type Asker,
  type OnboardAnswer,
  type ProbeLanguage,
} from '#ingest';
import { cameraProbes, cameras, type Database } from '#store';
import { secretNameOf, withDatabase } from './cameras-import.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** An asker by the settings of this machine. */
export function askerOf(settings: Settings): Asker {
  const { ways, ffmpeg, allowedHosts, certificates } = settings.ingest;
  return openAsker({ ways, ffmpeg, allowedHosts, certificates, log: openLog('cameras', 'error') });
}

/** The sign-in of a named secret; null without a name. Throws CONFIG_MISSING where the secret is not there. */
export function signInNamed(name: string | undefined): { user: string; password: string } | null {
  if (name === undefined) return null;
  const secret = readSecrets(process.env).camera(name);
  if (secret !== undefined) return signInFrom(secret);
  throw new AhualError(
    'CONFIG_MISSING',
    `there is no sign-in named ${name}.`,
    `Put user:password into ${secretNameOf(name)} (or a file that ${secretNameOf(name)}_FILE names).`,
  );
}

type Streamed = Extract<OnboardAnswer, { kind: 'stream' }>;
type Stilled = Extract<OnboardAnswer, { kind: 'still' }>;
type Refused = Extract<OnboardAnswer, { kind: 'refusal' }>;

/** What one camera said. */
export interface ProbeReport {
  readonly cameraId: string | null;
  readonly address: string | null;
  readonly main: Streamed['facts'] | Refused | null;
  readonly sub: Streamed['facts'] | Refused | null;
  /** A small stream that answered and is not in the list. */
  readonly subAddress: string | null;
  readonly still: Omit<Stilled, 'picture' | 'kind'> | Refused | null;
  readonly advice: ReturnType<typeof adviseOf>;
  readonly picture: Uint8Array | null;
}

export interface ProbeWish {
  readonly camera: Pick<Camera, 'rtsp' | 'subRtsp' | 'snapshot'> & { readonly id: string | null };
  readonly signIn: { readonly user: string; readonly password: string } | null;
  readonly seconds: number;
  readonly stillApartS: number;
  readonly trySub: boolean;
}

const isFacts = (one: ProbeReport['main']): one is Streamed['facts'] => one !== null && !('kind' in one);

/** Asks a camera for its streams and its still picture, one after the other: some cameras have room for one viewer only. */
export async function probeCamera(asker: Asker, wish: ProbeWish): Promise<ProbeReport> {
  const { camera, signIn } = wish;
  let picture: Uint8Array | null = null;
  const door = { isShut: false };
  const stream = async (address: string | undefined, forS: number): Promise<ProbeReport['main']> => {
    if (address === undefined) return null;
    // A sign-in that was wrong once is not tried at the next address: cameras lock accounts.
    if (door.isShut)
      return { kind: 'refusal', state: 'needs-sign-in', detail: 'Its sign-in was refused before; not tried again.' };
    const forMs = forS * 1000;
    const answer = await asker.ask({ kind: 'stream', address, signIn, forMs }, forMs + 15_000);
    if (answer.kind === 'stream') {
      picture ??= answer.picture;
      return answer.facts;
    }
    const refusal = answer.kind === 'refusal' ? answer : null;
    if (refusal?.state === 'needs-sign-in' && signIn !== null) door.isShut = true;
    return refusal;
  };
  const main = await stream(camera.rtsp, wish.seconds);
  let sub = await stream(camera.subRtsp, wish.seconds);
  const guess = camera.subRtsp === undefined && camera.rtsp !== undefined ? smallBeside(camera.rtsp) : undefined;
  let subAddress: string | null = null;
  if (wish.trySub && guess !== undefined && isFacts(main)) {
    const tried = await stream(guess, 4);
    const isSmaller = isFacts(tried) && tried.widthPx * tried.heightPx < main.widthPx * main.heightPx;
    if (isSmaller) [sub, subAddress] = [tried, guess];
  }
  let still: ProbeReport['still'] = null;
  if (camera.snapshot !== undefined && !door.isShut) {
    const apartMs = wish.stillApartS * 1000;
    const answer = await asker.ask({ kind: 'still', address: camera.snapshot, signIn, apartMs }, apartMs + 20_000);
    if (answer.kind === 'still') {
      picture ??= answer.picture;
      const { freshness, widthPx, heightPx, bytes, tookMs } = answer;
      still = { freshness, widthPx, heightPx, bytes, tookMs };
    } else if (answer.kind === 'refusal') still = answer;
  }
  const advice = adviseOf({
    main: isFacts(main) ? main : null,
    sub: isFacts(sub) ? sub : null,
    subAddress,
    still: still !== null && 'freshness' in still ? still.freshness : null,
  });
  return {
    cameraId: camera.id,
    address: camera.rtsp ?? camera.snapshot ?? null,
    main,
    sub,
    subAddress,
    still,
    advice,
    picture,
  };
}

/** A report as lines for a person. */
export function probeWords(report: ProbeReport, language: ProbeLanguage): string[] {
  const word = (name: Parameters<typeof factWord>[1]): string => factWord(language, name);
  const isLatin = language === 'en';
  const [second, ms, kbitS] = [isLatin ? 's' : 'с', isLatin ? 'ms' : 'мс', isLatin ? 'kbit/s' : 'кбит/с'] as const;
  const maybe = (value: number | null, unit: string): string =>
    value === null ? word('notKnown') : `${value} ${unit}`;
  const streamLines = (name: 'main' | 'sub', one: ProbeReport['main']): string[] => {
    if (one === null) return [];
    if (!isFacts(one)) return [`${word(name)}: ${refusedWords(language, one.state)} — ${one.detail}`];
    return [
      `${word(name)}: ${one.codec}${one.profile === '' ? '' : ` ${one.profile}`}, ${one.widthPx}x${one.heightPx}, ${one.transport.toUpperCase()} (${one.way})`,
      `  ${word('rate')}: ${one.fps ?? word('notKnown')}; ${word('keys')}: ${maybe(one.keyEveryS, second)}; ${word('bits')}: ${maybe(one.kbitS, kbitS)}`,
      `  ${word('bFrames')}: ${word(one.bFrames ? 'yes' : 'no')}; ${word('sound')}: ${one.audio ?? word('no')}; ${word('first')}: ${maybe(one.firstPictureMs, ms)}`,
    ];
  };
  const stillLines = (): string[] => {
    const { still } = report;
    if (still === null) return [`${word('still')}: ${word('none')}`];
    if (!('freshness' in still)) return [`${word('still')}: ${refusedWords(language, still.state)} — ${still.detail}`];
    const { state, ageS, clockOffsetS } = still.freshness;
    return [
      `${word('still')}: ${word(state)}, ${still.widthPx}x${still.heightPx}, ${Math.round(still.bytes / 1024)} KiB, ${still.tookMs} ${ms}`,
      `  ${word('age')}: ${maybe(ageS === null ? null : Math.round(ageS), second)}; ${word('clock')}: ${maybe(clockOffsetS === null ? null : Math.round(clockOffsetS), second)}`,
    ];
  };
  return [
    `${report.cameraId ?? ''} ${report.address ?? ''}`.trim(),
    ...streamLines('main', report.main),
    ...streamLines('sub', report.sub),
    ...stillLines(),
    ...(report.advice.length > 0 ? [`${word('advice')}:`] : []),
    ...report.advice.map((one) => `  - ${adviceWords(language, one)}`),
  ];
}

/** Keeps what a camera of the list said. */
export async function keepProbe(database: Database, camera: Camera, report: ProbeReport, atMs: number): Promise<void> {
  const { main, sub, subAddress, still, advice } = report;
  const state = still === null ? 'none' : 'freshness' in still ? still.freshness.state : 'unsure';
  const now = { main, sub, subAddress, still, advice: advice.map(({ kind }) => kind) };
  await database.transaction(async (tx) => {
    // Who was asked for its still picture only is still known by its streams.
    const before = main === null && camera.rtsp !== undefined ? await cameraProbes.of(tx, camera.id) : undefined;
    const facts = before ? { ...before.facts, still } : now;
    await cameraProbes.keep(tx, { cameraId: camera.id, atMs, snapshot: camera.snapshot ?? null, still: state, facts });
  });
}

interface ProbeOptions {
  readonly credential?: string;
  readonly seconds: string;
  readonly picture?: string;
  readonly lang: ProbeLanguage;
  readonly json: boolean;
  readonly sub: boolean;
}

async function runProbe(target: string, options: ProbeOptions): Promise<void> {
  const { settings } = loadConfig(process.env);
  const isAddress = target.includes('://');
  const seconds = Number(options.seconds);
  if (!(seconds >= 4 && seconds <= 120))
    throw new AhualError('REQUEST_INVALID', '--seconds is not within 4 to 120.', 'Write a number of seconds.');
  const tell = (report: ProbeReport): void => {
    const { picture, ...rest } = report;
    if (options.json) print(JSON.stringify(rest, null, 1));
    else probeWords(report, options.lang).forEach(print);
    if (options.picture !== undefined && picture) writeFileSync(options.picture, picture);
    const isSeen = isFacts(report.main) || (report.still !== null && 'freshness' in report.still);
    if (!isSeen) process.exitCode = 1;
  };
  const common = { seconds, stillApartS: 6, trySub: options.sub };
  await using asker = askerOf(settings);
  if (isAddress) {
    const { protocol } = parseCameraAddress(target);
    const camera = { id: null, ...(protocol.startsWith('http') ? { snapshot: target } : { rtsp: target }) };
    tell(await probeCamera(asker, { camera, signIn: signInNamed(options.credential), ...common }));
    return;
  }
  await withDatabase(async (database) => {
    const camera = await cameras.byId(database, target);
    if (!camera)
      throw new AhualError('CAMERA_UNKNOWN', `there is no camera ${target}.`, 'Write its id, or a whole address.');
    const signIn = signInNamed(options.credential ?? camera.credential);
    const report = await probeCamera(asker, { camera, signIn, ...common });
    tell(report);
    await keepProbe(database, camera, report, systemClock.nowMs());
  });
}

/** Judges the still pictures of every camera that has one, many at once, and keeps what was found. */
async function runStills(options: { readonly atOnce: string; readonly apart: string }): Promise<void> {
  const atOnce = Math.min(64, Math.max(1, Number(options.atOnce)));
  await withDatabase(async (database, settings) => {
    await using asker = askerOf(settings);
    const waiting = (await cameras.all(database)).filter(({ snapshot }) => snapshot !== undefined);
    const counts = new Map<string, number>();
    const work = async (): Promise<void> => {
      for (let camera = waiting.shift(); camera; camera = waiting.shift()) {
        // Without the secret here the camera says that it wants a sign-in, and no password is tried.
        const secret = camera.credential === undefined ? undefined : readSecrets(process.env).camera(camera.credential);
        const signIn = secret === undefined ? null : signInFrom(secret);
        const only = { id: String(camera.id), ...(camera.snapshot === undefined ? {} : { snapshot: camera.snapshot }) };
        const wish = { camera: only, signIn, seconds: 4, stillApartS: Number(options.apart), trySub: false };
        const report = await probeCamera(asker, wish);
        await keepProbe(database, camera, report, systemClock.nowMs());
        const { still } = report;
        const word = still === null ? 'none' : 'freshness' in still ? still.freshness.state : still.state;
        counts.set(word, (counts.get(word) ?? 0) + 1);
        if (word !== 'fresh')
          print(`${camera.id}\t${word}\t${still !== null && 'detail' in still ? still.detail : ''}`);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    print([...counts].map(([word, n]) => `${word} ${n}`).join(', ') || 'no camera has a still picture');
  });
}

/** Adds `probe` and `stills` to `ahual cameras`. */
export function addCameraProbe(group: Command): void {
  group
    .command('probe <address-or-id>')
    .description(
      'ask one camera for its streams and its still picture, with advice; a camera of the list keeps the answer',
    )
    .option('--credential <name>', 'the named sign-in (AHUAL_CAMERA_<NAME>); none is used without a name')
    .option('--seconds <n>', 'listen to a stream so long at most', '20')
    .option('--picture <file>', 'write the first picture there, as JPEG')
    .option('--no-sub', 'do not look for a small stream beside the main one')
    .addOption(new Option('--lang <language>', 'language of the words').choices(probeLanguages).default('en'))
    .option('--json', 'the facts as JSON', false)
    .action((target: string, options: ProbeOptions) => runProbe(target, options));
  group
    .command('stills')
    .description('judge whether the still pictures of all cameras are of now; old ones are not looked at any more')
    .option('--at-once <n>', 'so many cameras at once', '16')
    .option('--apart <seconds>', 'between the two pictures that are compared', '6')
    .action((options: { atOnce: string; apart: string }) => runStills(options));
}
