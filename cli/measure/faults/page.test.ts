// The page of faults cannot drift from what is tested, and what is tested cannot fall behind what the simulator can do.
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inRoot } from '#core/root';
import { Fault } from '#simulator';
import { faultCases } from './cases.ts';
import { faultPage } from './page.ts';

test('docs/faults.md is what the list of faults says', () => {
  expect(readFileSync(inRoot('docs/faults.md'), 'utf8')).toBe(faultPage());
});

test('every fault that the simulator has is in the list, with all its kinds', () => {
  const kinds = Fault.options.map((option) => option.shape.kind.value).sort();
  expect([...new Set(faultCases.map((one) => one.fault.kind))].sort()).toEqual(kinds);
  for (const option of Fault.options) {
    const kind = option.shape.kind.value;
    const what = 'what' in option.shape ? option.shape.what : 'after' in option.shape ? option.shape.after : undefined;
    if (!what) continue;
    const inner = 'unwrap' in what ? what.unwrap() : what;
    const mine = faultCases.flatMap(({ fault }) =>
      fault.kind !== kind ? [] : 'what' in fault ? [fault.what] : 'after' in fault ? [fault.after] : [],
    );
    expect(mine.sort(), kind).toEqual([...inner.options].sort());
  }
  expect(new Set(faultCases.map((one) => one.id)).size).toBe(faultCases.length);
});

test('every test that the page names is there', () => {
  for (const [, name] of faultPage().matchAll(/`((?:ingest-faults|odd-streams|others-servers))`/g))
    expect(existsSync(inRoot('test/integration', `${name ?? ''}.test.ts`)), name).toBe(true);
});
