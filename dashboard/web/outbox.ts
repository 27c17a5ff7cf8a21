// What a person decided and the server has not yet heard: kept in this browser under its own key, sent once, in order, when the line allows.
import { z } from 'zod';
import { Answer } from '#core/task';
import { Verdict } from '#core/verdict';

const Item = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('verdict'), key: z.string(), atMs: z.number(), verdict: Verdict }),
  /** Takes back a verdict of which it is not known whether it reached the server. */
  z.object({ kind: z.literal('undo'), key: z.string(), atMs: z.number(), verdictId: z.string() }),
  z.object({
    kind: z.literal('answer'),
    key: z.string(),
    atMs: z.number(),
    taskId: z.string(),
    answer: Answer,
    /** Name of a photo in the browser's photo store that has to go first. */
    photo: z.string().nullable(),
  }),
]);
export type OutboxItem = z.infer<typeof Item>;

export interface Shelf {
  read(): string | null;
  /** Throws where the browser keeps nothing more. */
  write(text: string): void;
}

/** What became of one sending: done, refused for good (and why), or no line, to be tried again. */
export type Sent =
  { readonly kind: 'done' } | { readonly kind: 'refused'; readonly why: string } | { readonly kind: 'no-line' };

/** Reads what is kept; what cannot be read is not of this version and is left out. */
export function kept(shelf: Shelf): OutboxItem[] {
  try {
    const text = shelf.read();
    if (text === null) return [];
    const parsed = z.array(z.unknown()).safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.flatMap((one) => Item.safeParse(one).data ?? []) : [];
  } catch {
    return [];
  }
}

/**
 * The queue of one person. `changed` is told after every change with what waits, and whether the browser keeps it: a full store
 * keeps nothing, and what waits then lives as long as the page.
 */
export class Outbox {
  readonly #shelf: Shelf;
  readonly #send: (item: OutboxItem) => Promise<Sent>;
  readonly #changed: (items: readonly OutboxItem[], isKept: boolean) => void;
  #items: OutboxItem[];
  #busy = false;
  /** Keys that were on their way at least once: the server may have them, whatever was heard of it. */
  readonly #tried: Set<string>;

  constructor(
    shelf: Shelf,
    send: (item: OutboxItem) => Promise<Sent>,
    changed: (items: readonly OutboxItem[], isKept: boolean) => void,
  ) {
    this.#shelf = shelf;
    this.#send = send;
    this.#changed = changed;
    this.#items = kept(shelf);
    this.#tried = new Set(this.#items.map((item) => item.key));
    changed(this.#items, true);
  }

  get items(): readonly OutboxItem[] {
    return this.#items;
  }

  #set(items: OutboxItem[]): void {
    this.#items = items;
    let isKept = true;
    try {
      this.#shelf.write(JSON.stringify(items));
    } catch {
      isKept = false;
    }
    this.#changed(items, isKept);
  }

  /** Keeps an item and tries to send; the same key twice is one item. */
  async put(item: OutboxItem): Promise<void> {
    if (!this.#items.some((one) => one.key === item.key)) this.#set([...this.#items, item]);
    await this.flush();
  }

  /** Does this still wait for the server's word? */
  holds(key: string): boolean {
    return this.#items.some((one) => one.key === key);
  }

  /** Takes an item out before it was ever on its way; false when it was, or is gone already. */
  drop(key: string): boolean {
    if (!this.holds(key) || this.#tried.has(key)) return false;
    this.#remove(key);
    return true;
  }

  #remove(key: string): void {
    this.#tried.delete(key);
    this.#set(this.#items.filter((one) => one.key !== key));
  }

  /** Sends what waits, one after another, until one finds no line. */
  async flush(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let item = this.#items[0]; item !== undefined; item = this.#items[0]) {
        this.#tried.add(item.key);
        const sent = await this.#send(item);
        if (sent.kind === 'no-line') return;
        this.#remove(item.key);
      }
    } finally {
      this.#busy = false;
    }
  }
}

/** A shelf in the browser's local store. */
export const localShelf = (name: string): Shelf => ({
  read: () => globalThis.localStorage.getItem(name),
  write: (text) => globalThis.localStorage.setItem(name, text),
});
