// Workers race: the same looks lead to the same incidents in whatever order they reach the judge.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LookId } from '#core/ids';
import type { Word } from '#core/observation';
import { beliefs, incidents } from '#store';
import { propertyTimeoutMs, runs } from '../support/property.ts';
import { emptyableCity } from './emptyable-city.ts';
import type { City } from './heart-city.ts';
import { aPlace, aWord, keyOf, places } from './places-of-histories.ts';

/** Looks that wait together for the judge: each so many seconds after the window's beginning. */
interface Window {
  readonly looks: readonly { readonly place: number; readonly word: Word; readonly atS: number }[];
  readonly order: readonly number[];
}

const windowS = 1200;

const aWindow: fc.Arbitrary<Window> = fc
  .uniqueArray(
    fc.record({ place: aPlace, word: aWord, atS: fc.integer({ min: 0, max: windowS / 20 }).map((n) => n * 20) }),
    { minLength: 1, maxLength: 16, size: 'max', selector: ({ place, atS }) => `${place} ${atS}` },
  )
  .chain((given) => {
    const numbers = given.map((_, n) => n);
    return fc.record({
      looks: fc.constant(given),
      order: fc.shuffledSubarray(numbers, { minLength: numbers.length }),
    });
  });

interface Ended {
  readonly incidents: readonly object[];
  readonly beliefs: readonly object[];
}

/** Lives windows, the looks of each arriving in the given order, and tells how the city ends. Ids are left out: they are drawn. */
async function live(city: City, windows: readonly Window[], isShuffled: boolean): Promise<Ended> {
  const judge = await city.judge();
  for (const [w, { looks: given, order }] of windows.entries()) {
    const beginsMs = city.clock.nowMs();
    city.clock.advance(windowS * 1000);
    for (const n of isShuffled ? order : given.map((_, i) => i)) {
      const look = given[n];
      const place = look && places[look.place];
      if (!look || !place) continue;
      await city.see(place.cameraId, place.zoneId, place.hazard, look.word, {
        lookId: LookId.parse(`${place.cameraId}@${w}-${n}`),
        seenAtMs: beginsMs + look.atS * 1000,
        stillSha256: `still-${w}-${n}`,
        ...(look.word === 'hazard' ? { sub: place.sub } : {}),
      });
    }
    while ((await judge.judgeInbox()) > 0);
    await judge.tick();
  }
  const all = await incidents.list(city.database, { limit: 1000 });
  const numbers = new Map(all.map((one) => [one.id, keyOf(one)]));
  const told = await Promise.all(
    all.map(async (one) => {
      const { hazard, sub, state, severity, cameraId, zoneId, openedAtMs, raisedAtMs, lastSeenAtMs, mergedInto } = one;
      const history = await incidents.history(city.database, one.id);
      return {
        ...{ hazard, sub, state, severity, cameraId, zoneId, openedAtMs, raisedAtMs, lastSeenAtMs },
        still: one.stillSha256,
        before: one.beforeSha256,
        mergedInto: mergedInto === null ? null : numbers.get(mergedInto),
        history: history.map(({ atMs, from, to, reason }) => ({ atMs, from, to, reason: reason.replace(/#\d+/, '#') })),
      };
    }),
  );
  const held = await city.database.transaction((tx) => beliefs.load(tx, places));
  const sorted = <T extends object>(list: readonly T[]): T[] =>
    [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return { incidents: sorted(told), beliefs: sorted([...held].map(([key, belief]) => ({ key, belief }))) };
}

test(
  'the same looks lead to the same end in whatever order they come before the judge takes them',
  { timeout: propertyTimeoutMs },
  async () => {
    const { city, empty } = await emptyableCity();
    let raised = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(aWindow, { minLength: 1, maxLength: 4, size: 'max' }), async (windows) => {
        await empty();
        const inOrder = await live(city, windows, false);
        await empty();
        const mixed = await live(city, windows, true);
        raised += inOrder.incidents.length;
        expect(mixed).toEqual(inOrder);
      }),
      runs(10),
    );
    expect(raised).toBeGreaterThan(0);
  },
);
