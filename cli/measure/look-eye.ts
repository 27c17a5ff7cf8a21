// Eyes that are broken on purpose, for `bench look` (ingest/eye/sabotage): its bars must see that they are.
import { join } from 'node:path';
import { buildEye } from './built-eye.ts';

/** What an eye is made to do wrong. */
export const eyeSabotages = ['skip-models', 'cached-picture', 'probe-stream'] as const;
export type EyeSabotage = (typeof eyeSabotages)[number];

/** Builds a broken eye. Dispose it. */
export const brokenEye = (sabotage: EyeSabotage): ReturnType<typeof buildEye> =>
  buildEye(join('ingest', 'eye', 'sabotage', `${sabotage}.ts`));
