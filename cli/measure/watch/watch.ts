// How many cameras one core can watch without pause: one eye against Debian's motion, on the same streams in the same run (measure 7).
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#core/clock';
import { rssMiB, treeCpuS, treeOf } from '../cpu.ts';
import { bar, type Bar, type Measurement } from '../frame.ts';
import { median, rounded } from '../statistics.ts';
import { makeFilms, type Activity, type Film } from './films.ts';
import { motionVersion, startMotion } from './motion.ts';
import { startOurs, type WatchSabotage, type Work } from './ours.ts';
import { medianWithInterval } from './paired.ts';
import { saturate } from './saturate.ts';
import { openStreet } from './street.ts';

export interface WatchBenchOptions {
  readonly streams: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly fps: number;
  readonly minutes: number;
  /** Thrown away before each block: the streams open, the backgrounds are learned, the code is compiled. */
  readonly leadS: number;
  readonly against: 'motion' | 'none';
  readonly motion: string;
  readonly ffmpeg: string;
  readonly activity: Activity;
  readonly ways: readonly ('node-av' | 'ffmpeg')[];
  readonly saturate: boolean;
  /** Only the part in which something is dumped, and films that an earlier run made: for tests. */
  readonly only?: 'acts';
  readonly filmFolder?: string;
  readonly seed: number;
  readonly sabotage: 'none' | WatchSabotage;
  readonly say: (text: string) => void;
}

const paired = ['ours', 'motion', 'motion', 'ours'] as const;
const alone = ['ours'] as const;

interface Plan {
  readonly who: 'ours' | 'motion';
  readonly films: readonly Film[];
  readonly hasActs: boolean;
}

interface Block extends Pick<Plan, 'who' | 'hasActs'> {
  /** CPU seconds each stream-minute, minute by minute: the films show the same in the same minute of each block. */
  readonly minutes: readonly number[];
  readonly rssMiB: readonly number[];
  readonly work: Work | undefined;
  readonly motionEvents: number;
}

/**
 * Measures ours, motion, motion, ours where nothing is dumped, then both while something is dumped in front of every camera once
 * a minute, and judges by the bars.
 */
