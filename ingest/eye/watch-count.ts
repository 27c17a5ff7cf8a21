// Inside the eye: how many pictures of a watched stream came, were judged, left out by us, or never reached us. Nothing is dropped unsaid.

/** Counts since the camera began to be watched by this eye. */
export interface PictureCount {
  /** Pictures that came from the camera. */
  readonly came: number;
  /** Pictures in which motion was followed. */
  readonly judged: number;
  /** Pictures among them in which the networks looked. */
  readonly sights: number;
  /** Came, and was not decoded: the eye was behind, or the picture was damaged. */
  readonly leftOut: number;
  /** Pictures that the stream's own time says were there and that never came. */
  readonly lost: number;
  /** Bytes of all that came; 0 where the way does not see them. */
  readonly bytes: number;
}

/** So many steps without a picture are a pause of the camera (its clock was set), not lost pictures. */
const mostLostAtOnce = 300;

/** Counts the pictures of one camera over all its streams' beginnings. */
export class PictureCounter {
  #came = 0;
  #judged = 0;
  #sights = 0;
  #leftOut = 0;
  #lost = 0;
  #bytes = 0;
  #lastStreamMs: number | undefined;
  #stepMs: number | undefined;

  /** A picture of so many bytes came; `streamMs` is its time by the stream's own clock, where it has one. */
  came(streamMs: number | undefined, bytes = 0): void {
    this.#came++;
    this.#bytes += bytes;
    const before = this.#lastStreamMs;
    this.#lastStreamMs = streamMs;
    if (streamMs === undefined || before === undefined) return;
    const step = streamMs - before;
    if (step <= 0) return;
    const usual = this.#stepMs;
    if (usual === undefined || step < usual * 1.5) {
      this.#stepMs = usual === undefined ? step : usual + 0.1 * (step - usual);
      return;
    }
    const missing = Math.round(step / usual) - 1;
    if (missing <= mostLostAtOnce) this.#lost += missing;
    // A camera that now sends fewer pictures loses none: its step is learned anew.
    this.#stepMs = usual + 0.3 * (Math.min(step, usual * 4) - usual);
  }

  leftOut(): void {
    this.#leftOut++;
  }
  judged(): void {
    this.#judged++;
  }
  sighted(): void {
    this.#sights++;
  }

  /** The stream begins anew: its clock and its step may be others. */
  restart(): void {
    this.#lastStreamMs = undefined;
    this.#stepMs = undefined;
  }

  get(): PictureCount {
    return {
      came: this.#came,
      judged: this.#judged,
      sights: this.#sights,
      leftOut: this.#leftOut,
      lost: this.#lost,
      bytes: this.#bytes,
    };
  }
}
