// Cameras: marks for the map, one camera's page, and its latest kept picture.
import { AhualError } from '#core/errors';
import { mainPreset, type Camera } from '#core/camera';
import { isTurning, presetsOf, seenFrom } from '#core/preset';
import { openIncidentStates, undecidedIncidentStates } from '#core/incident';
import { audit, cameraFacts, cameraQuiet, cameras, incidents, looks } from '#store';
import type { CameraDay, CameraView } from '../contract.ts';
import { cameraMark, incidentCard } from './cards.ts';
import { lensOf, type Glass } from './glass.ts';
import { may } from './may.ts';
import { cameraReach, outOfReach } from './reach.ts';
import { mayPictures, mayRestricted } from './scope.ts';
import { serve } from './serve.ts';
import { sightOf } from './sight.ts';
import { sendStill } from './stills.ts';
import { stripOf } from './strip.ts';

const stripLooks = 60;

/** A zone as screens show it: without its owner and measures, which are the engineer's. */
export const zoneView = ({
  id,
  kind,
  polygon,
  hazards,
  streetClass,
  preset,
}: Camera['zones'][number]): CameraView['zones'][number] => ({
  id,
  kind,
  polygon,
  hazards,
  streetClass,
  ...(preset === undefined ? {} : { preset }),
});

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const incidentDays = 14;

/** Looks of a day by hazard and by the hour. A look speaks of each hazard of its camera: the hour counts the hazard that has most. */
function sumsOfDay(sums: readonly looks.HourSum[], nowMs: number): Pick<CameraDay, 'day' | 'hours'> {
  const byHazard = new Map<string, CameraDay['day'][number]>();
  const lastHourMs = Math.floor(nowMs / hourMs) * hourMs;
  const hours = Array.from({ length: 24 }, (_, i) => ({
    hourMs: lastHourMs - (23 - i) * hourMs,
    looks: 0,
    cannotSee: 0,
  }));
  for (const { hourMs: atMs, hazard, looks: n, hazardLooks, clearLooks, cannotSee } of sums) {
    const sum = byHazard.get(hazard) ?? { hazard, looks: 0, hazardLooks: 0, clearLooks: 0, cannotSee: 0 };
    byHazard.set(hazard, {
      hazard,
      looks: sum.looks + n,
      hazardLooks: sum.hazardLooks + hazardLooks,
      clearLooks: sum.clearLooks + clearLooks,
      cannotSee: sum.cannotSee + cannotSee,
    });
    const hour = hours.find((one) => one.hourMs === atMs);
    if (!hour) continue;
    hour.looks = Math.max(hour.looks, n);
    hour.cannotSee = Math.max(hour.cannotSee, cannotSee);
  }
  return { day: [...byHazard.values()].sort((a, b) => b.looks - a.looks), hours };
}

const cameToNothing: readonly string[] = ['rejected', 'self_cleared', 'expired', 'merged'];
const isOpen = (state: string): boolean => openIncidentStates.some((one) => one === state);
const isUndecided = (state: string): boolean => undecidedIncidentStates.some((one) => one === state);

/** Incidents of the last days: how many, what became of them, by day, and what is shelved. */
function incidentsOfDays(
  rows: readonly cameraFacts.PastIncident[],
  nowMs: number,
): NonNullable<CameraDay['incidents']> {
  const fromMs = nowMs - incidentDays * dayMs;
  const recent = rows.filter(({ openedAtMs }) => openedAtMs >= fromMs);
  const isRight = ({ state }: cameraFacts.PastIncident): boolean =>
    !isUndecided(state) && !cameToNothing.includes(state);
  const today = recent.filter(({ openedAtMs }) => openedAtMs >= nowMs - dayMs);
  const days = Array.from({ length: incidentDays }, (_, i) => {
    const startMs = fromMs + i * dayMs;
    const own = recent.filter(({ openedAtMs }) => openedAtMs >= startMs && openedAtMs < startMs + dayMs);
    const rejected = own.filter(({ state }) => state === 'rejected').length;
    return { dayMs: startMs, n: own.length, confirmed: own.filter(isRight).length, rejected };
  });
  return {
    raised: recent.length,
    confirmed: recent.filter(isRight).length,
    rejected: recent.filter(({ state }) => state === 'rejected').length,
    today: { raised: today.length, confirmed: today.filter(isRight).length },
    days,
    latest: recent.slice(0, 8).map(({ id, number, hazard, severity, state, openedAtMs }) => ({
      id,
      number,
      hazard,
      severity,
      state,
      openedAtMs,
    })),
    shelved: rows
      .filter(({ state }) => state === 'shelved')
      .map(({ id, number, hazard, untilMs }) => ({ id, number, hazard, untilMs })),
  };
}

/** How often it is looked at in calm hours, seconds: oftener where a registered cover lies in it. Null where nobody told the page. */
function everyS({ lookEveryS, zones }: Camera, { settings: { rhythm } }: Glass): number | null {
  const calmS = lookEveryS ?? rhythm?.lookEveryS;
  if (calmS === undefined) return null;
  const hasCover = zones.some((zone) => zone.kind === 'manhole');
  return hasCover && rhythm ? Math.min(calmS, rhythm.coverEveryS) : calmS;
}

const unknownCamera = (id: string): AhualError =>
  new AhualError('CAMERA_UNKNOWN', `There is no camera ${id}.`, 'Look for it in the list of cameras.');

