// A city of simulated cameras: built from a scenario or from a seed and a number, served on loopback, taken down as one.
import { randomBytes } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import { systemClock, type Clock } from '#core/clock';
import { AhualError } from '#core/errors';
import { silentLog, type Log } from '#core/log';
import { inRoot } from '#core/root';
import { Agencies } from './agency.ts';
import { Camera } from './camera.ts';
import { ClipShelf, type Fact, type Zone } from './clip.ts';
import { Fault, type FaultInput } from './faults.ts';
import { openPictures } from './picture.ts';
import { portOfServer, RtspServer } from './rtsp.ts';
import { playScenario, Scenario, type Happening, type ScenarioCamera, type ScenarioInput } from './scenario.ts';
import { chance, pick } from './seed.ts';
import type { SignIn } from './sign-in.ts';
import { registerSnapshots } from './snapshot.ts';
import { mountingOf, type Mounting } from './mounting.ts';
import { forecast, Sky } from './weather.ts';
import { Wheel } from './wheel.ts';
import { registerWorld } from './world.ts';

export interface CityOptions {
  /** What happens; it also names the cameras. Without it a calm city is built of `cameras` cameras. */
  readonly scenario?: ScenarioInput;
  /** How many cameras to build from the seed when there is no scenario. */
  readonly cameras?: number;
  readonly seed?: string;
  /** Names of clips that a city without a scenario plays; all clips of the first folder that has any otherwise. */
  readonly clips?: readonly string[];
  /** Folders of clips, first wins; the shipped ones otherwise. */
  readonly clipFolders?: readonly string[];
  readonly rtspPort?: number;
  readonly httpPort?: number;
  readonly udp?: boolean;
  /** All cameras speak rtsps with this certificate (PEM). */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Sign-in of every camera that wants one; made up anew where it is not given. */
  readonly signIn?: SignIn;
  /** Bearer token of `/world`; made up anew where it is not given. */
  readonly controlToken?: string;
  readonly startAt?: 'next-frame' | 'next-key';
  /** Hours of weather in one hour; otherwise as the scenario says. */
  readonly pace?: number;
  /** Seconds of the scenario's events in one second. Pictures always run at their own speed. */
  readonly speed?: number;
  readonly clock?: Clock;
  readonly log?: Log;
}

/** A camera as whoever installs it knows it. Addresses carry no secrets; `signIn` is apart. */
export interface CityCamera extends Mounting {
  readonly id: string;
  readonly clip: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly fps: number;
  readonly zones: readonly Zone[];
  readonly rtspUrl: string;
  readonly subUrl: string;
  readonly snapshotUrl: string;
  readonly signIn?: SignIn;
}

/** Moments are epoch milliseconds. */
export interface CameraTruth {
  readonly id: string;
  readonly clip: string;
  readonly phase: string;
  readonly fault: string | null;
  readonly now: readonly (Fact & { readonly sinceMs: number })[];
  readonly past: readonly (Fact & { readonly fromMs: number; readonly toMs: number })[];
}

export interface City extends AsyncDisposable {
  readonly rtspPort: number;
  readonly httpPort: number;
  readonly controlToken: string;
  /** Base of everything that answers over HTTP: `/v1/forecast`, `/cam/…`, `/agencies/…`, `/world/…`. */
  readonly httpUrl: string;
  readonly cameras: readonly CityCamera[];
  readonly agencies: Agencies;
  /** What is and was true in front of each camera. */
  truth(): CameraTruth[];
  /** Lets the hazard of a camera begin or end at its next key picture. */
  begin(cameraId: string): void;
  end(cameraId: string): void;
  /** Turns a camera to the scene of another clip, and back to its own with null. */
  turn(cameraId: string, clip: string | null): Promise<void>;
  /** Gives a camera a fault; null heals it. */
  fault(cameraId: string, fault: FaultInput | null): Promise<void>;
  /** An agency says that the work at this camera is done; the scenario knows whether that is so. */
  claimDone(cameraId: string): void;
  /** Resolves when the scenario has no more events. */
  readonly played: Promise<void>;
}

const host = '127.0.0.1';

function seededCameras(count: number, seed: string, clips: readonly string[]): ScenarioCamera[] {
  if (clips.length === 0) {
    throw new AhualError(
      'CONFIG_MISSING',
      'The simulator has no clips to play.',
      'Check simulator/clips, or name clipFolders.',
    );
  }
  return Array.from({ length: count }, (_, i) => {
    const random = chance(`${seed}/clip/${i}`);
    const clip = i < clips.length ? clips[i] : pick(clips, random());
    return { id: String(10_001 + i), clip: clip ?? '', events: [] };
  });
}

