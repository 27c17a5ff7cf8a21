// `ahual eval --errors FILE`: measures how the deployed networks err and writes it down for the simulated town (measure 4 and 5).
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { systemClock } from '#core/clock';
import { AhualError } from '#core/errors';
import { isoOf } from '#core/units';
import { defaultHazardSettings } from '#hazards';
import { life } from '#simulator';
import type { Measurement } from '../frame.ts';
import { alarmsOf, fitErrors } from './errors-fit.ts';
import { gather, type GatherOptions } from './errors-rows.ts';
import { openEyes } from './look.ts';

export interface ErrorsOptions extends GatherOptions {
  /** Where the model is written; what lies there before is printed beside it. */
  readonly errors: string;
  /** Where the rows are written that it was fitted on. */
  readonly samples: string | undefined;
  readonly say: (text: string) => void;
}

const Old = z.record(z.string(), z.unknown());
const Plain = z.object({ mean: z.number(), sd: z.number() });
const scored = ['flood', 'snow', 'spot', 'openBox', 'heap', 'raised'] as const;

/** Gathers, fits and writes. Throws CONFIG_MISSING or REQUEST_INVALID for lists and folders, CONFIG_INVALID for old errors that are none. */
export async function measureErrors(options: ErrorsOptions): Promise<Measurement> {
  const before = existsSync(options.errors) ? oldOf(options.errors) : {};
  await using eyes = await openEyes();
  const rows = await gather(options, eyes);
  if (options.samples !== undefined) writeFileSync(options.samples, JSON.stringify(rows));
  const made = isoOf(systemClock.nowMs()).slice(0, 10);
  const { real, rendered, troubled, frames } = rows.pictures;
  const networks = eyes.cards.map(({ name, version }) => `${name}@${version}`).join(', ');
  const source =
    `ahual eval --errors, ${made}: ${networks}; ${real} held-out real pictures, ${rendered} rendered ones of unlearned ` +
    `seeds, ${troubled} spoilt in nine ways, ${frames} film frames`;
  const fitted = fitErrors(
    rows,
    alarmsOf(defaultHazardSettings, eyes.road.witness.snow.full),
    source,
    life.ErrorModel.safeParse(before).data,
  );
  const model = life.ErrorModel.parse(fitted);
  writeFileSync(options.errors, `${JSON.stringify(model, null, 2)}\n`);
  options.say(`the error model is ${options.errors}`);
  return {
    command: 'eval',
    args: { errors: true, rendered: options.rendered.length, most: options.most },
    result: {
      source,
      pictures: rows.pictures,
      table: tableOf(before, model),
      variance: model.variance,
      lookStepS: model.lookStepS,
    },
    bars: [],
    notes: model.notes,
  };
}

function oldOf(path: string): z.infer<typeof Old> {
  const parsed = Old.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new AhualError('CONFIG_INVALID', `${path} is no error model.`, 'Name another file, or remove this one.');
}

/** Each score in words: as it was, as it is, and what is behind it. */
function tableOf(before: z.infer<typeof Old>, model: life.ErrorModel): Record<string, string> {
  const table: Record<string, string> = {};
  for (const matter of scored) {
    const was = Old.safeParse(before[matter]);
    for (const [condition, score] of Object.entries(model[matter])) {
      if (!score) continue;
      const old = Plain.safeParse(was.success ? was.data[condition] : undefined);
      const tail = score.tail ? `; ${score.tail.share} of the zones ${score.tail.mean} ± ${score.tail.sd}` : '';
      table[`${matter}.${condition}`] =
        `${old.success ? `${old.data.mean} ± ${old.data.sd}` : 'new'} → ${score.mean} ± ${score.sd}${tail} ` +
        `(${score.n ?? 0} of ${score.groups ?? 0}, ${score.from ?? ''})`;
    }
  }
  return table;
}
