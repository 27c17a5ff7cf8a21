// What is kept how long, how much disk it takes, when that fills, what is under legal hold, and what the last sweep took: read only.
import { z } from 'zod';
import { moment } from './wire.ts';

/** What is kept, in the order of the page. The first eight are files, then rows, then films on the workers' own disks. */
export const keptThings = [
  'frame',
  'rejected',
  'confirmed',
  'photo',
  'clip',
  'violation',
  'held',
  'reference',
  'look',
  'observation',
  'sum',
  'record',
  'audit',
  'other',
  'film',
] as const;
export const KeptThing = z.enum(keptThings);
export type KeptThing = z.infer<typeof KeptThing>;

/**
 * How long: by a setting (`unit` of its number), as long as the record that shows it, as long as somebody wants it, or by its own
 * kind of term.
 */
export const KeptTerm = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('setting'),
    setting: z.string(),
    value: z.number(),
    unit: z.enum(['h', 'd', 's']),
    /** Nothing younger goes, whatever the setting says, days; the database itself sees to it. */
    leastD: z.number().nullable(),
  }),
  z.object({ kind: z.literal('hold') }),
  z.object({ kind: z.literal('used') }),
]);
export type KeptTerm = z.infer<typeof KeptTerm>;

export const KeptRow = z.object({
  thing: KeptThing,
  /** Null where the page was not told what the installation is set to, and where there is no one term. */
  term: KeptTerm.nullable(),
  files: z.number().nullable(),
  /** Null before the first sweep, and for films, which lie on other disks. */
  bytes: z.number().nullable(),
  /** So much at most by a setting of its own, bytes. */
  mostBytes: z.number().nullable(),
});
export type KeptRow = z.infer<typeof KeptRow>;

/** How the free space goes: measured for less than a day, not shrinking, or shrinking so that it is used up at a moment. */
export const KeptForecast = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('young') }),
  z.object({ kind: z.literal('steady') }),
  z.object({ kind: z.literal('fills'), atMs: moment, bytesPerDay: z.number() }),
]);
export type KeptForecast = z.infer<typeof KeptForecast>;

export const KeepingPage = z.object({
  nowMs: moment,
  measuredAtMs: moment.nullable(),
  /** False: counted from a part of the folders. */
  whole: z.boolean(),
  rows: z.array(KeptRow),
  freeBytes: z.number().nullable(),
  forecast: KeptForecast,
  history: z.array(z.object({ atMs: moment, fileBytes: z.number(), rowBytes: z.number(), freeBytes: z.number() })),
  holds: z.object({ clips: z.number(), bytes: z.number(), incidents: z.number() }),
  sweep: z
    .object({
      atMs: moment,
      tookMs: z.number(),
      swept: z.object({
        frames: z.number(),
        pictures: z.number(),
        clips: z.number(),
        rows: z.number(),
        pieces: z.number(),
      }),
    })
    .nullable(),
  failed: z.object({ atMs: moment, why: z.string() }).nullable(),
  /** Named in the proof of deletion within 30 days. */
  proven: z.object({ files: z.number(), clips: z.number() }),
});
export type KeepingPage = z.infer<typeof KeepingPage>;

export const keepingRoutes = {
  keeping: { method: 'GET', path: '/api/keeping', answer: KeepingPage, may: 'see-system' },
} as const;
