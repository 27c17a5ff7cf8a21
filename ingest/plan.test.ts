import { describe, expect, it, test } from 'vitest';
import type { Weather } from '#core/weather';
import { intervalS, plan, placeOfCamera, type PlanFact, type PlanSettings } from './plan.ts';

const settings: PlanSettings = { lookEveryS: 300, coverEveryS: 90, followUpEveryS: 40, lookStaleS: 120, pace: 1 };
const nowMs = 1_800_000_000_000;
const known: PlanFact = {
  hazards: new Set(['snow']),
  hasCover: false,
  isSensitive: false,
  health: { state: 'ok', fails: 0, lastLookAtMs: nowMs - 300_000 },
  isFollowedUp: false,
  weather: undefined,
};
const weather = (over: Partial<Weather>): Weather => ({
  district: 'esil',
  atMs: nowMs,
  temperatureC: -5,
  rainMmH: 0,
  snowfallCmH: 0,
  snowDepthM: 0,
  windMS: 2,
  isDay: true,
  source: 'test',
  ...over,
});

describe('the interval of a camera', () => {
  it('grows while the camera does not answer, but never beyond half an hour', () => {
    const failing = (fails: number): number =>
      intervalS({ ...known, health: { state: 'silent', fails, lastLookAtMs: null } }, settings);
    expect(failing(1)).toBe(300);
    expect(failing(2)).toBe(600);
    expect(failing(9)).toBe(1800);
  });

  it('does not grow for a dark picture: the lamp may be switched on any minute', () => {
    expect(intervalS({ ...known, health: { state: 'dark', fails: 50, lastLookAtMs: null } }, settings)).toBe(300);
  });

  it('is short while a hazard is suspected, and shorter in a faster city', () => {
    expect(intervalS({ ...known, lookEveryS: 1200 }, settings)).toBe(1200);
    expect(intervalS({ ...known, lookEveryS: 1200, hasCover: true }, settings)).toBe(90);
    expect(intervalS({ ...known, lookEveryS: 60, isFollowedUp: true }, settings)).toBe(40);
    expect(intervalS({ ...known, isFollowedUp: true }, settings)).toBe(40);
    expect(intervalS({ ...known, isFollowedUp: true }, { ...settings, pace: 10 })).toBe(4);
  });

  it('is halved for snow cameras in snowfall and for water cameras in rain or thaw, not the other way round', () => {
    expect(intervalS({ ...known, weather: weather({ snowfallCmH: 1 }) }, settings)).toBe(150);
    expect(intervalS({ ...known, weather: weather({ rainMmH: 3 }) }, settings)).toBe(300);
    expect(
      intervalS(
        { ...known, hazards: new Set(['flooding']), weather: weather({ temperatureC: 4, snowDepthM: 0.3 }) },
        settings,
      ),
    ).toBe(150);
  });
});

describe('a plan', () => {
  it('keeps the rhythm of a camera and does not make up for missed moments', () => {
    const { put } = plan(
      [
        { cameraId: 'a', dueAtMs: nowMs - 1000 },
        { cameraId: 'b', dueAtMs: nowMs - 700_000 },
      ],
      () => known,
      settings,
      nowMs,
      10,
    );
    expect(put.find((p) => p.cameraId === 'a')?.nextDueAtMs).toBe(nowMs + 299_000);
    expect(put.find((p) => p.cameraId === 'b')?.nextDueAtMs).toBe(nowMs + 200_000);
  });

  it('under load looks first where a hazard is suspected, and counts what it leaves out', () => {
    const due = ['a', 'b', 'c', 'd'].map((cameraId) => ({ cameraId, dueAtMs: nowMs - 1000 }));
    const { put, later, shed } = plan(
      due,
      (id) => ({ ...known, isFollowedUp: id === 'd', isSensitive: id === 'c' }),
      settings,
      nowMs,
      2,
    );
    expect(put.map((p) => p.cameraId)).toEqual(['d', 'c']);
    expect(shed).toHaveLength(2);
    expect(later).toHaveLength(0);
    expect(shed.every((p) => p.nextDueAtMs > nowMs)).toBe(true);
  });

  it('leaves no camera out for ever: who was left out longest comes before those of the same weight', () => {
    const due = [
      { cameraId: 'new', dueAtMs: nowMs - 1000 },
      { cameraId: 'old', dueAtMs: nowMs - 290_000 },
    ];
    expect(plan(due, () => known, settings, nowMs, 1).put[0]?.cameraId).toBe('old');
  });

  it('spreads the first looks of a large city over one interval', () => {
    const due = Array.from({ length: 12_000 }, (_, i) => ({ cameraId: `cam-${i}`, dueAtMs: nowMs }));
    const { put, later, shed } = plan(due, () => ({ ...known, health: undefined }), settings, nowMs, 100_000);
    expect(put).toHaveLength(32);
    expect(shed).toHaveLength(0);
    const perMinute = Array.from({ length: 5 }, () => 0);
    for (const one of later) {
      const minute = Math.floor((one.nextDueAtMs - nowMs) / 60_000);
      perMinute[minute] = (perMinute[minute] ?? 0) + 1;
    }
    expect(Math.min(...perMinute)).toBeGreaterThan(2000);
    expect(Math.max(...perMinute)).toBeLessThan(2800);
  });

  it('gives each camera the same place every time', () => {
    expect(placeOfCamera('cam-1')).toBe(placeOfCamera('cam-1'));
    expect(placeOfCamera('cam-1')).not.toBe(placeOfCamera('cam-2'));
  });
});