interface Plan {
  readonly scenario: Scenario;
  readonly shelf: ClipShelf;
}

async function planOf(options: CityOptions): Promise<Plan> {
  const folders = options.clipFolders ?? [
    inRoot('simulator', 'clips'),
    inRoot('simulator', 'testcard'),
    inRoot('simulator', 'odd'),
  ];
  const shelf = new ClipShelf(folders);
  if (options.scenario) return { scenario: Scenario.parse(options.scenario), shelf };
  const seed = options.seed ?? 'astana';
  let clips = options.clips ?? [];
  for (const folder of folders) if (clips.length === 0) clips = await new ClipShelf([folder]).names();
  const cameras = seededCameras(options.cameras ?? 24, seed, clips);
  const title = { kk: 'Қала', ru: 'Город', en: 'City' };
  return { scenario: Scenario.parse({ name: 'city', title, seed, cameras }), shelf };
}

/**
 * Builds the city and opens its doors on loopback. Throws CONFIG_MISSING for an unknown clip, CONFIG_INVALID for a busy port.
 * The scenario begins to play at once.
 */
export async function startCity(options: CityOptions = {}): Promise<City> {
  const { clock = systemClock, log = silentLog } = options;
  const { scenario, shelf } = await planOf(options);
  const controlToken = options.controlToken ?? randomBytes(24).toString('base64url');
  const made = options.signIn ?? {
    scheme: 'digest' as const,
    user: 'viewer',
    password: randomBytes(12).toString('base64url'),
  };
  const wheel = new Wheel({
    clock,
    onError: (thrown) => {
      log.error({ err: thrown }, 'a simulated camera failed');
    },
  });
  const signInOf = (camera: ScenarioCamera): SignIn | undefined => {
    if (camera.signIn === undefined) return options.signIn;
    return camera.signIn === 'none' ? undefined : { ...made, scheme: camera.signIn };
  };
  const cameras = new Map<string, Camera>();
  for (const spec of scenario.cameras) {
    const signIn = signInOf(spec);
    const camera = new Camera({
      id: spec.id,
      clip: await shelf.get(spec.clip),
      clock,
      wheel,
      place: chance(`${scenario.seed}/place/${spec.id}`)(),
      ...(signIn ? { signIn } : {}),
      ...(options.startAt ? { startAt: options.startAt } : {}),
    });
    if (spec.events.some((event) => event.do === 'begin') && !camera.canBegin) {
      throw new AhualError(
        'CONFIG_INVALID',
        `Scenario ${scenario.name}: camera ${spec.id} lets a hazard begin, but its clip ${spec.clip} has none.`,
        'Give the camera a clip with a phase "begin" or "during".',
        { camera: spec.id, clip: spec.clip },
      );
    }
    cameras.set(spec.id, camera);
  }
  const cameraOf = (id: string): Camera => {
    const camera = cameras.get(id);
    if (!camera)
      throw new AhualError(
        'CAMERA_UNKNOWN',
        `The simulated city has no camera ${id}.`,
        'Ask /world/truth for its cameras.',
        { camera: id },
      );
    return camera;
  };

  const rtsp = new RtspServer({
    cameras,
    clock,
    wheel,
    log,
    port: options.rtspPort ?? 0,
    udp: options.udp ?? false,
    ...(options.tls ? { tls: options.tls } : {}),
  });
  await rtsp.open();
  // A door that can be closed costs a port, so only those have one that the scenario will close.
  const closes = (spec: ScenarioCamera): boolean =>
    spec.fault?.kind === 'refuse' ||
    spec.events.some((e) => e.do === 'stop' || (e.do === 'fault' && e.fault.kind === 'refuse'));
  for (const spec of scenario.cameras) if (closes(spec)) await rtsp.openDoor(spec.id);

  // What the scenario will need later has to be there now, not fail in the middle of it.
  for (const spec of scenario.cameras) {
    const faults = [
      ...(spec.fault ? [spec.fault] : []),
      ...spec.events.flatMap((event) => (event.do === 'fault' ? [event.fault] : [])),
    ];
    for (const fault of faults) if (fault.kind === 'new-resolution') await shelf.get(fault.clip);
    for (const event of spec.events) if (event.do === 'turn' && event.clip !== undefined) await shelf.get(event.clip);
  }
  const turn = async (id: string, clip: string | null): Promise<void> => {
    const camera = cameraOf(id);
    camera.turn(clip === null ? undefined : await shelf.get(clip));
    await rtsp.follow(camera);
  };
  const setFault = async (id: string, input: FaultInput | null): Promise<void> => {
    const camera = cameraOf(id);
    const fault = input === null ? undefined : Fault.parse(input);
    camera.setFault(fault, fault?.kind === 'new-resolution' ? await shelf.get(fault.clip) : undefined);
    await rtsp.follow(camera);
  };
  for (const spec of scenario.cameras) if (spec.fault) await setFault(spec.id, spec.fault);

  const stop = new AbortController();
  const reactions = new Map(scenario.cameras.map((spec) => [spec.id, spec.onClaim ?? scenario.onClaim]));
  const agencies = new Agencies({ clock, conduct: scenario.agencies });
  const city = {
    controlToken,
    agencies,
    truth: () => [...cameras.values()].map(truthOf),
    begin: (id: string) => {
      cameraOf(id).begin();
    },
    end: (id: string) => {
      cameraOf(id).end();
    },
    turn,
    fault: setFault,
    claimDone: (id: string) => {
      const camera = cameraOf(id);
      const reaction = reactions.get(id);
      if (reaction?.do !== 'end') return;
      wheel.after(reaction.afterS * 1000, () => {
        camera.end();
      });
    },
  };

  let described: readonly CityCamera[] = [];
  const server: FastifyInstance = Fastify({ forceCloseConnections: true });
  const sky = new Sky(
    { ...scenario.weather, ...(options.pace === undefined ? {} : { pace: options.pace }) },
    clock.nowMs(),
  );
  registerSnapshots(server, { cameras, clock, wheel, makePicture: openPictures() });
  agencies.register(server, stop.signal);
  registerWorld(server, { world: { ...city, cameras: () => described }, agencies, token: controlToken });
  server.get('/v1/forecast', (request, reply) => {
    const { status, body } = forecast(sky, request.query, clock.nowMs());
    return reply.code(status).send(body);
  });
  await server.listen({ host, port: options.httpPort ?? 0 });
  const httpPort = portOfServer(server.server);
  const httpUrl = `http://${host}:${httpPort}`;

  const act = async (id: string, happening: Happening): Promise<void> => {
    log.info({ cameraId: id, happening: happening.do }, 'the scenario goes on');
    switch (happening.do) {
      case 'begin':
        city.begin(id);
        return;
      case 'end':
        city.end(id);
        return;
      case 'fault':
        await setFault(id, happening.fault);
        return;
      case 'heal':
        await setFault(id, null);
        return;
      case 'stop':
        await setFault(id, { kind: 'refuse' });
        return;
      case 'turn':
        await turn(id, happening.clip ?? null);
        return;
    }
  };
  const played = playScenario({ scenario, clock, act, speed: options.speed ?? 1 }, stop.signal).catch(
    (thrown: unknown) => {
      log.error({ err: thrown }, 'the scenario stopped playing');
    },
  );

  const describe = (spec: ScenarioCamera, i: number): CityCamera => {
    const camera = cameraOf(spec.id);
    const { width, height } = camera.clip.main;
    const address = `${options.tls ? 'rtsps' : 'rtsp'}://${host}:${rtsp.portOf(spec.id)}/cam/${spec.id}`;
    return {
      id: spec.id,
      ...mountingOf(scenario.seed, spec, i),
      clip: spec.clip,
      widthPx: width,
      heightPx: height,
      fps: camera.fps,
      zones: camera.clip.label.zones,
      rtspUrl: `${address}/main`,
      subUrl: `${address}/sub`,
      snapshotUrl: `${httpUrl}/cam/${spec.id}/snapshot.jpg`,
      ...(camera.signIn ? { signIn: camera.signIn } : {}),
    };
  };
  described = scenario.cameras.map(describe);
  return {
    ...city,
    rtspPort: rtsp.port,
    httpPort,
    httpUrl,
    cameras: described,
    played,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await played;
      await server.close();
      await rtsp[Symbol.asyncDispose]();
      await wheel[Symbol.asyncDispose]();
    },
  };
}

function truthOf(camera: Camera): CameraTruth {
  return {
    id: camera.id,
    clip: camera.clip.id,
    phase: camera.phase,
    fault: camera.fault?.kind ?? null,
    now: camera.truth().map(({ hazard, sub, fromMs }) => ({ hazard, sub, sinceMs: fromMs })),
    past: camera.past().map(({ hazard, sub, fromMs, toMs }) => ({ hazard, sub, fromMs, toMs: toMs ?? fromMs })),
  };
}
