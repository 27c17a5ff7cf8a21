// What went wrong when the server was asked, as one translated sentence: what happened and what to do.
import { messageOf } from '#core/errors';
import type { Language } from '#core/hazard-name';
import type { Problem } from '../contract.ts';
import { formatOf } from './format.ts';
import { Refused, Unreachable } from './net/api.ts';
import { store } from './state.ts';
import { isTextKey, textOf, type Slots } from './texts/index.ts';

export type Trouble =
  | { readonly kind: 'no-line' }
  | { readonly kind: 'refused'; readonly status: number; readonly problem: Problem }
  /** The answer came, and is not what these pages expect. */
  | { readonly kind: 'unreadable'; readonly message: string };

export const noLine: Trouble = { kind: 'no-line' };

/** What went wrong, of anything that a call threw. */
export function troubleOf(thrown: unknown): Trouble {
  if (thrown instanceof Unreachable) return noLine;
  if (thrown instanceof Refused) return { kind: 'refused', status: thrown.status, problem: thrown.problem };
  return { kind: 'unreadable', message: messageOf(thrown).slice(0, 300) };
}

/** Slots whose value is one of the product's own names: the text of `<prefix>.<name>` stands in the sentence. */
const named: readonly (readonly [slot: RegExp, prefix: string])[] = [
  [/^incidentState/, 'state'],
  [/^taskState/, 'task'],
  [/^violationState/, 'violation'],
  [/^stream$/, 'problem.stream'],
  [/^field$/, 'problem.field'],
];

function slotsOf({ facts = {}, requestId }: Problem, language: Language): Slots {
  const slots: Record<string, string | number> = { request: requestId };
  for (const [slot, value] of Object.entries(facts)) {
    const prefix = named.find(([form]) => form.test(slot))?.[1];
    const key = `${prefix ?? ''}.${String(value).replaceAll(' ', '-')}`;
    slots[slot] = prefix !== undefined && isTextKey(key) ? textOf(language, key) : value;
  }
  return slots;
}

/** The sentence of a key, or undefined where there is none or a slot of it stays empty. */
function said(language: Language, key: string, slots: Slots): string | undefined {
  if (!isTextKey(key)) return undefined;
  const text = textOf(language, key, slots);
  return /\{\w+\}/.test(text) ? undefined : text;
}

/** The whole sentence in a language; `zone` is the city's, for moments in it. */
export function sentenceOf(trouble: Trouble, language: Language, zone: string): string {
  switch (trouble.kind) {
    case 'no-line':
      return textOf(language, 'app.noServer');
    case 'unreadable':
      return textOf(language, 'problem.unreadable');
    case 'refused': {
      const { problem } = trouble;
      const { first, reason, code } = problem;
      if (first && code === 'INCIDENT_CHANGED') {
        const time = formatOf(language, zone).timeS(first.atMs);
        return textOf(language, 'problem.first', { who: first.who, time });
      }
      const slots = slotsOf(problem, language);
      return (
        (reason === undefined ? undefined : said(language, `problem.${reason}`, slots)) ??
        said(language, `problem.code.${code}`, slots) ??
        textOf(language, 'problem.unknown')
      );
    }
  }
}

/** The sentence of anything that was thrown, in the language and zone of this moment; for what is said outside of a component. */
export function whyOf(thrown: unknown): string {
  const { language, me } = store.getState();
  return sentenceOf(troubleOf(thrown), language, me?.city.zone ?? 'UTC');
}

/** The words of the server as they came, for the engineer; null where there are none. */
export function detailOf(trouble: Trouble): string | null {
  if (trouble.kind === 'no-line') return null;
  if (trouble.kind === 'unreadable') return trouble.message;
  const { code, message, cure } = trouble.problem;
  return [code, message, cure].filter((part) => part !== '').join(' ');
}

/** Refusals whose English detail names the rows or zones at fault: it stands open. */
const openReasons = new Set(['rules-faulty', 'rules-stale', 'zones-faulty', 'agency-faulty']);

/** Does the detail hold what the sentence cannot say? */
export const isDetailWanted = (trouble: Trouble): boolean =>
  trouble.kind === 'refused' && openReasons.has(trouble.problem.reason ?? '');
