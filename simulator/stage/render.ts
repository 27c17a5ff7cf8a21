// Owns driving Chromium: stills with labels for training, clips with labels for the simulated city.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { z } from 'zod';
import { renderDays } from './render-days.ts';
import { renderSeries } from './render-series.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];

const stillSchema = z.object({
  jpeg: z.string(),
  labels: z.object({
    mask: z.string(),
    maskWidth: z.number(),
    maskHeight: z.number(),
    boxes: z.array(z.unknown()),
    zones: z.array(z.unknown()),
    shares: z.record(z.string(), z.unknown()),
  }),
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

async function stills(
  pageScript: string,
  o: { count: number; seed: number; out: string; chromium: string; step: number },
): Promise<void> {
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
    await sharp(Buffer.from(mask, 'base64'), { raw: { width: maskWidth, height: maskHeight, channels: 1 } })
      .png()
      .toFile(`${base}.png`);
    await writeFile(`${base}.json`, JSON.stringify({ schema: 'ahual.still/1', ...got.about, ...labels }));
    if ((i + 1) % 50 === 0)
      console.log(`${String(i + 1)} stills, ${((performance.now() - began) / (i + 1) / 1000).toFixed(2)} s each`);
  }
  await opened.browser.close();
  console.log(
    `${String(o.count)} stills in ${o.out}, ${((performance.now() - began) / o.count / 1000).toFixed(2)} s each`,
  );
}

const openedSchema = z.object({
  id: z.string(),
  title: z.string(),
  hazard: z.string().nullable(),
  sub: z.string(),
  seed: z.number(),
  phases: z.array(
    z.object({ name: z.string(), seconds: z.number(), loop: z.boolean(), sameAs: z.string().optional() }),
  ),
  permitted: z.string().nullable(),
  scene: z.string(),
  weather: z.string(),
  light: z.string(),
  noise: z.number(),
  camera: z.object({ heightM: z.number(), tiltDeg: z.number(), fovDeg: z.number() }),
});

const box4 = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const frameSchema = z.object({
  jpeg: z.string().nullable(),
  labels: z
    .object({
      boxes: z.array(z.object({ class: z.string(), box: box4, visible: z.number(), track: z.string() })),
      zones: z.array(
        z.object({ id: z.string(), kind: z.string(), polygon: z.array(z.tuple([z.number(), z.number()])) }),
      ),
      shares: z.record(z.string(), z.object({ dry: z.number(), wet: z.number(), water: z.number(), snow: z.number() })),
    })
    .nullable(),
});

const FPS = 8;
const [CLIP_W, CLIP_H] = [1280, 720];

async function run(program: string, args: readonly string[]): Promise<void> {
  await new Promise<void>((done, fail) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (d: Buffer) => (said += d.toString()));
    child.on('error', fail);
    child.on('close', (code) =>
      code === 0 ? done() : fail(new Error(`${program} ended with ${String(code)}: ${said.slice(-800)}`)),
    );
  });
}

