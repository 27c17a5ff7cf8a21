// Who gets a task and why, by the order of domain 3.5; and what is refused before the tables are loaded.
import { expect, test } from 'vitest';
import { Agency, Asset } from '#core/agency';
import { Zone } from '#core/camera';
import { issueNames } from '#core/hazard-name';
import { Policy, RoutingRule } from '#core/policy';
import { route, type RouteQuestion } from './route.ts';
import { checkRouting, checkRules, type RuleFault, type RuleTables } from './routing-check.ts';

const texts = { kk: 'а', ru: 'а', en: 'a' };
const agency = (id: string, kind: string, more: object = {}) =>
  Agency.parse({ id, kind, name: texts, duty: 'duty', ...more });
const dated = { validFrom: '2026-01-01', source: 'test', certainty: 'high' } as const;
const rule = (id: string, more: object) => RoutingRule.parse({ id, priority: 20, ...dated, ...more });
const agencies = [
  agency('drains', 'utility'),
  agency('covers', 'utility'),
  agency('housing', 'housing_body'),
  agency('cleaners', 'contractor'),
  agency('akimat-esil', 'akimat'),
  agency('akimat-nura', 'akimat'),
  agency('police', 'police'),
  agency('shift', 'control'),
];
const rules = [
  rule('F', { hazard: 'flooding', primary: 'drains', copy: ['covers'], secondChoice: 'covers' }),
  rule('F-YARD', { hazard: 'flooding', zoneKinds: ['yard-entry'], primary: 'housing', priority: 10 }),
  rule('F-OLD', { hazard: 'flooding', primary: 'police', priority: 1, validFrom: '2020-01-01', validTo: '2025-12-31' }),
  rule('F-S4', { hazard: 'flooding', severityMin: 'S4', primary: 'covers', priority: 5 }),
  rule('D', { hazard: 'dumping', primary: 'cleaners' }),
];
const lid = { lon: 71.43, lat: 51.13 };
const north = (m: number) => ({ lon: lid.lon, lat: lid.lat + m / 111_195 });
const zone = (more: object) =>
  Zone.parse({
    id: 'z',
    kind: 'carriageway',
    polygon: [
      [0, 0],
      [1, 0],
      [1, 1],
    ],
    hazards: ['flooding'],
    streetClass: 'A',
    ...more,
  });

const ask = (part: Partial<RouteQuestion['incident']> = {}, more: Partial<RouteQuestion> = {}): RouteQuestion => ({
  incident: { hazard: 'flooding', sub: 'carriageway', severity: 'S3', district: 'esil', point: lid, ...part },
  zone: zone({}),
  agencies,
  assets: [],
  rules,
  day: '2026-11-22',
  ...more,
});

const asset = (id: string, owner: string, m: number, more: object = {}) =>
  Asset.parse({ id, kind: 'gully', owner, point: north(m), validFrom: '2020-01-01', ...more });

test.each([
  ['a rule by hazard', ask(), 'drains', 'rule F'],
  ['a more urgent rule by zone kind', ask({}, { zone: zone({ kind: 'yard-entry' }) }), 'housing', 'rule F-YARD'],
  ['a rule from a severity on', ask({ severity: 'S4' }), 'covers', 'rule F-S4'],
  [
    'a registered thing two metres away',
    ask({}, { assets: [asset('D-10455', 'covers', 2.1)] }),
    'covers',
    'owner of asset D-10455, 2.1 m away',
  ],
  [
    'the nearest of two',
    ask({}, { assets: [asset('far', 'drains', 4), asset('near', 'covers', 1)] }),
    'covers',
    'owner of asset near, 1.0 m away',
  ],
  ['six metres are another thing', ask({}, { assets: [asset('D', 'covers', 6)] }), 'drains', 'rule F'],
  [
    'an owner who gave it up',
    ask({}, { assets: [asset('D', 'covers', 1, { validTo: '2025-01-01' })] }),
    'drains',
    'rule F',
  ],
  [
    'a cover does not own a heap',
    ask({ hazard: 'dumping', sub: 'heap_only' }, { assets: [asset('D', 'covers', 1)] }),
    'cleaners',
    'rule D',
  ],
  [
    'the owner of the zone',
    ask({}, { zone: zone({ owner: 'housing' }) }),
    'housing',
    'owner of the place, by the camera’s zone',
  ],
  ['no rule: the district akimat', ask({ hazard: 'snow' }), 'akimat-esil', 'no rule fits: the district akimat'],
  [
    'no rule, no akimat: the shift lead',
    ask({ hazard: 'snow', district: 'almaty' }),
    'shift',
    'no rule and no akimat fit: the shift lead',
  ],
] as const)('%s', (_name, question, agencyId, why) => {
  expect(route(question).primary).toEqual({ agencyId, why });
});

test('a person’s choice comes before all', () => {
  const { primary } = route(ask({}, { assets: [asset('D', 'covers', 1)] }), agency('cleaners', 'contractor').id);
  expect(primary).toEqual({ agencyId: 'cleaners', why: 'chosen by a person' });
  expect(() => route(ask(), Agency.shape.id.parse('nobody'))).toThrow('there is no agency nobody');
});

