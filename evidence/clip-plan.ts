// Which seconds of which camera belong to an act, and the row that asks for them.
import { plannedClip, type Clip } from '#core/clip';
import type { Clock } from '#core/clock';
import { ClipId, newId } from '#core/ids';
import type { Incident } from '#core/incident';
import { issues } from '#hazards';
import { clips, type Tx } from '#store';
import type { EvidenceSettings } from './settings.ts';

type Window = Pick<EvidenceSettings, 'beforeS' | 'afterS' | 'maxClipS'>;

const momentIn = (facts: Incident['why']['facts'], name: string): number | undefined => {
  const value = facts[name];
  return typeof value === 'number' ? value : undefined;
};

/**
 * From `beforeS` before the vehicle came to `afterS` after it left, in milliseconds since 1970. A longer stay is cut down to
 * `maxClipS` around the act itself: the raised body where it was seen, else the leaving, after which the heap is there.
 * Undefined for what is no act (a heap that nobody was seen making has no vehicle to show).
 */
export function clipWindow(
  incident: Pick<Incident, 'hazard' | 'why' | 'lastSeenAtMs'>,
  { beforeS, afterS, maxClipS }: Window,
): { fromMs: number; toMs: number } | undefined {
  const { facts } = incident.why;
  const cameAtMs = momentIn(facts, 'cameAtMs');
  if (!issues[incident.hazard].clip || facts['source'] !== 'story' || cameAtMs === undefined) return undefined;
  const leftAtMs = momentIn(facts, 'leftAtMs') ?? Math.max(incident.lastSeenAtMs, cameAtMs);
  const fromMs = cameAtMs - beforeS * 1000;
  const toMs = leftAtMs + afterS * 1000;
  const maxMs = maxClipS * 1000;
  if (toMs - fromMs <= maxMs) return { fromMs, toMs };
  const actAtMs = momentIn(facts, 'raisedAtMs') ?? leftAtMs;
  const cutFromMs = Math.min(Math.max(fromMs, actAtMs - maxMs / 2), toMs - maxMs);
  return { fromMs: Math.round(cutFromMs), toMs: Math.round(cutFromMs + maxMs) };
}

/**
 * Plans the clip of an incident in the caller's transaction, once: a second call gives the clip that is there. Undefined
 * where there is nothing to cut (no act, or no camera).
 */
export async function planClip(
  tx: Tx,
  incident: Incident,
  { clock, settings }: { readonly clock: Clock; readonly settings: Window },
): Promise<Clip | undefined> {
  const window = clipWindow(incident, settings);
  if (!window || !incident.cameraId) return undefined;
  const [known] = await clips.byIncident(tx, incident.id);
  if (known) return known;
  const { id: incidentId, cameraId } = incident;
  const clip = plannedClip({ id: ClipId.parse(newId(clock)), incidentId, cameraId, ...window });
  await clips.plan(tx, clip);
  return clip;
}
