// The wait of node:timers/promises in a page, so that core/clock.ts runs on both sides.

/** Resolves with `value` after `ms`; rejects with the signal's reason when it is aborted first. */
export function setTimeout<T>(ms: number, value?: T, options: { signal?: AbortSignal } = {}): Promise<T | undefined> {
  const { signal } = options;
  if (signal?.aborted) return Promise.reject(new Error('aborted', { cause: signal.reason }));
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new Error('aborted', { cause: signal?.reason }));
    };
    const timer = globalThis.setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve(value);
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
