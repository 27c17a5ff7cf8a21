// One RTSP session that plays: pictures of a camera to one client, with whatever the camera's fault does to them on the way.
import type { Camera, Picture, StreamName } from './camera.ts';
import type { Fault } from './faults.ts';
import type { Outlet } from './outlet.ts';
import { eachPacket, interleaved, RtpStream } from './rtp.ts';
import { chance } from './seed.ts';
import type { UdpDoor } from './udp-door.ts';
import type { Wheel } from './wheel.ts';

const reportEveryMs = 5000;
const resetAfterMs = 50;

export interface ViewingOptions {
  readonly camera: Camera;
  readonly stream: StreamName;
  readonly wheel: Wheel;
  readonly outlet: Outlet;
  readonly way:
    | { readonly kind: 'tcp'; readonly channel: number }
    | { readonly kind: 'udp'; readonly door: UdpDoor; readonly port: number };
  /** Cuts the client's connection without a farewell. */
  readonly reset: () => void;
}

export class Viewing {
  readonly #options: ViewingOptions;
  readonly #rtp = new RtpStream();
  readonly #random: () => number;
  #unwatch: (() => void) | undefined;
  #needsKey = false;
  #playedAtMs = 0;
  #reportedAtMs = Number.NEGATIVE_INFINITY;
  #frames = 0;

  constructor(options: ViewingOptions) {
    this.#options = options;
    this.#random = chance(`${options.camera.id}/${options.stream}`);
  }

  /** The `RTP-Info` of the first picture that will come. */
  describe(trackUri: string): string {
    const { camera } = this.#options;
    return `url=${trackUri};seq=${this.#rtp.nextSequence};rtptime=${this.#rtp.timeOf(camera.nextAtMs())}`;
  }

  play(): void {
    if (this.#unwatch) return;
    const { camera, stream } = this.#options;
    this.#needsKey = camera.startAt === 'next-key';
    this.#playedAtMs = camera.ageMs();
    this.#unwatch = camera.watch(stream, (picture) => {
      this.#show(picture);
    });
  }

  pause(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  stop(): void {
    this.pause();
  }

  #show({ unit, atMs, follows }: Picture): void {
    const { camera, outlet } = this.#options;
    const { fault } = camera;
    outlet.bytesPerS = fault?.kind === 'slow-drip' ? fault.bytesPerS : undefined;
    if (!follows || outlet.isFull) this.#needsKey = true;
    if (outlet.isFull || this.#hides(fault, unit.isKey, atMs)) return;
    if (this.#needsKey && !unit.isKey) return;
    this.#needsKey = false;
    this.#frames++;
    const channel = this.#options.way.kind === 'tcp' ? this.#options.way.channel : 0;
    const lose = fault?.kind === 'packet-loss' ? () => this.#random() < fault.ratio : undefined;
    const jumpedMs = fault?.kind === 'clock-jump' && this.#frames > fault.afterFrames ? fault.offsetS * 1000 : 0;
    const bytes = this.#rtp.stamp(unit, atMs + jumpedMs + (unit.lagMs ?? 0), channel, lose);
    if (fault?.kind === 'reset' && this.#frames >= fault.afterFrames) {
      this.pause();
      outlet.send(bytes.subarray(0, Math.ceil(bytes.length / 2)));
      // A reset on the heels of the bytes could throw them away unread: the half picture has to arrive first.
      this.#options.wheel.after(resetAfterMs, this.#options.reset);
      return;
    }
    if (fault?.kind === 'garbage') this.#spoil(bytes, fault.what);
    this.#send(bytes);
    if (atMs - this.#reportedAtMs >= reportEveryMs) {
      this.#reportedAtMs = atMs;
      this.#report(this.#rtp.report(atMs, camera.wallMs(atMs)));
    }
  }

  #hides(fault: Fault | undefined, isKey: boolean, atMs: number): boolean {
    if (fault?.kind === 'hang') return true;
    if (fault?.kind !== 'no-key-frame' || !isKey) return false;
    return fault.forS === undefined || atMs - this.#playedAtMs < fault.forS * 1000;
  }

  /** Overwrites what `what` names with noise; lengths stay, except that without framing the client loses its place. */
  #spoil(bytes: Buffer, what: 'payload' | 'rtp' | 'framing'): void {
    const noise = (part: Buffer): void => {
      for (let i = 0; i < part.length; i++) part[i] = Math.floor(this.#random() * 256);
    };
    if (what === 'framing') noise(bytes);
    else
      eachPacket(bytes, (packet) => {
        noise(what === 'rtp' ? packet : packet.subarray(12));
      });
  }

  #send(bytes: Buffer): void {
    const { way, outlet } = this.#options;
    if (way.kind === 'tcp') outlet.send(bytes);
    else
      eachPacket(bytes, (packet) => {
        way.door.sendRtp(packet, way.port);
      });
  }

  #report(packet: Buffer): void {
    const { way, outlet } = this.#options;
    if (way.kind === 'tcp') outlet.send(interleaved(packet, way.channel + 1));
    else way.door.sendRtcp(packet, way.port + 1);
  }
}
