// Lines of history of what people edit, as the screens show them.
import type { placeVersions } from '#store';
import type { PlaceVersion } from '../contract.ts';
import type { Register } from './register.ts';

/** One version: when, by whom, what and why. Its content is for those who ask for it. */
export const versionLine = (
  { version, atMs, author, act, why }: placeVersions.PlaceVersion,
  register: Pick<Register, 'nameOf'>,
): PlaceVersion => ({ version, atMs, who: register.nameOf(author), act, why });
