// News over Socket.IO: the numbered change feed, to each what they may see. The socket keeps nothing for the absent, so a browser
// that was away asks for everything since its last number; a bell that was lost is made good by asking the feed every two seconds.
import type { FastifyInstance } from 'fastify';
import { Server, type Socket } from 'socket.io';
import type { Incident } from '#core/incident';
import type { MassIncident } from '#core/mass';
import { messageOf } from '#core/errors';
import type { Person } from '#core/person';
import type { Task } from '#core/task';
import {
  clientEventMay,
  sinceNumber,
  topicMay,
  type CameraMark,
  type Change,
  type ClientEvents,
  type News,
  type ServerEvents,
} from '../contract.ts';
import { cameras, clips, feed, incidents, mass, tasks, type bell } from '#store';
import { blindCard, tellBlind } from './blind.ts';
import { cameraMark, incidentCard, taskCard } from './cards.ts';
import { sameText, type Session } from './door.ts';
import { lensOf, type Glass } from './glass.ts';
import { may } from './may.ts';
import { sightOf, type Sight } from './sight.ts';
import { picturesOf, reachesIncident, reachesTask, reachOf } from './scope.ts';

/** A gap of more changes than this is not caught up: the browser loads its screen anew. */
export const catchUpMax = 500;
const pollMs = 2_000;
const recheckMs = 30_000;
const refreshMs = 60_000;

interface SocketOwner {
  session: Session;
}
type Io = Server<ClientEvents, ServerEvents, Record<string, never>, SocketOwner>;
type OneSocket = Socket<ClientEvents, ServerEvents, Record<string, never>, SocketOwner>;

interface Told {
  readonly row: feed.FeedRow;
  readonly incident: Incident | undefined;
  readonly task: Task | undefined;
  readonly mass: MassIncident | undefined;
  readonly agencyIds: readonly string[];
  readonly camera: CameraMark | undefined;
}

/** The incident of a clip or a violation. */
async function incidentOf(database: Glass['database'], row: feed.FeedRow): Promise<string | undefined> {
  if (row.topic === 'clip') return (await clips.byId(database, row.id))?.incidentId;
  return row.topic === 'violation' ? (await clips.violationById(database, row.id))?.incidentId : undefined;
}

/** Everything that decides who may hear of a change, read once for all who listen. */
async function told({ database, register }: Glass, row: feed.FeedRow): Promise<Told> {
  const task = row.topic === 'task' ? await tasks.byId(database, row.id) : undefined;
  const incidentId = row.topic === 'incident' ? row.id : (task?.incidentId ?? (await incidentOf(database, row)));
  const incident = incidentId === undefined ? undefined : await incidents.byId(database, incidentId);
  const one = row.topic === 'incident' && !incident ? await mass.byId(database, row.id) : undefined;
  const given = row.topic === 'incident' && incident ? await tasks.byIncident(database, incident.id) : [];
  const camera = row.topic === 'camera' ? register.camera(row.id) : undefined;
  const mark = camera ? cameraMark(camera, await cameras.healthOf(database, camera.id)) : undefined;
  return { row, incident, task, mass: one, agencyIds: given.map(({ agencyId }) => agencyId), camera: mark };
}

/** Is a change one of theirs who see a part of the city? What hangs at no camera is the weather alone. */
function isTheirs(sight: Sight, { row, incident }: Told): boolean {
  switch (row.topic) {
    case 'incident':
    case 'task':
    case 'clip':
    case 'violation':
      return incident !== undefined && sight.incident(incident);
    case 'camera':
      return sight.camera(row.id);
    case 'weather':
      return true;
    case 'appeal':
      return false;
  }
}

