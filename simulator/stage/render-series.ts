// Owns writing series to disk: pictures, masks and labels of one camera under many lights and weathers.
import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { z } from 'zod';

const looksSchema = z.number().int().positive();
const lookSchema = z.object({
  jpeg: z.string(),
  labels: z.looseObject({ mask: z.string(), maskWidth: z.number(), maskHeight: z.number() }),
  about: z.record(z.string(), z.unknown()),
});

/**
 * Renders `count` cameras from `seed` on: `<seed>-<look>.jpg`, `.png` (surface) and `.json` for each look, calm ones first.
 * What is there already is left as it is. */
export async function renderSeries(
  open: () => Promise<{ browser: Browser; page: Page }>,
  o: { readonly count: number; readonly seed: number; readonly step: number; readonly out: string },
): Promise<void> {
  await mkdir(o.out, { recursive: true });
  const began = performance.now();
  let pictures = 0;
  let opened = await open();
  for (let i = 0; i < o.count; i += 1) {
    const seed = o.seed + i * o.step;
    if (i > 0 && i % 25 === 0) {
      await opened.browser.close();
      opened = await open();
    }
    const looks = looksSchema.parse(await opened.page.evaluate(`window.ahualStage.openSeries(${String(seed)})`));
    for (let look = 0; look < looks; look += 1) {
      const base = path.join(o.out, `${String(seed)}-${String(look).padStart(2, '0')}`);
      if (await stat(`${base}.json`).catch(() => null)) continue;
      const raw: unknown = await opened.page.evaluate(`window.ahualStage.seriesLook(${String(look)}, 640, 360)`);
      const { jpeg, labels, about } = lookSchema.parse(raw);
      const { mask, maskWidth: width, maskHeight: height, ...rest } = labels;
      await writeFile(`${base}.jpg`, Buffer.from(jpeg, 'base64'));
      await sharp(Buffer.from(mask, 'base64'), { raw: { width, height, channels: 1 } })
        .png()
        .toFile(`${base}.png`);
      await writeFile(`${base}.json`, JSON.stringify({ schema: 'ahual.series/1', ...about, ...rest }));
      pictures += 1;
    }
    const each = ((performance.now() - began) / pictures / 1000).toFixed(2);
    console.log(`${String(i + 1)} cameras, ${String(pictures)} pictures, ${each} s each`);
  }
  await opened.browser.close();
}
