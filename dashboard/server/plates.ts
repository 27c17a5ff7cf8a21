// Number plates for those who review a violation, on routes of their own: no list, no map and no wall can carry one by mistake.
import { AhualError } from '#core/errors';
import { spaced } from '#core/plate-grammar';
import { plateOf, sayPlate, type ViolationPlate } from '#evidence';
import type { PlateView } from '../contract.ts';
import type { Glass } from './glass.ts';
import { serve } from './serve.ts';
import { sendStill } from './stills.ts';

/** What leaves the house: of a plate that was not read for sure no text and no single readings. */
function viewOf({ read, said }: ViolationPlate, { register }: Pick<Glass, 'register'>): PlateView {
  const isRead = read?.state === 'read';
  return {
    state: read?.state ?? 'waiting',
    text: isRead ? spaced(read.text) : '',
    kind: isRead ? read.kind : null,
    confidence: isRead ? read.confidence : [],
    agreeing: isRead ? read.agreeing : 0,
    readings: read?.frames.length ?? 0,
    why: read?.why ?? '',
    hasCrop: read !== undefined && read.cropSha256 !== null,
    readAtMs: read?.readAtMs ?? null,
    models: read?.models ?? [],
    said: said.map(({ text, kind, who, atMs }) => ({ text: spaced(text), kind, name: register.nameOf(who), atMs })),
  };
}

/** Routes of plates. */
export function openPlates(glass: Glass): void {
  const { app, door, database, clock } = glass;

  serve(app, door, 'plate', async ({ params, reply }) => {
    void reply.header('cache-control', 'no-store');
    return viewOf(await plateOf(database, params.id), glass);
  });

  serve(app, door, 'platePicture', async ({ params, reply }) => {
    const { read } = await plateOf(database, params.id);
    if (!read?.cropSha256) {
      throw new AhualError('FILE_MISSING', 'There is no picture of this plate.', 'Look at the clip.', {});
    }
    void reply.header('cache-control', 'no-store');
    await sendStill(glass, read.cropSha256, reply);
    return undefined;
  });

  serve(app, door, 'sayPlate', async ({ params, body, session }) => {
    await database.transaction((tx) =>
      sayPlate(tx, { violationId: params.id, text: body.text, person: session.person, clock }),
    );
    return viewOf(await plateOf(database, params.id), glass);
  });
}
