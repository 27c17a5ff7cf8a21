// The last kept picture of a camera with the moment it was seen, asked for anew now and then.
import { useEffect, useState } from 'react';
import { pathOf } from '../../contract.ts';

export type Still =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'none' }
  | { readonly kind: 'here'; readonly address: string; readonly seenAtMs: number | null };

const everyMs = 30_000;
const seenHeader = 'x-ahual-seen-at-ms';

/** The still of a camera; none is asked for while the id is null. */
export function useStill(cameraId: string | null): Still {
  const [still, setStill] = useState<Still>({ kind: 'waiting' });
  useEffect(() => {
    if (cameraId === null) return undefined;
    const stop = new AbortController();
    let address: string | undefined;
    const load = async (): Promise<void> => {
      const answer = await fetch(pathOf('cameraStill', { id: cameraId }), { signal: stop.signal });
      const bytes = answer.ok ? await answer.blob() : undefined;
      if (stop.signal.aborted) return;
      const before = address;
      address = bytes && URL.createObjectURL(bytes);
      const seenAtMs = Number(answer.headers.get(seenHeader)) || null;
      setStill(address === undefined ? { kind: 'none' } : { kind: 'here', address, seenAtMs });
      if (before !== undefined) URL.revokeObjectURL(before);
    };
    // What cannot be loaded now is asked for again; the older picture stays, with its age.
    const ask = (): void => void load().catch(() => undefined);
    ask();
    const timer = setInterval(ask, everyMs);
    return () => {
      stop.abort();
      clearInterval(timer);
      if (address !== undefined) URL.revokeObjectURL(address);
      setStill({ kind: 'waiting' });
    };
  }, [cameraId]);
  return still;
}
