import { describe, expect, it } from 'vitest';
import { Stretches } from './watch-signs.ts';

const count = (came: number, bytes: number, leftOut = 0, lost = 0) => ({
  ...{ came, bytes, leftOut, lost },
  judged: 0,
  sights: 0,
});

describe('a stream that is read for long', () => {
  it('tells its rate and what was not judged each half minute', () => {
    const stretches = new Stretches();
    expect(stretches.take('a', 0, count(100, 500_000))).toEqual({});
    expect(stretches.take('a', 10_000, count(200, 1_000_000))).toEqual({});
    expect(stretches.take('a', 30_000, count(390, 3_500_000, 20, 10))).toEqual({ bitsPerS: 800_000, missingPct: 10 });
    expect(stretches.take('a', 60_000, count(690, 4_250_000, 20, 10))).toEqual({ bitsPerS: 200_000, missingPct: 0 });
  });

  it('is measured anew after a break and in a fresh eye', () => {
    const stretches = new Stretches();
    stretches.take('a', 0, count(100, 500_000));
    stretches.forget('a');
    expect(stretches.take('a', 60_000, count(900, 900_000))).toEqual({});
    expect(stretches.take('a', 120_000, count(10, 10_000))).toEqual({});
    expect(stretches.take('a', 150_000, count(310, 385_000))).toEqual({ bitsPerS: 100_000, missingPct: 0 });
  });

  it('has no rate where the packets are not seen, and says nothing of pictures where none were due', () => {
    const stretches = new Stretches();
    stretches.take('a', 0, count(0, 0));
    expect(stretches.take('a', 30_000, count(100, 0, 25))).toEqual({ missingPct: 25 });
    expect(stretches.take('a', 60_000, count(100, 0, 25))).toEqual({});
  });
});
