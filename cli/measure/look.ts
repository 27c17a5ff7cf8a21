// What one look costs, end to end: eye and worker together, by parts, against simulated cameras in a process of their own (measure 6).
import { readdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { systemClock } from '#core/clock';
import { AhualError } from '#core/errors';
import { lookIdOf } from '#core/ids';
import { silentLog } from '#core/log';
import { lookOf, startEye, type Eye, type LookAnswer } from '#ingest';
import { looks } from '#store';
import { steadily, type Steady } from './calibrate.ts';
import { cpuS, rssMiB, treeCpuS } from './cpu.ts';
import { bar, type Bar, type Measurement } from './frame.ts';
import { brokenEye, eyeSabotages } from './look-eye.ts';
import { compareKept, keepingEye, type KeptRound } from './look-kept.ts';
import { openLookStand, views, type LookKind, type LookStand, type View } from './look-stand.ts';
import { median, quantile, rounded } from './statistics.ts';
import { medianWithInterval } from './watch/paired.ts';

export const lookSabotages = ['skip-write', ...eyeSabotages] as const;
export type LookSabotage = (typeof lookSabotages)[number];

export interface LookBenchOptions {
  readonly looks: number;
  readonly sources: readonly LookKind[];
  readonly views?: readonly View[];
  readonly inFlight: number;
  readonly reps?: number;
  /** Warm-up ends after so many repetitions, settled or not. */
  readonly mostWarmReps?: number;
  readonly clip: string;
  readonly ways: readonly ('node-av' | 'ffmpeg')[];
  readonly against: 'ffmpeg-spawn' | 'none';
  /** `kept`: sessions that stay open are measured too. */
  readonly connect?: 'cold' | 'kept';
  readonly seed: number;
  readonly sabotage: 'none' | LookSabotage;
  /** Pairs of cold and kept rounds, and how long the sessions are only held. */
  readonly keptPairs?: number;
  readonly keptIdleMs?: number;
  /** Looks one at a time, for the parts; the usual number when absent. */
  readonly alone?: number;
  /** Cameras and database that are there already; without them they are started and ended. */
  readonly stand?: LookStand;
  readonly say: (text: string) => void;
}

interface Round {
  readonly answers: readonly LookAnswer[];
  readonly eyeMs: number;
  readonly workerMs: number;
  readonly databaseMs: number;
  /** CPU of the worker for each look, and of it for the write; only of looks one at a time. */
  readonly workerLooks: readonly { readonly all: number; readonly write: number }[];
  readonly tookS: number;
  readonly rows: number;
}

/** Threads, handles and memory of an eye while it looks. */
interface Body {
  readonly threads: number;
  readonly handles: number;
  readonly rssMiB: number;
}

/** Looks of an eye that has run for a while are compiled, those of a fresh one are not: an eye lives for thousands. */
const warmUp = { leastReps: 2, mostReps: 10, settledShare: 0.03 } as const;
/** Repetitions begin so far apart that cameras show another picture in each: key frames come every two seconds. */
const apartMs = 2200;
const usualReps = 7;
/** Looks one at a time, for the parts. */
const alone = { jpeg: 32, rtsp: 12 } as const;
/** Pairs of the two ways in the order A B B A. */
const pairs = 4;
const partNames = ['grab', 'scale', 'quality', 'infer', 'rules', 'still', 'other'] as const;
/** What a part may be above the spawned way's and still count as the same work, measured twice. */
const sameWork = { share: 0.1, ms: 0.5 } as const;
const partsOffMostPct = 5;

/** Runs the looks and gives CPU milliseconds per look by part. The camera side is never counted. */
export async function measureLook(options: LookBenchOptions): Promise<Measurement> {
  const reps = options.reps ?? usualReps;
  const shown = options.views ?? views;
  const notes: string[] = [];
  await using own = options.stand ? undefined : await openLookStand(options.clip, Math.max(options.inFlight, 4));
  const stand = options.stand ?? own;
  if (!stand) throw new RangeError('there is nothing to look at');
  const sabotage = eyeSabotages.find((one) => one === options.sabotage);
  using broken = sabotage === undefined ? undefined : await brokenEye(sabotage);
  await using eye = openEye(stand, options, options.ways, broken?.entry);
  await eye.ready();
  const bars: Bar[] = [];
  const result: Record<string, Record<string, unknown>> = {};
  const bodies: Body[] = [];
  const count = Math.max(4, Math.round(options.looks / reps));
  for (const source of options.sources) {
    for (const view of shown) {
      const run = (many: number, inFlight: number) =>
        runLooks(stand, eye, { ...options, inFlight }, source, view, many);
      options.say(`${source}, ${view}: warm-up`);
      const warmReps = await warm(() => run(count, options.inFlight), options.mostWarmReps ?? warmUp.mostReps);
      options.say(`${source}, ${view}: ${reps} times ${count} looks, ${options.inFlight} in flight`);
      const watch = watchBody(eye);
      const steady = await steadily(reps, async () => {
        const begunMs = systemClock.monotonicMs();
        const round = await run(count, options.inFlight);
        watch.note();
        await systemClock.sleep(Math.max(0, begunMs + apartMs - systemClock.monotonicMs()));
        return round;
      });
      bodies.push(...watch.end());
      options.say(`${source}, ${view}: parts, one look at a time`);
      const single = await run(options.alone ?? alone[source], 1);
      const { told, judged } = tell(source, view, steady, single, options.seed);
      (result[source] ??= {})[view] = { ...told, warmReps, rssMiB: eye.state().rssMiB };
      bars.push(...judged);
      const bad = steady.kept.flatMap((round) => round.answers).find((answer) => answer.outcome.kind !== 'seen');
      if (bad?.outcome.kind === 'unseen')
        notes.push(
          `${source}, ${view}: not every look brought a picture (${bad.outcome.state}: ${bad.outcome.detail})`,
        );
      if (!steady.isSteady)
        notes.push(
          `${source}, ${view}: void: more than three of ten repetitions were noisy; measure again when less else runs`,
        );
    }
  }
  result['eye'] = tellBody(bodies, bars, options.inFlight);
  if (options.against === 'ffmpeg-spawn' && options.sources.includes('rtsp')) {
    const { told, judged } = await compare(stand, eye, options);
    result['againstFfmpegSpawn'] = told;
    bars.push(...judged);
  }
  if (options.connect === 'kept') result['connect'] = await compareConnects(stand, eye, options);
  const load = loadavg()[0] ?? 0;
  if (load > cpus().length) {
    notes.push(
      `load ${load.toFixed(1)} on ${cpus().length} cores: CPU time suffers less than wall time, by shared caches and cores; see the interval`,
    );
  }
  const { looks: asked, inFlight, clip, ways, against, connect = 'cold', seed } = options;
  return {
    command: 'bench look',
    args: { looks: asked, reps, inFlight, clip, ways, against, connect, seed, sabotage: options.sabotage },
    ways: { look: eye.state().ways.join(', ') },
    result,
    bars,
    notes,
  };
}

const openEye = (
  stand: LookStand,
  { inFlight }: Pick<LookBenchOptions, 'inFlight'>,
  ways: LookBenchOptions['ways'],
  entry?: string,
): Eye =>
  startEye({
    inFlight,
    ways,
    dropFolder: stand.folder,
    log: silentLog,
    recycleLooks: 100_000,
    recycleMiB: 4_000,
    ...(entry === undefined ? {} : { entry }),
  });

function pidOf(eye: Eye): number {
  const { pid } = eye.state();
  if (pid === null) throw new AhualError('PART_MISSING', 'the eye is not there.', 'Run `ahual doctor`.');
  return pid;
}

async function runLooks(
  stand: LookStand,
  eye: Eye,
  { sabotage, inFlight }: Pick<LookBenchOptions, 'sabotage' | 'inFlight'>,
  source: LookKind,
  view: View,
  count: number,
): Promise<Round> {
  const eyePid = pidOf(eye);
  const cameras = stand.camerasFor(source, view);
  const answers: LookAnswer[] = [];
  const workerLooks: { all: number; write: number }[] = [];
  let next = 0;
  let rows = 0;
  const before = treeCpuS(eyePid);
  const databaseBefore = cpuS(stand.databasePid) ?? 0;
  const mine = process.cpuUsage();
  const startedMs = systemClock.monotonicMs();
  await Promise.all(
    Array.from({ length: inFlight }, async (_, lane) => {
      while (next < count) {
        next += 1;
        const camera = cameras[lane % cameras.length];
        if (!camera) return;
        const dueAtMs = systemClock.nowMs() + next;
        const begin = process.cpuUsage();
        const answer = await eye.look({
          lookId: lookIdOf(camera.id, dueAtMs),
          camera,
          signIn: null,
          timeoutMs: 12_000,
          still: 'news',
          lastDigest: null,
        });
        answers.push(answer);
        if (sabotage === 'skip-write') continue;
        const arrived = process.cpuUsage();
        const row = lookOf(camera, dueAtMs, answer, answer.still?.sha256 ?? null);
        const saved = await looks.save(stand.store, row, { judgeAll: true });
        if (inFlight === 1) workerLooks.push({ all: sinceMs(begin), write: sinceMs(arrived) });
        if (saved === 'saved') rows += 1;
      }
    }),
  );
  return {
    answers,
    eyeMs: (treeCpuS(eyePid) - before) * 1000,
    workerMs: sinceMs(mine),
    databaseMs: ((cpuS(stand.databasePid) ?? 0) - databaseBefore) * 1000,
    workerLooks,
    tookS: (systemClock.monotonicMs() - startedMs) / 1000,
    rows,
  };
}

const costOf = (round: Round): number => (round.eyeMs + round.workerMs) / Math.max(1, round.answers.length);

/** Looks until two running medians differ by less than 3 %; says how many times it took. */
async function warm(run: () => Promise<Round>, most: number): Promise<number> {
  const costs: number[] = [];
  let before = Number.NaN;
  while (costs.length < most) {
    costs.push(costOf(await run()));
    const now = median(costs.slice(-3)) ?? 0;
    if (costs.length >= warmUp.leastReps && Math.abs(now / before - 1) < warmUp.settledShare) break;
    before = now;
  }
  return costs.length;
}

function tell(
  source: LookKind,
  view: View,
  steady: Steady<Round>,
  single: Round,
  seed: number,
): { told: Record<string, unknown>; judged: Bar[] } {
  const rounds = steady.kept;
  const answers = rounds.flatMap((round) => round.answers);
  // A noisy repetition says nothing of what a look costs, but as much as any of whether its work was done.
  const done = steady.all.flatMap((round) => round.answers);
  const rows = steady.all.reduce((sum, round) => sum + round.rows, 0);
  const cpu = medianWithInterval(rounds.map(costOf), seed);
  const seen = done.filter((answer) => answer.outcome.kind === 'seen');
  const parts = partsOf(single);
  const each = (pick: (round: Round) => number): number | null =>
    rounded(median(rounds.map((round) => pick(round) / Math.max(1, round.answers.length))));
  const wall = answers.map((answer) => answer.tookMs);
  const work = workOf(done);
  const told = {
    cpuMs: { p50: rounded(cpu.median), ci95: cpu.ci95?.map((ms) => rounded(ms)) ?? null, reps: rounds.length },
    noisyReps: steady.noisy,
    calibMs: rounded(steady.calibMs),
    eyeMs: each((round) => round.eyeMs),
    workerMs: each((round) => round.workerMs),
    parts: parts.told,
    wallMs: { p50: rounded(median(wall), 0), ...(wall.length >= 200 ? { p95: rounded(quantile(wall, 0.95), 0) } : {}) },
    waitKeyMs: rounded(median(answers.map((answer) => answer.waitedMs)), 0),
    databaseMs: each((round) => round.databaseMs),
    looksPerS: rounded(answers.length / rounds.reduce((sum, round) => sum + round.tookS, 0), 2),
    sources: [...new Set(answers.map((answer) => answer.source))],
    work: { looks: done.length, seen: seen.length, rows, ...work },
    size: answers[0] ? `${answers[0].widthPx ?? 0}x${answers[0].heightPx ?? 0}` : null,
  };
  // Whoever shows one picture for all, or says the same of all, has left out the work whose cost is asked for.
  const isWhole =
    seen.length === done.length &&
    rows === done.length &&
    work.observations === done.length * (view === 'manhole' ? 7 : 6) &&
    work.pictures >= Math.min(3, steady.all.length) &&
    work.sayings >= work.pictures;
  const limit = source === 'rtsp' ? 60 : 30;
  const judged = [
    // The bar is for all models, those for single manholes too; a street's camera is printed beside it.
    ...(view === 'manhole'
      ? [bar(`look.${source}.cpuMs`, '<=', limit, steady.isSteady ? rounded(cpu.median) : null, answers.length)]
      : []),
    bar(`look.${source}.${view}.sameWork`, '==', 1, Number(isWhole)),
    bar(`look.${source}.${view}.partsOffPct`, '<=', partsOffMostPct, parts.offPct),
  ];
  return { told, judged };
}

/** What was seen and said: observations, different pictures, and different answers to them. */
function workOf(answers: readonly LookAnswer[]): { observations: number; pictures: number; sayings: number } {
  const said = answers.map((answer) =>
    answer.observations.map(({ zoneId, hazard, word, level }) => `${zoneId} ${hazard} ${word} ${level}`).join(),
  );
  return {
    observations: answers.reduce((sum, answer) => sum + answer.observations.length, 0),
    pictures: new Set(answers.map((answer) => answer.digest)).size,
    sayings: new Set(said).size,
  };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/**
 * CPU milliseconds by part, means of looks one at a time, each measured where it is done; and how far their sum is from the whole
 * as the system counts it for both processes. A child that an eye starts counts in the whole only.
 */
function partsOf(single: Round): { told: Record<string, number | null>; offPct: number | null } {
  const known = single.answers.flatMap((answer) => (answer.parts?.other === undefined ? [] : [answer.parts]));
  const parts = partNames.map((name) => [name, mean(known.map((part) => part[name] ?? 0))] as const);
  const write = mean(single.workerLooks.map((look) => look.write));
  const worker = mean(single.workerLooks.map((look) => look.all)) - write;
  const all = (single.eyeMs + single.workerMs) / Math.max(1, single.answers.length);
  const sum = parts.reduce((total, [, ms]) => total + ms, write + worker);
  return {
    told: {
      ...Object.fromEntries(parts.map(([name, ms]) => [name, rounded(ms)])),
      write: rounded(write),
      workerOther: rounded(worker),
      sum: rounded(sum),
      all: rounded(all),
    },
    offPct: known.length === 0 || single.workerLooks.length === 0 ? null : rounded(Math.abs(sum / all - 1) * 100),
  };
}

/** Ours and a spawned ffmpeg in turn, A B B A, on the same cameras in the same minutes. */
async function compare(
  stand: LookStand,
  eye: Eye,
  options: LookBenchOptions,
): Promise<{ told: Record<string, unknown>; judged: Bar[] }> {
  // More programs at once than that would measure how they get in each other's way.
  const wish = { ...options, inFlight: Math.min(options.inFlight, 4) };
  await using spawning = openEye(stand, wish, ['ffmpeg']);
  await spawning.ready();
  if (!spawning.state().ways.includes('rtsp-ffmpeg'))
    throw new AhualError(
      'PART_MISSING',
      'There is no ffmpeg to compare with.',
      'Install ffmpeg, or leave out --against.',
    );
  const run = (one: Eye, count: number, inFlight: number) =>
    runLooks(stand, one, { ...wish, inFlight }, 'rtsp', 'manhole', count);
  options.say('against a spawned ffmpeg: warm-up');
  await run(spawning, 8, wish.inFlight);
  const costs = { ours: new Array<number>(), spawned: new Array<number>() };
  for (let pair = 0; pair < pairs; pair++) {
    options.say(`against a spawned ffmpeg: pair ${pair + 1} of ${pairs}`);
    const order = pair % 2 === 0 ? (['ours', 'spawned'] as const) : (['spawned', 'ours'] as const);
    for (const who of order) costs[who].push(costOf(await run(who === 'ours' ? eye : spawning, 12, wish.inFlight)));
  }
  const ratio = medianWithInterval(
    costs.ours.map((ours, at) => ours / (costs.spawned[at] ?? Number.NaN)),
    options.seed,
  );
  options.say('against a spawned ffmpeg: parts, one look at a time');
  const [mine, other] = [partsOf(await run(eye, alone.rtsp, 1)).told, partsOf(await run(spawning, alone.rtsp, 1)).told];
  const of = (parts: Readonly<Record<string, number | null>>, ...names: string[]): number =>
    names.reduce((sum, name) => sum + (parts[name] ?? 0), 0);
  // A spawned ffmpeg scales by itself: what it costs, and the eye's part of it, is the way from the address to the small picture.
  const known = of(other, ...partNames, 'write', 'workerOther') - of(other, 'grab', 'scale', 'other');
  const rows = [
    { part: 'picture', ours: of(mine, 'grab', 'scale', 'other'), spawned: of(other, 'all') - known },
    ...(['quality', 'infer', 'rules', 'still', 'write', 'workerOther'] as const).map((part) => ({
      part,
      ours: of(mine, part),
      spawned: of(other, part),
    })),
  ];
  const above = rows.filter(({ ours, spawned }) => ours > spawned * (1 + sameWork.share) + sameWork.ms);
  return {
    told: {
      oursMs: rounded(median(costs.ours)),
      spawnedMs: rounded(median(costs.spawned)),
      ratio: { median: rounded(ratio.median, 3), ci95: ratio.ci95?.map((value) => rounded(value, 3)) ?? null },
      parts: Object.fromEntries(
        rows.map(({ part, ours, spawned }) => [part, `${rounded(ours) ?? '–'} against ${rounded(spawned) ?? '–'}`]),
      ),
    },
    judged: [
      bar('look.ratioToSpawn', '<=', 1, rounded(ratio.ci95?.[1] ?? ratio.median, 3), pairs),
      bar('look.partsAboveSpawn', '==', 0, above.length, rows.length),
    ],
  };
}

/** Looks that connect anew, as the product does, and looks in sessions that stay open, in turn. */
async function compareConnects(
  stand: LookStand,
  eye: Eye,
  options: LookBenchOptions,
): Promise<Record<string, unknown>> {
  using built = await keepingEye();
  const wish = { ...options, inFlight: Math.min(options.inFlight, stand.camerasFor('rtsp', 'street').length, 4) };
  await using keeping = openEye(stand, wish, ['node-av'], built.entry);
  await keeping.ready();
  const run = (one: Eye) => async (): Promise<KeptRound> => {
    const round = await runLooks(stand, one, wish, 'rtsp', 'street', wish.inFlight * 3);
    return {
      lookMs: costOf(round),
      waitMs: mean(round.answers.map((answer) => answer.waitedMs)),
      seen: round.answers.filter((answer) => answer.outcome.kind === 'seen').length,
    };
  };
  return await compareKept({
    cold: run(eye),
    kept: run(keeping),
    keptCpuMs: () => treeCpuS(pidOf(keeping)) * 1000,
    sessions: wish.inFlight,
    pairs: options.keptPairs ?? pairs,
    idleMs: options.keptIdleMs ?? 20_000,
    lookEveryS: 300,
    seed: options.seed,
    say: options.say,
  });
}

/** Reads an eye's threads, handles and memory after each repetition, and threads and handles many times in between. */
function watchBody(eye: Eye): { note(): void; end(): Body[] } {
  const pid = pidOf(eye);
  const bodies: Body[] = [];
  let [threads, handles] = [0, 0];
  const sample = (): void => {
    threads = Math.max(threads, entriesOf(`/proc/${pid}/task`));
    handles = Math.max(handles, entriesOf(`/proc/${pid}/fd`));
  };
  const timer = setInterval(sample, 200);
  return {
    note() {
      sample();
      bodies.push({ threads, handles, rssMiB: rssMiB(pid) ?? 0 });
    },
    end() {
      clearInterval(timer);
      return bodies;
    },
  };
}

function entriesOf(folder: string): number {
  try {
    return readdirSync(folder).length;
  } catch {
    // A system without /proc, or an eye that has just ended.
    return 0;
  }
}

/** Memory may move by so much from the first third of all repetitions to the last. */
const mostGrownMiB = 64;
/** Threads of an eye, however many looks it has in flight: readers of odd streams, the pool's rest and Node's own. */
const mostThreads = 48;

function tellBody(bodies: readonly Body[], bars: Bar[], inFlight: number): Record<string, unknown> {
  const third = Math.max(1, Math.floor(bodies.length / 3));
  const memory = bodies.map((body) => body.rssMiB);
  const grown = (median(memory.slice(-third)) ?? 0) - (median(memory.slice(0, third)) ?? 0);
  const most = (pick: (body: Body) => number): number => Math.max(0, ...bodies.map(pick));
  const threads = most((body) => body.threads);
  bars.push(
    bar('look.eye.threads', '<=', mostThreads, threads === 0 ? null : threads),
    // A socket for each look, and what a process holds anyway.
    bar('look.eye.handles', '<=', inFlight + 64, threads === 0 ? null : most((body) => body.handles)),
    bar('look.eye.rssGrownMiB', '<=', mostGrownMiB, threads === 0 ? null : rounded(grown, 0), bodies.length),
  );
  return {
    threads,
    handles: most((body) => body.handles),
    rssMiB: memory.at(-1) ?? null,
    rssGrownMiB: rounded(grown, 0),
  };
}

function sinceMs(before: NodeJS.CpuUsage): number {
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000;
}
