// Searches the network for cameras by WS-Discovery (ONVIF core, 7): one question by multicast on every network card, or to every address
// of a network; the answers are read as hostile text. No sign-in happens here.
import { randomUUID } from 'node:crypto';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Clock } from '#core/clock';
import { AhualError } from '#core/errors';
import { hostOf, isForbiddenIp, parseAddress } from '../sources/address.ts';

/** A device that answered. */
export interface Found {
  /** The address that its answer came from. */
  readonly ip: string;
  /** Its own name for itself; stable over restarts. */
  readonly urn: string;
  /** Where it is asked over ONVIF; null where it names only other hosts. */
  readonly address: string | null;
  readonly name: string;
  readonly model: string;
  /** Why nothing can be asked of it. */
  readonly why: string;
}

export interface SearchWish {
  readonly seconds: number;
  /** Networks whose every address is asked, like `10.1.2.0/24`; none: multicast only. */
  readonly subnets: readonly string[];
  readonly multicast: boolean;
  /** Hosts besides the sender that an answer may name. */
  readonly mayName: readonly string[];
  /** 3702; another one for tests. */
  readonly port?: number;
}

const group = '239.255.255.250';
const usualPort = 3702;
const mostFound = 20_000;
const mostAnswersOfOne = 16;
/** So many questions a second: a switch and a camera's processor take that without loss. */
const askedPerS = 500;

const question = (id: string): Buffer =>
  Buffer.from(
    '<?xml version="1.0" encoding="utf-8"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" ' +
      'xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" ' +
      `xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><e:Header><w:MessageID>urn:uuid:${id}</w:MessageID>` +
      '<w:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>' +
      '<w:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>' +
      '<e:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></e:Body></e:Envelope>',
  );

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The text of every element of a name, whatever its prefix. Linear in the text; knows no entities but the five of XML. */
function textsOf(xml: string, name: string): string[] {
  const found: string[] = [];
  const open = new RegExp(`<(?:[A-Za-z0-9_-]{1,40}:)?${name}(?:\\s[^<>]{0,2000})?>([^<]{0,8000})<`, 'g');
  for (const [, text = ''] of xml.matchAll(open))
    found.push(text.replace(/&(amp|lt|gt|quot|apos);/g, (_, entity: string) => entities[entity] ?? '').trim());
  return found;
}

/** The devices that one answer names; none where it answers another question or is no answer. */
export function readAnswer(xml: string, questionId: string, ip: string, mayName: readonly string[]): Found[] {
  if (!textsOf(xml, 'RelatesTo').some((text) => text.endsWith(questionId))) return [];
  // A recorder answers for all of its channels at once.
  const matches = xml.split(/<(?:[A-Za-z0-9_-]{1,40}:)?ProbeMatch(?=[\s>])/).slice(1, 257);
  return matches.map((match) => {
    const scopes = textsOf(match, 'Scopes').flatMap((text) => text.split(/\s+/));
    const scope = (kind: string): string => {
      const said = scopes.find((one) => one.includes(`/${kind}/`))?.split(`/${kind}/`)[1] ?? '';
      return plainName(said);
    };
    const named = textsOf(match, 'XAddrs')
      .flatMap((text) => text.split(/\s+/))
      .filter((text) => text !== '')
      .slice(0, 16);
    const { address, why } = addressAmong(named, ip, mayName);
    const urn = textsOf(match, 'Address')[0]?.slice(0, 200) ?? '';
    return { ip, urn: /^[\w:.-]*$/.test(urn) ? urn : '', address, why, name: scope('name'), model: scope('hardware') };
  });
}

function plainName(said: string): string {
  let text = said;
  try {
    text = decodeURIComponent(said);
  } catch {
    // It is shown as it came.
  }
  return text.replace(/\p{Cc}/gu, '').slice(0, 80);
}

function addressAmong(
  named: readonly string[],
  ip: string,
  mayName: readonly string[],
): { address: string | null; why: string } {
  const urls = named.flatMap((text) => {
    try {
      const url = parseAddress(text);
      return /^https?:$/.test(url.protocol) ? [url] : [];
    } catch {
      return [];
    }
  });
  const own = urls.find((url) => hostOf(url) === ip) ?? urls.find((url) => mayName.includes(hostOf(url)));
  if (own) return { address: own.href, why: '' };
  const [other] = urls;
  return {
    address: null,
    why: other
      ? `its answer names another host, ${hostOf(other)}; allow it with --may-name ${hostOf(other)}`
      : 'its answer names no address that is opened',
  };
}

/** The addresses of a network, without its first and last where it has those. Throws REQUEST_INVALID. */
export function addressesOf(subnet: string): string[] {
  const [network = '', bits = '32'] = subnet.split('/');
  const size = Number(bits);
  if (!isIPv4(network) || !/^\d{1,2}$/.test(bits) || size > 32 || size < 16) {
    throw new AhualError(
      'REQUEST_INVALID',
      `${subnet} is no network that is searched.`,
      'Write it like 10.1.2.0/24; /16 is the widest.',
    );
  }
  const base = network.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const count = 2 ** (32 - size);
  const first = Math.floor(base / count) * count;
  const list = Array.from({ length: count }, (_, i) => first + i);
  const hosts = count > 2 ? list.slice(1, -1) : list;
  return hosts
    .map((number) => [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.'))
    .filter((ip) => !isForbiddenIp(ip));
}

const cards = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((one) => one.family === 'IPv4')
    .map((one) => one.address);

async function bound(address: string | undefined): Promise<Socket | undefined> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, address, resolve);
    });
    // An answer of "nobody is here" is no reason to end the search.
    socket.removeAllListeners('error').on('error', () => undefined);
    if (address !== undefined) {
      socket.setMulticastInterface(address);
      socket.setMulticastTTL(4);
    }
    return socket;
  } catch {
    socket.close();
    return undefined;
  }
}

/** Asks and listens for so many seconds after the last question. Devices in the order in which they answered, each once. */
export async function searchNetwork(clock: Clock, wish: SearchWish, signal: AbortSignal): Promise<Found[]> {
  const port = wish.port ?? usualPort;
  const id = randomUUID();
  const ask = question(id);
  const found = new Map<string, Found>();
  const answers = new Map<string, number>();
  const onMessage = (message: Buffer, { address: ip }: RemoteInfo): void => {
    const before = answers.get(ip) ?? 0;
    answers.set(ip, before + 1);
    if (before >= mostAnswersOfOne || found.size >= mostFound) return;
    for (const one of readAnswer(message.toString('utf8'), id, ip, wish.mayName)) {
      const key = one.urn || `${ip} ${one.address ?? ''}`;
      const known = found.get(key);
      // The same device by a second card; another device under the same name is told beside it.
      if (!known) found.set(key, one);
      else if (known.ip !== ip && known.address !== one.address) found.set(`${key} ${ip}`, one);
    }
  };
  const plain = wish.subnets.length > 0 ? [await bound(undefined)] : [];
  const many = wish.multicast ? await Promise.all(cards().map((card) => bound(card))) : [];
  const sockets = [...plain, ...many].filter((socket) => socket !== undefined);
  try {
    for (const socket of sockets) socket.on('message', onMessage);
    for (const socket of many) socket?.send(ask, port, group, () => undefined);
    let sent = 0;
    for (const ip of wish.subnets.flatMap(addressesOf)) {
      plain[0]?.send(ask, port, ip, () => undefined);
      if (++sent % (askedPerS / 10) === 0) await clock.sleep(100, signal);
    }
    await clock.sleep(wish.seconds * 1000, signal);
  } finally {
    for (const socket of sockets) socket.close();
  }
  return [...found.values()];
}
