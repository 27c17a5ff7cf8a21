// The pair of UDP sockets from which all viewers over UDP are served.
import { createSocket, type Socket } from 'node:dgram';

async function bound(host: string): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, host, resolve);
  });
  // A viewer that went away answers with "port unreachable"; the stream ends with its RTSP connection.
  socket.removeAllListeners('error').on('error', () => undefined);
  return socket;
}

export class UdpDoor implements AsyncDisposable {
  readonly #host: string;
  readonly #rtp: Socket;
  readonly #rtcp: Socket;

  private constructor(host: string, rtp: Socket, rtcp: Socket) {
    this.#host = host;
    this.#rtp = rtp;
    this.#rtcp = rtcp;
  }

  static async open(host: string): Promise<UdpDoor> {
    return new UdpDoor(host, await bound(host), await bound(host));
  }

  get rtpPort(): number {
    return this.#rtp.address().port;
  }
  get rtcpPort(): number {
    return this.#rtcp.address().port;
  }

  sendRtp(packet: Buffer, port: number): void {
    this.#rtp.send(packet, port, this.#host);
  }

  sendRtcp(packet: Buffer, port: number): void {
    this.#rtcp.send(packet, port, this.#host);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      [this.#rtp, this.#rtcp].map(
        (socket) =>
          new Promise<void>((resolve) =>
            socket.close(() => {
              resolve();
            }),
          ),
      ),
    );
  }
}
