// What every measuring command prints: one object, or one table for people; exit code by its bars (measure 0).
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { z } from 'zod';
import { systemClock } from '#core/clock';
import { inRoot } from '#core/root';
import { isoOf } from '#core/units';
import { checkMeter, treeCpuS, type Meter } from './cpu.ts';

export interface Bar {
  readonly id: string;
  readonly op: '<=' | '>=' | '==';
  readonly limit: number;
  readonly value: number | null;
  readonly n?: number;
  readonly pass: boolean | null;
}

/** A bar with its verdict; a value that could not be had passes nothing. */
export function bar(id: string, op: Bar['op'], limit: number, value: number | null, n?: number): Bar {
  const pass = value === null ? null : op === '<=' ? value <= limit : op === '>=' ? value >= limit : value === limit;
  return { id, op, limit, value, pass, ...(n === undefined ? {} : { n }) };
}

export interface Measurement {
  readonly command: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly result: Readonly<Record<string, unknown>>;
  readonly bars: readonly Bar[];
  readonly notes: readonly string[];
  readonly ways?: Readonly<Record<string, string>>;
}

export const version = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))).version;

function commit(): { commit: string | null; dirty: boolean | null } {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: inRoot(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return { commit: git('rev-parse', '--short', 'HEAD'), dirty: git('status', '--porcelain') !== '' };
  } catch {
    // A checkout without git is ordinary on a deployer's machine.
    return { commit: null, dirty: null };
  }
}

export interface ReportOptions {
  readonly json: boolean;
  /** It counts CPU: that the counting is right is checked first. */
  readonly countsCpu?: boolean;
  /** How CPU is counted. */
  readonly meter?: Meter;
}

/**
 * Runs a measurement and prints it; the exit code is 0 all bars met, 1 one missed, 2 one could not be had, 4 the measuring itself is
 * wrong: then nothing was measured, and the object says why.
 */
export async function report(
  { json, countsCpu = false, meter = treeCpuS }: ReportOptions,
  measure: () => Promise<Measurement>,
): Promise<void> {
  const load1Before = loadavg()[0] ?? 0;
  const startedMs = systemClock.monotonicMs();
  const wrong = countsCpu ? await checkMeter(meter) : undefined;
  const measurement: Measurement =
    wrong === undefined ? await measure() : { command: 'self-check', args: {}, result: {}, bars: [], notes: [wrong] };
  const pass = measurement.bars.some((one) => one.pass === false)
    ? false
    : wrong !== undefined || measurement.bars.some((one) => one.pass === null)
      ? null
      : true;
  const object = {
    schema: 'ahual.measure/1',
    command: measurement.command,
    version,
    ...commit(),
    started: isoOf(systemClock.nowMs()),
    tookS: Number(((systemClock.monotonicMs() - startedMs) / 1000).toFixed(1)),
    args: measurement.args,
    host: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memGiB: Math.round(totalmem() / 2 ** 30),
      node: process.versions.node,
      ways: measurement.ways ?? {},
      load1Before,
      load1After: loadavg()[0] ?? 0,
    },
    result: measurement.result,
    bars: measurement.bars,
    pass,
    notes: measurement.notes,
  };
  if (json) process.stdout.write(`${JSON.stringify(object)}\n`);
  else process.stdout.write(asTable(object.command, measurement));
  process.exitCode = wrong !== undefined ? 4 : pass === true ? 0 : pass === false ? 1 : 2;
}

const Answered = z.object({ id: z.string(), ok: z.boolean(), detail: z.string(), fix: z.string().optional() });

function asTable(command: string, { result, bars, notes }: Measurement): string {
  const lines = [command, ''];
  const flat = (value: unknown, path: string): void => {
    // A check is one line: what was asked, the answer, and the fix beside a no.
    const check = Answered.safeParse(value);
    if (check.success) {
      const { id, ok, detail, fix } = check.data;
      lines.push(`  ${ok ? 'ok  ' : 'NO  '} ${id.padEnd(22)} ${detail}${fix === undefined ? '' : `  → ${fix}`}`);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) flat(inner, path === '' ? key : `${path}.${key}`);
    } else lines.push(`  ${path.padEnd(44)} ${String(value)}`);
  };
  flat(result, '');
  lines.push('');
  for (const one of bars) {
    const mark = one.pass === null ? '?' : one.pass ? 'met ' : 'MISS';
    lines.push(`  ${mark} ${one.id} ${one.op} ${one.limit}: ${one.value === null ? 'not measured' : one.value}`);
  }
  for (const note of notes) lines.push(`  note: ${note}`);
  return `${lines.join('\n')}\n`;
}
