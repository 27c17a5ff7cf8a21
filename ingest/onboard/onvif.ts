// Asks one device over ONVIF for its clock, profiles and addresses, by the npm package `onvif`; every connection is ours. Inside the eye.
import { Agent } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { Cam } from 'onvif';
import { z } from 'zod';
import type { Clock } from '#core/clock';
import { messageOf } from '#core/errors';
import { hostOf, isAllowedHost, parseAddress, placeOf, type Place } from '../sources/address.ts';
import { dial } from '../sources/dial.ts';
import { refusal, type Refusal, type SignIn } from '../sources/source.ts';
import type { OnboardAnswer, OnvifProfile } from './shapes.ts';

type OnvifKnown = Extract<OnboardAnswer, { kind: 'onvif' }>;

export interface DeviceWish {
  readonly address: string;
  readonly signIn: SignIn | null;
  readonly answerMs: number;
  readonly allowedHosts: readonly string[];
  readonly certificates: readonly string[];
  readonly mayName: readonly string[];
}

/** The package reads an answer to its end whatever its length, and waits anew with every byte: both end here. */
const mostAnswerBytes = 1024 * 1024;
const mostProfiles = 128;
const mostPresetNames = 64;
const mostNames = 100;

/** Connections to the one checked place, whatever host an answer names; plain or TLS by our rules; limited in bytes and time. */
class OnePlace extends Agent {
  readonly #place: Place;
  readonly #wish: DeviceWish;
  readonly #signal: AbortSignal;
  /** What ended the last connection from our side. */
  verdict: Refusal | undefined;
  /** Called when a connection is ended so: the package tells nobody of an answer that breaks off. */
  onVerdict: () => void = () => undefined;

  constructor(place: Place, wish: DeviceWish, signal: AbortSignal) {
    super({ keepAlive: false });
    this.#place = place;
    this.#wish = wish;
    this.#signal = signal;
  }

  override createConnection(
    _options: unknown,
    done?: (failed: Error | null, socket: Socket) => void,
  ): Socket | undefined {
    void dial(this.#place, this.#wish.certificates, this.#wish.answerMs, this.#signal).then((dialled) => {
      if (dialled.kind === 'refusal') {
        this.verdict = dialled;
        // A callback of Node's agent gives a socket or an error, and its type asks for both.
        Reflect.apply(done ?? (() => undefined), undefined, [new Error(dialled.detail)]);
        return;
      }
      this.#limit(dialled.socket);
      done?.(null, dialled.socket);
    });
    return undefined;
  }

  #limit(socket: Socket): void {
    let bytes = 0;
    const seconds = (this.#wish.answerMs / 1000).toFixed(1);
    const end = (why: Refusal): void => {
      this.verdict = why;
      socket.destroy(new Error(why.detail));
      this.onVerdict();
    };
    let names = 0;
    const timer = setTimeout(() => {
      end(refusal('silent', `It gave no whole answer within ${seconds} s.`));
    }, this.#wish.answerMs);
    socket.on('data', (part: Buffer) => {
      bytes += part.length;
      names = namesWithoutValue(part, names);
      if (names > mostNames) end(refusal('garbage', 'Its answer is no XML that makes sense.'));
      else if (bytes > mostAnswerBytes)
        end(refusal('garbage', `Its answer is larger than ${mostAnswerBytes / 2 ** 20} MiB.`));
    });
    socket.once('close', () => {
      clearTimeout(timer);
    });
  }
}

/**
 * `xmlns` without a value behind it, since the last sign of equality. The package takes name spaces out of an answer by an expression
 * that looks for that sign to the answer's end, from every one of them anew: a megabyte of them holds the process for most of a minute.
 */
function namesWithoutValue(part: Buffer, before: number): number {
  const runs = part.toString('latin1').split('=');
  const counts = runs.map((run) => run.split('xmlns').length - 1);
  const first = before + (counts[0] ?? 0);
  const worst = Math.max(first, ...counts.slice(1));
  return worst > mostNames || counts.length === 1 ? worst : (counts.at(-1) ?? 0);
}

/** The package answers every challenge by itself; a password goes out once, and only in the form that the device asked for. */
class CarefulCam extends Cam {
  mayDigest = false;
  wasDigestAsked = false;

  override digestAuth(...given: Parameters<Cam['digestAuth']>): string {
    this.wasDigestAsked = true;
    if (!this.mayDigest) throw new Error('401 Unauthorized: it asks for a digest');
    return super.digestAuth(...given);
  }
}

