import { describe, expect, it } from 'vitest';
import { CameraId } from './ids.ts';
import { outagesOf } from './outage.ts';

const minute = 60_000;
const at = (address: string, n: number, from = 1) =>
  Array.from({ length: n }, (_, i) => ({
    id: CameraId.parse(`${address}-${i}`),
    rtsp: `rtsp://${address.replace('*', String(from + i))}/stream`,
  }));
const health = (rows: readonly [string, 'ok' | 'unreachable' | 'dark', number][]) =>
  new Map(rows.map(([id, state, sinceMs]) => [id, { state, sinceMs }]));

describe('a node that is down', () => {
  it('is a recorder whose cameras went silent together', () => {
    const list = at('10.0.0.5', 6);
    const down = outagesOf(
      list,
      health(list.map((camera, i) => [camera.id, i < 5 ? 'unreachable' : 'ok', 100 * minute + i * 1000])),
    );
    expect(down).toEqual([
      expect.objectContaining({ node: '10.0.0.5', cameras: 6, state: 'unreachable', sinceMs: 100 * minute }),
    ]);
    expect(down[0]?.silent).toHaveLength(5);
  });

  it('is a network where each camera has its own address', () => {
    const list = at('10.0.7.*', 8);
    const down = outagesOf(list, health(list.map((camera) => [camera.id, 'unreachable', 5 * minute])));
    expect(down).toEqual([expect.objectContaining({ node: '10.0.7.0/24', cameras: 8 })]);
  });

  it('is not told of a few, of a small part, of cameras that broke one after another, or of dark pictures', () => {
    const list = at('10.0.7.*', 20);
    const some = (n: number, state: 'unreachable' | 'dark', stepMs: number) =>
      outagesOf(list, health(list.map((camera, i) => [camera.id, i < n ? state : 'ok', i * stepMs])));
    expect(some(3, 'unreachable', 0)).toEqual([]);
    expect(some(9, 'unreachable', 0)).toEqual([]);
    expect(some(20, 'unreachable', 30 * minute)).toEqual([]);
    expect(some(20, 'dark', 0)).toEqual([]);
    expect(some(12, 'unreachable', 1000)).toHaveLength(1);
  });

  it('leaves out what was broken long before', () => {
    const list = at('nvr.example.kz', 6);
    const down = outagesOf(
      list,
      health(list.map((camera, i) => [camera.id, 'unreachable', i === 0 ? 0 : 500 * minute])),
    );
    expect(down[0]).toMatchObject({ sinceMs: 500 * minute, cameras: 6 });
    expect(down[0]?.silent).toHaveLength(5);
  });
});
