// Which tiles of this page play: as many as may, the oldest goes back to its still; nobody looks at a page that is hidden, so its
// tiles rest; and which picture is under the eye when a person presses a key.
import { playingMost } from './line.ts';
import type { LiveView } from './view.ts';

export interface PlayingTile {
  readonly view: LiveView;
  /** Where it stands on the page. */
  readonly place: HTMLElement;
  /** A person chose it; the others only pointed at it. */
  readonly isChosen: () => boolean;
  /** Back to the still, for good or as long as the page is hidden. */
  readonly stop: (until: 'asked' | 'shown') => void;
}

/** A page may be covered for a moment without its pictures ending. */
const hiddenForMs = 10_000;

const playing: PlayingTile[] = [];
let hiding: ReturnType<typeof setTimeout> | undefined;
let listening = false;

function onVisibility(): void {
  clearTimeout(hiding);
  if (document.visibilityState === 'visible') return;
  hiding = setTimeout(() => {
    for (const tile of [...playing]) tile.stop('shown');
  }, hiddenForMs);
}

/** A tile begins to play; the returned function says that it does not any more. */
export function nowPlaying(tile: PlayingTile): () => void {
  if (!listening) document.addEventListener('visibilitychange', onVisibility);
  listening = true;
  playing.push(tile);
  while (playing.length > playingMost()) {
    // What was only pointed at gives way before what was chosen.
    const oldest = playing.find((one) => one !== tile && !one.isChosen()) ?? playing[0];
    if (!oldest || oldest === tile) break;
    leave(oldest);
    oldest.stop('asked');
  }
  return () => leave(tile);
}

function leave(tile: PlayingTile): void {
  const at = playing.indexOf(tile);
  if (at >= 0) playing.splice(at, 1);
}

/** The live picture that a person means now: the one they point at or stand on, else the one that was opened last. */
export function underTheEye(): LiveView | undefined {
  const shown = playing.filter(({ view }) => view.player()?.shownAtMs() !== undefined);
  const meant =
    shown.find(({ place }) => place.contains(document.activeElement)) ??
    shown.find(({ place }) => place.matches(':hover')) ??
    shown.at(-1);
  return meant?.view;
}
