// The sealed recording: its bytes as they were sealed, whole or in ranges, each opening a line of custody (domain 3.9).
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { AhualError } from '#core/errors';
import type { Clip } from '#core/clip';
import { recordView } from '#evidence';
import { clips } from '#store';
import type { Session } from './door.ts';
import type { Glass } from './glass.ts';
import { rangeOf } from './range.ts';
import { serve } from './serve.ts';

/** A player asks for many ranges; within this time and from one session they are one opening. */
const openingMs = 10 * 60_000;

interface SealedClip extends Clip {
  readonly sha256: string;
}

const isSealed = (clip: Clip): clip is SealedClip => clip.state === 'sealed' && clip.sha256 !== null;

const unknownClip = (): AhualError =>
  new AhualError('CLIP_UNKNOWN', 'There is no such clip, or it is not sealed yet.', 'Go back to the violation.');

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Remembers which files were whole, by size and time of change, so that each range does not read the whole file again. */
function wholeness() {
  const known = new Map<string, string>();
  return async (sha256: string, path: string): Promise<number> => {
    const facts = await stat(path).catch(() => undefined);
    if (!facts) {
      throw new AhualError(
        'FILE_MISSING',
        'The file of this clip is not there.',
        'Tell your engineer; the seal says what is missing.',
      );
    }
    const as = `${facts.size} ${facts.mtimeMs} ${facts.ino}`;
    if (known.get(sha256) !== as) {
      if ((await hashOf(path)) !== sha256) {
        const cure = 'Do not use it. Tell your engineer: the file was changed after sealing.';
        throw new AhualError('EVIDENCE_BROKEN', 'The file of this clip is not what its seal says.', cure, { sha256 });
      }
      known.set(sha256, as);
    }
    return facts.size;
  };
}

/** Serves clips to the police. */
export function openClips({ app, door, database, files, clock }: Glass): void {
  const whole = wholeness();
  const openings = new Map<string, number>();

  async function record(
    { tokenHash, person }: Session,
    clip: SealedClip,
    purpose: string,
    starts: boolean,
  ): Promise<void> {
    const key = `${tokenHash} ${clip.id} ${purpose}`;
    const nowMs = clock.nowMs();
    for (const [old, atMs] of openings) if (nowMs - atMs > openingMs) openings.delete(old);
    if (!starts && openings.has(key)) return;
    await database.transaction((tx) => recordView(tx, { clip, person, purpose, clock }));
    openings.set(key, nowMs);
  }

  serve(app, door, 'clipVideo', async ({ params, query, session, request, reply }) => {
    const clip = await clips.byId(database, params.id);
    if (!clip || !isSealed(clip)) throw unknownClip();
    const path = files.path(clip.sha256);
    const bytes = await whole(clip.sha256, path);
    const etag = `"${clip.sha256}"`;
    const ifRange = request.headers['if-range'];
    const range = ifRange === undefined || ifRange === etag ? rangeOf(request.headers.range, bytes) : undefined;
    const digest = Buffer.from(clip.sha256, 'hex').toString('base64');
    void reply
      .header('etag', etag)
      .header('accept-ranges', 'bytes')
      .header('digest', `sha-256=${digest}`)
      .header('repr-digest', `sha-256=:${digest}:`)
      // Evidence is not left behind in a browser's cache.
      .header('cache-control', 'private, no-store');
    if (range === 'unsatisfiable') {
      await reply.status(416).header('content-range', `bytes */${bytes}`).send();
      return undefined;
    }
    await record(session, clip, query.purpose, range === undefined || range.from === 0);
    const { from, to } = range ?? { from: 0, to: bytes - 1 };
    void reply
      .status(range ? 206 : 200)
      .type('video/mp4')
      .header('content-length', String(to - from + 1));
    if (range) void reply.header('content-range', `bytes ${from}-${to}/${bytes}`);
    await reply.send(createReadStream(path, { start: from, end: to }));
    return undefined;
  });
}
