// Puts the dashboard together and opens its port: one Fastify, every route of the contract, the sockets, the built pages.
import { existsSync, readFileSync } from 'node:fs';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import rateLimit from '@fastify/rate-limit';
import statics from '@fastify/static';
import fastify, { type FastifyInstance } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { City, Settings } from '#config';
import type { Clock } from '#core/clock';
import { AhualError } from '#core/errors';
import { newId } from '#core/ids';
import type { Log } from '#core/log';
import { inRoot } from '#core/root';
import type { bell, db, files } from '#store';
import { openAccounts, type AccountSecrets } from './accounts-open.ts';
import { openAppeals } from './appeals.ts';
import { openCameras } from './cameras.ts';
import { openCameraSets } from './camera-sets.ts';
import { cityFacts } from './city.ts';
import { openClips } from './clips.ts';
import { openDesk } from './desk.ts';
import { openDoor } from './door.ts';
import { openFirstSteps } from './first-steps.ts';
import type { Glass, RoomSettings } from './glass.ts';
import { openHeld } from './held.ts';
import { openIncidents } from './incidents.ts';
import { openKeeping } from './keeping.ts';
import { openLiveView, type LiveDesk, type LiveSettings } from './live-view.ts';
import { openMap, tileSource } from './map.ts';
import { openMass } from './mass.ts';
import { openNews, type NewsDesk } from './news.ts';
import { openNumbers } from './numbers.ts';
import { openOwnScore } from './own-score.ts';
import { openPhotos } from './photos.ts';
import { openPlaces } from './places.ts';
import { openPresets } from './presets.ts';
import { openReferences } from './references.ts';
import { openPlates } from './plates.ts';
import { openPolice } from './police.ts';
import { openGuard } from './limits.ts';
import { answerProblem } from './problems.ts';
import { openRegister } from './register.ts';
import { writeAnswer } from './serve.ts';
import { openStills } from './stills.ts';
import { blindView } from './blind.ts';
import { openByHand } from './by-hand.ts';
import { openPatrol } from './patrol.ts';
import { openShift } from './shift.ts';
import { openHealth } from './health.ts';
import { openModels } from './models.ts';
import { openImport } from './import.ts';
import { openSystem } from './system.ts';
import { openTaskRoutes } from './tasks.ts';
import { openWall } from './wall.ts';
import { openZones } from './zones.ts';

export type DashboardSettings = Settings['dashboard'] & RoomSettings & { readonly city: Settings['city'] };

export interface DashboardOptions {
  readonly database: db.Database;
  readonly bell: bell.Bell;
  readonly files: files.Files;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: DashboardSettings;
  readonly city: Pick<City, 'categories' | 'districts' | 'outline'>;
  /** Folder of the built pages; without it only the contract is served. */
  readonly webRoot?: string;
  /** Without it no camera is shown live. */
  readonly live?: LiveSettings;
  /** Without them nobody can set up a second factor, and a provider is spoken to as a public client. */
  readonly accountSecrets?: AccountSecrets;
}

export interface Dashboard {
  readonly url: string;
  readonly port: number;
  /** Streams and viewers of live pictures now, and the process that holds them. */
  live(): ReturnType<LiveDesk['state']>;
  close(): Promise<void>;
}

const bodyMaxBytes = 64 * 1024;

const versionOf = (): string =>
  z.object({ version: z.string() }).parse(JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))).version;

/** A Fastify with everything that holds for every route. */
async function openApp({ clock, log, settings }: DashboardOptions): Promise<FastifyInstance> {
  const app = fastify({
    // What has to be known is logged by the answer to errors; a line for each request would drown it.
    logger: false,
    genReqId: () => newId(clock),
    bodyLimit: bodyMaxBytes,
    forceCloseConnections: true,
    trustProxy: settings.publicUrl !== null && 'loopback',
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(({ schema }) => writeAnswer(schema));
  app.setErrorHandler(answerProblem(log));
  app.addHook('onSend', async (request, reply) => {
    void reply.header('x-request-id', request.id);
    if (request.url.startsWith('/api/') && !reply.hasHeader('cache-control'))
      void reply.header('cache-control', 'no-store');
  });
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'blob:', 'data:', ...tileSource(settings.map)],
        'media-src': ["'self'", 'blob:'],
        'font-src': ["'self'"],
        'connect-src': ["'self'", ...tileSource(settings.map)],
        'worker-src': ["'self'", 'blob:'],
        'object-src': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
      },
    },
    hsts: settings.secureCookies,
    referrerPolicy: { policy: 'no-referrer' },
  });
  await app.register(cookie);
  await app.register(rateLimit, { global: false });
  await app.register(multipart);
  return app;
}

