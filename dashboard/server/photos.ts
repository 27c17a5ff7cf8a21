// Photos that crews send as proof: JPEG only, stripped of where and when, kept by content, and bound to who sent them.
import type {} from '@fastify/multipart';
import { AhualError } from '#core/errors';
import type { Person } from '#core/person';
import { audit, people, type db } from '#store';
import { photoMaxBytes } from '../contract.ts';
import type { Glass } from './glass.ts';
import { withoutMetadata } from './jpeg.ts';
import { serve } from './serve.ts';

const wanted = (what: string): AhualError =>
  new AhualError('PICTURE_REFUSED', what, `Send one JPEG photo of ${photoMaxBytes / 2 ** 20} MiB at most.`);

/** The route that takes a photo. */
export function openPhotos({ app, door, database, files, clock }: Glass): void {
  serve(app, door, 'photo', async ({ session, request }) => {
    if (!request.isMultipart()) throw wanted('This is no file.');
    const part = await request.file({ limits: { fileSize: photoMaxBytes, files: 1, fields: 4, parts: 5 } });
    if (!part) throw wanted('There is no file in this request.');
    const bytes = await part.toBuffer().catch((cause: unknown) => {
      if (part.file.truncated) throw wanted('This photo is too large.');
      throw cause;
    });
    const clean = withoutMetadata(bytes);
    const sha256 = await files.put(clean.bytes, 'photo', 'jpg');
    await database.transaction((tx) =>
      audit.write(tx, {
        atMs: clock.nowMs(),
        actor: session.person.id,
        act: 'sent a photo',
        objectKind: 'photo',
        objectId: sha256,
        facts: { bytes: clean.bytes.length },
      }),
    );
    return { sha256, bytes: clean.bytes.length, widthPx: clean.widthPx, heightPx: clean.heightPx };
  });
}

/** Was this photo sent by somebody of this person's agency? Nobody may hang a file on a task by naming its hash. */
export async function isOwnPhoto(asked: db.Db, person: Person, sha256: string): Promise<boolean> {
  const senders = new Set((await audit.of(asked, 'photo', sha256)).map((act) => act.actor));
  if (senders.has(person.id)) return true;
  const everybody = await people.all(asked);
  return everybody.some((one) => senders.has(one.id) && one.agencyId !== null && one.agencyId === person.agencyId);
}
