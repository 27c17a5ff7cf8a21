// One desk in a real browser: when a new incident stands in its list, and how long after the key the next one is painted and stored.
// Functions given to the browser are texts there: they may use nothing of this file.
import type { Page } from 'playwright-core';
import { z } from 'zod';

const Notes = z.object({
  /** Moment (epoch, milliseconds) at which each incident stood in the list, by its id. */
  listed: z.record(z.string(), z.number()),
  /** Each verdict key: milliseconds to the next item's picture, and the item that was decided. */
  painted: z.array(z.object({ id: z.string(), ms: z.number() })),
  /** Milliseconds from the key to the server's word, in the order of the keys. */
  stored: z.array(z.number()),
});
export type PaintNotes = z.infer<typeof Notes>;

/** Starts noting; must be handed to the page before it loads. */
export const watchDesk = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const painted: { id: string; ms: number }[] = [];
    const stored: number[] = [];
    const notes: { listed: Record<string, number>; painted: typeof painted; stored: number[] } = {
      listed: {},
      painted,
      stored,
    };
    const keys: number[] = [];
    const chosen = (): string | undefined =>
      document.querySelector<HTMLElement>('[data-testid="queue-item"][aria-selected="true"]')?.dataset['id'];
    const list = (): void => {
      for (const row of document.querySelectorAll<HTMLElement>('[data-testid="queue-item"]')) {
        const id = row.dataset['id'] ?? '';
        if (!(id in notes.listed)) notes.listed[id] = performance.timeOrigin + performance.now();
      }
    };
    const rows = new MutationObserver(() => requestAnimationFrame(list));
    rows.observe(document, { subtree: true, childList: true });
    const isVerdict = (event: KeyboardEvent): boolean =>
      event.code === 'Enter' ||
      (event.code === 'Digit1' && document.querySelector('[data-testid^="reason-"]') !== null);
    const ended = new AbortController();
    window.addEventListener(
      'keydown',
      (event) => {
        const before = chosen();
        if (!isVerdict(event) || before === undefined) return;
        const fromMs = performance.now();
        keys.push(fromMs);
        const look = (): void => {
          const image = document.querySelector<HTMLImageElement>('[data-testid="now-picture"] img');
          const isNext = chosen() !== before && image !== null && image.complete && image.naturalWidth > 0;
          if (isNext) {
            // This frame shows it; the next one begins when it has been drawn.
            requestAnimationFrame((atMs) => notes.painted.push({ id: before, ms: atMs - fromMs }));
          } else if (performance.now() - fromMs < 5000) requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      },
      { capture: true, signal: ended.signal },
    );
    const answers = new PerformanceObserver((seen) => {
      for (const entry of seen.getEntries()) {
        if (!(entry instanceof PerformanceResourceTiming) || !entry.name.endsWith('/api/verdicts')) continue;
        const key = keys.findLast((atMs) => atMs <= entry.startTime);
        if (key !== undefined) notes.stored.push(entry.responseEnd - key);
      }
    });
    answers.observe({ type: 'resource' });
    Reflect.set(globalThis, 'ahualDesk', notes);
    Reflect.set(globalThis, 'ahualDeskEnd', () => {
      rows.disconnect();
      answers.disconnect();
      ended.abort();
      notes.listed = {};
      for (const noted of [painted, stored, keys]) noted.length = 0;
    });
  });

/** What was noted so far. */
export const notesOf = async (page: Page): Promise<PaintNotes> =>
  Notes.parse(await page.evaluate((): unknown => structuredClone(Reflect.get(globalThis, 'ahualDesk'))));

/** Ends the noting and forgets what was noted: from now on the page holds nothing for the measure. */
export const unwatchDesk = (page: Page): Promise<unknown> =>
  page.evaluate((): void => {
    const stop: unknown = Reflect.get(globalThis, 'ahualDeskEnd');
    if (typeof stop === 'function') Reflect.apply(stop, undefined, []);
  });

/** Decides on the chosen item as an operator does, every second time against it; resolves when the next one is chosen. */
export async function decide(page: Page, n: number, withinMs = 15_000): Promise<boolean> {
  const ready = page.locator('[data-testid="now-picture"][data-painted="true"]');
  await ready.waitFor({ timeout: withinMs });
  const row = page.locator('[data-testid="queue-item"][aria-selected="true"]');
  const id = await row.getAttribute('data-id');
  if (id === null) return false;
  if (n % 2 === 0) await page.keyboard.press('Enter');
  else {
    await page.keyboard.press('KeyX');
    await page.keyboard.press('Digit1');
  }
  await page.waitForFunction(
    (was) =>
      document.querySelector<HTMLElement>('[data-testid="queue-item"][aria-selected="true"]')?.dataset['id'] !== was,
    id,
    { timeout: withinMs },
  );
  return true;
}
