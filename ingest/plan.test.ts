import { describe, expect, it } from 'vitest';
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
    expect(shed).toBe(2);
    expect(later.every((p) => p.nextDueAtMs > nowMs)).toBe(true);
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
    expect(shed).toBe(0);
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

describe('registered covers', () => {
  it('are looked at sooner, and never more seldom than what else the camera watches', () => {
    expect(intervalS({ ...known, hasCover: true }, settings)).toBe(90);
    expect(intervalS({ ...known, hasCover: true, isFollowedUp: true }, settings)).toBe(40);
    expect(intervalS({ ...known, hasCover: true }, { ...settings, lookEveryS: 7 })).toBe(7);
  });
});
