// Seats and their pause, and the shift handed over by two people: the product writes the note, a person adds a line (screens 4.10).
import { isLimited } from '#core/bounds';
import { AhualError } from '#core/errors';
import type { Person } from '#core/person';
import { cameraQuiet, cameras, incidents, mass, patrol, seats, stats, tasks, type db } from '#store';
import { ShiftNote, type Handover, type SeatCard, type Shift } from '../contract.ts';
import { isLate, placeOf } from './cards.ts';
import type { Glass } from './glass.ts';
import { isFlood } from './mass.ts';
import { agencyName } from './register.ts';
import { serve } from './serve.ts';
import { dayStartMs } from './day-start.ts';
import { putOffTogether } from './shift-put-off.ts';
import { seatSilentMs } from './wall.ts';

const rowsMax = 50;
/** Cameras of one putting off that are named; a set may have thousands. */
const camerasNamed = 3;
const handoversMax = 10;
const shiftMs = 12 * 3_600_000;

const runningTasks = ['created', 'sent', 'accepted', 'in_progress', 'returned'] as const;

async function seatsFor(database: db.Db, person: Person, nowMs: number): Promise<SeatCard[]> {
  // What lies on others' screens may be of cameras that this person does not see.
  const hides = isLimited(person);
  return (await seats.since(database, nowMs - seatSilentMs)).map(
    ({ personId, name, takenAtMs, pausedAtMs, itemId }) => {
      const mine = personId === person.id;
      return { personId, name, takenAtMs, pausedAtMs, itemId: hides && !mine ? null : itemId, mine };
    },
  );
}

async function shelvedRows({ database, register }: Glass): Promise<ShiftNote['shelved']> {
  const rows = await incidents.open(database, { states: ['shelved'] });
  return Promise.all(
    rows.slice(0, rowsMax).map(async (incident) => {
      const put = (await incidents.history(database, incident.id)).findLast((change) => change.to === 'shelved');
      return {
        incidentId: incident.id,
        number: incident.number,
        hazard: incident.hazard,
        severity: incident.severity,
        place: placeOf(incident, register),
        untilMs: incident.untilMs,
        reason: put?.reason ?? '',
        who: put ? register.nameOf(put.actor) : '',
      };
    }),
  );
}

/** The note of this moment. */
export async function shiftNote(glass: Glass): Promise<ShiftNote> {
  const { database, clock, city, register } = glass;
  const nowMs = clock.nowMs();
  const [counts, flood, shelved, quiet, running, health, open, members, loads, patrolled] = await Promise.all([
    stats.counts(database, nowMs, dayStartMs(nowMs, city.zone)),
    isFlood(glass),
    shelvedRows(glass),
    cameraQuiet.now(database, nowMs),
    tasks.list(database, { states: [...runningTasks], limit: 5000 }),
    cameras.health(database),
    mass.open(database),
    mass.counts(database),
    seats.loads(database, nowMs - shiftMs),
    patrol.sums(database, nowMs - shiftMs),
  ]);
  const bySeverity = { S1: 0, S2: 0, S3: 0, S4: 0 };
  for (const { severity, n } of counts.bySeverity) bySeverity[severity] = n;
  const late = running.filter((task) => isLate(task, nowMs)).sort((a, b) => a.fixByMs - b.fixByMs);
  const putOff = putOffTogether(quiet);
  const ofCamera = new Map(health.map((row) => [row.cameraId, row]));
  const down = register
    .cameras()
    .flatMap((camera) => {
      const row = ofCamera.get(camera.id);
      return row?.state === 'ok' ? [] : [{ camera, row }];
    })
    .sort((a, b) => (a.row?.sinceMs ?? 0) - (b.row?.sinceMs ?? 0));
  return {
    atMs: nowMs,
    open: bySeverity,
    waiting: { n: counts.waiting, oldestSinceMs: counts.oldestWaitingAtMs },
    flood,
    shelved,
    putOff: putOff.slice(0, rowsMax).map(({ cameraIds, hazards, untilMs, reason, actor }) => ({
      hazards,
      cameras: cameraIds.slice(0, camerasNamed).flatMap((cameraId) => {
        const camera = register.camera(cameraId);
        return camera ? [{ cameraId, name: camera.name }] : [];
      }),
      all: cameraIds.length,
      untilMs,
      reason,
      who: register.nameOf(actor),
    })),
    putOffAll: { acts: putOff.length, cameras: new Set(quiet.map(({ cameraId }) => cameraId)).size },
    overdue: await Promise.all(
      late.slice(0, rowsMax).map(async (task) => {
        const incident = await incidents.byId(database, task.incidentId);
        return {
          taskId: task.id,
          number: task.number,
          incidentNumber: incident?.number ?? 0,
          hazard: incident?.hazard ?? 'snow',
          agency: agencyName(register, task.agencyId),
          state: task.state,
          dueMs: task.acceptedAtMs === null ? task.acceptByMs : task.fixByMs,
        };
      }),
    ),
    overdueAll: late.length,
    camerasDown: down.slice(0, rowsMax).map(({ camera, row }) => ({
      cameraId: camera.id,
      name: camera.name,
      state: row?.state ?? 'unknown',
      sinceMs: row?.sinceMs ?? null,
    })),
    camerasDownAll: down.length,
    camerasAll: register.cameras().length,
    masses: open.flatMap(({ id, number, hazard, district, decision }) => {
      const places = members.find((row) => row.massId === id)?.openNow ?? 0;
      return decision === 'rejected' || places === 0 ? [] : [{ number, hazard, district, places }];
    }),
    loads: loads.map(({ name, decided }) => ({ name, decided })),
    patrol: patrolled,
  };
}

