// Appeals: the door of the city's services, the list, and the links that people make and undo.
import type { Appeal } from '#core/appeal';
import { appealOf } from '#core/appeal';
import { AhualError } from '#core/errors';
import type { Point } from '#core/place';
import { appealsNear, linkAppeal, proposalsNow, receiveAppeal, unlinkAppeal } from '#incidents';
import { appeals, feed, incidents, type Db } from '#store';
import type { AppealWord, IncidentAppeals } from '../contract.ts';
import { blindOf } from './blind.ts';
import type { Glass } from './glass.ts';
import { may } from './may.ts';
import { incidentFor } from './scope.ts';
import { serve } from './serve.ts';

const listMs = 24 * 3_600_000;

/** What a service is told of its own appeal: numbers and states, never who of the staff did what. */
async function wordOf(
  db: Db,
  appeal: Appeal,
  { fresh, differs, proposed }: { fresh: boolean; differs: boolean; proposed: number },
): Promise<AppealWord> {
  const links = await appeals.linksOf(db, appeal.id);
  const found = await Promise.all(
    links.map(async ({ incidentId, linkedAtMs }) => ({ incident: await incidents.byId(db, incidentId), linkedAtMs })),
  );
  return {
    externalId: appeal.externalId,
    state: appeal.state,
    fresh,
    differs,
    camerasAsked: appeal.askedCameras.length,
    proposed: appeal.state === 'proposed' ? proposed : 0,
    incidents: found.flatMap(({ incident, linkedAtMs }) =>
      incident
        ? [
            {
              number: incident.number,
              hazard: incident.hazard,
              state: incident.state,
              openedAt: new Date(incident.openedAtMs).toISOString(),
              linkedAt: new Date(linkedAtMs).toISOString(),
            },
          ]
        : [],
    ),
  };
}

/** Routes of appeals. */
export function openAppeals(glass: Glass): void {
  const { app, door, database, clock, city, register } = glass;
  const inCity = (point: Point): boolean => city.districtAt(point) !== undefined;

  serve(app, door, 'sendAppeal', async ({ body, request }) => {
    const { name, topics } = door.serviceOf(request);
    return database.transaction(async (tx) => {
      const around = { clock, cameras: register.cameras(), inCity };
      const { appeal, proposals, fresh, differs } = await receiveAppeal(tx, appealOf(name, body, topics), around);
      return wordOf(tx, appeal, { fresh, differs, proposed: proposals.filter(({ isOpen }) => isOpen).length });
    });
  });

  serve(app, door, 'askAppeal', async ({ params, request }) => {
    const { name } = door.serviceOf(request);
    const appeal = await appeals.byExternal(database, name, params.externalId);
    if (!appeal) throw new AhualError('NOT_FOUND', 'You sent no appeal with this number.', 'Send it first.');
    const proposals = appeal.state === 'proposed' ? await proposalsNow(database, appeal) : [];
    const proposed = proposals.filter(({ isOpen }) => isOpen).length;
    return wordOf(database, appeal, { fresh: false, differs: false, proposed });
  });

  serve(app, door, 'appeals', async ({ query }) => {
    const number = await feed.last(database);
    const nowMs = clock.nowMs();
    const { states, sinceMs = nowMs - listMs, limit } = query;
    const found = await appeals.list(database, { states, sinceMs, limit });
    return { nowMs, feed: number, appeals: found };
  });

  serve(app, door, 'incidentAppeals', async ({ params, session }): Promise<IncidentAppeals> => {
    const blind = await blindOf(glass, session.person, params.id);
    if (blind) return { linked: [], near: [] };
    const incident = await incidentFor(database, session.person, params.id);
    const links = await appeals.linksTo(database, incident.id);
    const linked = await Promise.all(
      links.map(async ({ appealId, linkedAtMs, linkedBy }) => ({
        appeal: await appeals.byId(database, appealId),
        linkedAtMs,
        by: register.nameOf(linkedBy) === linkedBy ? '' : register.nameOf(linkedBy),
      })),
    );
    // Who may not link is not asked to choose.
    const near = may(session.person, 'link-appeals') ? await appealsNear(database, incident, clock.nowMs()) : [];
    return {
      linked: linked.flatMap(({ appeal, ...more }) => (appeal ? [{ appeal, ...more }] : [])),
      near: near.map(({ appeal, distanceM }) => ({ appeal, distanceM: Math.round(distanceM) })),
    };
  });

  serve(app, door, 'linkAppeal', async ({ params, body, session }) => {
    const { id: personId } = session.person;
    await database.transaction((tx) =>
      linkAppeal(tx, { appealId: params.id, incidentId: body.incidentId, personId, clock }),
    );
    return {};
  });

  serve(app, door, 'unlinkAppeal', async ({ params, session }) => {
    const { id: personId } = session.person;
    await database.transaction((tx) =>
      unlinkAppeal(tx, { appealId: params.id, incidentId: params.incidentId, personId, clock }),
    );
    return {};
  });
}
