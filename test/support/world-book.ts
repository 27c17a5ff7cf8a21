// The simulated world as a test knows it: what is true now, what was true in cities that were killed, and a hand on the stage.
import { z } from 'zod';
import { systemClock } from '#core/clock';
import { eventually } from './product.ts';

const Fact = z.object({ hazard: z.string(), sub: z.string() });
const Truth = z.object({
  cameras: z.array(
    z.object({
      id: z.string(),
      phase: z.string(),
      now: z.array(Fact.extend({ sinceMs: z.number() })),
      past: z.array(Fact.extend({ fromMs: z.number() })),
    }),
  ),
});
type CameraTruth = z.infer<typeof Truth>['cameras'][number];

/** Something that somebody did in front of a camera; it became true at `fromMs`. */
export interface Act {
  readonly camera: string;
  readonly fromMs: number;
}

export interface WorldBook {
  /** Hazards that are true at a camera now. */
  now(camera: string): string[];
  /** Every act of dumping at a camera, also of cities that are no more. */
  acts(camera: string): Act[];
  /** Lets an act begin; a city that is away is left alone. */
  tryAct(camera: string): Promise<void>;
  /** Lets an act begin on a stage where nothing happened yet; gives it when it has become true. */
  playAct(camera: string): Promise<Act>;
  close(): Promise<void>;
}

const askEveryMs = 400;

/** Opens the book; it asks the city now and then until it is closed. */
export function openWorldBook(world: { readonly url: string; readonly token: string }): WorldBook {
  const headers = { authorization: `Bearer ${world.token}` };
  const acts = new Map<string, Act>();
  const ending = new AbortController();
  let latest: readonly CameraTruth[] = [];

  async function ask(): Promise<readonly CameraTruth[]> {
    const answer = await fetch(`${world.url}/world/truth`, { headers, signal: AbortSignal.timeout(5000) });
    latest = Truth.parse(await answer.json()).cameras;
    for (const { id, now, past } of latest) {
      const facts = [...now.map((fact) => ({ ...fact, fromMs: fact.sinceMs })), ...past];
      for (const { hazard, fromMs } of facts) {
        if (hazard === 'dumping') acts.set(`${id} ${fromMs}`, { camera: id, fromMs });
      }
    }
    return latest;
  }

  async function keepAsking(): Promise<void> {
    while (!ending.signal.aborted) {
      // A city that was just killed does not answer; what it said before stays in the book.
      await ask().catch(() => undefined);
      await systemClock.sleep(askEveryMs, ending.signal).catch(() => undefined);
    }
  }
  const asking = keepAsking();

  async function begin(camera: string): Promise<void> {
    const answer = await fetch(`${world.url}/world/cameras/${camera}/begin`, { method: 'POST', headers });
    if (!answer.ok) throw new Error(`the city answered ${answer.status} to begin at ${camera}`);
  }

  return {
    now: (camera) => [...new Set(latest.find(({ id }) => id === camera)?.now.map((fact) => fact.hazard) ?? [])],
    acts: (camera) => [...acts.values()].filter((act) => act.camera === camera),
    tryAct: (camera) => begin(camera).catch(() => undefined),
    async playAct(camera) {
      const there = await eventually('the city answers', 60, ask);
      const phase = there.find(({ id }) => id === camera)?.phase;
      if (phase !== 'before') throw new Error(`the stage ${camera} is not clear: ${phase ?? 'unknown'}`);
      const known = new Set(acts.keys());
      await begin(camera);
      return eventually('an act has become true', 120, async () => {
        await ask();
        return [...acts.entries()].find(([key, act]) => act.camera === camera && !known.has(key))?.[1];
      });
    },
    async close() {
      ending.abort();
      await asking;
    },
  };
}