/** Routes of cameras. */
export function openCameras(glass: Glass): void {
  const { app, door, database, register, clock } = glass;

  const known = (id: string): Camera => {
    const camera = register.camera(id);
    if (!camera) throw unknownCamera(id);
    return camera;
  };

  serve(app, door, 'cameras', async ({ session }) => {
    const sight = sightOf(register, session.person);
    const health = new Map((await cameras.health(database)).map((one) => [one.cameraId, one]));
    return {
      nowMs: clock.nowMs(),
      cameras: register
        .cameras()
        .filter(({ id }) => sight.camera(id))
        .map((camera) => cameraMark(camera, health.get(camera.id))),
    };
  });

  serve(app, door, 'camera', async ({ params, session }) => {
    const camera = known(params.id);
    const sight = sightOf(register, session.person);
    const [health, looked, open] = await Promise.all([
      cameras.healthOf(database, camera.id),
      looks.recent(database, camera.id, stripLooks),
      may(session.person, 'see-incidents') ? incidents.open(database, { cameraId: camera.id }) : [],
    ]);
    const recent = looked.filter((look) => sight.moment(look.seenAtMs));
    const pictures = !camera.restricted && mayPictures(session.person, camera);
    const isTurned = isTurning(camera);
    const shown = isTurned ? (looked[0]?.preset ?? null) : null;
    const reachOf = (preset: string) => cameraReach(seenFrom(camera, preset), glass.settings.incidents.hazards);
    const reach = reachOf(shown ?? mainPreset);
    const beyond = presetsOf(camera).flatMap(({ id }) => [...outOfReach(reachOf(id))]);
    return {
      mark: cameraMark(camera, health),
      heightM: camera.heightM,
      reach,
      zones: camera.zones.map(zoneView),
      presets: isTurned ? presetsOf(camera).map(({ id, name }) => ({ id, name })) : [],
      shown,
      health: health
        ? {
            detail: health.detail,
            lastGoodAtMs: health.lastGoodAtMs,
            widthPx: health.widthPx,
            heightPx: health.heightPx,
            fails: health.fails,
            source: recent[0]?.source ?? null,
          }
        : null,
      strip: stripOf(recent, undefined, new Set(beyond), camera.zones).map((look) =>
        pictures ? look : { ...look, stillSha256: null },
      ),
      incidents: open.map((incident) => {
        const card = incidentCard(incident, lensOf(glass));
        return sight.limited ? { ...card, massId: null } : card;
      }),
    };
  });

  serve(app, door, 'cameraDay', async ({ params, session }) => {
    const camera = known(params.id);
    const nowMs = clock.nowMs();
    const sight = sightOf(register, session.person);
    const [hours, plan, past, quiet] = await Promise.all([
      looks.hourly(database, camera.id, nowMs - 23 * hourMs, nowMs + hourMs),
      cameraFacts.planOf(database, camera.id),
      may(session.person, 'see-queue')
        ? cameraFacts.incidentsOf(database, camera.id, nowMs - incidentDays * dayMs, 2000)
        : null,
      cameraQuiet.now(database, nowMs, camera.id),
    ]);
    const sums = hours.filter((hour) => sight.moment(hour.hourMs));
    const rows =
      past?.filter(({ state, openedAtMs, decidedAtMs }) => isOpen(state) || sight.moment(decidedAtMs ?? openedAtMs)) ??
      null;
    return {
      nowMs,
      ...sumsOfDay(sums, nowMs),
      incidents: rows === null ? null : incidentsOfDays(rows, nowMs),
      plan: {
        dueAtMs: plan?.dueAtMs ?? null,
        reason: plan?.reason ?? '',
        everyS: everyS(camera, glass),
        isOwn: camera.lookEveryS !== undefined,
      },
      quiet: quiet.map(({ hazard, sinceMs, untilMs, reason, actor }) => ({
        hazard,
        sinceMs,
        untilMs,
        reason,
        who: register.nameOf(actor),
      })),
    };
  });

  serve(app, door, 'cameraStill', async ({ params, query, session, reply }) => {
    const camera = known(params.id);
    if (camera.restricted) {
      const { reason } = query;
      if (!mayRestricted(session.person)) {
        const message = 'This camera looks at a restricted site.';
        throw new AhualError('AUTH_DENIED', message, 'Ask the shift lead.', { cameraId: camera.id });
      }
      if (reason === undefined) {
        const message = 'This camera looks at a restricted site; it is shown only for a stated reason.';
        throw new AhualError('REQUEST_INVALID', message, 'Type why you need it; the auditor will see it.');
      }
      await database.transaction((tx) =>
        audit.write(tx, {
          atMs: clock.nowMs(),
          actor: session.person.id,
          act: 'looked at a restricted camera',
          objectKind: 'camera',
          objectId: camera.id,
          facts: { reason },
        }),
      );
    }
    const sight = sightOf(register, session.person);
    const latest = (await looks.recent(database, camera.id, stripLooks)).find(
      (look) => look.stillSha256 !== null && sight.moment(look.seenAtMs),
    );
    if (!latest?.stillSha256) {
      throw new AhualError('FILE_MISSING', 'No picture of this camera is kept now.', 'Wait for the next look.');
    }
    void reply.header('x-ahual-seen-at-ms', String(latest.seenAtMs)).header('cache-control', 'private, no-store');
    await sendStill(glass, latest.stillSha256, reply);
    return undefined;
  });
}
