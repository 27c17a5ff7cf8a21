// The chain of seals: each names the bytes, the times, the software and the seal before it, so that no clip can be swapped,
// moved in time or taken out without the chain showing it.
import { createHash } from 'node:crypto';
import type { Clip } from '#core/clip';
import type { Clock } from '#core/clock';
import { AhualError } from '#core/errors';
import { clips, incidents, type Tx } from '#store';
import type { EvidenceSettings } from './settings.ts';
import { openDraft } from './violation.ts';

/** What the cutting gave. */
export interface CutFacts {
  readonly sha256: string;
  readonly bytes: number;
  /** When the file's first frame was received: the key frame at or before what was asked for. */
  readonly startsAtMs: number;
  readonly durationMs: number;
  /** Program and version that cut it. */
  readonly cutBy: string;
}

/** What a seal is made of. */
export type Sealed = CutFacts &
  Pick<Clip, 'id' | 'incidentId' | 'cameraId'> & {
    readonly sealedAtMs: number;
    readonly previousSeal: string | null;
  };

/** The seal of a clip: SHA-256, in hex, over its facts as a JSON array in this order. */
export const sealOf = (c: Sealed): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        'ahual-seal-1',
        c.id,
        c.incidentId,
        c.cameraId,
        c.sha256,
        c.bytes,
        c.startsAtMs,
        c.durationMs,
        c.cutBy,
        c.sealedAtMs,
        c.previousSeal ?? '',
      ]),
    )
    .digest('hex');

function sealedParts(clip: Clip): Sealed | undefined {
  const { sha256, bytes, startsAtMs, durationMs, cutBy, sealedAtMs } = clip;
  if (sha256 === null || bytes === null || startsAtMs === null || durationMs === null) return undefined;
  if (cutBy === null || sealedAtMs === null) return undefined;
  const { id, incidentId, cameraId, previousSeal } = clip;
  return { id, incidentId, cameraId, sha256, bytes, startsAtMs, durationMs, cutBy, sealedAtMs, previousSeal };
}

export type SealCheck =
  | { readonly kind: 'whole'; readonly links: number }
  | { readonly kind: 'broken'; readonly clipId: string; readonly why: 'not-sealed' | 'facts' | 'link' | 'bytes' };

/** Checks sealed clips in the order of their chain: each seal must be that of its facts and name the seal before it. */
export function checkSeals(chain: readonly Clip[], before: string | null = null): SealCheck {
  let previous = before;
  for (const clip of chain) {
    const parts = sealedParts(clip);
    if (!parts || clip.seal === null) return { kind: 'broken', clipId: clip.id, why: 'not-sealed' };
    if (clip.previousSeal !== previous) return { kind: 'broken', clipId: clip.id, why: 'link' };
    if (sealOf(parts) !== clip.seal) return { kind: 'broken', clipId: clip.id, why: 'facts' };
    previous = clip.seal;
  }
  return { kind: 'whole', links: chain.length };
}

/** Checks that a file's bytes are those that were sealed. */
export function checkBytes(clip: Clip, bytes: Uint8Array): SealCheck {
  const same = createHash('sha256').update(bytes).digest('hex') === clip.sha256 && bytes.byteLength === clip.bytes;
  return same ? { kind: 'whole', links: 1 } : { kind: 'broken', clipId: clip.id, why: 'bytes' };
}

/**
 * Seals a clip that was cut, in the caller's transaction: the next link of the chain, two lines of custody, and the draft of
 * a violation where the incident is confirmed already. A clip that is sealed with the same bytes stays as it is; other bytes
 * throw EVIDENCE_BROKEN.
 */
export async function sealClip(
  tx: Tx,
  clip: Pick<Clip, 'id'>,
  cut: CutFacts,
  { clock, settings }: { readonly clock: Clock; readonly settings: EvidenceSettings },
): Promise<Clip> {
  // Taking the chain first makes sealing one at a time; what is read after it cannot change under us.
  const previousSeal = await clips.lastSeal(tx);
  const planned = await clips.byId(tx, clip.id);
  if (!planned)
    throw new AhualError('CLIP_UNKNOWN', `there is no clip ${clip.id}.`, 'It was deleted meanwhile.', {
      clipId: clip.id,
    });
  if (planned.state === 'sealed') {
    if (planned.sha256 === cut.sha256) return planned;
    throw new AhualError(
      'EVIDENCE_BROKEN',
      `clip ${clip.id} is sealed with other bytes.`,
      'The first file stands; the second one must not be used.',
      { clipId: clip.id, sealed: planned.sha256, given: cut.sha256 },
    );
  }
  const sealedAtMs = clock.nowMs();
  const cutBy = `${cut.cutBy}; ahual ${settings.version}`;
  const { id, incidentId, cameraId } = planned;
  const parts: Sealed = {
    id,
    incidentId,
    cameraId,
    sha256: cut.sha256,
    bytes: cut.bytes,
    startsAtMs: Math.round(cut.startsAtMs),
    durationMs: Math.round(cut.durationMs),
    cutBy,
    sealedAtMs,
    previousSeal,
  };
  const sealed = await clips.update(
    tx,
    planned,
    { ...parts, state: 'sealed', seal: sealOf(parts), detail: '' },
    { atMs: sealedAtMs, actor: 'evidence', reason: 'sealed' },
  );
  const line = { atMs: sealedAtMs, who: 'evidence', role: 'system', clipId: id, objectSha256: cut.sha256 };
  await clips.appendCustody(tx, { ...line, act: 'created', purpose: `cut by ${cutBy}` });
  await clips.appendCustody(tx, { ...line, act: 'sealed', purpose: `seal ${sealed.seal ?? ''}` });
  const incident = await incidents.byId(tx, incidentId);
  if (incident) await openDraft(tx, incident, { clock, settings });
  return sealed;
}

/** Writes down that a clip could not be cut, and why; the incident stands without it. */
export async function loseClip(
  tx: Tx,
  clip: Pick<Clip, 'id'>,
  why: string,
  { clock }: { readonly clock: Clock },
): Promise<Clip | undefined> {
  const planned = await clips.byId(tx, clip.id);
  if (planned?.state !== 'planned') return planned;
  return clips.update(
    tx,
    planned,
    { state: 'lost', detail: why },
    { atMs: clock.nowMs(), actor: 'evidence', reason: why },
  );
}
