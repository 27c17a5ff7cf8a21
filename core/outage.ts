// A node of cameras that went silent at once is one thing, not as many as there are cameras: a recorder, a switch, a power line.
import type { Camera, CameraHealth, HealthState } from './camera.ts';

/** States in which nothing at all comes from a camera. */
export const silentStates: ReadonlySet<HealthState> = new Set<HealthState>([
  'unreachable',
  'refused',
  'not-found',
  'busy',
  'silent',
  'no-key-frame',
]);

export interface Outage {
  /** What the cameras have in common: the recorder's host, or the network `10.1.2.0/24`. */
  readonly node: string;
  readonly state: HealthState;
  /** When the first of them went silent. */
  readonly sinceMs: number;
  readonly silent: readonly string[];
  /** Cameras of the node in all. */
  readonly cameras: number;
}

/** So many silent cameras of one node, at least this share of it, that went silent within so long of each other, milliseconds. */
const least = 4;
const leastShare = 0.5;
const togetherMs = 10 * 60_000;

/**
 * What the connection to a camera goes through, the nearest first: the host of its address (a recorder may have many cameras) and
 * its network `10.1.2.0/24`. Empty for a camera without an address.
 */
export function nodesOf(camera: Pick<Camera, 'rtsp' | 'subRtsp' | 'snapshot'>): readonly string[] {
  const host = hostOf(camera);
  return host === undefined ? [] : [host, `net ${networkOf(host)}`];
}

const hostOf = ({ rtsp, subRtsp, snapshot }: Pick<Camera, 'rtsp' | 'subRtsp' | 'snapshot'>): string | undefined => {
  const address = rtsp ?? subRtsp ?? snapshot;
  return address === undefined ? undefined : new URL(address).hostname;
};

const networkOf = (host: string): string => {
  const parts = /^(\d+)\.(\d+)\.(\d+)\.\d+$/.exec(host);
  return parts ? `${parts[1] ?? ''}.${parts[2] ?? ''}.${parts[3] ?? ''}.0/24` : host;
};

/** Nodes that are down now, the largest first: cameras of one recorder, else of one /24 network, that went silent together. */
export function outagesOf(
  cameras: readonly Pick<Camera, 'id' | 'rtsp' | 'subRtsp' | 'snapshot'>[],
  health: ReadonlyMap<string, Pick<CameraHealth, 'state' | 'sinceMs'>>,
): Outage[] {
  const told = new Set<string>();
  const found: Outage[] = [];
  for (const nameOf of [(host: string) => host, networkOf]) {
    const nodes = new Map<string, string[]>();
    for (const camera of cameras) {
      const host = hostOf(camera);
      if (host === undefined || told.has(camera.id)) continue;
      const node = nameOf(host);
      nodes.set(node, [...(nodes.get(node) ?? []), camera.id]);
    }
    for (const [node, ids] of nodes) {
      const outage = outageOf(node, ids, health);
      if (!outage) continue;
      found.push(outage);
      for (const id of outage.silent) told.add(id);
    }
  }
  return found.sort((a, b) => b.silent.length - a.silent.length || (a.node < b.node ? -1 : 1));
}

function outageOf(
  node: string,
  ids: readonly string[],
  health: ReadonlyMap<string, Pick<CameraHealth, 'state' | 'sinceMs'>>,
): Outage | undefined {
  const silent = ids
    .flatMap((id) => {
      const known = health.get(id);
      return known && silentStates.has(known.state) ? [{ id, ...known }] : [];
    })
    .sort((a, b) => a.sinceMs - b.sinceMs);
  // The longest stretch that went silent together; what was broken before is not part of it.
  let best: typeof silent = [];
  let from = 0;
  silent.forEach((one, to) => {
    while (one.sinceMs - (silent[from]?.sinceMs ?? one.sinceMs) > togetherMs) from += 1;
    if (to - from + 1 > best.length) best = silent.slice(from, to + 1);
  });
  const [first] = best;
  if (!first || best.length < least || best.length < leastShare * ids.length) return undefined;
  return { node, state: first.state, sinceMs: first.sinceMs, silent: best.map((one) => one.id), cameras: ids.length };
}
