// The worker that lays pictures over one another, so that no verdict key waits for it. It reads them from the browser's own cache.
import { pathOf } from '../../../../contract.ts';
import { registered, workWidthPx, type GreyPicture, type Registration } from './register.ts';

export interface Ask {
  readonly key: string;
  readonly before: string;
  readonly now: string;
}
export interface Answer {
  readonly key: string;
  /** Null where a picture could not be read. */
  readonly registration: Registration | null;
}

/** A kept picture in grey, as wide as the work wants it. */
async function greyOf(sha256: string): Promise<GreyPicture> {
  const response = await fetch(pathOf('still', { sha256 }));
  if (!response.ok) throw new Error(`the picture is not given: ${response.status}`);
  const whole = await createImageBitmap(await response.blob());
  const heightPx = Math.max(1, Math.round((workWidthPx * whole.height) / whole.width));
  const canvas = new OffscreenCanvas(workWidthPx, heightPx);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('this browser gives no canvas to a worker');
  context.imageSmoothingQuality = 'high';
  context.drawImage(whole, 0, 0, workWidthPx, heightPx);
  whole.close();
  const { data } = context.getImageData(0, 0, workWidthPx, heightPx);
  const luma = new Uint8ClampedArray(workWidthPx * heightPx);
  for (let i = 0; i < luma.length; i++) {
    // ITU-R BT.601.
    luma[i] = 0.299 * (data[4 * i] ?? 0) + 0.587 * (data[4 * i + 1] ?? 0) + 0.114 * (data[4 * i + 2] ?? 0);
  }
  return { luma, widthPx: workWidthPx, heightPx };
}

addEventListener('message', (event: MessageEvent<Ask>) => {
  const { key, before, now } = event.data;
  const answer = (registration: Registration | null): void => postMessage({ key, registration } satisfies Answer);
  Promise.all([greyOf(before), greyOf(now)]).then(
    ([a, b]) => answer(registered(a, b)),
    () => answer(null),
  );
});
