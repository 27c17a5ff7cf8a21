// What is noted inside the page while a hand moves the map: frames, long tasks, hits, the first whole picture, calls of the canvas.
// Functions given to the browser are texts there: they may use nothing of this file.
import type { Page } from 'playwright-core';
import { z } from 'zod';

/** Starts noting; must be handed to the page before it loads. `calls` also counts what is asked of canvases, which costs time. */
export const watchPage = (page: Page, options: { readonly calls: boolean }): Promise<unknown> =>
  page.addInitScript((countCalls: boolean) => {
    const notes: {
      frames: number[];
      longTasks: number[];
      hits: number[];
      firstDrawMs: number;
      calls: number;
      drawnFrames: number;
    } = {
      frames: [],
      longTasks: [],
      hits: [],
      firstDrawMs: 0,
      calls: 0,
      drawnFrames: 0,
    };
    let last = 0;
    let callsBefore = 0;
    const frame = (nowMs: number): void => {
      if (last > 0) notes.frames.push(nowMs - last);
      if (notes.calls !== callsBefore && notes.calls > 0) notes.drawnFrames += 1;
      callsBefore = notes.calls;
      last = nowMs;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) notes.longTasks.push(entry.duration);
    }).observe({ type: 'longtask' });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (entry.name === 'ahual.map.hit') notes.hits.push(entry.duration);
    }).observe({ type: 'measure' });
    new MutationObserver(() => {
      const map = document.querySelector<HTMLElement>('[data-testid="map"]');
      const [cameras, incidents] = [Number(map?.dataset['cameras'] ?? 0), Number(map?.dataset['incidents'] ?? 0)];
      if (notes.firstDrawMs === 0 && cameras > 0 && incidents > 0) notes.firstDrawMs = performance.now();
    }).observe(document, {
      subtree: true,
      childList: true,
      attributes: true,
      attributeFilter: ['data-cameras', 'data-incidents'],
    });
    if (countCalls) {
      for (const name of ['drawImage', 'fill', 'stroke', 'fillRect', 'fillText', 'strokeText'] as const) {
        const own: unknown = Reflect.get(CanvasRenderingContext2D.prototype, name);
        if (typeof own !== 'function') continue;
        Reflect.set(
          CanvasRenderingContext2D.prototype,
          name,
          function counted(this: unknown, ...given: unknown[]): unknown {
            notes.calls += 1;
            const answer: unknown = Reflect.apply(own, this, given);
            return answer;
          },
        );
      }
    }
    Reflect.set(globalThis, 'ahualNotes', notes);
  }, options.calls);

const Notes = z.object({
  frames: z.array(z.number()),
  longTasks: z.array(z.number()),
  hits: z.array(z.number()),
  firstDrawMs: z.number(),
  calls: z.number(),
  /** Frames in which anything was asked of a canvas; counted only where calls are. */
  drawnFrames: z.number(),
});
export type Notes = z.infer<typeof Notes>;

/** What was noted since the page loaded or since the last time; then the lists are empty again. */
export async function takeNotes(page: Page): Promise<Notes> {
  const taken: unknown = await page.evaluate(() => {
    const notes: unknown = Reflect.get(globalThis, 'ahualNotes');
    const copy: unknown = structuredClone(notes);
    if (typeof notes === 'object' && notes !== null) {
      for (const name of ['frames', 'longTasks', 'hits']) {
        const list: unknown = Reflect.get(notes, name);
        if (Array.isArray(list)) list.length = 0;
      }
      Reflect.set(notes, 'calls', 0);
      Reflect.set(notes, 'drawnFrames', 0);
    }
    return copy;
  });
  return Notes.parse(taken);
}
