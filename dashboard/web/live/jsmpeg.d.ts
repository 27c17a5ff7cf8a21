// The part of JSMpeg that is used, as version 6.1.2 has it; the package brings no types.
declare module '@cycjimmy/jsmpeg-player' {
  export interface Sink {
    write(bytes: Uint8Array): void;
  }
  interface Source {
    readonly streaming: boolean;
    established: boolean;
    completed: boolean;
    progress: number;
    connect(to: Sink): void;
    start(): void;
    resume(): void;
    destroy(): void;
  }
  interface Options {
    readonly canvas: HTMLCanvasElement;
    readonly source: new (url: string, options: unknown) => Source;
    readonly audio: boolean;
    readonly disableWebAssembly: boolean;
    readonly disableGl: boolean;
    readonly pauseWhenHidden: boolean;
    readonly videoBufferSize: number;
    readonly onVideoDecode: () => void;
  }
  const JSMpeg: {
    readonly Player: new (url: string, options: Options) => { readonly source: Source; destroy(): void };
  };
  export { JSMpeg as default };
}
