import { afterEach, expect, test, vi } from 'vitest';
import { lieOf } from './use-lie.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

test('a worker that cannot run answers each pair that it was asked, and none is waited for', async () => {
  let opened = 0;
  let ended = 0;
  class Broken extends EventTarget {
    constructor() {
      super();
      opened += 1;
    }
    postMessage(): void {
      queueMicrotask(() => this.dispatchEvent(new Event('error')));
    }
    terminate(): void {
      ended += 1;
    }
  }
  vi.stubGlobal('Worker', Broken);
  expect(await lieOf('a', 'b')).toBeNull();
  expect(await lieOf('b', 'c')).toBeNull();
  expect([opened, ended]).toEqual([2, 2]);
});
