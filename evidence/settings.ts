// What evidence may be set to: the shape that this room needs.
export interface EvidenceSettings {
  /** Seconds of stream before the vehicle came and after it left; real seconds, never divided by a pace. */
  readonly beforeS: number;
  readonly afterS: number;
  /** Longest clip, seconds. */
  readonly maxClipS: number;
  /** IANA zone of the city: violations are numbered by its local year. */
  readonly zone: string;
  /** Version of this software, part of every seal. */
  readonly version: string;
}