const Uri = z.object({ uri: z.string() });
const Profiles = z.array(
  z.object({
    $: z.object({ token: z.coerce.string() }),
    name: z.coerce.string().catch(''),
    videoSourceConfiguration: z.object({ sourceToken: z.coerce.string() }).optional().catch(undefined),
    videoEncoderConfiguration: z
      .object({
        encoding: z.coerce.string().catch(''),
        resolution: z.object({ width: z.number(), height: z.number() }).optional().catch(undefined),
        rateControl: z.object({ frameRateLimit: z.number() }).optional().catch(undefined),
      })
      .optional()
      .catch(undefined),
  }),
);

/** Stored views by their names; a device may hold hundreds of empty places for them. */
const Presets = z
  .record(z.string(), z.object({ $: z.object({ token: z.coerce.string() }), name: z.coerce.string().catch('') }))
  .transform((given) =>
    Object.values(given)
      .slice(0, mostPresetNames)
      .map(({ $, name }) => ({ token: $.token.slice(0, 64), name: name.slice(0, 60) })),
  )
  .catch([]);

/** What the package's callbacks were given, as a value: its errors are mostly words. */
type Told =
  | { readonly kind: 'told'; readonly data: unknown }
  | { readonly kind: 'failed'; readonly needsSignIn: boolean; readonly isOver: boolean; readonly why: string };

const asksForSignIn = /not\s?authorized|unauthorized|\b401\b|authority failure|digest|password/i;
const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** Asks a device. Answers that name another host are refused, unless it is allowed; a wrong sign-in is tried exactly once. */
export async function askDevice(clock: Clock, wish: DeviceWish, signal: AbortSignal): Promise<OnvifKnown | Refusal> {
  const place = await placeOf(wish.address, wish.allowedHosts);
  if (place.kind === 'refusal') return place;
  if (!/^https?:$/.test(place.url.protocol)) return refusal('refused', 'ONVIF is asked over http or https.');
  const agent = new OnePlace(place, wish, signal);
  const device = new CarefulCam({
    hostname: place.host,
    port: place.port,
    path: `${place.url.pathname}${place.url.search}`,
    timeout: wish.answerMs,
    autoconnect: false,
    agent,
  });
  const call = (run: (done: (failed: Error | null, data?: unknown, xml?: string) => void) => void): Promise<Told> =>
    new Promise((resolve) => {
      agent.onVerdict = () => {
        end({ kind: 'failed', needsSignIn: false, isOver: true, why: agent.verdict?.detail ?? '' });
      };
      const late = (): void => {
        resolve({ kind: 'failed', needsSignIn: false, isOver: true, why: 'It gave no whole answer in time.' });
      };
      signal.addEventListener('abort', late, { once: true });
      if (signal.aborted) late();
      // An answer that breaks off is told by the package to nobody.
      const own = setTimeout(late, wish.answerMs + 1000);
      const end = (told: Told): void => {
        clearTimeout(own);
        signal.removeEventListener('abort', late);
        resolve(told);
      };
      run((failed, data, xml) => {
        if (!failed) {
          end({ kind: 'told', data });
          return;
        }
        const why = agent.verdict?.detail ?? messageOf(failed).slice(0, 160);
        const text = `${messageOf(failed)} ${typeof xml === 'string' ? xml.slice(0, 4000) : ''}`;
        const isOver = agent.verdict !== undefined;
        end({ kind: 'failed', needsSignIn: !isOver && asksForSignIn.test(text), isOver, why });
      });
    });

  const time = await call((done) => {
    device.getSystemDateAndTime(done);
  });
  if (time.kind === 'failed' && agent.verdict) return agent.verdict;
  if (time.kind === 'failed' && !time.needsSignIn) return refusal('garbage', `It does not speak ONVIF (${time.why}).`);
  const notes: string[] = [];
  const clockOffsetS =
    time.kind === 'told' && time.data instanceof Date && Number.isFinite(time.data.getTime())
      ? Math.round((time.data.getTime() - clock.nowMs()) / 1000)
      : null;

  let signIn: OnvifKnown['signIn'] = 'open';
  /** Does a step as a stranger; where the device asks for a sign-in, once with ours. Undefined: it is over with this device. */
  const step = async (run: Parameters<typeof call>[0]): Promise<Told | undefined> => {
    const told = await call(run);
    if (told.kind === 'told' || !told.needsSignIn) return told;
    if (signIn !== 'open') {
      signIn = 'wrong';
      return undefined;
    }
    if (!wish.signIn) {
      signIn = 'not-tried';
      return undefined;
    }
    device.mayDigest = device.wasDigestAsked;
    device.useWSSecurity = !device.wasDigestAsked;
    device.username = device.useWSSecurity ? escaped(wish.signIn.user) : wish.signIn.user;
    device.password = wish.signIn.password;
    const again = await call(run);
    signIn = again.kind === 'told' ? 'taken' : 'wrong';
    // Whatever went wrong with it: a second try could lock the account.
    if (again.kind === 'failed' && !again.needsSignIn) notes.push(`It did not take the sign-in (${again.why}).`);
    return signIn === 'wrong' ? undefined : again;
  };
  const ended = (profiles: OnvifProfile[]): OnvifKnown => ({ kind: 'onvif', clockOffsetS, signIn, profiles, notes });

  const services = await step((done) => {
    device.getServices(false, done);
  });
  if (!services) return ended([]);
  const dead = (told: Told): Refusal | undefined =>
    told.kind === 'failed' && told.isOver ? (agent.verdict ?? refusal('silent', told.why)) : undefined;
  const broken = dead(services);
  if (broken) return broken;
  if (services.kind === 'failed') {
    const capabilities = await step((done) => {
      device.getCapabilities(done);
    });
    if (!capabilities) return ended([]);
    if (capabilities.kind === 'failed') notes.push(`It names no services (${capabilities.why}).`);
  }
  if (!device.uri?.media && !device.uri?.media2) {
    notes.push('It has no media service.');
    return ended([]);
  }
  let listed = await step((done) => {
    device.getProfiles(done);
  });
  if (listed?.kind === 'failed' && device.media2Support === true && device.uri.media) {
    // Some devices name the newer service and do not serve it.
    device.media2Support = false;
    listed = await step((done) => {
      device.getProfiles(done);
    });
  }
  if (!listed) return ended([]);
  const parsed = Profiles.safeParse(listed.kind === 'told' ? listed.data : undefined);
  if (!parsed.success) {
    notes.push(`It tells no profiles${listed.kind === 'failed' ? ` (${listed.why})` : ''}.`);
    return ended([]);
  }
  if (parsed.data.length > mostProfiles)
    notes.push(`It has ${parsed.data.length} profiles; ${mostProfiles} are taken.`);
  const profiles: OnvifProfile[] = [];
  const turned = new Set<string>();
  for (const profile of parsed.data.slice(0, mostProfiles)) {
    const { token } = profile.$;
    const refused: string[] = [];
    const encoder = profile.videoEncoderConfiguration;
    if (!encoder && !profile.videoSourceConfiguration) continue;
    const stream = await step((done) => {
      device.getStreamUri({ protocol: 'RTSP', profileToken: token }, done);
    });
    const still =
      stream &&
      (await step((done) => {
        device.getSnapshotUri({ profileToken: token }, done);
      }));
    const source = profile.videoSourceConfiguration?.sourceToken ?? '';
    const mayTurn = device.uri.ptz !== undefined && !turned.has(source);
    turned.add(source);
    const views =
      still && mayTurn
        ? await step((done) => {
            device.getPresets({ profileToken: token }, done);
          })
        : undefined;
    profiles.push({
      token,
      name: profile.name,
      source,
      codec: encoder?.encoding ?? '',
      widthPx: encoder?.resolution?.width ?? null,
      heightPx: encoder?.resolution?.height ?? null,
      fps: encoder?.rateControl?.frameRateLimit ?? null,
      rtsp: addressOf(stream, /^rtsps?:$/, place, wish, refused),
      snapshot: addressOf(still, /^https?:$/, place, wish, refused),
      presets: Presets.parse(views?.kind === 'told' ? views.data : {}),
      refused,
    });
    if (!stream || !still || dead(stream) || dead(still) || signal.aborted) break;
  }
  return ended(profiles);
}

