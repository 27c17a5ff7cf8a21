// A sealed clip with its violation, for tests of the police reviewer's road.
import { systemClock } from '#core/clock';
import type { Clip } from '#core/clip';
import { ClipId, newId } from '#core/ids';
import type { Incident } from '#core/incident';
import { sealClip } from '#evidence';
import { clips } from '#store';
import { openCamera, type Stand } from './dashboard-stand.ts';

/** A confirmed act whose clip is sealed; its violation is drafted by the sealing. */
export async function sealedClipIn(stand: Stand, file: Buffer, more: Partial<Incident> = {}): Promise<Clip> {
  const story = { source: 'story', stillBefore: 'b'.repeat(64), stillCame: 'c'.repeat(64), stillAfter: 'a'.repeat(64) };
  const incident = await stand.raise({
    hazard: 'dumping',
    zoneId: 'yard',
    state: 'confirmed',
    stillSha256: 'a'.repeat(64),
    why: { looks: 1, hazardLooks: 1, overS: 60, level: 1, rule: 'dumping.act', models: [], weather: '', facts: story },
    ...more,
  });
  const sha256 = await stand.files.put(file, 'clip', 'mp4');
  const nowMs = systemClock.nowMs();
  const id = ClipId.parse(newId(systemClock));
  return stand.database.transaction(async (tx) => {
    await clips.plan(tx, {
      id,
      incidentId: incident.id,
      cameraId: openCamera.id,
      state: 'planned',
      fromMs: nowMs - 60_000,
      toMs: nowMs - 30_000,
      startsAtMs: null,
      durationMs: null,
      sha256: null,
      bytes: null,
      cutBy: null,
      sealedAtMs: null,
      previousSeal: null,
      seal: null,
      detail: '',
    });
    const cut = { sha256, bytes: file.length, startsAtMs: nowMs - 61_000, durationMs: 31_000, cutBy: 'test 1' };
    return sealClip(tx, { id }, cut, { clock: systemClock, settings: stand.settings.evidence });
  });
}