describe('moments that went by', () => {
  it('are counted, the one that is planned now not among them', () => {
    const at = (agoMs: number) =>
      plan([{ cameraId: 'a', dueAtMs: nowMs - agoMs }], () => known, settings, nowMs, 1).put;
    expect(at(1000)[0]?.missed).toBe(0);
    expect(at(1_000_000)[0]?.missed).toBe(3);
  });

  it('give a camera that was left out its turn: its last look is longer ago than its moment', () => {
    const due = ['left-out', 'seen'].map((cameraId) => ({ cameraId, dueAtMs: nowMs - 1000 }));
    const factOf = (id: string): PlanFact => ({
      ...known,
      health: { state: 'ok', fails: 0, lastLookAtMs: nowMs - (id === 'seen' ? 300_000 : 600_000) },
    });
    expect(plan(due, factOf, settings, nowMs, 1).put[0]?.cameraId).toBe('left-out');
    expect(plan(due.toReversed(), factOf, settings, nowMs, 1).put[0]?.cameraId).toBe('left-out');
  });
});

test('under load a camera that was never looked at comes before the second look at another', () => {
  const due = ['known', 'new'].map((cameraId) => ({ cameraId, dueAtMs: nowMs - 1000 }));
  const factOf = (id: string): PlanFact => (id === 'new' ? { ...known, health: undefined } : known);
  expect(plan(due, factOf, settings, nowMs, 1).put[0]?.cameraId).toBe('new');
});

describe('the gates', () => {
  const gates = { connectsPerNode: [3, 5], deaf: Infinity, everyMs: 1000 };
  const due = (n: number) => Array.from({ length: n }, (_, i) => ({ cameraId: `cam-${i}`, dueAtMs: nowMs - 1000 }));

  it('let so many through to one host and one network, and name a round for each of the others', () => {
    const factOf = (id: string): PlanFact => {
      const n = Number(id.slice(4));
      return { ...known, nodes: [n < 10 ? '10.0.0.1' : `10.0.0.${n}`, 'net 10.0.0.0/24'] };
    };
    const { put, later, shed } = plan(due(20), factOf, settings, nowMs, 100, gates);
    expect(put).toHaveLength(5);
    expect(put.filter((one) => Number(one.cameraId.slice(4)) < 10)).toHaveLength(3);
    expect(shed).toHaveLength(0);
    expect(later).toHaveLength(15);
    const rounds = later.map((one) => Math.floor((one.nextDueAtMs - nowMs) / 1000));
    const most = Math.max(...[1, 2, 3, 4].map((round) => rounds.filter((one) => one === round).length));
    expect(most).toBeLessThanOrEqual(3 + 5);
    expect(Math.max(...rounds)).toBeLessThanOrEqual(4);
  });

  it('jitter: those of one round do not come at one moment', () => {
    const { later } = plan(due(40), () => ({ ...known, nodes: ['10.0.0.1'] }), settings, nowMs, 100, gates);
    expect(new Set(later.map((one) => one.nextDueAtMs)).size).toBeGreaterThan(30);
  });

  it('keep silent cameras from taking the places of those that answer', () => {
    const factOf = (id: string): PlanFact => ({
      ...known,
      health: { state: Number(id.slice(4)) < 15 ? 'silent' : 'ok', fails: 1, lastLookAtMs: nowMs - 300_000 },
    });
    const { put, later } = plan(due(20), factOf, settings, nowMs, 100, { ...gates, deaf: 2 });
    expect(put).toHaveLength(2 + 5);
    expect(later).toHaveLength(13);
  });

  it('a camera that is held back is not due meanwhile: nothing is missed by it', () => {
    const { later } = plan(due(4), () => ({ ...known, nodes: ['10.0.0.1'] }), settings, nowMs, 100, gates);
    expect(later[0]?.missed).toBe(0);
  });
});

describe('cameras that fell silent with many others', () => {
  it('are asked as often as ever: the fault is not theirs', () => {
    const failing: PlanFact = { ...known, health: { state: 'silent', fails: 9, lastLookAtMs: null } };
    expect(intervalS(failing, settings)).toBe(1800);
    expect(intervalS({ ...failing, isPartOfSite: true }, settings)).toBe(300);
  });
});

describe('registered covers', () => {
  it('are looked at sooner, and never more seldom than what else the camera watches', () => {
    expect(intervalS({ ...known, hasCover: true }, settings)).toBe(90);
    expect(intervalS({ ...known, hasCover: true, isFollowedUp: true }, settings)).toBe(40);
    expect(intervalS({ ...known, hasCover: true }, { ...settings, lookEveryS: 7 })).toBe(7);
  });
});
