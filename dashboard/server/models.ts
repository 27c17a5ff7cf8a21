// Which networks judge here, what they scored on pictures that stayed out of learning, and which corrections cameras learned.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { inRoot } from '#core/root';
import { adapt } from '#store';
import type { NetworkCard, ScoreTable } from '../contract.ts';
import type { Glass } from './glass.ts';
import { serve } from './serve.ts';

/** What every card says, whatever else it says of its own kind. */
const Card = z.object({
  name: z.string(),
  version: z.string(),
  licence: z.string(),
  bytes: z.number().optional(),
  bases: z.array(z.object({ name: z.string(), licence: z.string() })).default([]),
  bars: z.array(z.string()).default([]),
});

const cellsOf = (line: string): string[] =>
  line
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim().replace(/[*`]/g, ''));

/** The tables under "How good" of a card: a head, the line of dashes, rows. */
export function scoresOf(markdown: string): ScoreTable[] {
  const part = /^## How good\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(markdown)?.[1] ?? '';
  let about = '';
  return part.split(/\n{2,}/).flatMap((block) => {
    const lines = block.split('\n').filter((line) => line.startsWith('|'));
    const words = block.split('\n').filter((line) => !line.startsWith('|'));
    if (words.length > 0) about = words.join(' ').replace(/[*`#]/g, '').trim();
    const [head, dashes, ...rows] = lines;
    if (head === undefined || dashes === undefined || !/^[|\s:-]+$/.test(dashes)) return [];
    return [{ about, head: cellsOf(head), rows: rows.map(cellsOf) }];
  });
}

async function networks(): Promise<NetworkCard[]> {
  const root = inRoot('models');
  const folders = (await readdir(root, { withFileTypes: true })).filter((one) => one.isDirectory());
  const cards = await Promise.all(
    folders.map(async ({ name }): Promise<NetworkCard | undefined> => {
      const text = await readFile(join(root, name, 'model.json'), 'utf8').catch(() => undefined);
      if (text === undefined) return undefined;
      const paper = await readFile(join(root, name, 'CARD.md'), 'utf8').catch(() => '');
      const { bytes, ...card } = Card.parse(JSON.parse(text));
      return { ...card, bytes: bytes ?? null, scores: scoresOf(paper) };
    }),
  );
  return cards.filter((card) => card !== undefined).sort((a, b) => a.name.localeCompare(b.name));
}

/** The route of models. What lies in the checkout does not change while the server runs. */
export function openModels(glass: Glass): void {
  const { app, door, database, register, clock } = glass;
  let known: Promise<NetworkCard[]> | undefined;
  const nameOf = (id: string | null): string | null => (id === null ? null : register.nameOf(id));

  serve(app, door, 'models', async () => {
    known ??= networks();
    const [cards, corrections] = await Promise.all([known, adapt.models(database)]);
    return {
      nowMs: clock.nowMs(),
      networks: cards,
      corrections: corrections.map((one) => ({
        number: one.number,
        cameraId: one.cameraId,
        hazard: one.hazard,
        method: one.parameters.kind,
        network: one.network,
        state: one.state,
        fittedFromMs: one.fittedFromMs,
        fittedToMs: one.fittedToMs,
        madeAtMs: one.madeAtMs,
        proposedBy: nameOf(one.proposedBy),
        promotedBy: nameOf(one.promotedBy),
        endedBy: nameOf(one.endedBy),
      })),
    };
  });
}
