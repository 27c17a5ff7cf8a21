import { expect, test } from 'vitest';
import { kept, Outbox, type OutboxItem, type Sent, type Shelf } from './outbox.ts';

const shelfOf = (text: string | null = null): Shelf & { text: string | null } => ({
  text,
  read() {
    return this.text;
  },
  write(next) {
    this.text = next;
  },
});
const item = (key: string): OutboxItem => ({
  kind: 'answer',
  key,
  atMs: 1,
  taskId: 't1',
  answer: { kind: 'accept', key: `key-of-${key}` },
  photo: null,
});

test('what finds no line is kept over a closed browser and sent once, in order', async () => {
  const shelf = shelfOf();
  let line = false;
  const sent: string[] = [];
  const send = async (one: OutboxItem): Promise<Sent> => {
    if (!line) return { kind: 'no-line' };
    sent.push(one.key);
    return { kind: 'done' };
  };
  const before = new Outbox(shelf, send, () => undefined);
  await before.put(item('a'));
  await before.put(item('b'));
  await before.put(item('a'));
  expect(sent).toEqual([]);

  const after = new Outbox(shelf, send, () => undefined);
  expect(after.items.map((one) => one.key)).toEqual(['a', 'b']);
  line = true;
  await after.flush();
  await after.flush();
  expect(sent).toEqual(['a', 'b']);
  expect(kept(shelf)).toEqual([]);
});

test('one that is refused leaves, and the others go on', async () => {
  const sent: string[] = [];
  const box = new Outbox(
    shelfOf(),
    async (one) => {
      sent.push(one.key);
      return one.key === 'a' ? { kind: 'refused', why: 'no' } : { kind: 'done' };
    },
    () => undefined,
  );
  await box.put(item('a'));
  await box.put(item('b'));
  expect(sent).toEqual(['a', 'b']);
  expect(box.items).toEqual([]);
});

test('what another version kept and cannot be read is left out, not fatal', () => {
  expect(kept(shelfOf('{'))).toEqual([]);
  expect(kept(shelfOf(JSON.stringify([{ kind: 'of old' }, item('a')]))).map((one) => one.key)).toEqual(['a']);
});

test('a full store loses nothing while the page is open, and says so', async () => {
  const words: [number, boolean][] = [];
  let line = false;
  const sent: string[] = [];
  const full: Shelf = {
    read: () => {
      throw new Error('the browser refuses');
    },
    write: () => {
      throw new Error('the store is full');
    },
  };
  const box = new Outbox(
    full,
    async (one) => {
      if (!line) return { kind: 'no-line' };
      sent.push(one.key);
      return { kind: 'done' };
    },
    (items, isKept) => words.push([items.length, isKept]),
  );
  await box.put(item('a'));
  await box.put(item('b'));
  expect(words.at(-1)).toEqual([2, false]);
  line = true;
  await box.flush();
  expect(sent).toEqual(['a', 'b']);
  expect(box.items).toEqual([]);
});

test('what was on its way is not dropped as if it had never left', async () => {
  let answer: (sent: Sent) => void = () => undefined;
  const box = new Outbox(
    shelfOf(),
    () => new Promise<Sent>((resolve) => (answer = resolve)),
    () => undefined,
  );
  const putting = box.put(item('a'));
  expect(box.drop('a')).toBe(false);
  answer({ kind: 'no-line' });
  await putting;
  // The request may have arrived though its answer did not.
  expect(box.drop('a')).toBe(false);
  expect(box.holds('a')).toBe(true);
});

test('what never left is dropped', async () => {
  const sent: string[] = [];
  const box = new Outbox(
    shelfOf(),
    async (one) => {
      sent.push(one.key);
      return { kind: 'no-line' };
    },
    () => undefined,
  );
  await box.put(item('a'));
  await box.put(item('b'));
  expect(box.drop('b')).toBe(true);
  expect(sent).toEqual(['a', 'a']);
  expect(box.items.map((one) => one.key)).toEqual(['a']);
});