const notFound = (url: string): AhualError =>
  new AhualError('NOT_FOUND', `There is nothing at ${url.slice(0, 200)}.`, 'Go back to the first page.');

/** The built pages. An address that is a screen's gives the one page, which knows the rest. */
async function openPages(app: FastifyInstance, webRoot: string | undefined): Promise<void> {
  const hasPages = webRoot !== undefined && existsSync(webRoot);
  if (hasPages) {
    await app.register(statics, {
      root: webRoot,
      setHeaders: (reply, path) => {
        // Built files carry their hash in their name; the page that names them does not.
        const hashed = path.includes('/assets/') && !path.endsWith('.html');
        void reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const isScreen = request.method === 'GET' && !/^\/(api|socket\.io|assets)\//.test(request.url);
    if (!hasPages || !isScreen || !(request.headers.accept ?? '').includes('text/html')) throw notFound(request.url);
    return reply.header('cache-control', 'no-cache').sendFile('index.html');
  });
}

/** Opens the dashboard on its host and port and gives its address; `close` ends the requests, the sockets and the port. */
export async function startDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { database, clock, log, settings } = options;
  const register = await openRegister(database);
  const door = openDoor({
    database,
    guard: openGuard(database, register),
    clock,
    sessionH: settings.sessionH,
    wallSessionD: settings.wallSessionD,
    secureCookies: settings.secureCookies,
    services: settings.appeals.services,
  });
  const app = await openApp(options);
  const city = cityFacts(settings.city, options.city);
  const glass: Glass = {
    app,
    door,
    database,
    files: options.files,
    clock,
    log,
    settings,
    city,
    register,
    version: versionOf(),
  };
  const sockets: { news?: NewsDesk; live?: LiveDesk } = {};
  const own = { url: settings.publicUrl ?? '' };
  openAccounts(glass, {
    settings,
    secrets: options.accountSecrets ?? {},
    publicUrl: () => own.url,
    signedOut: (tokenHash) => {
      sockets.news?.endSession(tokenHash);
      sockets.live?.endSession(tokenHash);
    },
  });
  openDesk(glass, options.city.categories);
  openMass(glass);
  openHeld(glass);
  openNumbers(glass);
  openIncidents(glass, (person, id, precision) => blindView(glass, person, id, precision));
  openAppeals(glass);
  openCameras(glass);
  openZones(glass);
  openPlaces(glass);
  openCameraSets(glass);
  openReferences(glass);
  openPresets(glass);
  openImport(glass, options.city);
  openModels(glass);
  openMap(glass, settings.map);
  openStills(glass);
  openTaskRoutes(glass);
  openPhotos(glass);
  openPolice(glass);
  openPlates(glass);
  openClips(glass);
  openByHand(glass, options.city.categories);
  openShift(glass);
  openPatrol(glass);
  openWall(glass);
  openSystem(glass);
  openHealth(glass);
  openFirstSteps(glass);
  openKeeping(glass);
  openOwnScore(glass);
  const live = openLiveView(glass, { live: options.live, publicUrl: settings.publicUrl });
  sockets.live = live;
  await openPages(app, options.webRoot);
  await app.ready();
  const news = await openNews(glass, options.bell);
  sockets.news = news;
  await app.listen({ host: settings.host, port: settings.port });
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : settings.port;
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  const url = settings.publicUrl ?? `http://${host}:${port}`;
  own.url = url;
  log.info({ url, port }, 'the dashboard is open');
  return {
    url,
    port,
    live: () => live.state(),
    close: async () => {
      await live.close();
      await news.close();
      await app.close();
    },
  };
}
