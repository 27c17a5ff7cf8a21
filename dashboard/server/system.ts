// The health page: which processes live, which ways are on, what the cameras suffer from, what waits, what is stored.
import { healthStates, type HealthState } from '#core/camera';
import { outagesOf } from '#core/outage';
import { cameras, clips, looks, marks, stats } from '#store';
import type { files } from '#store';
import type { Glass } from './glass.ts';
import { proofOfLife } from './life.ts';
import { serve } from './serve.ts';

/** Processes beat every two seconds; three missed beats and some are silence. */
const silentAfterMs = 10_000;
const forgetAfterMs = 24 * 3_600_000;
/** Counting files walks the disk. */
const usageEveryMs = 60_000;
const dueMax = 20_000;
const wayNames = ['reader', 'series', 'queue', 'bell'] as const;

/** The route of the health page. */
export function openSystem(glass: Glass): void {
  const { app, door, database, clock, version, register } = glass;
  let usage: { atMs: number; counted: Promise<files.Usage> } | undefined;

  function usageNow(nowMs: number): Promise<files.Usage> {
    if (!usage || nowMs - usage.atMs >= usageEveryMs) usage = { atMs: nowMs, counted: glass.files.usage() };
    return usage.counted;
  }

  serve(app, door, 'system', async () => {
    const nowMs = clock.nowMs();
    const [beats, health, counts, inbox, pending, due, stored] = await Promise.all([
      marks.beats(database),
      cameras.health(database),
      stats.counts(database, nowMs),
      looks.inboxLength(database),
      clips.pending(database),
      cameras.due(database, nowMs, dueMax),
      usageNow(nowMs),
    ]);
    const lately = beats.filter((beat) => nowMs - beat.atMs < forgetAfterMs);
    const ways: Record<string, string> = {};
    for (const beat of lately) {
      for (const name of wayNames) {
        const way = beat.facts[name];
        if (typeof way === 'string') ways[name] = way;
      }
    }
    const suffering = new Map<HealthState, number>();
    for (const { state } of health) suffering.set(state, (suffering.get(state) ?? 0) + 1);
    return {
      nowMs,
      version,
      processes: lately.map(({ process, atMs, facts }) => ({
        name: process,
        atMs,
        silent: nowMs - atMs > silentAfterMs,
        facts,
      })),
      ways,
      faults: healthStates.flatMap((state) => {
        const n = suffering.get(state) ?? 0;
        return n > 0 && state !== 'ok' ? [{ state, cameras: n }] : [];
      }),
      outages: outagesOf(register.cameras(), new Map(health.map((one) => [String(one.cameraId), one]))).map(
        ({ silent, ...outage }) => ({
          ...outage,
          silent: silent.length,
          districts: [...new Set(silent.flatMap((id) => register.camera(id)?.district ?? []))],
        }),
      ),
      queues: [
        { name: 'looks', waiting: due.length },
        { name: 'judge', waiting: inbox },
        { name: 'clips', waiting: pending.length },
      ],
      storage: [
        { what: 'files', files: stored.files, bytes: stored.bytes },
        { what: 'free', files: null, bytes: stored.freeBytes },
      ],
      life: await proofOfLife(database, nowMs, counts, glass.city.zone),
    };
  });
}
