// A simulated ONVIF device: answers WS-Discovery and SOAP for the streams that it is given, wants its sign-in, or misbehaves.
import { createHash } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { networkInterfaces } from 'node:os';
import type { Clock } from '#core/clock';
import { systemClock } from '#core/clock';
import * as say from './onvif-answers.ts';
import { Gate, sameText } from './sign-in.ts';

/** How a device misbehaves; each is one that was seen or could be sent by whoever takes its place. */
export const onvifFaults = [
  'silent',
  'drip',
  'endless',
  'not-soap',
  'redirect',
  'deep',
  'entity-bomb',
  'name-flood',
  'other-host',
  'metadata-address',
  'file-address',
  'sign-in-in-address',
  'no-profiles',
  'breaks-off',
] as const;
export type OnvifFault = (typeof onvifFaults)[number];

export interface OnvifStream extends say.Profile {
  readonly rtsp: string;
  readonly snapshot?: string;
}

export interface OnvifOptions {
  readonly urn: string;
  readonly streams: readonly OnvifStream[];
  /** `token`: WS-UsernameToken; `digest`: HTTP digest. Both know one user. */
  readonly signIn?: { readonly way: 'token' | 'digest'; readonly user: string; readonly password: string };
  /** Views that it has stored: it turns. */
  readonly views?: readonly say.StoredView[];
  /** How far its clock is before ours. */
  readonly clockOffsetS?: number;
  readonly fault?: OnvifFault;
  /** Does not know GetServices, as devices of the first edition. */
  readonly isOld?: boolean;
  /** Where it listens; the loopback address otherwise. */
  readonly host?: string;
  /** Also hears the multicast question on port 3702, where this machine lets it. */
  readonly multicast?: boolean;
  /** What its discovery answer names in place of its own address. */
  readonly names?: readonly string[];
  readonly clock?: Clock;
}

export interface OnvifDevice extends AsyncDisposable {
  readonly address: string;
  /** Where it hears unicast questions of WS-Discovery. */
  readonly discoveryPort: number;
  readonly hearsMulticast: boolean;
  /** Every sign-in that was tried, right or wrong, in order. */
  readonly tried: readonly { readonly user: string; readonly right: boolean }[];
  /** Names of what was asked, in order. */
  readonly asked: readonly string[];
}

const group = '239.255.255.250';
/** A token is as good as its moment: the device's own clock decides (WS-Security UsernameToken 1.0). */
const tokenGoodMs = 30_000;

