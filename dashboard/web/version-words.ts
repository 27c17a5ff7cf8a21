// Why a version of a place was made: a person's own words, or that an earlier version was taken back.
import type { Say } from './parts/words.ts';

/** The reason of a version in words. */
export function whyWords(why: string, say: Say): string {
  const version = /^version (\d+)$/.exec(why)?.[1];
  return version === undefined ? why : say('log.version', { n: Number(version) });
}
