import { expect, test } from 'vitest';
import { store } from '../../state.ts';
import { desk, noteHeld, refreshQueue, type HeldVerdict } from './desk-state.ts';

const names = (what: string): string[] => Array.from({ length: 500 }, (_, i) => `${what} ${i}`);

test('what the desk noted of incidents that are gone is forgotten; a mass incident stays until its own word comes', () => {
  store.setState({ incidents: new Map() });
  desk.setState({ failed: new Set(names('failed')), decided: new Set([...names('unsure'), 'mass:7']) });
  refreshQueue();
  expect([desk.getState().failed.size, [...desk.getState().decided]]).toEqual([0, ['mass:7']]);
});

const held = (verdictId: string, untilMs: number): HeldVerdict => ({
  verdictId,
  incidentId: verdictId,
  givenAtMs: untilMs - 10_000,
  untilMs,
  kind: 'confirm',
  card: { id: verdictId, number: 1, hazard: 'snow' },
});

test('a seat that only hears of verdicts given elsewhere does not gather them', () => {
  desk.setState({ held: [] });
  for (let n = 0; n < 1000; n++) noteHeld([held(`v${n}`, 1000 * n + 9000)], 1000 * n);
  expect(desk.getState().held).toHaveLength(9);
});
