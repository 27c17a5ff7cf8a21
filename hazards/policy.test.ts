// Deadlines by three clocks, dated rows, and the choice between rows.
import { expect, test } from 'vitest';
import { Policy, type Holiday } from '#core/policy';
import { momentOf } from '#core/units';
import { addHours, deadlineOf, policyFor, type CityTime } from './policy.ts';
import { severityOf, type SeverityFacts } from './severity.ts';

const row = (part: Partial<Policy> & { id: string }): Policy =>
  Policy.parse({
    hazard: 'snow',
    event: 'end_of_snowfall',
    clock: '24x7',
    acceptH: 0.5,
    fixH: 4,
    validFrom: '2024-07-01',
    source: 'test',
    certainty: 'high',
    ...part,
  });
const holiday: Holiday = { date: '2026-12-16', kind: 'holiday', nameKk: '', nameRu: '', certainty: 'high' };
const city: CityTime = { zone: 'Asia/Almaty', pace: 1, holidays: [holiday] };
const ask = { hazard: 'snow', sub: 'carriageway', streetClass: 'A' } as const;

test.each([
  ['24x7', 4, '2026-11-22T20:00:00Z', '2026-11-23T00:00:00Z'],
  ['work_hours', 2, '2026-11-20T05:00:00Z', '2026-11-20T07:00:00Z'],
  ['work_hours', 2, '2026-11-20T12:00:00Z', '2026-11-23T05:00:00Z'],
  ['work_hours', 9, '2026-12-15T05:00:00Z', '2026-12-17T05:00:00Z'],
  ['work_days', 24, '2026-12-15T05:00:00Z', '2026-12-17T18:59:59.999Z'],
] as const)('%s: %d h from %s end at %s', (clock, hours, from, due) => {
  expect(addHours(momentOf(from), hours, clock, city)).toBe(momentOf(due));
});

test('the pace divides what is left to the deadline', () => {
  const from = momentOf('2026-11-22T00:00:00Z');
  expect(addHours(from, 4, '24x7', { ...city, pace: 120 }) - from).toBe(120_000);
});

test('the clock change of 1 March 2024 does not move a term of hours', () => {
  const from = momentOf('2024-02-29T17:00:00Z');
  expect(addHours(from, 4, '24x7', city) - from).toBe(4 * 3_600_000);
  expect(addHours(momentOf('2024-02-29T06:00:00Z'), 24, 'work_days', city)).toBe(momentOf('2024-03-01T18:59:59.999Z'));
});

test('the most specific row wins; of equally specific ones the longer term', () => {
  const rows = [
    row({ id: 'any' }),
    row({ id: 'a3', streetClasses: ['A'], fixH: 3 }),
    row({ id: 'a4', streetClasses: ['A'] }),
  ];
  expect(policyFor(rows, ask, '2026-11-22')?.id).toBe('a4');
  expect(policyFor([...rows, row({ id: 'sub', sub: 'carriageway', fixH: 1 })], ask, '2026-11-22')?.id).toBe('sub');
});

test('a row holds only on its days, and by the local day of the event', () => {
  const old = row({ id: 'old', validFrom: '2020-01-01', validTo: '2026-11-21' });
  const now = row({ id: 'now', validFrom: '2026-11-22', fixH: 5 });
  expect(deadlineOf([old, now], ask, momentOf('2026-11-21T18:59:00Z'), city)?.policyId).toBe('old');
  expect(deadlineOf([old, now], ask, momentOf('2026-11-21T19:00:00Z'), city)?.policyId).toBe('now');
  expect(deadlineOf([], ask, momentOf('2026-11-21T19:00:00Z'), city)).toBeUndefined();
});

const facts = (part: Partial<SeverityFacts>): SeverityFacts => ({
  hazard: 'snow',
  sub: '',
  zoneKind: 'carriageway',
  streetClass: 'none',
  nearSensitive: false,
  dark: false,
  freezing: false,
  fenced: false,
  ...part,
});

test.each([
  [{ streetClass: 'A' }, 'S3'],
  [{ streetClass: 'D' }, 'S2'],
  [{ zoneKind: 'yard-entry', streetClass: 'yard' }, 'S1'],
  [{ zoneKind: 'crossing', sub: 'windrow' }, 'S3'],
  [{ hazard: 'flooding' }, 'S3'],
  [{ hazard: 'flooding', streetClass: 'A' }, 'S4'],
  [{ hazard: 'flooding', zoneKind: 'pavement', nearSensitive: true, freezing: true }, 'S4'],
  [{ hazard: 'flooding', zoneKind: 'underpass' }, 'S4'],
  [{ hazard: 'open-manhole' }, 'S3'],
  [{ hazard: 'open-manhole', zoneKind: 'pavement' }, 'S4'],
  [{ hazard: 'open-manhole', zoneKind: 'pavement', fenced: true }, 'S3'],
  [{ hazard: 'dumping', sub: 'heap_only', zoneKind: 'no-dumping' }, 'S2'],
  [{ hazard: 'dumping', sub: 'tipper', zoneKind: 'no-dumping' }, 'S3'],
  [{ hazard: 'dumping', sub: 'tanker', zoneKind: 'no-dumping' }, 'S4'],
] as const)('severity of %o is %s', (part, wanted) => {
  expect(severityOf(facts(part)).severity).toBe(wanted);
});