/** Renders one clip into `out`: video, labels; returns its row of the catalogue. */
async function renderClip(page: Page, id: string, out: string, kbps: number): Promise<void> {
  const began = performance.now();
  const about = openedSchema.parse(
    await page.evaluate(
      `window.ahualStage.openClip(${JSON.stringify(id)}, ${String(CLIP_W)}, ${String(CLIP_H)}, null)`,
    ),
  );
  const work = path.join(out, `.frames-${id}`);
  await mkdir(work, { recursive: true });
  const frameLabels: unknown[] = [];
  const phases: { name: string; fromS: number; toS: number; loop: boolean }[] = [];
  const pictures = new Map<string, Buffer[]>();
  const kept = new Map<string, { t: number; objects: unknown; shares: unknown }[]>();
  let zones: unknown = [];
  let n = 0;
  let last: Buffer | null = null;
  for (const phase of about.phases) {
    const fromS = n / FPS;
    const count = Math.round(phase.seconds * FPS);
    const known = phase.sameAs ? pictures.get(phase.sameAs) : undefined;
    const mine: Buffer[] = [];
    const said: { t: number; objects: unknown; shares: unknown }[] = [];
    for (let i = 0; i < count; i += 1) {
      const old = known?.[i];
      if (old) {
        mine.push(old);
      } else {
        const labelled = i % 4 === 0;
        const got = frameSchema.parse(
          await page.evaluate(
            `window.ahualStage.clipFrame(${JSON.stringify(phase.name)}, ${String(i / FPS)}, ${String(n)}, ${String(labelled)})`,
          ),
        );
        if (got.jpeg !== null) last = Buffer.from(got.jpeg, 'base64');
        if (!last) throw new Error(`The first frame of ${id} came back empty.`);
        mine.push(last);
        if (got.labels) {
          said.push({
            t: i / FPS,
            objects: got.labels.boxes.map(({ class: name, box, visible, track }) => ({
              class: name,
              box,
              visible,
              track,
            })),
            shares: got.labels.shares,
          });
          zones = got.labels.zones;
        }
      }
      n += 1;
    }
    const rows = phase.sameAs ? (kept.get(phase.sameAs) ?? []) : said;
    for (const r of rows) frameLabels.push({ ...r, t: Math.round((fromS + r.t) * 1000) / 1000 });
    pictures.set(phase.name, mine);
    kept.set(phase.name, rows);
    phases.push({ name: phase.name, fromS, toS: n / FPS, loop: phase.loop });
  }
  let k = 0;
  for (const phase of about.phases)
    for (const p of pictures.get(phase.name) ?? [])
      await writeFile(path.join(work, `${String(k++).padStart(5, '0')}.jpg`), p);
  const during = phases.find((p) => p.name === 'during');
  const begin = phases.find((p) => p.name === 'begin');
  const end = phases.find((p) => p.name === 'end');
  const truth =
    about.hazard && during
      ? [
          {
            hazard: about.hazard,
            sub: about.sub,
            fromS: begin ? (begin.fromS + begin.toS) / 2 : during.fromS,
            toS: end ? (end.fromS + end.toS) / 2 : during.toS,
          },
        ]
      : [];
  const file = path.join(out, `${id}.mp4`);
  const grain = Math.round(2 + about.noise * 90);
  await run('ffmpeg', [
    '-v',
    'error',
    '-y',
    '-framerate',
    String(FPS),
    '-i',
    path.join(work, '%05d.jpg'),
    '-vf',
    `noise=alls=${String(grain)}:allf=t,format=yuv420p`,
    '-c:v',
    'libx264',
    '-preset',
    'slow',
    '-profile:v',
    'main',
    '-bf',
    '0',
    '-g',
    '16',
    '-keyint_min',
    '16',
    '-sc_threshold',
    '0',
    '-force_key_frames',
    phases.map((p) => String(p.fromS)).join(','),
    '-x264-params',
    'repeat-headers=1',
    '-b:v',
    `${String(kbps)}k`,
    '-maxrate',
    `${String(Math.round(kbps * 1.25))}k`,
    '-bufsize',
    `${String(kbps * 2)}k`,
    '-movflags',
    '+faststart',
    '-an',
    file,
  ]);
  await rm(work, { recursive: true, force: true });
  const label = {
    schema: 'ahual.clip/1',
    clip: id,
    title: about.title,
    hazard: about.hazard,
    scene: about.scene,
    seed: about.seed,
    widthPx: CLIP_W,
    heightPx: CLIP_H,
    fps: FPS,
    frames: n,
    durationS: n / FPS,
    camera: about.camera,
    weather: about.weather,
    light: about.light,
    zones,
    ...(about.permitted ? { permitted: about.permitted } : {}),
    phases,
    truth,
    frameLabels,
  };
  await writeFile(path.join(out, `${id}.json`), JSON.stringify(label));
  const bytes = (await stat(file)).size;
  console.log(
    `${id}: ${String(n)} frames, ${(bytes / 1e6).toFixed(2)} MB, ${((bytes * 8) / 1000 / (n / FPS)).toFixed(0)} kbit/s, ${((performance.now() - began) / 1000).toFixed(0)} s`,
  );
}

/** Writes catalogue.json from the clips that lie in `out`, in the order of the stage's list. */
async function writeCatalogue(out: string, ids: readonly string[]): Promise<void> {
  const rows: unknown[] = [];
  for (const id of ids) {
    const text = await readFile(path.join(out, `${id}.json`), 'utf8').catch(() => null);
    if (text === null) continue;
    const label = z
      .object({
        title: z.string(),
        hazard: z.string().nullable(),
        durationS: z.number(),
        seed: z.number(),
        scene: z.string(),
        light: z.string(),
        weather: z.string(),
      })
      .parse(JSON.parse(text));
    const video = await readFile(path.join(out, `${id}.mp4`));
    rows.push({
      id,
      title: label.title,
      hazard: label.hazard,
      scene: label.scene,
      weather: label.weather,
      light: label.light,
      durationS: label.durationS,
      bytes: video.length,
      sha256: createHash('sha256').update(video).digest('hex'),
      seed: label.seed,
    });
  }
  await writeFile(
    path.join(out, 'catalogue.json'),
    `${JSON.stringify({ schema: 'ahual.clips/1', clips: rows }, null, 2)}\n`,
  );
}

