// What a player of live pictures is, and the one for pictures that come as JPEG.
import type { LiveFrame } from '../../contract.ts';

export interface Player {
  /** Takes the next frame of its kind; others are left alone. */
  push(frame: LiveFrame): void;
  /** When the picture that is on the screen now came from the camera, by the server's clock; undefined before the first one. */
  shownAtMs(): number | undefined;
  /** The element that holds the picture, to be drawn from. */
  readonly element: HTMLVideoElement | HTMLCanvasElement;
  /** Lets go of everything it holds. */
  close(): void;
}

export interface PlayerHooks {
  /** The first picture is on the screen. */
  readonly onShown: () => void;
  /** It cannot go on. */
  readonly onTrouble: () => void;
}

/** Draws key frames as they come; a picture that is decoded later than the next one is left out. */
export function openStills(host: HTMLElement, hooks: PlayerHooks): Player {
  const element = document.createElement('canvas');
  host.append(element);
  const context = element.getContext('2d');
  let atMs: number | undefined;
  let number = 0;
  let drawn = 0;
  let isClosed = false;
  return {
    element,
    push({ kind, bytes, atMs: cameAtMs }) {
      if (kind !== 'jpeg') return;
      const mine = ++number;
      void createImageBitmap(new Blob([bytes], { type: 'image/jpeg' })).then(
        (bitmap) => {
          if (!isClosed && mine > drawn) {
            drawn = mine;
            element.width = bitmap.width;
            element.height = bitmap.height;
            context?.drawImage(bitmap, 0, 0);
            if (atMs === undefined) hooks.onShown();
            atMs = cameAtMs;
          }
          bitmap.close();
        },
        // A picture that cannot be decoded is followed by another one.
        () => undefined,
      );
    },
    shownAtMs: () => atMs,
    close: () => {
      isClosed = true;
      element.remove();
      // A canvas that somebody still holds keeps its pixels; one of no size has none.
      element.width = 0;
      element.height = 0;
    },
  };
}

/** The picture that is on the screen, as a JPEG of its own size; undefined when there is none yet. */
export async function heldPicture(player: Player): Promise<Blob | undefined> {
  const { element } = player;
  const isFilm = element instanceof HTMLVideoElement;
  const [width, height] = isFilm ? [element.videoWidth, element.videoHeight] : [element.width, element.height];
  if (width === 0 || height === 0) return undefined;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.drawImage(element, 0, 0, width, height);
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), 'image/jpeg', 0.92));
}
