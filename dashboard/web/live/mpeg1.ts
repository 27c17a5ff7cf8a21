// Plays MPEG-1 in a transport stream by JSMpeg, which is loaded when the first such camera is looked at. Our own line feeds it.
import type { Sink } from '@cycjimmy/jsmpeg-player';
import type { LiveFrame } from '../../contract.ts';
import type { Player, PlayerHooks } from './player.ts';

/** Pictures wait to be decoded within this. */
const bufferBytes = 1024 * 1024;

/** Opens a player in `host`. Resolves when the program is loaded. */
export async function openMpeg1(host: HTMLElement, hooks: PlayerHooks): Promise<Player> {
  const { default: JSMpeg } = await import('@cycjimmy/jsmpeg-player');
  const element = document.createElement('canvas');
  host.append(element);
  let sink: Sink | undefined;
  let cameAtMs: number | undefined;
  let isShown = false;
  let isClosed = false;

  /** JSMpeg asks its source for bytes; ours are pushed. */
  class OwnSource {
    readonly streaming = true;
    established = true;
    completed = false;
    progress = 1;
    connect(to: Sink): void {
      sink = to;
    }
    start(): void {
      this.established = true;
    }
    resume(): void {
      this.completed = false;
    }
    destroy(): void {
      this.completed = true;
    }
  }

  const player = new JSMpeg.Player('', {
    canvas: element,
    source: OwnSource,
    audio: false,
    // The pages' policy allows no code that is compiled while they run; and browsers give out few WebGL contexts.
    disableWebAssembly: true,
    disableGl: true,
    pauseWhenHidden: false,
    videoBufferSize: bufferBytes,
    onVideoDecode: () => {
      if (isShown || isClosed) return;
      isShown = true;
      hooks.onShown();
    },
  });

  return {
    element,
    push({ kind, bytes, atMs }: LiveFrame) {
      if (isClosed || kind !== 'mpeg1') return;
      cameAtMs = atMs;
      sink?.write(bytes);
    },
    shownAtMs: () => (isShown ? cameAtMs : undefined),
    close() {
      if (isClosed) return;
      isClosed = true;
      sink = undefined;
      player.destroy();
      element.remove();
      element.width = 0;
      element.height = 0;
    },
  };
}