export async function measureWatch(options: WatchBenchOptions): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'ahual-watch-'));
  chmodSync(folder, 0o711);
  const notes: string[] = [];
  try {
    options.say('films');
    const filmFolder = options.filmFolder ?? join(folder, 'films');
    const acted = await makeFilms({ ...options, activity: 'acts', folder: filmFolder });
    const films = options.only === 'acts' ? acted : await makeFilms({ ...options, folder: filmFolder });
    const version = options.against === 'motion' ? await motionVersion(options.motion) : undefined;
    if (options.against === 'motion' && version === undefined)
      notes.push(`motion is not there (${options.motion}): nothing to compare with, its bar is not measured`);
    const isPaired = version !== undefined;
    const order: readonly Plan[] = [
      ...(options.only === 'acts' ? [] : isPaired ? paired : alone).map((who) => ({ who, films, hasActs: false })),
      ...(isPaired ? (['ours', 'motion'] as const) : alone).map((who) => ({ who, films: acted, hasActs: true })),
    ];
    const blocks: Block[] = [];
    for (const [i, plan] of order.entries()) {
      const what = `${plan.who}${plan.hasActs ? ' while something is dumped everywhere' : ''}`;
      options.say(`block ${i + 1} of ${order.length}: ${what}, ${options.leadS} s warm-up and ${options.minutes} min`);
      blocks.push(await runBlock(options, { folder, filmFolder }, plan));
    }
    const of = (who: Block['who'], hasActs: boolean): Block[] =>
      blocks.filter((block) => block.who === who && block.hasActs === hasActs);
    const usual = { ours: costsOf(of('ours', false), options), motion: costsOf(of('motion', false), options) };
    const acts = { ours: costsOf(of('ours', true), options), motion: costsOf(of('motion', true), options) };
    const ratios = pairsOf(of('ours', false), of('motion', false));
    const ratio = medianWithInterval(ratios, options.seed);
    const works = blocks.flatMap((block) => block.work ?? []);
    const worst = (pick: (work: Work) => number | null, choose: (...values: number[]) => number): number | null => {
      const values = works.map(pick);
      return values.length === 0 || values.some((value) => value === null)
        ? null
        : choose(...values.filter((value) => value !== null));
    };
    const planted = works.reduce((sum, work) => sum + work.planted, 0);
    const found = works.reduce((sum, work) => sum + work.found, 0);
    const cost = usual.ours.cpuSPerStreamMin;
    const bars: Bar[] = [
      ...(options.only === 'acts'
        ? []
        : [
            bar('watch.cpuSPerStreamMin', '<=', 3, cost, of('ours', false).flatMap((block) => block.minutes).length),
            bar('watch.ratioToMotion', '<=', 1.2, rounded(ratio.median, 3), ratios.length),
          ]),
      bar('watch.acts.cpuSPerStreamMin', '<=', 3, acts.ours.cpuSPerStreamMin),
      bar('watch.judgedPerS', '>=', 5, rounded(worst((work) => work.judgedPerS, Math.min)), works.length),
      bar(
        'watch.unannouncedPct',
        '<=',
        0,
        rounded(
          worst((work) => work.unannouncedPct, Math.max),
          2,
        ),
      ),
      // Eleven of twelve; of fewer, in a shorter run, as large a share of them.
      bar('watch.eventsFound', '>=', Math.ceil((planted * 11) / 12), found, planted),
    ];
    let saturated: Record<string, unknown> | undefined;
    if (options.saturate && cost !== null) {
      const result = await saturate({ options, folder, filmFolder, films, camerasPerCore: 60 / cost });
      saturated = { ...result };
      bars.push(bar('watch.saturateOffPct', '<=', 15, result.offPct));
    }
    const load = loadavg()[0] ?? 0;
    if (load > cpus().length)
      notes.push(`load ${load.toFixed(1)} on ${cpus().length} cores: measure again when less else runs`);
    return {
      command: 'bench watch',
      args: {
        streams: options.streams,
        size: `${options.widthPx}x${options.heightPx}`,
        fps: options.fps,
        minutes: options.minutes,
        leadS: options.leadS,
        against: version === undefined ? 'none' : `motion ${version}`,
        activity: options.activity,
        ways: options.ways,
        order: order.map(({ who, hasActs }) => (hasActs ? `${who} (acts)` : who)).join(', '),
        seed: options.seed,
        sabotage: options.sabotage,
      },
      result: {
        ...usual,
        ratio: {
          median: rounded(ratio.median, 3),
          ci95: ratio.ci95?.map((value) => rounded(value, 3)) ?? null,
          pairs: ratios.map((value) => rounded(value, 3)),
        },
        acts: {
          ...acts,
          ratio: rounded(median(pairsOf(of('ours', true), of('motion', true))), 3),
          motionEvents: of('motion', true).map((block) => block.motionEvents),
        },
        droppedFramesPct: rounded(
          worst((work) => work.droppedPct, Math.max),
          2,
        ),
        eventsFound: { planted, found, falseActs: works.reduce((sum, work) => sum + work.falseActs, 0) },
        work: works.map((work) => ({
          judgedPerS: rounded(work.judgedPerS, 2),
          cameS: rounded(work.cameS, 2),
          sightsPerStreamMin: rounded(work.sightsPerStreamMin),
          breaks: work.breaks,
          deaths: work.deaths,
          ringFaults: work.ringFaults,
        })),
        ...(saturated === undefined ? {} : { saturated }),
        inputs: [...films, ...acted].map((film) => ({ name: film.id, sha256: film.sha256.slice(0, 16) })),
      },
      bars,
      notes,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runBlock(
  options: WatchBenchOptions,
  { folder, filmFolder }: { readonly folder: string; readonly filmFolder: string },
  { who, films, hasActs }: Plan,
): Promise<Block> {
  const { streams, leadS, minutes } = options;
  await using ours = who === 'ours' ? await startOurs({ ...options, folder }, streams) : undefined;
  await using street = await openStreet({ folder, filmFolder, films, streams, leadS, minutes, hasActs });
  const startMs = systemClock.monotonicMs();
  const until = (ms: number): Promise<void> => systemClock.sleep(Math.max(0, startMs + ms - systemClock.monotonicMs()));
  const watched = async (pid: number, beforeEnd: () => void): Promise<Pick<Block, 'minutes' | 'rssMiB'>> => {
    await until(leadS * 1000);
    const sliceS = Math.min(60, minutes * 60);
    const [slices, memory]: [number[], number[]] = [[], []];
    let before = { cpuS: treeCpuS(pid), atMs: systemClock.monotonicMs() };
    for (let i = 1; i <= Math.max(1, Math.floor(minutes)); i++) {
      await until((leadS + i * sliceS) * 1000);
      const now = { cpuS: treeCpuS(pid), atMs: systemClock.monotonicMs() };
      slices.push(((now.cpuS - before.cpuS) / streams / (now.atMs - before.atMs)) * 60_000);
      memory.push(treeOf(pid).reduce((sum, one) => sum + (rssMiB(one) ?? 0), 0));
      before = now;
    }
    beforeEnd();
    return { minutes: slices, rssMiB: memory };
  };
  if (!ours) {
    await using motion = startMotion(options.motion, folder, street.cameras, options);
    const costs = await watched(motion.pid, () => undefined);
    return { who, hasActs, ...costs, work: undefined, motionEvents: motion.events() };
  }
  ours.watch(street.cameras);
  const begun = ours.begin();
  let work: Work | undefined;
  const costs = await watched(ours.pid, () => {
    work = ours.work(street);
  });
  await begun;
  return { who, hasActs, ...costs, work, motionEvents: 0 };
}

/** What blocks of one side cost: medians over their minutes. */
function costsOf(blocks: readonly Block[], { streams, seed }: WatchBenchOptions) {
  const { median: cost, ci95 } = medianWithInterval(
    blocks.flatMap((block) => block.minutes),
    seed,
  );
  return {
    cpuSPerStreamMin: rounded(cost, 2),
    ci95: ci95?.map((value) => rounded(value, 2)) ?? null,
    camerasPerCore: cost === null ? null : rounded(60 / cost),
    rssMiBPerStream: rounded(median(blocks.flatMap((block) => block.rssMiB.map((mib) => mib / streams)))),
    rssGrowthMiBPerMin: blocks.map((block) => rounded(growthOf(block.rssMiB), 2)),
  };
}

/** The same minute of a block of ours and the nearest one of theirs, as a ratio. */
function pairsOf(ours: readonly Block[], theirs: readonly Block[]): number[] {
  return ours.flatMap((block, i) =>
    block.minutes.flatMap((mine, minute) => {
      const other = theirs[i]?.minutes[minute];
      return other === undefined || other <= 0 ? [] : [mine / other];
    }),
  );
}

/** MiB a minute that the memory grew by, from the second sample on; null of too few. */
function growthOf(samples: readonly number[]): number | null {
  const [from, to] = [samples[1], samples.at(-1)];
  if (from === undefined || to === undefined || samples.length < 3) return null;
  return (to - from) / (samples.length - 2);
}
