// Where the built entry files of child processes lie. cli/build.mjs makes them; nothing is compiled while the product runs.
import { inRoot } from './root.ts';

export type EntryName = 'main' | 'eye';

/** Absolute path of a built entry, to be run by Node or forked. */
export const entryOf = (name: EntryName): string => inRoot('.build', `${name}.js`);
