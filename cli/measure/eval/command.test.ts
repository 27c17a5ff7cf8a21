import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { addEval } from '../../commands/eval.ts';
import { street, writeList } from './drawn.ts';

const Printed = z.object({
  schema: z.literal('ahual.measure/1'),
  command: z.literal('eval'),
  result: z.looseObject({}),
});

describe('the command', () => {
  let data = '';
  let out = '';
  let err = '';

  beforeEach(async () => {
    data = mkdtempSync(join(tmpdir(), 'ahual-eval-command-'));
    out = '';
    err = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true));
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true));
    writeList(data, 'road_cctv', [{ file: 'road.jpg', label: 'road', bytes: await street('road').jpeg().toBuffer() }]);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
    rmSync(data, { recursive: true, force: true });
  });

  async function exitOf(...flags: string[]): Promise<typeof process.exitCode> {
    const program = new Command('ahual').exitOverride();
    addEval(program);
    await program.parseAsync(['eval', '--data', data, '--draws', '100', '--no-degraded', ...flags], { from: 'user' });
    return process.exitCode;
  }

  it('prints one object and nothing else on stdout', async () => {
    await exitOf('--json');
    expect(out.trim().split('\n')).toHaveLength(1);
    expect(Printed.parse(JSON.parse(out)).result).toHaveProperty('leak');
  });

  it('ends with 4 on a leak and names it', async () => {
    expect(await exitOf('--json', '--sabotage', 'leak-group')).toBe(4);
    expect(err).toContain('leak: road_cctv/road.jpg: the same group');
  });

  it('ends with 3 on an unknown label, a missing file and a flag that means nothing, with the row', async () => {
    const list = join(data, 'road_cctv.csv');
    const header = 'file,label,view,group,source_repo,source_path,licence,note,boxes\n';
    writeFileSync(list, `${header}road.jpg,motorway,fixed_camera,g,o/r,p,none,,\n`);
    expect(await exitOf()).toBe(3);
    expect(err).toContain('row 2');
    process.exitCode = undefined;
    writeFileSync(list, `${header}gone.jpg,road,fixed_camera,g,o/r,p,none,,\n`);
    expect(await exitOf()).toBe(3);
    expect(err).toContain('gone.jpg');
    process.exitCode = undefined;
    expect(await exitOf('--sabotage', 'nothing-known')).toBe(3);
    expect(out).toBe('');
  });
});
