// Owns driving Chromium: stills with labels for training, clips with labels for the simulated city.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { z } from 'zod';

const FLAGS = ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];

const stillSchema = z.object({
  jpeg: z.string(),
  labels: z.object({ mask: z.string(), maskWidth: z.number(), maskHeight: z.number(), boxes: z.array(z.unknown()), zones: z.array(z.unknown()), shares: z.record(z.string(), z.unknown()) }),
  about: z.record(z.string(), z.unknown()),
});

/** Opens the stage's page in headless Chromium. */
export async function openStage(pageScript: string, executablePath: string): Promise<{ browser: Browser; page: Page }> {
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error.message));
  page.on('console', (m) => {
    if (m.type() === 'error' || m.type() === 'warning') console.error(m.text().slice(0, 2000));
  });
  await page.setContent('<!doctype html><title>stage</title><body></body>');
  await page.addScriptTag({ content: await readFile(pageScript, 'utf8') });
  return { browser, page };
}

async function stills(pageScript: string, o: { count: number; seed: number; out: string; chromium: string; step: number }): Promise<void> {
  await mkdir(o.out, { recursive: true });
  let opened = await openStage(pageScript, o.chromium);
  const began = performance.now();
  for (let i = 0; i < o.count; i += 1) {
    const seed = o.seed + i * o.step;
    if (i > 0 && i % 400 === 0) {
      await opened.browser.close();
      opened = await openStage(pageScript, o.chromium);
    }
    const got = stillSchema.parse(await opened.page.evaluate(`window.ahualStage.still(${String(seed)}, 960, 540)`));
    const { mask, maskWidth, maskHeight, ...labels } = got.labels;
    const base = path.join(o.out, String(seed));
    await writeFile(`${base}.jpg`, Buffer.from(got.jpeg, 'base64'));
    await sharp(Buffer.from(mask, 'base64'), { raw: { width: maskWidth, height: maskHeight, channels: 1 } }).png().toFile(`${base}.png`);
    await writeFile(`${base}.json`, JSON.stringify({ schema: 'ahual.still/1', ...got.about, ...labels }));
    if ((i + 1) % 50 === 0) console.log(`${String(i + 1)} stills, ${((performance.now() - began) / (i + 1) / 1000).toFixed(2)} s each`);
  }
  await opened.browser.close();
  console.log(`${String(o.count)} stills in ${o.out}, ${((performance.now() - began) / o.count / 1000).toFixed(2)} s each`);
}

/** The command: `stills --count N --seed S --out DIR`. */
export async function main(argv: readonly string[], pageScript: string): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { count: { type: 'string', default: '10' }, seed: { type: 'string', default: '100000' }, step: { type: 'string', default: '1' }, out: { type: 'string' }, chromium: { type: 'string', default: '/usr/bin/chromium' } },
  });
  const what = positionals[0];
  if (what === 'stills' && values.out) {
    await stills(pageScript, { count: Number(values.count), seed: Number(values.seed), out: values.out, chromium: values.chromium, step: Number(values.step) });
    return;
  }
  throw new Error('Say what to render: stills --count N --seed S --out DIR, or clips --out DIR [--only id].');
}
