// Routes of health: coverage, incidents of the whole site, blind cameras, and the facts of one camera.
import { AhualError } from '#core/errors';
import { healthFacts, isOnline } from '#core/health-facts';
import { hazardNames, type HazardName } from '#core/hazard-name';
import { cameraHealth, cover, marks, siteIncidents } from '#store';
import { LookLoad, type BlindNotice, type Coverage } from '../contract.ts';
import { dayStartMs } from './day-start.ts';
import type { Glass } from './glass.ts';
import { serve } from './serve.ts';
import { sightOf } from './sight.ts';
import { loadMark, openOf, UnderWay } from './under-way.ts';

const dayMs = 86_400_000;
const noticesMost = 200;
const noticeDays = 14;
const hazardOf = (name: string): HazardName | null => hazardNames.find((known) => known === name) ?? null;

/** A sum as screens show it. The last minute's looks are under way: they are due, but not late. */
export function coverageOf(sum: cover.Cover, open = 0): Omit<Coverage, 'hazard'> {
  const { due, done, seen, shed, missed } = sum;
  return { due, done, seen, shed, missed, share: cover.coverage({ due, done }, open) };
}

/** Routes of health. */
export function openHealth(glass: Glass): void {
  const { app, door, database, register, clock, city } = glass;

  const noticeOf = (notice: cameraHealth.CameraNotice): BlindNotice => {
    const camera = register.camera(notice.cameraId);
    return {
      cameraId: notice.cameraId,
      name: camera?.name ?? null,
      district: camera?.district ?? null,
      state: notice.state,
      sinceMs: notice.sinceMs,
      toldAtMs: notice.toldAtMs,
      untilMs: notice.untilMs,
      isPartOfSite: notice.siteIncident !== null,
    };
  };

  serve(app, door, 'health', async () => {
    const nowMs = clock.nowMs();
    const dayFromMs = dayStartMs(nowMs, city.zone);
    const [today, hours, load, site, blind, notices, measured] = await Promise.all([
      cover.sums(database, dayFromMs, nowMs + 1),
      cover.hours(database, nowMs - dayMs, nowMs + 1),
      marks.get(database, loadMark),
      siteIncidents.since(database, nowMs - dayMs),
      cameraHealth.noticeCounts(database),
      cameraHealth.openNotices(database, noticesMost),
      cameraHealth.badMeasures(database, noticesMost),
    ]);
    const known = LookLoad.safeParse(load);
    const underWay = UnderWay.parse(load ?? {});
    const lastHourMs = cover.hourOf(nowMs);
    return {
      nowMs,
      dayFromMs,
      today: today.map((sum) => ({ hazard: hazardOf(sum.hazard), ...coverageOf(sum, openOf(sum, underWay)) })),
      hours: hours
        .filter((row) => row.hazard === cover.allLooks)
        .map(({ hourMs, ...row }) => ({
          hourMs,
          ...coverageOf(row, hourMs === lastHourMs ? openOf(row, underWay) : 0),
        })),
      load: known.success ? known.data : null,
      site: site.map(({ kind, sinceMs, lastMs, untilMs, cameras, detail }) => ({
        kind,
        sinceMs,
        lastMs,
        untilMs,
        cameras,
        detail,
      })),
      blind,
      notices: notices.map(noticeOf),
      measured: measured.map((one) => ({ ...one, name: register.camera(one.cameraId)?.name ?? null })),
    };
  });

  serve(app, door, 'cameraHealth', async ({ params, session }) => {
    const camera = register.camera(params.id);
    if (!camera)
      throw new AhualError('CAMERA_UNKNOWN', `There is no camera ${params.id}.`, 'Look for it in the list of cameras.');
    const nowMs = clock.nowMs();
    const [known, notices] = await Promise.all([
      cameraHealth.factsOf(database, camera.id),
      cameraHealth.noticesOf(database, camera.id, nowMs - noticeDays * dayMs),
    ]);
    const facts = known?.facts ?? {};
    const sight = sightOf(register, session.person);
    const watched = new Set(camera.zones.flatMap((zone) => zone.hazards));
    return {
      nowMs,
      online: isOnline(facts),
      blindSinceMs: known?.blindAtMs ?? null,
      facts: healthFacts.flatMap((name) => {
        const fact = facts[name];
        if (!fact) return [];
        const { word, sinceMs, value = null, usual = null } = fact;
        return [{ name, word, sinceMs, value, usual, isDoubted: fact.doubt !== undefined }];
      }),
      good: hazardNames
        .filter((hazard) => watched.has(hazard))
        .map((hazard) => ({ hazard, atMs: known?.good[hazard] ?? null })),
      notices: notices.filter(({ toldAtMs }) => sight.moment(toldAtMs)).map(noticeOf),
    };
  });
}
