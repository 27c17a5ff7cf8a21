// Hazards that people put off at cameras, as they put them off: one act for many cameras is one row of the note.
import type { HazardName } from '#core/hazard-name';
import type { cameraQuiet } from '#store';

export interface PutOffTogether {
  readonly hazards: HazardName[];
  readonly cameraIds: string[];
  readonly untilMs: number;
  readonly reason: string;
  readonly actor: string;
}

const byNumber = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

/**
 * Rows that were put off in the same moment by the same person until the same moment and for the same reason, as one; of cameras with
 * the same hazards. What ends first stands first.
 */
export function putOffTogether(rows: readonly cameraQuiet.CameraQuiet[]): PutOffTogether[] {
  const ofCamera = new Map<string, { first: cameraQuiet.CameraQuiet; hazards: Set<HazardName> }>();
  for (const row of rows) {
    const key = JSON.stringify([row.cameraId, row.sinceMs, row.untilMs, row.actor, row.reason]);
    const known = ofCamera.get(key);
    if (known) known.hazards.add(row.hazard);
    else ofCamera.set(key, { first: row, hazards: new Set([row.hazard]) });
  }
  const together = new Map<string, PutOffTogether>();
  for (const { first, hazards } of ofCamera.values()) {
    const { sinceMs, untilMs, actor, reason, cameraId } = first;
    const sorted = [...hazards].sort();
    const key = JSON.stringify([sinceMs, untilMs, actor, reason, sorted]);
    const known = together.get(key);
    if (known) known.cameraIds.push(cameraId);
    else together.set(key, { hazards: sorted, cameraIds: [cameraId], untilMs, reason, actor });
  }
  for (const one of together.values()) one.cameraIds.sort(byNumber);
  return [...together.values()].sort(
    (a, b) => a.untilMs - b.untilMs || byNumber(a.cameraIds[0] ?? '', b.cameraIds[0] ?? ''),
  );
}
