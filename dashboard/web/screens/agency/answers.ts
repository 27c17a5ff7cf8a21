// Answers of a crew: each has its own key, waits in the phone while there is no line, and is sent once.
import { createStore } from 'zustand/vanilla';
import { systemClock } from '#core/clock';
import { newId } from '#core/ids';
import { Answer } from '#core/task';
import { z } from 'zod';
import { routes, TaskCard } from '../../../contract.ts';
import { call, Unreachable } from '../../net/api.ts';
import { localShelf, Outbox, type OutboxItem, type Sent } from '../../outbox.ts';
import { keep, putCards, say, serverNowMs, store } from '../../state.ts';
import { whyOf } from '../../trouble.ts';
import { dropPhoto, keepPhoto, keptPhoto } from './photos.ts';

interface Crew {
  readonly waiting: readonly OutboxItem[];
  /** What the server refused, by task: said in its row until the next act. */
  readonly refused: ReadonlyMap<string, string>;
}

export const crew = createStore<Crew>()(() => ({ waiting: [], refused: new Map() }));

let box: { readonly personId: string; readonly outbox: Outbox } | undefined;

/** The person's queue of unsent answers in this phone. */
export function answerBox(personId: string): Outbox {
  if (box?.personId !== personId) {
    box = {
      personId,
      outbox: new Outbox(localShelf(`ahual.answers.${personId}`), send, (waiting) =>
        crew.setState({ waiting: [...waiting] }),
      ),
    };
  }
  return box.outbox;
}

async function uploaded(photo: string): Promise<string | null> {
  const blob = await keptPhoto(photo);
  if (!blob) return null;
  const form = new FormData();
  form.append('photo', blob, 'photo.jpg');
  return (await call(routes.photo, { form })).sha256;
}

async function send(item: OutboxItem): Promise<Sent> {
  if (item.kind !== 'answer') return { kind: 'refused', why: '' };
  try {
    let answer = item.answer;
    if (item.photo !== null && answer.kind === 'done') answer = { ...answer, photoSha256: await uploaded(item.photo) };
    const { task } = await call(routes.answerTask, { params: { id: item.taskId }, body: answer });
    if (item.photo !== null) await dropPhoto(item.photo);
    store.setState(({ tasks }) => ({ tasks: putCards(tasks, [task]) }));
    return { kind: 'done' };
  } catch (thrown) {
    if (thrown instanceof Unreachable) return { kind: 'no-line' };
    const why = whyOf(thrown);
    crew.setState(({ refused }) => ({ refused: new Map(refused).set(item.taskId, why) }));
    say('desk.refused', { why }, 'bad');
    return { kind: 'refused', why };
  }
}

/** `z.input` of an answer without the key that is made here. */
type Draft =
  | { readonly kind: 'accept' | 'start' }
  | {
      readonly kind: 'decline';
      readonly reason: Extract<z.input<typeof Answer>, { kind: 'decline' }>['reason'];
      readonly note: string;
    }
  | { readonly kind: 'made_safe'; readonly note: string }
  | { readonly kind: 'done'; readonly photo: Blob | null; readonly note: string };

/** Answers a task: kept first, then sent as soon as there is a line. */
export async function answer(personId: string, taskId: string, draft: Draft): Promise<void> {
  const key = newId(systemClock);
  const photo = draft.kind === 'done' && draft.photo !== null ? key : null;
  if (photo !== null && draft.kind === 'done' && draft.photo !== null) await keepPhoto(photo, draft.photo);
  const parsed = Answer.parse(
    draft.kind === 'done' ? { kind: 'done', key, photoSha256: null, note: draft.note } : { ...draft, key },
  );
  crew.setState(({ refused }) => ({ refused: new Map([...refused].filter(([id]) => id !== taskId)) }));
  await answerBox(personId).put({ kind: 'answer', key, atMs: serverNowMs(), taskId, answer: parsed, photo });
}

const listKey = (personId: string): string => `ahual.tasks.${personId}`;

/** Keeps the list of the day in the phone, for a yard without signal. */
export const keepTasks = (personId: string, tasks: readonly TaskCard[], atMs: number): void =>
  keep(listKey(personId), JSON.stringify({ atMs, tasks }));

const KeptList = z.object({ atMs: z.number(), tasks: z.array(TaskCard) });

/** The list as it was last kept. */
export function keptTasks(
  personId: string,
): { readonly atMs: number; readonly tasks: readonly TaskCard[] } | undefined {
  try {
    return KeptList.parse(JSON.parse(localStorage.getItem(listKey(personId)) ?? 'null'));
  } catch {
    return undefined;
  }
}
