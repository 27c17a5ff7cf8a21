// Gathers what the error model is fitted on: held-out real pictures, unlearned rendered ones, troubled copies, films.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadConfig } from '#config';
import { Camera } from '#core/camera';
import { lookIdOf } from '#core/ids';
import { silentLog } from '#core/log';
import { startEye } from '#ingest';
import { wholePicture } from '../replay.ts';
import { readClips } from './clips.ts';
import { networkSeeds } from './learned.ts';
import { readLists, shareOf } from './lists.ts';
import type { Eyes, Judged } from './look.ts';
import type { Progress } from './progress.ts';
import {
  logitOf,
  realScores,
  renderedIn,
  renderedScores,
  type NoticeRow,
  type Rendered,
  type ScoreRow,
  type ShareRow,
} from './scores.ts';
import {
  calmOfReal,
  calmOfRendered,
  realPast,
  renderedPast,
  troubledScores,
  type Calm,
  type PastRow,
} from './troubled.ts';

/** One level in one frame of a film of a camera that hangs. */
export interface FilmRow {
  readonly matter: 'flood' | 'snow';
  readonly film: string;
  readonly atS: number;
  readonly logit: number;
}

export interface Gathered {
  readonly scores: readonly ScoreRow[];
  readonly notices: readonly NoticeRow[];
  readonly shares: readonly ShareRow[];
  readonly films: readonly FilmRow[];
  readonly past: readonly PastRow[];
  readonly pictures: {
    readonly real: number;
    readonly rendered: number;
    readonly troubled: number;
    readonly frames: number;
  };
}

export interface GatherOptions {
  readonly data: string;
  /** Folders of rendered pictures: stills, series, scenes of simulated days. */
  readonly rendered: readonly string[];
  /** No more rendered pictures of each folder than this. */
  readonly most: number;
  readonly isWithClips: boolean;
  readonly progress: (what: string, total: number) => Progress;
}

/** Pictures with a troubled lens are made of so many calm ones, real and rendered. */
const troubledMost = 24;
const filmMostS = 16;

/** Shows every picture to the networks and writes down what they said under which condition. */
export async function gather(options: GatherOptions, eyes: Eyes): Promise<Gathered> {
  const { items } = readLists(options.data, 'held-out');
  const judged: Judged[] = [];
  const bar = options.progress('real pictures', items.length);
  for (const item of items) {
    const answer = await eyes.judge(item);
    if (!('why' in answer)) judged.push(answer);
    bar.tick();
  }
  bar.end();
  const learned = await networkSeeds();
  const rendered = options.rendered.flatMap((folder) => renderedIn(folder, learned, options.most));
  const scores: ScoreRow[] = realScores(judged);
  const notices: NoticeRow[] = [];
  const shares: ShareRow[] = [];
  const drawn = options.progress('rendered pictures', rendered.length);
  for (const one of rendered) {
    const rows = await renderedScores(one, eyes);
    scores.push(...rows.scores);
    notices.push(...rows.notices);
    shares.push(...rows.shares);
    drawn.tick();
  }
  drawn.end();
  const calm = [
    ...some(rendered.filter((one) => isCalm(one)).map(calmOfRendered)),
    ...some(judged.filter((one) => isCalmReal(one)).map(calmOfReal)),
  ];
  const troubled = options.progress('troubled pictures', calm.length);
  for (const one of calm) {
    const rows = await troubledScores(one, eyes);
    scores.push(...rows.scores);
    notices.push(...rows.notices);
    troubled.tick();
  }
  troubled.end();
  const beside = options.progress('beside their past', rendered.filter(({ label }) => label.state).length);
  const past = [...(await realPast(judged, eyes)), ...(await renderedPast(rendered, eyes, () => beside.tick()))];
  beside.end();
  const films = options.isWithClips ? await filmRows(options) : [];
  return {
    scores,
    notices,
    shares,
    films,
    past,
    pictures: { real: judged.length, rendered: rendered.length, troubled: calm.length, frames: films.length },
  };
}

const some = (calm: readonly Calm[]): Calm[] =>
  calm.toSorted((a, b) => shareOf(`troubled ${a.file}`) - shareOf(`troubled ${b.file}`)).slice(0, troubledMost);
const isCalmReal = ({ item, quality, heightPx }: Judged): boolean =>
  item.isFixed &&
  (item.list === 'flooding' || item.list === 'snow' || item.list === 'road_cctv') &&
  item.truth === 'negative' &&
  quality === 'good' &&
  heightPx >= 240;
const isCalm = ({ label }: Rendered): boolean =>
  label.state ? /^(?:dry|wet)-(?:day|overcast|night)$/.test(label.state.name) : false;

/** Levels of each film of a camera that hangs, a look a second. */
async function filmRows({ data, progress }: GatherOptions): Promise<FilmRow[]> {
  const clips = (readClips(data) ?? []).filter(({ file }) => !/^man_|^motorbike|generated|dumps/.test(file));
  const { settings } = loadConfig(process.env);
  const folder = mkdtempSync(join(tmpdir(), 'ahual-eval-films-'));
  const eye = startEye({
    inFlight: 1,
    ways: settings.ingest.ways,
    dropFolder: folder,
    files: true,
    hazards: settings.hazards,
    log: silentLog,
  });
  const rows: FilmRow[] = [];
  const bar = progress('films', clips.length);
  try {
    await eye.ready();
    for (const { path, file } of clips) {
      const id = basename(file).replace(/[^A-Za-z0-9-]/g, '-');
      const name = { kk: id, ru: id, en: id };
      const point = { lon: 71.44, lat: 51.14 };
      const camera = Camera.parse({
        id,
        name,
        point,
        district: 'esil',
        restricted: false,
        zones: wholePicture.slice(0, 1),
      });
      for (let atS = 0; atS < filmMostS; atS++) {
        const answer = await eye.look({
          lookId: lookIdOf(camera.id, atS * 1000),
          camera,
          signIn: null,
          timeoutMs: 20_000,
          still: 'never',
          lastDigest: null,
          file: { address: pathToFileURL(path).href, atS },
        });
        if (answer.outcome.kind === 'unseen') break;
        for (const { hazard, support } of answer.observations) {
          const level = support.facts['flood'];
          if (hazard === 'flooding' && typeof level === 'number')
            rows.push({ matter: 'flood', film: file, atS, logit: logitOf(level) });
        }
      }
      bar.tick();
    }
  } finally {
    await eye[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }
  bar.end();
  return rows;
}
