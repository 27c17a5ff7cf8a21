// The node with the most silent cameras: what cameras have in common on their way to us, a recorder or a network.
import type { Camera } from '#core/camera';
import { nodesOf } from '#core/outage';
import type { NumbersEyes } from '../contract.ts';

type Addressed = Pick<Camera, 'id' | 'rtsp' | 'subRtsp' | 'snapshot'>;

/** Below so many cameras a host is no recorder but a camera's own address; below so many silent ones a node is not the worst. */
const least = 4;

const prefix = /^net /;

/** Cameras by node: by the host of their address where it has several, else by their network. */
function nodes(cameras: readonly Addressed[]): Map<string, string[]> {
  const ways = cameras.map((camera) => ({ id: camera.id, ways: nodesOf(camera) }));
  const onHost = new Map<string, number>();
  for (const {
    ways: [host],
  } of ways)
    if (host !== undefined) onHost.set(host, (onHost.get(host) ?? 0) + 1);
  const found = new Map<string, string[]>();
  for (const {
    id,
    ways: [host, network],
  } of ways) {
    if (host === undefined) continue;
    const node = (onHost.get(host) ?? 0) >= least ? host : (network ?? host).replace(prefix, '');
    const ids = found.get(node);
    if (ids) ids.push(id);
    else found.set(node, [id]);
  }
  return found;
}

/** The cameras of a node by its name. */
export const camerasOfNode = (cameras: readonly Addressed[], node: string): string[] => nodes(cameras).get(node) ?? [];

/** The node with the most silent cameras, of equal ones that with the larger part of its own; null where none has several. */
export function worstNodeOf(cameras: readonly Addressed[], silentIds: readonly string[]): NumbersEyes['worstNode'] {
  const silent = new Set(silentIds);
  const [worst] = [...nodes(cameras)]
    .map(([node, ids]) => ({ node, silent: ids.filter((id) => silent.has(id)).length, all: ids.length }))
    .filter((one) => one.silent >= least)
    .sort((a, b) => b.silent - a.silent || a.all - b.all || (a.node < b.node ? -1 : 1));
  return worst ?? null;
}
