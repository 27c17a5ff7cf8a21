// Stills and photos by content. A hash is named only in answers to those who may see its picture, and nobody can guess one; an
// agency is held to the pictures of its own tasks besides. What a hash names never changes, so a browser may keep it.
import { open, type FileHandle } from 'node:fs/promises';
import type { FastifyReply } from 'fastify';
import { AhualError } from '#core/errors';
import type { AgencyId } from '#core/ids';
import { incidents, tasks } from '#store';
import type { Glass } from './glass.ts';
import { picturesOf, reachOf } from './scope.ts';
import { serve } from './serve.ts';
import type { Session } from './door.ts';

const absent = (): AhualError =>
  new AhualError(
    'FILE_MISSING',
    'This picture is not kept, or not for you.',
    'Its term may be over; frames are kept for 48 h.',
  );

const isAbsent = (thrown: unknown): boolean => thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';

/** Opens a kept file as a picture. Clips lie in the same store and must never leave by this door. */
async function openPicture(path: string): Promise<FileHandle> {
  const handle = await open(path, 'r').catch((thrown: unknown) => {
    throw isAbsent(thrown) ? absent() : thrown;
  });
  const { buffer } = await handle.read(Buffer.alloc(3), 0, 3, 0);
  if (buffer.toString('hex') === 'ffd8ff') return handle;
  await handle.close();
  throw absent();
}

/** Sends a kept picture. Throws FILE_MISSING where it is gone or no picture. */
export async function sendStill({ files }: Pick<Glass, 'files'>, sha256: string, reply: FastifyReply): Promise<void> {
  const handle = await openPicture(files.path(sha256));
  const { size } = await handle.stat();
  void reply.type('image/jpeg').header('content-length', String(size));
  await reply.send(handle.createReadStream({ start: 0 }));
}

/** Is this one of the pictures of this agency's tasks? */
async function isOfAgency(glass: Glass, { person }: Session, agencyId: AgencyId, sha256: string): Promise<boolean> {
  const own = await tasks.byAgency(glass.database, agencyId);
  if (own.some((task) => task.photoSha256 === sha256)) return true;
  for (const id of new Set(own.map((task) => task.incidentId))) {
    const incident = await incidents.byId(glass.database, id);
    if (!incident || !picturesOf(person, glass.register, incident)) continue;
    if (incident.stillSha256 === sha256 || incident.beforeSha256 === sha256) return true;
  }
  return false;
}

/** The route of stills. */
export function openStills(glass: Glass): void {
  serve(glass.app, glass.door, 'still', async ({ params, session, request, reply }) => {
    const { city, police, agencyId } = reachOf(session.person);
    const held = !city && !police && agencyId !== null;
    if (held && !(await isOfAgency(glass, session, agencyId, params.sha256))) throw absent();
    const etag = `"${params.sha256}"`;
    void reply.header('etag', etag).header('cache-control', 'private, max-age=86400, immutable');
    if (request.headers['if-none-match'] === etag) {
      await reply.status(304).send();
      return undefined;
    }
    await sendStill(glass, params.sha256, reply);
    return undefined;
  });
}
