// The page of retention: terms of the installation beside what lies there, legal holds, the last sweep. Nothing is changed here.
import { kept } from '#store';
import { keptThings, type KeptRow, type KeptTerm, type KeptThing } from '../contract.ts';
import type { Glass, KeepingTerms } from './glass.ts';
import { forecastOf } from './keeping-forecast.ts';
import { serve } from './serve.ts';

const dayMs = 86_400_000;
const provenD = 30;
/** The database forgets no record that is younger, whatever it is asked for. */
const recordLeastD = 366;

const setting = (name: string, value: number, unit: 'h' | 'd' | 's', leastD: number | null = null): KeptTerm => ({
  kind: 'setting',
  setting: name,
  value,
  unit,
  leastD,
});

function termOf(thing: KeptThing, terms: KeepingTerms | undefined): KeptTerm | null {
  if (thing === 'held') return { kind: 'hold' };
  if (thing === 'reference') return { kind: 'used' };
  if (!terms) return null;
  switch (thing) {
    case 'frame':
      return setting('keeping.framesH', terms.framesH, 'h');
    // The row of a look stays a day longer than its frame.
    case 'look':
      return setting('keeping.framesH', terms.framesH + 24, 'h');
    case 'rejected':
      return setting('keeping.rejectedFramesD', terms.rejectedFramesD, 'd');
    case 'confirmed':
    case 'photo':
      return setting('keeping.confirmedFramesD', terms.confirmedFramesD, 'd');
    case 'clip':
      return setting('keeping.clipsWithoutViolationD', terms.clipsWithoutViolationD, 'd');
    case 'observation':
    case 'sum':
      return setting('keeping.hourlySumsD', terms.hourlySumsD, 'd');
    case 'violation':
    case 'record':
    case 'audit':
      return setting('keeping.recordsD', terms.recordsD, 'd', recordLeastD);
    case 'film':
      return setting('ingest.ringS', terms.ringS, 's');
    case 'other':
      return null;
  }
}

function rowOf(thing: KeptThing, measured: kept.Measured | null, terms: KeepingTerms | undefined): KeptRow {
  const files = measured?.files.find(({ sort }) => sort === thing);
  const rows = measured?.rows.find(({ sort }) => sort === thing);
  return {
    thing,
    term: termOf(thing, terms),
    files: files?.files ?? null,
    bytes: files?.bytes ?? rows?.bytes ?? null,
    mostBytes: thing === 'film' && terms ? terms.ringGiB * 2 ** 30 : null,
  };
}

/** The route of the page. */
export function openKeeping({ app, door, database, clock, settings }: Glass): void {
  serve(app, door, 'keeping', async () => {
    const nowMs = clock.nowMs();
    const [{ sweep, failed, measured, history }, holds, deleted] = await Promise.all([
      kept.told(database),
      kept.holds(database),
      kept.deletedSince(database, nowMs - provenD * dayMs),
    ]);
    const provenOf = (kind: string): number => deleted.find((one) => one.kind === kind)?.files ?? 0;
    return {
      nowMs,
      measuredAtMs: history.at(-1)?.atMs ?? null,
      whole: (measured?.folders ?? 256) === 256,
      rows: keptThings.map((thing) => rowOf(thing, measured, settings.keeping)),
      freeBytes: measured?.freeBytes ?? null,
      forecast: forecastOf(history, nowMs),
      history,
      holds,
      sweep,
      failed,
      proven: { files: provenOf('file'), clips: provenOf('clip') },
    };
  });
}
