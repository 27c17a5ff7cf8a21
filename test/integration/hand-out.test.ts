// Many workers on one queue: one is killed and one frozen in mid-look. Their looks are done by another within a minute, none twice, none lost.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openHandOut, type HandOutStand } from './hand-out-stand.ts';
import { testFolder, waitFor } from './ingest-stand.ts';

const folder = testFolder();
let stand: HandOutStand;

beforeAll(async () => {
  stand = await openHandOut({ folder, workers: 3 });
}, 60_000);
afterAll(() => stand[Symbol.asyncDispose]());

test(
  'a worker that dies and one that freezes in mid-look cost no look and double none',
  { timeout: 240_000 },
  async () => {
    const { workers, queue, factOf, put, rows, dropped, holdPlans, miscounted } = stand;
    const [frozen, killed, living] = workers;
    await waitFor(
      'all three look',
      async () => {
        const saved = await Promise.all(workers.map((one) => factOf(one, 'savedLooks')));
        return saved.every((n) => n >= 1) || undefined;
      },
      120_000,
    );
    await waitFor('both have looks in hand', async () =>
      (await factOf(frozen, 'inFlight')) > 0 && (await factOf(killed, 'inFlight')) > 0 ? true : undefined,
    );
    frozen?.kill('SIGSTOP');
    killed?.kill('SIGKILL');
    expect((await queue.length('look')).active).toBeGreaterThan(0);

    // Nothing new is put from here on: whatever is still to be saved was in their hands or waits.
    let calm = 0;
    await waitFor(
      'every look that was put is saved by the one that lives',
      async () => {
        const moved = await holdPlans();
        const { waiting, active } = await queue.length('look');
        calm = moved === 0 && waiting + active === 0 ? calm + 1 : 0;
        return calm >= 10 || undefined;
      },
      60_000,
    );
    expect(
      await waitFor('no look is lost', async () =>
        (await put()) === (await rows()) + (await dropped()) ? true : undefined,
      ),
    ).toBe(true);
    const before = await rows();

    // The frozen one wakes and saves what it held: known already.
    frozen?.kill('SIGCONT');
    await waitFor(
      'the frozen one has ended its looks',
      async () => ((await factOf(frozen, 'knownLooks')) > 0 ? true : undefined),
      60_000,
    );
    expect(await rows()).toBe(before);
    expect(await miscounted()).toBe(0);
    expect(living?.exitCode).toBeNull();
  },
);