async function clips(
  pageScript: string,
  o: { out: string; only: readonly string[]; chromium: string; kbps: number },
): Promise<void> {
  await mkdir(o.out, { recursive: true });
  let opened = await openStage(pageScript, o.chromium);
  const ids = z.array(z.string()).parse(await opened.page.evaluate('window.ahualStage.clipIds'));
  const wanted = o.only.length > 0 ? ids.filter((id) => o.only.includes(id)) : ids;
  for (const id of wanted) {
    await renderClip(opened.page, id, o.out, o.kbps);
    await writeCatalogue(o.out, ids);
    await opened.browser.close();
    opened = await openStage(pageScript, o.chromium);
  }
  await opened.browser.close();
}

/** One picture per clip and seed, for choosing a place by eye. */
async function probe(
  pageScript: string,
  o: { out: string; only: readonly string[]; chromium: string; seeds: readonly number[]; phase: string; at: number },
): Promise<void> {
  await mkdir(o.out, { recursive: true });
  const { browser, page } = await openStage(pageScript, o.chromium);
  const ids = z.array(z.string()).parse(await page.evaluate('window.ahualStage.clipIds'));
  for (const id of o.only.length > 0 ? o.only : ids) {
    for (const seed of o.seeds.length > 0 ? o.seeds : [null]) {
      await page.evaluate(
        `window.ahualStage.openClip(${JSON.stringify(id)}, ${String(CLIP_W)}, ${String(CLIP_H)}, ${JSON.stringify(seed)})`,
      );
      const got = frameSchema.parse(
        await page.evaluate(`window.ahualStage.clipFrame(${JSON.stringify(o.phase)}, ${String(o.at)}, 0, false)`),
      );
      if (got.jpeg !== null)
        await writeFile(
          path.join(o.out, `${id}${seed === null ? '' : `-${String(seed)}`}.jpg`),
          Buffer.from(got.jpeg, 'base64'),
        );
    }
  }
  await browser.close();
}

/** The command: `stills --count N --seed S --out DIR`, `series --count CAMERAS --seed S --out DIR`, `days --scenes N --seed S --out DIR`, `clips --out DIR [--only a,b]`, `probe --out DIR [--only a,b] [--seeds 1,2] [--phase during --at 2]`. */
export async function main(argv: readonly string[], pageScript: string): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      count: { type: 'string', default: '10' },
      seed: { type: 'string', default: '100000' },
      step: { type: 'string', default: '1' },
      scenes: { type: 'string', default: '24' },
      out: { type: 'string' },
      chromium: { type: 'string', default: '/usr/bin/chromium' },
      only: { type: 'string', default: '' },
      seeds: { type: 'string', default: '' },
      phase: { type: 'string', default: 'before' },
      at: { type: 'string', default: '1' },
      kbps: { type: 'string', default: '420' },
    },
  });
  const what = positionals[0];
  if (what === 'stills' && values.out) {
    await stills(pageScript, {
      count: Number(values.count),
      seed: Number(values.seed),
      out: values.out,
      chromium: values.chromium,
      step: Number(values.step),
    });
    return;
  }
  if (what === 'series' && values.out) {
    await renderSeries(() => openStage(pageScript, values.chromium), {
      count: Number(values.count),
      seed: Number(values.seed),
      step: Number(values.step),
      out: values.out,
    });
    return;
  }
  if (what === 'days' && values.out) {
    await renderDays(() => openStage(pageScript, values.chromium), {
      scenes: Number(values.scenes),
      seed: Number(values.seed),
      out: values.out,
    });
    return;
  }
  const only = values.only.split(',').filter((t) => t !== '');
  if (what === 'clips' && values.out) {
    await clips(pageScript, { out: values.out, only, chromium: values.chromium, kbps: Number(values.kbps) });
    return;
  }
  if (what === 'probe' && values.out) {
    await probe(pageScript, {
      out: values.out,
      only,
      chromium: values.chromium,
      seeds: values.seeds
        .split(',')
        .filter((t) => t !== '')
        .map(Number),
      phase: values.phase,
      at: Number(values.at),
    });
    return;
  }
  throw new Error(
    'Say what to render: stills or series --count N --seed S --out DIR, days --scenes N --seed S --out DIR, or clips --out DIR [--only id].',
  );
}
