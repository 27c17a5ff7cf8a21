// A film as a camera: far into it the same frame is found as by going through all of it.
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { inRoot } from '#core/root';
import { fileSource } from './file.ts';
import { framesOf } from './film.ts';

const path = inRoot('simulator', 'clips', 'flooding-street-lane.mp4');
const wish = { kind: 'most', widthPx: 160 } as const;
const still = new AbortController().signal;

const grabAt = (atS: number) =>
  fileSource().grab(
    { address: `${pathToFileURL(path).href}#t=${atS}`, frame: wish, signIn: null, answerMs: 20_000, allowedHosts: [] },
    still,
  );

test.each([0, 4.5, 11, 23.7, 38])('the frame at %d s', async (atS) => {
  const seen: Buffer[] = [];
  // Asked for every few seconds, the film is never wound.
  const moments = [...Array.from({ length: 20 }, (_, n) => n * 2).filter((s) => s < atS), atS];
  await framesOf(
    path,
    moments,
    wish,
    (picture) => Promise.resolve(void seen.push(Buffer.from(picture.frame.rgb))),
    still,
  );
  const grab = await grabAt(atS);
  if (grab.kind !== 'picture') throw new Error('no picture');
  using picture = grab.picture;
  expect(Buffer.from(picture.frame.rgb).equals(seen.at(-1) ?? Buffer.alloc(0))).toBe(true);
});

test('after its end a film shows nothing', async () => {
  expect(await grabAt(600)).toMatchObject({ kind: 'refusal', state: 'not-found' });
});
