// The list of cameras from a table in the browser: the import of the command line, first tried, then done as it was shown.
import type {} from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import type { City } from '#config';
import { AhualError } from '#core/errors';
import { importCameras, importCity, textOf, type Encoding, type ImportReport } from '#ingest';
import type { Person } from '#core/person';
import { importMaxBytes, type CameraImport } from '../contract.ts';
import type { Glass } from './glass.ts';
import { addressShown } from './places.ts';
import { Refusal } from './problems.ts';
import { serve } from './serve.ts';

const wanted = (message: string): AhualError =>
  new AhualError('REQUEST_INVALID', message, `Send one CSV file of ${importMaxBytes / 2 ** 20} MiB at most.`);

async function fileOf(request: FastifyRequest): Promise<{ name: string; bytes: Uint8Array }> {
  if (!request.isMultipart()) throw wanted('This is no table.');
  const part = await request.file({ limits: { fileSize: importMaxBytes, files: 1, fields: 0, parts: 1 } });
  if (!part) throw wanted('There is no table in this request.');
  const bytes = await part.toBuffer().catch((cause: unknown) => {
    if (part.file.truncated) throw wanted('This table is too large.');
    throw cause;
  });
  return { name: part.filename.slice(0, 120) || 'cameras.csv', bytes };
}

const addressColumns: readonly string[] = ['rtsp', 'sub_rtsp', 'snapshot'];

/** A cell as a screen may show it: what stands behind a question mark of an address may be a secret. */
function cellShown(column: string, text: string): string {
  if (!addressColumns.includes(column) || !URL.canParse(text)) return text.slice(0, 400);
  const address = addressShown(text);
  return address ? `${address.shown}${address.hidden ? '?…' : ''}` : '';
}

const shown = (report: ImportReport): CameraImport => ({
  file: report.file,
  rows: report.rows,
  written: report.written,
  added: [...report.added],
  changed: report.changed.map(({ id, cells }) => ({
    id,
    cells: cells.map(({ column, before, after }) => ({
      column,
      before: cellShown(column, before),
      after: cellShown(column, after),
    })),
  })),
  unchanged: report.unchanged,
  missing: [...report.missing],
  faults: [...report.faults],
  warnings: [...report.warnings],
  digest: report.digest,
  tookMs: report.tookMs,
});

/** What is left of a file that is no text: nothing, and why. */
const unread = (file: string, { message, cure }: AhualError): CameraImport => ({
  file,
  rows: 0,
  written: false,
  added: [],
  changed: [],
  unchanged: 0,
  missing: [],
  faults: [{ line: 0, column: null, value: null, what: message, cure }],
  warnings: [],
  digest: '',
  tookMs: 0,
});

/** Routes of the import. One at a time: two tables at once would only find each other's cameras changed. */
export function openImport(glass: Glass, city: Pick<City, 'districts'>): void {
  const { app, door, database, register, clock } = glass;
  let busy = false;

  async function bring(
    request: FastifyRequest,
    by: Person,
    asked: { readonly encoding?: Encoding | undefined; readonly ignore?: string | undefined },
    step: { readonly isDry: boolean; readonly agree?: (report: ImportReport) => void },
  ): Promise<CameraImport> {
    if (busy) {
      const message = 'Another table is being read now.';
      const why = new AhualError('REQUEST_INVALID', message, 'Wait until it is done, then try again.');
      throw new Refusal(why, { status: 409 });
    }
    busy = true;
    try {
      const { name, bytes } = await fileOf(request);
      let text: string;
      try {
        text = textOf(bytes, name, asked.encoding);
      } catch (thrown) {
        if (thrown instanceof AhualError) return unread(name, thrown);
        throw thrown;
      }
      const agencyIds = register.agencies().map(({ id }) => String(id));
      const report = await importCameras(database, {
        ...step,
        text,
        clock,
        file: name,
        city: importCity(city, agencyIds),
        skipBad: true,
        removeMissing: undefined,
        ignore: (asked.ignore ?? '').split(';').filter((heading) => heading.trim() !== ''),
        actor: by.id,
      });
      if (report.written) await register.refresh();
      return shown(report);
    } finally {
      busy = false;
    }
  }

  serve(app, door, 'tryImport', ({ request, session, query }) =>
    bring(request, session.person, query, { isDry: true }),
  );

  serve(app, door, 'doImport', ({ request, session, query }) =>
    bring(request, session.person, query, {
      isDry: false,
      agree: ({ faults, digest }) => {
        if (faults.length > 0 && query.skipBad === undefined) {
          const message = 'This table has faulty rows.';
          throw new AhualError('REQUEST_INVALID', message, 'Correct them, or have them left out.');
        }
        if (digest === query.digest) return;
        const message = 'The table or the cameras are no longer what was shown.';
        throw new AhualError('INCIDENT_CHANGED', message, 'Try the table again and look at the difference.');
      },
    }),
  );
}
