// The wall between rooms: imports go down, never sideways, never up, and only through a room's face.
import { describe, expect, test } from 'vitest';
import { isTest, roomOf, sources } from './sources.ts';

const floors: Readonly<Record<string, number>> = {
  core: 0,
  hazards: 1,
  models: 1,
  config: 2,
  detector: 3,
  store: 3,
  ingest: 4,
  incidents: 5,
  evidence: 5,
  tasks: 5,
  dashboard: 6,
  cli: 7,
};
const asideMay = new Set(['core', 'hazards', 'simulator']);
const webMay = (path: string, from: string): boolean =>
  from.startsWith('#core/') ||
  from === '#hazards' ||
  from === '#dashboard/contract' ||
  !from.startsWith('#') ||
  path === '';

const house = sources().filter(({ path }) => !isTest(path) && (roomOf(path) in floors || roomOf(path) === 'simulator'));

describe('the floors', () => {
  test('every import of another room goes to a lower floor and through its face', () => {
    const faults: string[] = [];
    for (const { path, imports } of house) {
      const room = roomOf(path);
      for (const { from, line, typeOnly } of imports) {
        const named = /^#([a-z]+)(\/.*)?$/.exec(from);
        if (!named) continue;
        const target = named[1] ?? '';
        if (target === room) {
          faults.push(`${path}:${line} imports its own room by ${from}; use a relative path`);
          continue;
        }
        if (room === 'simulator') {
          if (!asideMay.has(target)) faults.push(`${path}:${line} the simulator must not know ${from}`);
          continue;
        }
        if (target === 'simulator') {
          if (room !== 'cli') faults.push(`${path}:${line} only cli may know the simulator`);
          continue;
        }
        const mine = floors[room] ?? 0;
        const theirs = floors[target];
        if (theirs === undefined) faults.push(`${path}:${line} ${from} is no room`);
        else if (target === 'config' && typeOnly && mine >= 3) continue;
        else if (theirs >= mine)
          faults.push(`${path}:${line} ${room} (floor ${mine}) imports ${from} (floor ${theirs})`);
      }
    }
    expect(faults).toEqual([]);
  });

  test('no relative import leaves its room', () => {
    const faults: string[] = [];
    for (const { path, imports } of house) {
      const folders = path.split('/').slice(0, -1);
      for (const { from, line } of imports) {
        if (!from.startsWith('.')) continue;
        const ups = from.split('/').filter((part) => part === '..').length;
        if (ups >= folders.length) faults.push(`${path}:${line} reaches out of its room by ${from}`);
      }
    }
    expect(faults).toEqual([]);
  });

  test('the pages see core, hazards and the contract, nothing else of ours', () => {
    const faults = house
      .filter(({ path }) => path.startsWith('dashboard/web/'))
      .flatMap(({ path, imports }) =>
        imports
          .filter(
            ({ from }) => !webMay(path, from) || /\.\.\/(server|contract)/.test(from.replace('../contract.ts', '')),
          )
          .map(({ from, line }) => `${path}:${line} imports ${from}`),
      );
    expect(faults).toEqual([]);
  });

  test('only cli reads settings; other rooms take types of #config', () => {
    const faults = house
      .filter(({ path }) => roomOf(path) !== 'cli' && roomOf(path) !== 'config')
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ from, typeOnly }) => from === '#config' && !typeOnly)
          .map(({ line }) => `${path}:${line} imports #config as a value`),
      );
    expect(faults).toEqual([]);
  });

  test('no imports go in circles between files', () => {
    const graph = new Map<string, string[]>();
    const known = new Set(house.map(({ path }) => path));
    for (const { path, imports } of house) {
      const folder = path.split('/').slice(0, -1).join('/');
      graph.set(
        path,
        imports
          .filter(({ from, typeOnly }) => from.startsWith('.') && !typeOnly)
          .map(({ from }) => new URL(from, `file:///${folder}/`).pathname.slice(1))
          .filter((target) => known.has(target)),
      );
    }
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (path: string, trail: readonly string[]): void => {
      const at = trail.indexOf(path);
      if (at >= 0) {
        circles.push([...trail.slice(at), path].join(' → '));
        return;
      }
      if (done.has(path)) return;
      for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
      done.add(path);
    };
    for (const path of graph.keys()) visit(path, []);
    expect(circles).toEqual([]);
  });
});

describe('native code', () => {
  test('node-av, sharp, onnxruntime and the detector are reached from the eye, the simulator and the measure of the networks only', () => {
    const native = /^(node-av(\/.*)?|sharp|onnxruntime-node|#detector)$/;
    const allowed =
      /^(ingest\/eye\/|ingest\/sources\/|detector\/|simulator\/|cli\/measure\/(eval|plates|map\/picture|simulate\/rendered-eyes)(\/|\.ts$))/;
    const faults = house
      .filter(({ path }) => !allowed.test(path))
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ from, typeOnly }) => native.test(from) && !typeOnly)
          .map(({ from, line }) => `${path}:${line} loads ${from}`),
      );
    expect(faults).toEqual([]);
  });

  test('the measure of the networks is loaded by its command when it runs, not by every process that knows its name', () => {
    const faults = house
      .filter(
        ({ path }) =>
          path.startsWith('cli/') && !/^cli\/measure\/(eval|plates|simulate\/rendered-eyes)(\/|\.ts$)/.test(path),
      )
      .flatMap(({ path, imports }) =>
        imports
          .filter(
            ({ from, typeOnly, whenRun }) =>
              !typeOnly &&
              !whenRun &&
              /(measure\/(eval|plates)\/(?!(names|lists|progress)\.ts)|rendered-eyes\.ts)/.test(from),
          )
          .map(({ from, line }) => `${path}:${line} loads ${from}`),
      );
    expect(faults).toEqual([]);
  });

  test('no process that holds a lock or a socket reaches native code by imports', () => {
    const native = /^(node-av(\/.*)?|sharp|onnxruntime-node|#detector)$/;
    const files = new Map(house.map((file) => [file.path, file]));
    const faults: string[] = [];
    // Everything of ingest but the eye's inside runs in the worker and the scheduler: follow what it really loads.
    for (const { path } of house) {
      if (!path.startsWith('ingest/') || /^ingest\/(eye|sources)\//.test(path)) continue;
      const seen = new Set<string>();
      const open: { at: string; by: readonly string[] }[] = [{ at: path, by: [] }];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        if (seen.has(next.at)) continue;
        seen.add(next.at);
        const folder = next.at.split('/').slice(0, -1).join('/');
        for (const { from, typeOnly } of files.get(next.at)?.imports ?? []) {
          if (typeOnly) continue;
          if (native.test(from)) faults.push([...next.by, next.at, from].join(' → '));
          else if (from.startsWith('.')) {
            open.push({ at: new URL(from, `file:///${folder}/`).pathname.slice(1), by: [...next.by, next.at] });
          }
        }
      }
    }
    expect([...new Set(faults)]).toEqual([]);
  });
});
