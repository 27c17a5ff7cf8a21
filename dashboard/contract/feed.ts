// Folding of the numbered change feed: each change is taken once and in order, whatever the line did meanwhile. Pure.
import type { Change, News } from '../contract.ts';

export interface FeedFold {
  /** All changes up to this number have been taken. */
  readonly last: number;
  /** A question "what came after `last`" is under way; live words wait in `held` until it is answered. */
  readonly asking: boolean;
  readonly held: readonly Change[];
}

export interface Folded {
  readonly fold: FeedFold;
  /** What is to be put into the screens now, oldest first. */
  readonly take: readonly Change[];
  /** The gap was too wide: every screen loads its things anew. */
  readonly reload: boolean;
}

export const feedFrom = (last: number): FeedFold => ({ last, asking: false, held: [] });

/** Notes that the question has been put. */
export const asked = (fold: FeedFold): FeedFold => ({ ...fold, asking: true });

/** A live change came: taken, held while a question is open, or dropped when it was taken before. */
export function onChange(fold: FeedFold, change: Change): Folded {
  if (change.number <= fold.last) return { fold, take: [], reload: false };
  if (fold.asking) return { fold: { ...fold, held: [...fold.held, change] }, take: [], reload: false };
  return { fold: { ...fold, last: change.number }, take: [change], reload: false };
}

/** The answer to the question came: its changes, then those that waited, each once. */
export function onNews(fold: FeedFold, news: News): Folded {
  const fresh = news.kind === 'news' ? news.changes : [];
  const take: Change[] = [];
  let last = fold.last;
  for (const change of [...fresh, ...fold.held].sort((a, b) => a.number - b.number)) {
    if (change.number <= last) continue;
    last = change.number;
    take.push(change);
  }
  return {
    fold: { last: Math.max(last, news.feed), asking: false, held: [] },
    take,
    reload: news.kind === 'too-far',
  };
}

/** The line broke: nothing is being asked any more; what waited will come again with the next answer. */
export const lineBroke = (fold: FeedFold): FeedFold => ({ ...fold, asking: false, held: [] });

/** Does the server speak of numbers that never came? Then it must be asked. */
export const isBehind = (fold: FeedFold, serverFeed: number): boolean => !fold.asking && serverFeed > fold.last;
