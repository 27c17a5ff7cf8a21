// Which addresses may be opened at all, and the same address with its host resolved and checked.
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { AhualError, messageOf } from '#core/errors';
import { refusal, type Refusal } from './source.ts';

const schemes: ReadonlySet<string> = new Set(['rtsp:', 'rtsps:', 'http:', 'https:']);

/**
 * Never opened, whatever the list of cameras says: addresses of cloud metadata services, of this host by accident (0.0.0.0),
 * link-local and multicast ones (RFC 6890).
 */
const forbidden = new BlockList();
forbidden.addSubnet('0.0.0.0', 8, 'ipv4');
forbidden.addSubnet('169.254.0.0', 16, 'ipv4');
forbidden.addSubnet('224.0.0.0', 3, 'ipv4');
forbidden.addAddress('100.100.100.200', 'ipv4');
forbidden.addSubnet('fe80::', 10, 'ipv6');
forbidden.addSubnet('ff00::', 8, 'ipv6');
forbidden.addAddress('192.0.0.192', 'ipv4');
forbidden.addAddress('168.63.129.16', 'ipv4');
forbidden.addAddress('fd00:ec2::254', 'ipv6');
// Link-local IPv4 behind the prefixes of translators: RFC 6052 and RFC 3056.
forbidden.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');
forbidden.addSubnet('2002:a9fe::', 32, 'ipv6');
forbidden.addAddress('::', 'ipv6');

/** An IPv6 address that only wraps an IPv4 one, unwrapped. */
const plainIp = (ip: string): string => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1] ?? ip;

/** Is this IP address one that is never opened? */
export function isForbiddenIp(ip: string): boolean {
  const plain = plainIp(ip);
  const family = isIP(plain);
  return family === 0 || forbidden.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}

/** Does a host (name or IP, with the IP it stands for) match an entry: a name, `*.name`, an IP, or a network `10.0.0.0/8`? */
export function isAllowedHost(host: string, ip: string, allowed: readonly string[]): boolean {
  if (allowed.length === 0) return true;
  const name = host.toLowerCase();
  return allowed.some((entry) => {
    const rule = entry.toLowerCase();
    const [network = '', bits] = rule.split('/');
    if (bits !== undefined && isIP(network) !== 0) {
      const list = new BlockList();
      list.addSubnet(network, Number(bits), isIP(network) === 4 ? 'ipv4' : 'ipv6');
      const plain = plainIp(ip);
      return list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
    }
    if (rule.startsWith('*.')) return name.endsWith(rule.slice(1));
    return rule === name || rule === plainIp(ip);
  });
}

/**
 * Parses a camera address and refuses what is never opened: other schemes than rtsp, rtsps, http, https, an address with
 * a password in it, control characters. Throws CAMERA_ADDRESS. The host is not resolved here.
 */
export function parseAddress(address: string): URL {
  const refuse = (why: string): AhualError =>
    new AhualError(
      'CAMERA_ADDRESS',
      `A camera address is refused: ${why}.`,
      'Use rtsp, rtsps, http or https and a host of the camera network.',
    );
  if (/[\s'"\\\p{Cc}]/u.test(address)) throw refuse('it contains blanks, quotes, backslashes or control characters');
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url) throw refuse('it is no address');
  if (!schemes.has(url.protocol)) throw refuse(`${url.protocol.replace(':', '')} is not opened`);
  if (url.hostname === '') throw refuse('it names no host');
  if (url.username !== '' || url.password !== '') {
    throw refuse("it holds a user name or password; put them into a secret and name it as the camera's credential");
  }
  const ip = hostOf(url);
  if (isIP(ip) !== 0 && isForbiddenIp(ip)) throw refuse(`${ip} is a link-local, metadata or multicast address`);
  return url;
}

/** Host of a URL without the brackets of IPv6. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

export interface Place {
  readonly kind: 'place';
  readonly url: URL;
  readonly host: string;
  /** The address that will be dialled: checked, and not looked up a second time. */
  readonly ip: string;
  readonly port: number;
}

const usualPorts: Readonly<Record<string, number>> = { 'rtsp:': 554, 'rtsps:': 322, 'http:': 80, 'https:': 443 };

/** Resolves and checks the host of an address. What must not be opened, or has no address, is a refusal. */
export async function placeOf(
  address: string,
  allowedHosts: readonly string[],
  resolve: (name: string) => Promise<string[]> = async (name) =>
    (await lookup(name, { all: true })).map((entry) => entry.address),
): Promise<Place | Refusal> {
  let url: URL;
  try {
    url = parseAddress(address);
  } catch (thrown) {
    return refusal('refused', messageOf(thrown));
  }
  const host = hostOf(url);
  let ips: string[];
  try {
    ips = isIP(host) === 0 ? await resolve(host) : [host];
  } catch {
    return refusal('unreachable', `The name ${host} has no address.`);
  }
  if (ips.length === 0) return refusal('unreachable', `The name ${host} has no address.`);
  const bad = ips.find(isForbiddenIp);
  if (bad !== undefined) return refusal('refused', `${host} stands for ${bad}, which is never opened.`);
  const ip = ips.find((one) => isAllowedHost(host, one, allowedHosts));
  if (ip === undefined) return refusal('refused', `${host} is not among the allowed hosts.`);
  return { kind: 'place', url, host, ip, port: Number(url.port || usualPorts[url.protocol]) };
}