/** Starts a device on free ports. */
export async function startOnvif(options: OnvifOptions): Promise<OnvifDevice> {
  const { clock = systemClock, host = '127.0.0.1', clockOffsetS = 0, fault, signIn } = options;
  const tried: { user: string; right: boolean }[] = [];
  const asked: string[] = [];
  const nowMs = (): number => clock.nowMs() + clockOffsetS * 1000;
  const gate = new Gate({ realm: 'ONVIF', clock, qop: true });
  let base = '';

  const isIn = (body: string, request: IncomingMessage, response: ServerResponse): boolean => {
    if (!signIn) return true;
    if (signIn.way === 'digest') {
      const { authorization } = request.headers;
      const asks = { method: request.method ?? 'POST', uri: request.url ?? '/', authorization };
      const result = gate.check({ ...signIn, scheme: 'digest' }, asks);
      if (authorization !== undefined) {
        const user = /username="([^"]*)"/.exec(authorization)?.[1] ?? '';
        tried.push({ user, right: result.kind === 'ok' });
      }
      if (result.kind === 'ok') return true;
      response.writeHead(401, { 'www-authenticate': result.header }).end();
      return false;
    }
    const textOf = (tag: string): string =>
      (new RegExp(`<${tag}(?:\\s[^>]*)?>([^<]*)<`).exec(body)?.[1] ?? '').replace(/&#(\d+);/g, (_, code: string) =>
        String.fromCharCode(Number(code)),
      );
    const user = textOf('Username');
    if (user !== '') {
      const [nonce, created] = [Buffer.from(textOf('Nonce'), 'base64'), textOf('Created')];
      const digest = createHash('sha1').update(nonce).update(created).update(signIn.password).digest('base64');
      const right =
        user === signIn.user &&
        sameText(textOf('Password'), digest) &&
        Math.abs(Date.parse(created) - nowMs()) < tokenGoodMs;
      tried.push({ user, right });
      if (right) return true;
    }
    response.writeHead(400, { 'content-type': 'application/soap+xml' }).end(say.notAuthorized);
    return false;
  };

  const uriOf = (action: 'GetStreamUri' | 'GetSnapshotUri', body: string): string => {
    const token = /<ProfileToken[^>]*>([^<]*)</.exec(body)?.[1];
    const stream = options.streams.find((one) => one.token === token);
    const uri = (action === 'GetStreamUri' ? stream?.rtsp : stream?.snapshot) ?? '';
    if (fault === 'other-host') return uri.replace(/\/\/[^/]*/, '//10.99.99.99');
    if (fault === 'metadata-address') return uri.replace(/\/\/[^/]*/, '//169.254.169.254');
    if (fault === 'file-address') return 'file:///etc/passwd';
    if (fault === 'sign-in-in-address') return uri.replace('//', '//admin:12345@');
    return uri;
  };

  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body = (body + part).slice(-65_536)));
    request.once('end', () => {
      const action = /<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)/.exec(body)?.[1] ?? '';
      asked.push(action);
      const isFirst = action === 'GetSystemDateAndTime';
      if (fault && !isFirst && misbehave(fault, response)) return;
      const answer = (text: string): void => {
        response.writeHead(200, { 'content-type': 'application/soap+xml; charset=utf-8' }).end(text);
      };
      if (isFirst) {
        answer(say.dateAndTime(nowMs()));
        return;
      }
      if (action === 'GetServices' && options.isOld !== true) answer(say.services(base, options.views !== undefined));
      else if (action === 'GetCapabilities') answer(say.capabilities(base));
      else if (!/^Get(Profiles|StreamUri|SnapshotUri|Presets)$/.test(action))
        response.writeHead(500).end(say.notSupported);
      else if (isIn(body, request, response)) {
        if (action === 'GetPresets') answer(say.storedViews(options.views ?? []));
        else if (action === 'GetProfiles') answer(say.profiles(fault === 'no-profiles' ? [] : options.streams));
        else if (action === 'GetStreamUri' || action === 'GetSnapshotUri')
          answer(say.mediaUri(action, uriOf(action, body)));
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const bound = server.address();
  base = `http://${host}:${bound === null || typeof bound === 'string' ? 0 : bound.port}`;
  const address = `${base}/onvif/device_service`;

  const hear = (socket: Socket): void => {
    socket.on('error', () => undefined);
    socket.on('message', (message, from) => {
      const id = /<(?:\w+:)?MessageID[^>]*>([^<]*)</.exec(message.toString('utf8'))?.[1];
      if (id === undefined) return;
      const scopes = [
        'onvif://www.onvif.org/type/video_encoder',
        `onvif://www.onvif.org/name/${options.urn}`,
        'onvif://www.onvif.org/hardware/Simulated%20One',
      ];
      socket.send(say.probeMatch(id, options.urn, options.names ?? [address], scopes), from.port, from.address);
    });
  };
  const own = createSocket('udp4');
  hear(own);
  await new Promise<void>((resolve) => own.bind(0, host, resolve));
  const many = options.multicast === true ? await joinGroup() : undefined;
  if (many) hear(many);
  return {
    address,
    discoveryPort: own.address().port,
    hearsMulticast: many !== undefined,
    tried,
    asked,
    async [Symbol.asyncDispose]() {
      own.close();
      many?.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Joins the group of WS-Discovery on every card; undefined where this machine does not let it. */
async function joinGroup(): Promise<Socket | undefined> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(3702, resolve);
    });
    const cards = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    for (const card of cards) if (card.family === 'IPv4') socket.addMembership(group, card.address);
    return socket;
  } catch {
    socket.close();
    return undefined;
  }
}

/** Does a fault take the place of the answer? Then it is on its way. */
function misbehave(fault: OnvifFault, response: ServerResponse): boolean {
  const xml = { 'content-type': 'application/soap+xml' };
  switch (fault) {
    case 'silent':
      return true;
    case 'drip': {
      response.writeHead(200, xml);
      const timer = setInterval(() => response.write(' '), 200);
      response.once('close', () => {
        clearInterval(timer);
      });
      return true;
    }
    case 'endless': {
      response.writeHead(200, xml);
      const pour = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', pour);
      pour();
      return true;
    }
    case 'breaks-off':
      response.writeHead(200, { ...xml, 'content-length': '5000' });
      response.write('<Envelope>');
      setTimeout(() => response.destroy(), 50);
      return true;
    case 'not-soap':
      response.writeHead(200, xml).end('<html><body>Sign in</body></html>');
      return true;
    case 'redirect':
      response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
      return true;
    case 'deep':
      response.writeHead(200, xml).end(say.envelope('<a>'.repeat(20_000) + '</a>'.repeat(20_000)));
      return true;
    case 'entity-bomb':
      response
        .writeHead(200, xml)
        .end(
          `<?xml version="1.0"?><!DOCTYPE x [${Array.from({ length: 10 }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`).join('')}<!ENTITY e0 "boom">]><Envelope><Body>&e10;</Body></Envelope>`,
        );
      return true;
    case 'name-flood':
      response.writeHead(200, xml).end(say.envelope(`<a ${'xmlns '.repeat(150_000)}/>`));
      return true;
    case 'no-profiles':
    case 'other-host':
    case 'metadata-address':
    case 'file-address':
    case 'sign-in-in-address':
      return false;
  }
}
