// The one class of node-rtsp-stream that is used, as version 0.0.9 has it; the package brings no types.
declare module 'node-rtsp-stream/mpeg1muxer.js' {
  import type { ChildProcess } from 'node:child_process';
  import type { EventEmitter } from 'node:events';

  class Mpeg1Muxer extends EventEmitter {
    constructor(options: { url: string; ffmpegPath: string; ffmpegOptions?: Readonly<Record<string, string>> });
    readonly stream: ChildProcess;
  }
  export = Mpeg1Muxer;
}
