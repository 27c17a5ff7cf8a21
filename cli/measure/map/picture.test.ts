import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { drawnOf, pixelAt, pixelsOf, type Pixels, type View } from './picture.ts';

const view: View = { lon: 71.43, lat: 51.13, zoom: 14 };
const size = { width: 400, height: 300 };

async function shot(dots: readonly (readonly [number, number])[]): Promise<Pixels> {
  const marks = dots.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3" fill="#8793A1"/>`).join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><rect width="400" height="300" fill="#0B0F14"/>${marks}</svg>`;
  return pixelsOf(await sharp(Buffer.from(svg)).png().toBuffer());
}

test('a place stands where Web Mercator puts it', () => {
  expect(pixelAt(view, view, size)).toEqual([200, 150]);
  // One tile of 256 pixels is 360 / 2^14 degrees of longitude.
  const [x, y] = pixelAt({ lon: view.lon + 360 / 2 ** 14, lat: view.lat }, view, size);
  expect([Math.round(x), Math.round(y)]).toEqual([456, 150]);
});

describe('what is drawn', () => {
  const places = [-0.002, -0.001, 0, 0.001, 0.002].map((by) => ({ lon: view.lon + by, lat: view.lat }));
  const at = places.map((place) => pixelAt(place, view, size));

  test('all, some and none are told apart', async () => {
    const bare = await shot([]);
    for (const n of [0, 2, 5]) {
      const shown = await shot(at.slice(0, n));
      expect(drawnOf(places, view, { shown, bare }, [], 3)).toEqual({ expected: 5, drawn: n });
    }
  });

  test('nothing is expected outside the picture or under a cover', async () => {
    const bare = await shot([]);
    const shown = await shot(at);
    const far = [...places, { lon: 70, lat: 51 }];
    expect(drawnOf(far, view, { shown, bare }, [[195, 140, 205, 160]], 3)).toEqual({ expected: 4, drawn: 4 });
  });
});
