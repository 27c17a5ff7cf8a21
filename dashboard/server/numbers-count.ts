// Each panel of the numbers page, counted: the same functions answer the screen and fill the export.
import { hazardNames, severities, type HazardName } from '#core/hazard-name';
import { RejectReason } from '#core/incident';
import { numbers } from '#store';
import {
  numberSteps,
  type NumbersCameras,
  type NumbersEyes,
  type NumbersFast,
  type NumbersHeld,
  type NumbersLoad,
  type NumbersPeriod,
  type NumbersRight,
  type Times,
} from '../contract.ts';
import type { Glass } from './glass.ts';
import { loadOf, seatMs } from './numbers-load.ts';
import { worstNodeOf } from './numbers-node.ts';
import { bucketsOf, grainOf } from './numbers-period.ts';
import { plantedOf } from './numbers-planted.ts';
import { shareOf } from './numbers-share.ts';

const tenMinutesMs = 10 * 60_000;
/** Cameras on the screen; the export has all. */
const camerasMax = 1000;

type Counted<T> = Omit<T, 'nowMs' | 'period'>;

const stretchesOf = ({ fromMs, untilMs, before }: NumbersPeriod): [numbers.Stretch, numbers.Stretch] => [
  { fromMs, toMs: untilMs },
  { fromMs: before.fromMs, toMs: before.untilMs },
];

/** Precision and what was missed, by hazard; why claims were wrong; the curve of both. */
export async function countRight({ database, city }: Glass, period: NumbersPeriod): Promise<Counted<NumbersRight>> {
  const [now, before] = stretchesOf(period);
  const grain = grainOf(period.span);
  const [rightNow, rightBefore, missedNow, missedBefore, second, secondBefore, reasons, parts] = await Promise.all([
    numbers.rightByHazard(database, now),
    numbers.rightByHazard(database, before),
    numbers.missedByHazard(database, now),
    numbers.missedByHazard(database, before),
    numbers.secondLooks(database, now),
    numbers.secondLooks(database, before),
    numbers.wrongByReason(database, now),
    numbers.rightOverTime(database, now, grain, city.zone),
  ]);
  const of = (rows: readonly { hazard: HazardName; n: number; right: number }[], hazard: HazardName) => {
    const row = rows.find((one) => one.hazard === hazard);
    return shareOf(row?.right ?? 0, row?.n ?? 0);
  };
  const missed = (rows: readonly { hazard: HazardName; n: number }[], hazard: HazardName): number =>
    rows.find((one) => one.hazard === hazard)?.n ?? 0;
  const byStart = new Map(parts.map((part) => [part.bucketAtMs, part]));
  return {
    hazards: hazardNames.map((hazard) => ({
      hazard,
      now: of(rightNow, hazard),
      before: of(rightBefore, hazard),
      missed: missed(missedNow, hazard),
      missedBefore: missed(missedBefore, hazard),
    })),
    upkeep: {
      now: await numbers.upkeepOpened(database, now),
      before: await numbers.upkeepOpened(database, before),
    },
    second: { now: shareOf(second.agreed, second.n), before: shareOf(secondBefore.agreed, secondBefore.n) },
    planted: await plantedOf(database, city.zone, now, before),
    reasons: reasons.map(({ reason, n }) => ({
      reason: RejectReason.nullable().parse(reason === '' ? null : reason),
      n,
    })),
    grain,
    trend: bucketsOf(now.fromMs, now.toMs, grain, city.zone).map((atMs) => {
      const part = byStart.get(atMs);
      return { atMs, right: part?.right ?? 0, wrong: part?.wrong ?? 0 };
    }),
  };
}

/** Precision by camera and how many of the wrong claims come from the ten worst; `limit` cuts the list, not the sums. */
export async function countCameras(
  { database, register }: Glass,
  period: NumbersPeriod,
  limit: number = camerasMax,
): Promise<Counted<NumbersCameras>> {
  const [now] = stretchesOf(period);
  const rows = await numbers.rightByCamera(database, now);
  const wrongOf = (list: typeof rows): number => list.reduce((sum, { n, right }) => sum + n - right, 0);
  return {
    cameras: rows.slice(0, limit).map(({ cameraId, n, right, hazards }) => ({
      cameraId,
      place: register.camera(cameraId)?.name ?? { kk: cameraId, ru: cameraId, en: cameraId },
      hazards,
      now: shareOf(right, n),
      wrong: n - right,
    })),
    total: rows.length,
    wrong: wrongOf(rows),
    wrongOfTen: wrongOf(rows.slice(0, 10)),
  };
}

