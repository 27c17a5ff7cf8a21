// kill -9 of any process of the product at 20 random moments: nothing lost, nothing doubled.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { sql } from '../../store/sql.ts';
import { treeOf } from '../../cli/measure/cpu.ts';
import { eventually, openProduct, type Product } from '../support/product.ts';

let product: Product;

beforeAll(async () => {
  product = await openProduct();
}, 180_000);
afterAll(() => product.close(), 60_000);

/** A small seeded generator (mulberry32), so that the same moments can be had again. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const victims = ['scheduler', 'worker', 'judge', 'dashboard', 'eye', 'postgres'] as const;

const count = async (statement: ReturnType<typeof sql>): Promise<number> => {
  const [row] = await product.database.rows(z.object({ n: z.coerce.number() }), statement);
  return row?.n ?? 0;
};

const Fact = z.object({ hazard: z.string(), sub: z.string() });
const Truth = z.object({ cameras: z.array(z.object({ id: z.string(), now: z.array(Fact), past: z.array(Fact) })) });

/**
 * States that stay until somebody mends them. An act that happened while its watching eye was dead is gone, as the camera's
 * record of that gap says; and a bank of snow across a zebra is less than the network sees (models/road-v0/CARD.md).
 */
const stays = ({ hazard, sub }: z.infer<typeof Fact>): boolean => hazard !== 'dumping' && sub !== 'windrow';

async function places(): Promise<{ camera: string; hazard: string }[]> {
  const { world } = product.standing;
  if (!world) throw new Error('the demo city has no world');
  const answer = await fetch(`${world.url}/world/truth`, { headers: { authorization: `Bearer ${world.token}` } });
  return Truth.parse(await answer.json()).cameras.flatMap(({ id, now, past }) =>
    [...new Set([...now, ...past].filter(stays).map((fact) => fact.hazard))].map((hazard) => ({ camera: id, hazard })),
  );
}

function pidOf(victim: (typeof victims)[number]): number | undefined {
  if (victim === 'postgres') return product.standing.databasePid;
  const child = product.standing.processes().find((one) => one.name === (victim === 'eye' ? 'worker' : victim));
  if (child?.pid === undefined) return undefined;
  return victim === 'eye' ? treeOf(child.pid)[1] : child.pid;
}

test('twenty kills lose and double nothing', async () => {
  const random = randomOf(20);
  const sent = new Set<string>();
  const round: (typeof victims)[number][] = [];
  for (let n = 0; n < 20; n++) {
    // The next moment comes after a random number of looks, so a kill may hit any line of any process.
    const before = await eventually('looks are counted', 60, () => count(sql`select count(*) as n from look`));
    const more = 8 + Math.floor(random() * 20);
    await eventually(`${more} more looks after kill ${n}`, 90, async () =>
      (await count(sql`select count(*) as n from look`)) >= before + more ? true : undefined,
    );
    // Any process, but not one kind more often than the others: five deaths of one within a minute are given up on purpose.
    if (round.length === 0) round.push(...victims);
    const victim = round.splice(Math.floor(random() * round.length), 1)[0] ?? 'worker';
    const pid = await eventually(`${victim} lives`, 60, async () => pidOf(victim));
    process.kill(pid, 'SIGKILL');
    await confirmSomething(sent);
  }
  const wanted = await places();
  expect(wanted.length).toBeGreaterThanOrEqual(4);
  await eventually('every true hazard is an incident', 150, async () => {
    for (const { camera, hazard } of wanted) {
      const n = await count(sql`select count(*) as n from incident where camera_id = ${camera} and hazard = ${hazard}`);
      if (n === 0) throw new Error(`${hazard} at ${camera} is not raised`);
    }
    return true;
  });
  await confirmSomething(sent);
  expect(sent.size).toBeGreaterThan(0);

  const doubled = await product.database.rows(
    z.object({ cameraId: z.string(), hazard: z.string(), n: z.coerce.number() }),
    sql`select camera_id, hazard, count(*) as n from incident where state <> 'merged'
          group by camera_id, zone_id, hazard having count(*) > 1`,
  );
  expect(doubled).toEqual([]);
  // A look counts once by its key: camera and due moment; what it led to is counted below.
  // One primary task for each confirmed incident, one change row for each version.
  expect(
    await count(sql`select count(*) as n from (
        select incident_id from task where role = 'primary' group by incident_id having count(*) > 1) as d`),
  ).toBe(0);
  for (const id of sent) {
    expect(await count(sql`select count(*) as n from verdict where incident_id = ${id}`), id).toBe(1);
    expect(await count(sql`select count(*) as n from task where incident_id = ${id} and role = 'primary'`), id).toBe(1);
  }
  expect(
    await count(sql`select count(*) as n from incident as i where i.version <> (
        select count(*) from incident_change as c where c.incident_id = i.id)`),
  ).toBe(0);
  expect(await count(sql`select count(*) - count(distinct number) as n from change_feed`)).toBe(0);
  expect(product.standing.processes().filter((child) => child.state === 'gave-up')).toEqual([]);
}, 600_000);

/** Confirms one waiting incident, sending the same verdict again until it was answered, as a browser does after a break. */
async function confirmSomething(sent: Set<string>): Promise<void> {
  await eventually('the desk answers', 60, async () => {
    const operator = await product.seat('operator');
    try {
      const desk = await operator.ask('desk');
      const card = desk.queue.find((one) => one.state === 'pending_review' && !sent.has(one.id));
      if (!card) return true;
      await operator.ask('verdict', {
        body: { kind: 'confirm', id: `kill-${card.id}`, incidentId: card.id, version: card.version },
      });
      sent.add(card.id);
      return true;
    } finally {
      operator.leave();
    }
  });
}
