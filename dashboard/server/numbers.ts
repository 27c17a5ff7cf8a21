// The routes of the numbers page: each panel, the list that a number opens, the definitions, the export (screens 4.7).
import { audit, numbers } from '#store';
import type { NumberList, NumbersList, scoreLists } from '../contract.ts';
import type { Glass } from './glass.ts';
import { placeOf } from './cards.ts';
import { countCameras, countEyes, countFast, countHeld, countLoad, countRight } from './numbers-count.ts';
import { camerasOfNode } from './numbers-node.ts';
import { exportOf } from './numbers-export.ts';
import { periodOf } from './numbers-period.ts';
import { countScores, isScoreList, scoredWanted } from './numbers-scores.ts';
import { countWeek } from './numbers-week.ts';
import { numbersWords } from './numbers-words.ts';
import { serve } from './serve.ts';

/** What the store is asked for a list of the page. */
function wantedOf(
  list: Exclude<NumberList, (typeof scoreLists)[number]>,
  more: { reason?: string | undefined; rule?: string | undefined },
): numbers.Wanted {
  switch (list) {
    case 'claims':
      return { kind: 'claims' };
    case 'right':
      return { kind: 'claims', isRight: true };
    case 'wrong':
      return { kind: 'claims', isRight: false, reason: more.reason === 'other-hazard' ? '' : more.reason };
    case 'picture-verdict':
      return { kind: 'keyed' };
    case 'held':
      return { kind: 'held', rule: more.rule };
    case 'missed':
    case 'upkeep':
    case 'second':
    case 'alarms':
    case 'silenced':
    case 'silent':
    case 'unjudged':
      return { kind: list };
    case 'seen-raised':
    case 'raised-verdict':
    case 'verdict-taken':
    case 'taken-fixed':
      return { kind: 'step', step: list };
  }
}

/** The routes of the numbers page. */
export function openNumbers(glass: Glass): void {
  const { app, door, database, clock, city, register } = glass;
  const asked = ({ span, day }: { span: Parameters<typeof periodOf>[0]; day?: string | undefined }) => {
    const nowMs = clock.nowMs();
    return { nowMs, period: periodOf(span, day, nowMs, city.zone) };
  };

  serve(app, door, 'numbersRight', async ({ query }) => {
    const at = asked(query);
    return { ...at, ...(await countRight(glass, at.period)) };
  });
  serve(app, door, 'numbersCameras', async ({ query }) => {
    const at = asked(query);
    return { ...at, ...(await countCameras(glass, at.period)) };
  });
  serve(app, door, 'numbersFast', async ({ query }) => {
    const at = asked(query);
    return { ...at, ...(await countFast(glass, at.period)) };
  });
  serve(app, door, 'numbersLoad', async ({ query }) => {
    const at = asked(query);
    return { ...at, ...(await countLoad(glass, at.period)) };
  });
  serve(app, door, 'numbersEyes', async ({ query }) => {
    const at = asked(query);
    return { ...at, ...(await countEyes(glass, at.period, at.nowMs)) };
  });
  serve(app, door, 'numbersHeld', async ({ query }) => {
    const at = asked(query);
    return { ...at, ...(await countHeld(glass, at.period, at.nowMs)) };
  });

  serve(app, door, 'numbersScores', async ({ query }) => {
    const at = asked(query);
    return { ...at, ...(await countScores(glass, at.period.untilMs - 1, at.nowMs)) };
  });
  serve(app, door, 'numbersWeek', async ({ query }) => {
    const at = asked({ span: 'week', day: query.day });
    return { ...at, ...(await countWeek(glass, at.period, at.nowMs)) };
  });

  serve(app, door, 'numbersList', async ({ query }) => {
    const { nowMs, period } = asked(query);
    const { list, hazard, severity, cameraId, reason, rule, agencyId, node, limit } = query;
    const isScore = isScoreList(list);
    const found = await numbers.rows(
      database,
      isScore ? await scoredWanted(glass, list, period.untilMs - 1) : wantedOf(list, { reason, rule }),
      {
        hazard,
        severity,
        cameraId,
        ...(isScore ? { agencyId } : {}),
        ...(list === 'silent' && node !== undefined ? { cameraIds: camerasOfNode(register.cameras(), node) } : {}),
      },
      { stretch: { fromMs: period.fromMs, toMs: period.untilMs }, nowMs, limit },
    );
    const rows = found.rows.map(({ lon, lat, untilAtMs, cameraId: hung, ...row }): NumbersList['rows'][number] => {
      const camera = register.camera(hung);
      const place =
        camera?.name ??
        (lon !== null && lat !== null
          ? placeOf({ cameraId: null, point: { lon, lat } }, register)
          : hung === null
            ? null
            : { kk: hung, ru: hung, en: hung });
      return { ...row, cameraId: hung, place, untilMs: untilAtMs };
    });
    return { nowMs, period, total: found.total, rows };
  });

  serve(app, door, 'numbersWords', () => Promise.resolve([...numbersWords]));

  serve(app, door, 'numbersCsv', async ({ query, session, reply }) => {
    const { nowMs, period } = asked(query);
    const { name, text } = await exportOf(glass, period, query.language, nowMs);
    await database.transaction((tx) =>
      audit.write(tx, {
        atMs: nowMs,
        actor: session.person.id,
        act: 'numbers exported',
        objectKind: 'numbers',
        objectId: `${period.span} ${period.fromMs}`,
        facts: { span: period.span, fromMs: period.fromMs, untilMs: period.untilMs },
      }),
    );
    await reply
      .header('content-disposition', `attachment; filename="${name}"`)
      .type('text/csv; charset=utf-8')
      .send(text);
    return undefined;
  });
}