/** Times of the steps, together and by severity. */
export async function countFast({ database }: Glass, period: NumbersPeriod): Promise<Counted<NumbersFast>> {
  const [now, before] = stretchesOf(period);
  const none: Times = { n: 0, p50Ms: null, p95Ms: null };
  const of = (rows: Awaited<ReturnType<typeof numbers.tookBySeverity>>, severity: string | null): Times => {
    const row = rows.find((one) => one.severity === severity);
    return row ? { n: row.n, p50Ms: row.p50Ms, p95Ms: row.p95Ms } : none;
  };
  const steps = await Promise.all(
    numberSteps.map(async (step) => {
      if (step === 'picture-verdict') {
        const [took, tookBefore] = await Promise.all([
          numbers.tookToKey(database, now),
          numbers.tookToKey(database, before),
        ]);
        const times = ({ n, p50Ms, p95Ms }: Times): Times => ({ n, p50Ms, p95Ms });
        return [{ step, severity: null, now: times(took), before: times(tookBefore) }];
      }
      const [rows, rowsBefore] = await Promise.all([
        numbers.tookBySeverity(database, step, now),
        numbers.tookBySeverity(database, step, before),
      ]);
      return [null, ...severities.toReversed()]
        .map((severity) => ({ step, severity, now: of(rows, severity), before: of(rowsBefore, severity) }))
        .filter((row) => row.severity === null || row.now.n + row.before.n > 0);
    }),
  );
  return { steps: steps.flat() };
}

/** Alarms per seat, floods and the mix of severities. */
export async function countLoad({ database, city }: Glass, period: NumbersPeriod): Promise<Counted<NumbersLoad>> {
  const grain = grainOf(period.span);
  const windowMs = tenMinutesMs / city.pace;
  const [now, before] = await Promise.all(
    stretchesOf(period).map(async (stretch) => {
      const around = { fromMs: stretch.fromMs - seatMs, toMs: stretch.toMs + seatMs };
      const [alarms, sittings] = await Promise.all([
        numbers.alarms(database, stretch),
        numbers.sittings(database, around, 2 * seatMs),
      ]);
      const seats = sittings.map(({ seat, firstAtMs, lastAtMs }) => ({ seat, firstAtMs, lastAtMs }));
      const starts = bucketsOf(stretch.fromMs, stretch.toMs, grain, city.zone);
      return loadOf(alarms, seats, stretch, { windowMs, starts });
    }),
  );
  if (!now || !before) throw new TypeError('two stretches give two loads');
  return { windowMs, now: now.load, before: before.load, grain, trend: now.trend, floods: now.floods };
}

/** The eyes: cameras and ground now, looks of the period. */
export async function countEyes(
  { database, register }: Glass,
  period: NumbersPeriod,
  nowMs: number,
): Promise<Counted<NumbersEyes>> {
  const [now, before] = stretchesOf(period);
  const [eyes, ground, looks, looksBefore, silent, roundP95Ms, cpu] = await Promise.all([
    numbers.eyes(database, nowMs),
    numbers.ground(database, nowMs),
    numbers.looksJudged(database, now, nowMs),
    numbers.looksJudged(database, before, nowMs),
    numbers.silentIds(database, nowMs),
    numbers.roundTime(database, nowMs),
    numbers.lookCpu(database, nowMs),
  ]);
  const of = (rows: typeof looks, hazard: HazardName) => {
    const row = rows.find((one) => one.hazard === hazard);
    return { n: row?.looks ?? 0, judged: row?.judged ?? 0 };
  };
  return {
    cameras: { all: eyes.all, ok: eyes.ok, silent: eyes.silent },
    ageP50Ms: eyes.ageP50Ms,
    ageP95Ms: eyes.ageP95Ms,
    worstNode: worstNodeOf(register.cameras(), silent),
    roundP95Ms,
    cpu,
    hazards: hazardNames.map((hazard) => {
      const row = ground.find((one) => one.hazard === hazard);
      return {
        hazard,
        zones: row?.zones ?? 0,
        judged: row?.judged ?? 0,
        looks: of(looks, hazard),
        looksBefore: of(looksBefore, hazard),
      };
    }),
  };
}

/** What was almost raised, by rule, and what is silenced now. */
export async function countHeld(
  { database }: Glass,
  period: NumbersPeriod,
  nowMs: number,
): Promise<Counted<NumbersHeld>> {
  const [now, before] = stretchesOf(period);
  const [rules, rulesBefore, silenced] = await Promise.all([
    numbers.heldByRule(database, now),
    numbers.heldByRule(database, before),
    numbers.silenced(database, nowMs),
  ]);
  const sum = (rows: typeof rules): number => rows.reduce((total, { n }) => total + n, 0);
  return { now: sum(rules), before: sum(rulesBefore), rules, ...silenced };
}
