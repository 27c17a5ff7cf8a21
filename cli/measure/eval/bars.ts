// What an evaluation must reach: the project's bars, and those that each network's card names.
import type { ModelCard } from '#models';
import { bar, type Bar } from '../frame.ts';
import { rounded } from '../statistics.ts';
import type { Leak } from './leak.ts';
import type { Result } from './result.ts';

interface Ranked {
  readonly auc: number | null;
  readonly n: number;
}

/** One bar for each figure that was asked for; a figure that could not be had passes nothing. */
export function barsOf(result: Result, leak: Pick<Leak, 'files' | 'nearDuplicates' | 'groups'>): Bar[] {
  const { flooding, snow, dumping, cannotSee, calm, weakest, rendered, degraded, past } = result;
  const manhole = result['open-manhole'];
  const auc = (id: string, limit: number, ranked: Ranked | undefined): Bar[] =>
    ranked ? [bar(`eval.${id}.auc`, '>=', limit, ranked.auc, ranked.n)] : [];
  const scored = [flooding, snow, manhole].flatMap((one) => (one ? [one.reliability] : []));
  const worstEce = scored.some(({ ece }) => ece === null) ? null : Math.max(...scored.map(({ ece }) => ece ?? 1));
  return [
    bar('eval.leak', '==', 0, leak.files + leak.nearDuplicates + leak.groups),
    ...auc('flooding.all', 0.94, flooding?.all),
    ...auc('flooding.fixed', 0.94, flooding?.fixed),
    ...(flooding && flooding.maskIou.n > 0
      ? [bar('eval.flooding.maskIou', '>=', 0.6, flooding.maskIou.value, flooding.maskIou.n)]
      : []),
    ...(past
      ? [
          bar(
            'eval.past.flooding.withReferences.after',
            '>=',
            0.97,
            past.flooding.withReferences.after,
            past.flooding.withReferences.n,
          ),
        ]
      : []),
    ...auc('snow.all', 0.96, snow?.all),
    ...auc('snow.fixed', 0.96, snow?.fixed),
    ...(rendered
      ? [bar('eval.snow.shareError', '<=', 0.15, rendered.shareError.snow.mean, rendered.shareError.snow.n)]
      : []),
    ...auc('open-manhole.all', 0.97, manhole?.all),
    ...(manhole ? [bar('eval.open-manhole.ap50', '>=', 0.6, manhole.ap50.open, manhole.ap50.n)] : []),
    ...auc('dumping.all', 0.98, dumping?.all),
    ...auc('dumping.truck.all', 0.9, dumping?.truck?.all),
    ...(cannotSee ? [bar('eval.cannotSee.auc', '>=', 0.95, cannotSee.auc, cannotSee.n)] : []),
    ...auc('degraded.cannotSee', 0.95, degraded?.cannotSee),
    ...(scored.length > 0
      ? [
          bar(
            'eval.ece',
            '<=',
            0.05,
            worstEce,
            scored.reduce((sum, { n }) => sum + n, 0),
          ),
        ]
      : []),
    ...(calm ? [bar('eval.ordinary.calmShare', '>=', 0.99, calm.calmShare, calm.n)] : []),
    ...(weakest.counted > 0 ? [bar('eval.weakestSource.auc', '>=', 0.75, weakest.auc, weakest.counted)] : []),
  ];
}

const operators = ['<=', '>=', '=='] as const;

/** The bar that a network's card promises, for example `flooding.fixed.auc >= 0.80`: a path into the result. */
export function promiseOf(model: string, text: string, result: unknown): Bar | null {
  const [path, sign, limit] = text.split(' ');
  const op = operators.find((one) => one === sign);
  if (path === undefined || op === undefined || limit === undefined || !Number.isFinite(Number(limit))) return null;
  let value = result;
  for (const key of path.split('.')) {
    value = typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(key) : undefined;
  }
  return bar(`${model}: ${path}`, op, Number(limit), typeof value === 'number' ? rounded(value, 4) : null);
}

/** All promises of the cards. */
export const cardBars = (cards: readonly ModelCard[], result: Result): Bar[] =>
  cards.flatMap(({ name, bars }) =>
    bars.flatMap((text) => {
      const one = promiseOf(name, text, result);
      return one === null ? [] : [one];
    }),
  );
