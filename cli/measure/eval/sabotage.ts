// Known ways to break an evaluation. Each must be caught: by the leak check, by the AUC, or by the quality figures.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { frameFromJpeg } from '#detector';
import { perceptualHash } from '#models';
import type { TrainPicture } from './leak.ts';
import { lumaOf, type Judged } from './look.ts';
import type { Sabotage } from './names.ts';

const none = { model: 'sabotage', list: 'sabotage' } as const;

/**
 * Learned pictures as if a network had learned from what it is judged by: another picture of a camera that is judged
 * (`leak-group`), or a judged picture mirrored, made smaller and coded anew (`leak-mirrored`).
 */
export async function plantedPictures(sabotage: Sabotage | null, pictures: readonly Judged[]): Promise<TrainPicture[]> {
  const victim = pictures.find(({ quality }) => quality === 'good');
  if (victim === undefined) return [];
  if (sabotage === 'leak-group') {
    return [{ ...none, sha256: '0'.repeat(64), perceptualHash: '', group: victim.item.group }];
  }
  if (sabotage !== 'leak-mirrored') return [];
  const twin = await sharp(await readFile(victim.item.path))
    .flop()
    .resize({ width: Math.max(16, Math.round(victim.widthPx * 0.8)) })
    .jpeg({ quality: 70 })
    .toBuffer();
  const frame = await frameFromJpeg(twin);
  return [
    {
      ...none,
      sha256: createHash('sha256').update(twin).digest('hex'),
      perceptualHash: perceptualHash(lumaOf(frame).luma, frame.widthPx, frame.heightPx),
      group: 'sabotage|mirrored',
    },
  ];
}

/** Pictures as if nobody asked whether they can be judged. */
export const withoutQuality = (pictures: readonly Judged[]): Judged[] =>
  pictures.map((judged) => {
    const ground = { ...judged.ground };
    delete ground.unseen;
    return { ...judged, quality: 'good', blindness: 0, ground };
  });
