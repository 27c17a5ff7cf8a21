// What an incident's end teaches the camera's own past: a false alarm and a verified clearing show what nothing wrong looks like.
import { isSeen } from '#core/hazard-name';
import type { Incident, RejectReason } from '#core/incident';
import { looks, past, type Tx } from '#store';
import { forPeople } from './settings.ts';

/** Longer than a verdict can be taken back, seconds. */
const waitS = 120;

/**
 * Rejections that say: there was nothing. The others say that it was there and is allowed, known or elsewhere, or that the
 * picture was bad; such a look must never stand for a street in order.
 */
const nothingThere: readonly RejectReason[] = ['shadow', 'reflection', 'wet_asphalt', 'weather'];

/**
 * Puts the still of an incident on the list of those to learn from when a person rejected it as nothing, or the kept frame of
 * the camera when the work was verified as done. Leaving such an end (a verdict taken back, a correction, a reopening) takes
 * the still off the list and what was learned from it out of the references.
 */
export async function teach(
  tx: Tx,
  from: Incident['state'],
  after: Incident,
  { atMs, actor }: { readonly atMs: number; readonly actor: string },
): Promise<void> {
  // Of what no eye looks for nothing is learned: a mended lamp says nothing of the snow below it.
  if (from === after.state || after.cameraId === null || !isSeen(after.hazard)) return;
  const { id: incidentId, cameraId } = after;
  if (from === 'rejected' || from === 'closed') {
    await past.forget(
      tx,
      { kind: 'incident', incidentId },
      { atMs, actor, why: `the incident is ${after.state} again` },
    );
  }
  const dueAtMs = atMs + forPeople(waitS);
  const reason = after.rejectReason;
  if (after.state === 'rejected' && after.stillSha256 !== null && reason && nothingThere.includes(reason)) {
    const seen = { stillSha256: after.stillSha256, seenAtMs: after.lastSeenAtMs };
    await past.wish(tx, { cameraId, incidentId, origin: 'rejected', ...seen, dueAtMs, actor });
  }
  if (after.state === 'closed' && from === 'verifying') {
    const frame = await looks.frameNear(tx, cameraId, atMs);
    // Only a frame from after the hazard was last seen shows that it is gone.
    if (frame && frame.seenAtMs > after.lastSeenAtMs) {
      await past.wish(tx, { cameraId, incidentId, origin: 'verified', ...frame, dueAtMs, actor });
    }
  }
}