/** An address that a device told, if it may be opened: of the device itself or of a host that is allowed by name. */
function addressOf(
  told: Told | undefined,
  schemes: RegExp,
  place: Place,
  { allowedHosts, mayName }: DeviceWish,
  refused: string[],
): string | null {
  const parsed = Uri.safeParse(told?.kind === 'told' ? told.data : undefined);
  if (!parsed.success || parsed.data.uri.trim() === '') return null;
  const given = parsed.data.uri.trim().replaceAll('&amp;', '&');
  const bare = given.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1');
  if (bare !== given) refused.push('Its address carries a user name; it was left out.');
  let url: URL;
  try {
    url = parseAddress(bare);
  } catch (thrown) {
    refused.push(messageOf(thrown).slice(0, 200));
    return null;
  }
  if (!schemes.test(url.protocol)) {
    refused.push(`It names a ${url.protocol.replace(':', '')} address where another kind belongs.`);
    return null;
  }
  const host = hostOf(url);
  const ip = isIP(host) === 0 ? '' : host;
  const allowed = [...allowedHosts, ...mayName];
  const isOwn = host === place.host || host === place.ip;
  if (!isOwn && !(allowed.length > 0 && isAllowedHost(host, ip, allowed))) {
    refused.push(`It names another host, ${host}; allow it with --may-name ${host} if it is its recorder.`);
    return null;
  }
  return bare;
}
