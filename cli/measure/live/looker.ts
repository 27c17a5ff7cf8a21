// A page that looks at one camera live, without the page: signs in, speaks the pages' line, counts what comes and how old it is.
import { WebSocket } from 'ws';
import { z } from 'zod';
import { systemClock } from '#core/clock';
import { liveHereMs, livePath, LiveWord, unpackFrame, type LiveAsk } from '#dashboard/contract';
import { takeSeat } from '../seat.ts';

export interface Looker {
  open(cameraId: string): void;
  close(): void;
  /** Its socket stands, and it says nothing any more. */
  fallSilent(): void;
  leave(): void;
  /** Parts of film that came. */
  parts(): number;
  /** Of each part: milliseconds since its first picture came from the camera. */
  agesMs(): readonly number[];
  refusals(): readonly string[];
}

/** Signs in and opens a line; a session of its own, as each seat has. */
export async function openLooker(url: string, login: string, password: string): Promise<Looker> {
  const seat = await takeSeat(url, login, password);
  const socket = new WebSocket(url.replace(/^http/, 'ws') + livePath, {
    headers: { cookie: seat.cookie },
    origin: url,
  });
  const ask = (words: LiveAsk): void => socket.send(JSON.stringify(words));
  const ages: number[] = [];
  const refusals: string[] = [];
  let parts = 0;
  socket.on('message', (given, isBinary) => {
    const bytes = z.instanceof(Buffer).parse(given);
    if (!isBinary) {
      const word = LiveWord.parse(JSON.parse(bytes.toString()));
      if (word.kind === 'refused' || word.kind === 'ended') refusals.push(word.why);
      return;
    }
    const frame = unpackFrame(new Uint8Array(bytes).buffer);
    if (frame?.kind !== 'key' && frame?.kind !== 'part') return;
    parts += 1;
    // What a late viewer begins with is as old as the last key frame; the film's age is that of what comes afterwards.
    if (parts > 40) ages.push(systemClock.nowMs() - frame.atMs);
  });
  const ready = new Promise<void>((resolve, reject) => {
    socket.once('message', () => resolve());
    socket.once('error', reject);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  ask({ kind: 'hello', csrf: seat.me.csrf });
  await ready;
  const beat = setInterval(() => ask({ kind: 'here' }), liveHereMs);
  socket.on('error', () => undefined);
  socket.on('close', () => clearInterval(beat));
  return {
    open: (cameraId) => ask({ kind: 'open', tile: 1, cameraId, ways: ['fmp4'] }),
    close: () => ask({ kind: 'close', tile: 1 }),
    fallSilent: () => clearInterval(beat),
    leave: () => {
      clearInterval(beat);
      socket.terminate();
      seat.leave();
    },
    parts: () => parts,
    agesMs: () => ages,
    refusals: () => refusals,
  };
}