/** The change as this person may hear it; undefined where it is none of theirs. */
function changeFor(glass: Glass, person: Person, told: Told): Change | undefined {
  const { row, incident, task, agencyIds, camera } = told;
  if (!may(person, topicMay[row.topic])) return undefined;
  const sight = sightOf(glass.register, person);
  if (sight.limited && !isTheirs(sight, told)) return undefined;
  const reach = reachOf(person);
  const change: Change = { number: row.number, topic: row.topic, id: row.id, atMs: row.atMs };
  const lens = lensOf(glass);
  if (row.topic === 'incident' && told.mass) {
    if (!may(person, 'see-queue')) return undefined;
    change.mass = { id: told.mass.id, version: told.mass.version };
  } else if (row.topic === 'incident') {
    if (!incident || !reachesIncident(reach, incident, agencyIds)) return undefined;
    const made = incidentCard(incident, lens);
    const card = sight.limited ? { ...made, massId: null } : made;
    change.incident = picturesOf(person, glass.register, incident) ? card : { ...card, stillSha256: null, mark: null };
  }
  if (row.topic === 'task') {
    if (!task || !incident || !reachesTask(reach, task)) return undefined;
    change.task = taskCard(task, incident, lens, picturesOf(person, glass.register, incident));
  }
  if (camera) change.camera = camera;
  return change;
}

/** No incident and no mass incident has this name: it may be an item of one person's queue alone. */
const isOther = ({ row, incident, mass: one }: Told): boolean => row.topic === 'incident' && !incident && !one;

/** The word of such an item for one person, made as that of an incident. */
async function otherFor(glass: Glass, person: Person, { row }: Told): Promise<Change | undefined> {
  const incident = await blindCard(glass, person, row.id);
  return incident && { number: row.number, topic: row.topic, id: row.id, atMs: row.atMs, incident };
}

/** All that a person may hear of since a number; each thing once, as it is now. */
export async function newsSince(glass: Glass, person: Person, since: number): Promise<News> {
  const last = await feed.last(glass.database);
  const rows = since <= last ? await feed.since(glass.database, since, catchUpMax + 1) : [];
  const gone = rows.length === 0 ? since !== last : (rows[0]?.number ?? 0) > since + 1;
  if (since > last || gone || rows.length > catchUpMax) return { kind: 'too-far', feed: last };
  const lastOf = new Map(rows.map((row) => [`${row.topic} ${row.id}`, row]));
  const changes: Change[] = [];
  for (const row of lastOf.values()) {
    const one = await told(glass, row);
    const change = isOther(one) ? await otherFor(glass, person, one) : changeFor(glass, person, one);
    if (change) changes.push(change);
  }
  changes.sort((a, b) => a.number - b.number);
  return { kind: 'news', feed: rows.at(-1)?.number ?? last, changes };
}

/** People with the same roles, bounds and agency hear the same, so they share a room and a card is made once for all of them. */
const roomOf = (person: Person): string =>
  JSON.stringify([[...person.roles].sort(), person.agencyId, person.bounds ?? null]);

export interface NewsDesk {
  /** Ends the connections of one session, at once after it signed out. */
  endSession(tokenHash: string): void;
  close(): Promise<void>;
}

