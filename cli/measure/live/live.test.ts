// The measure's own proof: nothing is lost, doubled or acknowledged too early, and each sabotage is caught by its bar.
import { expect, test } from 'vitest';
import { measureLive, type LiveOptions } from './live.ts';
import '../../../test/support/lent-databases.ts';

const small = {
  desks: 4,
  perS: 20,
  pushes: 6,
  verdicts: 6,
  turnover: 0,
  breaks: 16,
  browser: false,
  part: 'news' as const,
  ...{ viewers: 4, cameras: 2, tiles: 2, windowS: 1 },
  seed: 1,
  // Over as soon as all have heard; only what is lost is waited for so long.
  settleS: 90,
  say: () => undefined,
};

async function counts(
  sabotage: LiveOptions['sabotage'],
  over: Partial<LiveOptions> = {},
): Promise<Record<string, number | null>> {
  const { bars } = await measureLive({ ...small, sabotage, ...over });
  return Object.fromEntries(bars.filter(({ op }) => op === '==').map(({ id, value }) => [id, value]));
}

test('whole: every desk hears of everything once, and no answer comes before its commit', async () => {
  expect(await counts('none')).toEqual({
    'live.push.missed': 0,
    'live.ack.notStored': 0,
    'live.reconnect.lost': 0,
    'live.reconnect.doubled': 0,
  });
});

test('desks that do not ask what they missed lose something', async () => {
  expect((await counts('no-catchup', { settleS: 4 }))['live.reconnect.lost']).toBeGreaterThan(0);
});

test('players that go on after they were closed are found out', async () => {
  const { bars } = await measureLive({ ...small, part: 'pictures', sabotage: 'leak-player' });
  const ended = bars.find(({ id }) => id === 'live.pictures.endAfterLastViewerS');
  expect(ended).toMatchObject({ pass: false });
  expect(bars.find(({ id }) => id === 'live.pictures.upstreamPerCamera')).toMatchObject({ pass: true });
});

test('a server that answers before the commit is found out', async () => {
  expect((await counts('ack-before-commit'))['live.ack.notStored']).toBeGreaterThan(0);
});