const handoverOf = (person: Person, row: seats.Handover): Handover => ({
  id: row.id,
  writtenAtMs: row.writtenAtMs,
  givenBy: row.givenByName,
  mine: row.givenBy === person.id,
  line: row.line,
  note: ShiftNote.parse(row.note),
  takenBy: row.takenByName,
  takenAtMs: row.takenAtMs,
  withdrawn: row.withdrawnAtMs !== null,
});

async function shiftFor(glass: Glass, person: Person): Promise<Shift> {
  const { database, clock } = glass;
  const nowMs = clock.nowMs();
  const [note, sitting, rows] = await Promise.all([
    shiftNote(glass),
    seatsFor(database, person, nowMs),
    seats.handovers(database, handoversMax),
  ]);
  const all = rows.map((row) => handoverOf(person, row));
  return {
    nowMs,
    note,
    seats: sitting,
    waiting: all.find((one) => one.takenBy === null && !one.withdrawn) ?? null,
    before: all.filter((one) => one.takenBy !== null),
  };
}

const lastSeat = (): AhualError =>
  new AhualError(
    'MOVE_UNLAWFUL',
    'This is the last seat that works: what comes in would be seen by nobody.',
    'Wait until somebody else sits down or comes back from a pause.',
  );

async function refuseTaking(database: db.Db, id: string, person: Person): Promise<never> {
  const row = await seats.handover(database, id);
  if (!row) throw new AhualError('NOT_FOUND', 'There is no such handover.', 'Load the page again.');
  if (row.givenBy === person.id) {
    const cure = 'Whoever comes after you takes it under their own sign-in.';
    throw new AhualError('AUTH_DENIED', 'Who gives a shift does not take it.', cure);
  }
  throw new AhualError('MOVE_UNLAWFUL', 'This handover was taken or withdrawn meanwhile.', 'Load the page again.');
}

async function seatsAnswer(database: db.Database, person: Person, nowMs: number) {
  const [sitting, spellSinceMs] = await Promise.all([
    seatsFor(database, person, nowMs),
    seats.spellSince(database, person.id, nowMs),
  ]);
  return { nowMs, seats: sitting, spellSinceMs };
}

/** Routes of seats and shifts. */
export function openShift(glass: Glass): void {
  const { app, door, database, clock } = glass;

  serve(app, door, 'beatSeat', async ({ body, session: { person } }) => {
    const nowMs = clock.nowMs();
    const { itemId } = body;
    await seats.beat(database, { personId: person.id, atMs: nowMs, silentSinceMs: nowMs - seatSilentMs, itemId });
    return seatsAnswer(database, person, nowMs);
  });

  serve(app, door, 'pauseSeat', async ({ body: { paused }, session: { person } }) => {
    const nowMs = clock.nowMs();
    await database.transaction(async (tx) => {
      await seats.lockAll(tx);
      await seats.beat(tx, { personId: person.id, atMs: nowMs, silentSinceMs: nowMs - seatSilentMs, itemId: null });
      const others = (await seats.since(tx, nowMs - seatSilentMs)).filter(
        (seat) => seat.personId !== person.id && seat.pausedAtMs === null,
      );
      if (paused && others.length === 0) throw lastSeat();
      await seats.setPaused(tx, person.id, paused, nowMs);
    });
    return seatsAnswer(database, person, nowMs);
  });

  serve(app, door, 'shift', ({ session }) => shiftFor(glass, session.person));

  serve(app, door, 'giveShift', async ({ body, session: { person } }) => {
    const note = await shiftNote(glass);
    const { key, line } = body;
    await database.transaction((tx) =>
      seats.giveHandover(tx, { id: key, atMs: note.atMs, givenBy: person.id, line, note }),
    );
    return shiftFor(glass, person);
  });

  serve(app, door, 'takeShift', async ({ params, session: { person } }) => {
    const before = await seats.handover(database, params.id);
    // The same press sent twice is one taking.
    if (before?.takenBy !== person.id) {
      const taken = await database.transaction((tx) => seats.takeHandover(tx, params.id, person.id, clock.nowMs()));
      if (!taken) await refuseTaking(database, params.id, person);
    }
    return shiftFor(glass, person);
  });
}
