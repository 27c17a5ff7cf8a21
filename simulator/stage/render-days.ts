// Owns writing the scenes of simulated days to disk: each state of a place as picture, mask and label.
import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { z } from 'zod';

const Names = z.array(z.string()).min(1);
const Look = z.object({
  jpeg: z.string(),
  labels: z.looseObject({ mask: z.string(), maskWidth: z.number(), maskHeight: z.number() }),
  about: z.record(z.string(), z.unknown()),
});
const [widthPx, heightPx] = [768, 432];

/**
 * Renders `scenes` places from `seed` on: `<seed>-<state>.jpg`, `.png` (surface) and `.json` for each state. What is there
 * already is left as it is, so a broken run goes on where it ended.
 */
export async function renderDays(
  open: () => Promise<{ browser: Browser; page: Page }>,
  o: { readonly scenes: number; readonly seed: number; readonly out: string },
): Promise<void> {
  await mkdir(o.out, { recursive: true });
  const began = performance.now();
  let pictures = 0;
  let opened = await open();
  for (let i = 0; i < o.scenes; i += 1) {
    const seed = o.seed + i;
    if (i > 0 && i % 8 === 0) {
      await opened.browser.close();
      opened = await open();
    }
    const names = Names.parse(await opened.page.evaluate(`window.ahualStage.openDays(${String(seed)}, ${String(i)})`));
    for (const [look, name] of names.entries()) {
      const base = path.join(o.out, `${String(seed)}-${name}`);
      if (await stat(`${base}.json`).catch(() => null)) continue;
      const raw: unknown = await opened.page.evaluate(
        `window.ahualStage.daysLook(${String(look)}, ${String(widthPx)}, ${String(heightPx)})`,
      );
      const { jpeg, labels, about } = Look.parse(raw);
      const { mask, maskWidth: width, maskHeight: height, ...rest } = labels;
      await writeFile(`${base}.jpg`, Buffer.from(jpeg, 'base64'));
      await sharp(Buffer.from(mask, 'base64'), { raw: { width, height, channels: 1 } })
        .png()
        .toFile(`${base}.png`);
      await writeFile(`${base}.json`, JSON.stringify({ schema: 'ahual.days/1', ...about, ...rest }));
      pictures += 1;
    }
    const each = ((performance.now() - began) / Math.max(1, pictures) / 1000).toFixed(2);
    console.log(`${String(i + 1)} scenes, ${String(pictures)} pictures, ${each} s each`);
  }
  await opened.browser.close();
}
