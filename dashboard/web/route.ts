// Which screen is open: the part of the address after `#`, so that a place can be kept, sent and gone back to.
import { places, type Place } from './keys.ts';

export type Screen = Place | 'agency';
const screens: readonly string[] = [...places, 'agency'];

export interface Route {
  readonly screen: Screen;
  /** The thing that is open there: an incident, a camera, a task, a violation. */
  readonly id?: string;
  readonly query: ReadonlyMap<string, string>;
}

const isScreen = (text: string): text is Screen => screens.includes(text);

/** Reads `#/desk/abc?x=1`; undefined where no screen is named. */
export function routeOf(hash: string): Route | undefined {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?');
  const [screen = '', id] = path.split('/').map((part) => decodeURIComponent(part));
  if (!isScreen(screen)) return undefined;
  const query = new Map(new URLSearchParams(search));
  return id === undefined || id === '' ? { screen, query } : { screen, id, query };
}

/** The address of a screen, to be put behind `#`. */
export function hashOf(screen: Screen, id?: string, query: Readonly<Record<string, string>> = {}): string {
  const search = new URLSearchParams(query).toString();
  return `#/${screen}${id === undefined ? '' : `/${encodeURIComponent(id)}`}${search === '' ? '' : `?${search}`}`;
}