test.each([
  ['the akimat is always told', ask(), ['covers', 'akimat-esil']],
  ['the shift lead of an S4', ask({ severity: 'S4' }), ['akimat-esil', 'shift']],
  ['the police of a vehicle', ask({ hazard: 'dumping', sub: 'tipper' }), ['police', 'akimat-esil']],
  ['not of a heap', ask({ hazard: 'dumping', sub: 'heap_only' }), ['akimat-esil']],
  ['the primary is not copied to itself', ask({ hazard: 'snow' }), []],
] as const)('copies: %s', (_name, question, wanted) => {
  expect(route(question).copies.map((c) => c.agencyId)).toEqual(wanted);
});

test('who is asked next when it is not theirs', () => {
  expect(route(ask()).secondChoice).toBe('covers');
  expect(route(ask({ hazard: 'dumping', sub: 'heap_only' })).secondChoice).toBe('akimat-esil');
});

test('nobody at all is an error with a cure', () => {
  expect(() => route(ask({}, { agencies: [], rules: [] }))).toThrow(expect.objectContaining({ code: 'ROUTE_MISSING' }));
});

const policies = issueNames.map((hazard) =>
  Policy.parse({ id: `P-${hazard}`, hazard, event: 'confirmed', clock: '24x7', acceptH: 1, fixH: 2, ...dated }),
);
const tables: RuleTables = {
  agencies,
  assets: [],
  rules: [
    ...rules,
    rule('M', { hazard: 'open-manhole', primary: 'covers' }),
    rule('S', { hazard: 'snow', primary: 'cleaners' }),
    rule('U', { hazard: 'upkeep', primary: 'cleaners' }),
  ],
  policies,
  districts: ['esil', 'nura'],
  day: '2026-11-22',
};

test('whole tables have no faults', () => {
  expect(checkRules(tables)).toEqual([]);
});

const faulty: readonly (readonly [string, Partial<RuleTables>, RuleFault['weight'], string])[] = [
  [
    'an agency that is not in the list',
    { rules: [...tables.rules, rule('X', { hazard: 'snow', primary: 'nobody' })] },
    'error',
    'rule X',
  ],
  [
    'a copy to nobody',
    { rules: [...tables.rules, rule('X', { hazard: 'snow', primary: 'drains', copy: ['nobody'] })] },
    'error',
    'rule X',
  ],
  [
    'nobody on duty',
    { agencies: [...agencies, { ...agency('night', 'utility'), duty: ' ' }] },
    'error',
    'agency night',
  ],
  [
    'e-mail without an address',
    { agencies: [...agencies, agency('mute', 'utility', { ways: ['email'] })] },
    'error',
    'agency mute',
  ],
  [
    'webhook without an address',
    { agencies: [...agencies, agency('mute', 'utility', { ways: ['webhook'] })] },
    'error',
    'agency mute',
  ],
  [
    'an unknown subtype',
    { rules: [...tables.rules, rule('X', { hazard: 'snow', sub: 'slush', primary: 'drains' })] },
    'error',
    'rule X',
  ],
  [
    'an unknown district',
    { rules: [...tables.rules, rule('X', { hazard: 'snow', district: 'elsewhere', primary: 'drains' })] },
    'error',
    'rule X',
  ],
  [
    'two rules of one name',
    { rules: [...tables.rules, rule('S', { hazard: 'snow', primary: 'drains' })] },
    'error',
    'rule S',
  ],
  [
    'a rule that ends before it begins',
    { rules: [...tables.rules, rule('X', { hazard: 'snow', primary: 'drains', validTo: '2025-01-01' })] },
    'error',
    'rule X',
  ],
  ['an asset of nobody', { assets: [asset('D', 'nobody', 1)] }, 'error', 'asset D'],
  ['a hazard without a term', { policies: policies.slice(1) }, 'error', 'hazard snow'],
  [
    'longer to accept than to fix',
    { policies: [...policies, ...policies.slice(0, 1).map((p) => ({ ...p, id: 'bad', acceptH: 5 }))] },
    'error',
    'policy bad',
  ],
  ['a district without an akimat', { districts: ['esil', 'almaty'] }, 'warning', 'district almaty'],
  ['a hazard without a rule for every place', { rules }, 'warning', 'district esil'],
];

test.each(faulty)('found at load time: %s', (_name, part, weight, row) => {
  expect(checkRules({ ...tables, ...part })).toContainEqual(expect.objectContaining({ weight, row }));
});

test('the city’s own files are checked by their own shape, and only errors refuse them', () => {
  const { rules: routing, districts, agencies: bodies, assets, policies: terms } = tables;
  const rest = { agencies: bodies, assets, policies: terms };
  const features = districts.map((id) => ({ properties: { id } }));
  expect(checkRouting({ ...rest, routing, districts: { features } })).toEqual([]);
  expect(
    checkRouting({
      ...rest,
      routing: [...routing, rule('X', { hazard: 'snow', primary: 'nobody' })],
      districts: { features },
    }),
  ).toEqual(['rule X names the agency nobody, which is not in the list. Add it to agencies.csv or correct the rule.']);
});