/** Opens the sockets on the server of `app` and follows the feed until closed. */
export async function openNews(glass: Glass, bells: bell.Bell): Promise<NewsDesk> {
  const { app, database, clock, log, version, door } = glass;
  const io: Io = new Server(app.server, { serveClient: false, maxHttpBufferSize: 16_384, pingInterval: 10_000 });
  const stop = new AbortController();
  let number = await feed.last(database);
  let checkedAtMs = clock.nowMs();
  let refreshedAtMs: number = clock.nowMs();
  let broken = false;

  io.use((socket, next) => {
    admit(glass.app, door, socket).then(
      () => {
        next();
      },
      (thrown: unknown) => {
        next(new Error(messageOf(thrown)));
      },
    );
  });

  io.on('connection', (socket) => {
    const { session } = socket.data;
    void socket.join([roomOf(session.person), session.tokenHash]);
    socket.emit('hello', { feed: number, nowMs: clock.nowMs(), version });
    socket.on('clock', (answer) => {
      if (typeof answer === 'function' && may(session.person, clientEventMay.clock)) answer({ nowMs: clock.nowMs() });
    });
    socket.on('since', (asked, answer) => {
      const since = sinceNumber.safeParse(asked);
      if (!since.success || typeof answer !== 'function' || !may(session.person, clientEventMay.since)) return;
      newsSince(glass, session.person, since.data).then(answer, (thrown: unknown) => {
        // No answer lets the browser's own time limit run out, and it asks again.
        log.warn({ error: messageOf(thrown) }, 'a browser could not be told what it missed');
      });
    });
  });

  async function tell(change: Told): Promise<void> {
    if (isOther(change)) {
      for (const socket of io.sockets.sockets.values()) {
        const word = await otherFor(glass, socket.data.session.person, change);
        if (word) socket.emit('changed', word);
      }
      return;
    }
    const rooms = new Map<string, Person>();
    for (const socket of io.sockets.sockets.values()) {
      rooms.set(roomOf(socket.data.session.person), socket.data.session.person);
    }
    for (const [room, person] of rooms) {
      const word = changeFor(glass, person, change);
      if (word) io.to(room).emit('changed', word);
    }
  }

  async function recheck(): Promise<void> {
    const sockets = [...io.sockets.sockets.values()];
    const hashes = new Set(sockets.map((socket) => socket.data.session.tokenHash));
    for (const tokenHash of hashes) {
      if (!(await door.sessionByHash(tokenHash))) io.in(tokenHash).disconnectSockets(true);
    }
  }

  async function round(): Promise<void> {
    await tellBlind(glass);
    for (;;) {
      const rows = await feed.since(database, number, catchUpMax);
      // A thing that changed many times meanwhile is told of once, as it is now: a mass incident grows by hundreds of members.
      const lastOf = new Map(rows.map((row) => [`${row.topic} ${row.id}`, row.number]));
      for (const row of rows) {
        const isLast = lastOf.get(`${row.topic} ${row.id}`) === row.number;
        if (isLast && io.sockets.sockets.size > 0) await tell(await told(glass, row));
        number = row.number;
      }
      if (rows.length < catchUpMax) break;
    }
    io.emit('feed', { feed: number, nowMs: clock.nowMs() });
    if (clock.nowMs() - checkedAtMs >= recheckMs) {
      checkedAtMs = clock.nowMs();
      await recheck();
    }
    if (clock.nowMs() - refreshedAtMs >= refreshMs) {
      refreshedAtMs = clock.nowMs();
      await glass.register.refresh();
    }
  }

  let running: Promise<void> | undefined;
  let again = false;
  const wake = (): Promise<void> => {
    again = true;
    running ??= (async () => {
      while (again && !stop.signal.aborted) {
        again = false;
        try {
          await round();
          if (broken) log.info({}, 'the change feed can be read again');
          broken = false;
        } catch (thrown) {
          if (!broken) log.warn({ error: messageOf(thrown) }, 'the change feed cannot be read; it is tried again');
          broken = true;
        }
      }
      running = undefined;
    })();
    return running;
  };

  const offs = [
    bells.on('changed', () => void wake()),
    bells.on('reconnected', () => void wake()),
    // A change of one camera brings the next reading of the list nearer; a storm of them must not read 12,000 rows each time.
    bells.on('camera-changed', () => (refreshedAtMs -= refreshMs / 4)),
  ];
  const polling = (async () => {
    while (!stop.signal.aborted) {
      await wake();
      await clock.sleep(pollMs, stop.signal).catch(() => undefined);
    }
  })();

  return {
    endSession: (tokenHash) => {
      io.in(tokenHash).disconnectSockets(true);
    },
    close: async () => {
      stop.abort();
      for (const off of offs) off();
      await polling;
      await running;
      io.disconnectSockets(true);
      io.engine.close();
    },
  };
}

/** Lets a socket in by the session cookie and the token that only a page of ours can read. */
async function admit(app: FastifyInstance, door: Glass['door'], socket: OneSocket): Promise<void> {
  const cookies = app.parseCookie(socket.handshake.headers.cookie ?? '');
  const session = await door.sessionByToken(cookies[door.cookieName]);
  const given: unknown = socket.handshake.auth['csrf'];
  if (!session || typeof given !== 'string' || !sameText(given, session.csrf)) throw new Error('AUTH_NEEDED');
  socket.data.session = session;
}
