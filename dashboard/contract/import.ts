// The list of cameras brought in from a table in the browser: tried first, and done as it was shown.
import { z } from 'zod';

/** The largest table that the browser hands in: 12,000 cameras with their zones are about 10 MiB. */
export const importMaxBytes = 32 * 2 ** 20;

export const importEncodings = ['utf-8', 'windows-1251', 'utf-16le'] as const;

const Fault = z.object({
  /** 0: the whole file. */
  line: z.number().int(),
  column: z.string().nullable(),
  value: z.string().nullable(),
  what: z.string(),
  cure: z.string(),
});
export type TableFault = z.infer<typeof Fault>;

export const CameraImport = z.object({
  file: z.string(),
  rows: z.number().int(),
  written: z.boolean(),
  added: z.array(z.string()),
  changed: z.array(
    z.object({
      id: z.string(),
      cells: z.array(z.object({ column: z.string(), before: z.string(), after: z.string() })),
    }),
  ),
  unchanged: z.number().int(),
  /** Cameras that are known and not in the file; they stay. */
  missing: z.array(z.string()),
  faults: z.array(Fault),
  warnings: z.array(Fault),
  digest: z.string(),
  tookMs: z.number(),
});
export type CameraImport = z.infer<typeof CameraImport>;

const asked = {
  encoding: z.enum(importEncodings).optional(),
  /** Headings that are not read, by semicolons. */
  ignore: z.string().max(1000).optional(),
};

export const importRoutes = {
  /** multipart/form-data with one file. Changes nothing: every faulty row, and every change of the rows that can be read. */
  tryImport: {
    method: 'POST',
    path: '/api/cameras/import/trial',
    query: z.object(asked),
    answer: CameraImport,
    may: 'edit-cameras',
  },
  /** The same file again, with the digest of what was shown; `skipBad` leaves faulty rows out. */
  doImport: {
    method: 'POST',
    path: '/api/cameras/import',
    query: z.object({ ...asked, digest: z.string().max(80), skipBad: z.enum(['1']).optional() }),
    answer: CameraImport,
    may: 'edit-cameras',
  },
} as const;
