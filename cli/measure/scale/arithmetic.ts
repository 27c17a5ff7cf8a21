// The arithmetic of docs/scale.md: what a city of so many cameras takes, from what one look takes. Pure; the drawing is made of it.

/** What one look takes, as `ahual bench scale` and `ahual bench look` print it. */
export interface UnitCosts {
  /** CPU milliseconds of a look by part, all of the product. */
  readonly cpuMs: Readonly<Record<'eye' | 'worker' | 'judge' | 'database', number>>;
  /** Cores that are taken whatever the number of looks: beats, rounds, pages. */
  readonly idleCores: number;
  /** Cores of the leader for each thousand cameras: lists and plans. */
  readonly leaderCoresPerThousand: number;
  /** Memory of one eye, one worker, and all the rest of one site, MiB. */
  readonly memoryMiB: Readonly<Record<'eye' | 'worker' | 'rest', number>>;
  /** Bytes that a camera sends for a look. */
  readonly networkBytes: number;
  /** Rows touched and bytes of the log of changes for a look. */
  readonly rows: number;
  readonly walBytes: number;
  /** Bytes that stay for two days (the row of the look), and for a year (hourly sums), for a look and for a camera and hour. */
  readonly lookBytes: number;
  readonly hourBytes: number;
  /** A kept frame, bytes; one each ten minutes of every camera is kept for two days. */
  readonly frameBytes: number;
}

export interface Need {
  readonly cameras: number;
  readonly looksPerS: number;
  readonly cores: Readonly<Record<'eye' | 'worker' | 'judge' | 'database' | 'leader' | 'idle', number>>;
  readonly coresInAll: number;
  readonly eyes: number;
  readonly memoryGiB: number;
  readonly cameraMbitPerS: number;
  /** Jobs put and taken each second; a batch of a round is one statement. */
  readonly jobsPerS: number;
  readonly rowsPerS: number;
  readonly walMbitPerS: number;
  /** Disk for rows (two days of looks, a year of sums) and for kept frames (two days). */
  readonly rowsGiB: number;
  readonly framesGiB: number;
  /** Machines of so many cores, half of which are left free for rain, snow and a machine that fails. */
  readonly machines: number;
}

const hazardsOfCamera = 2.5;
const keptFramesOfDay = 144;
const daysOfLooks = 2;
const daysOfSums = 396;
const coresOfMachine = 16;
/** One eye is one process that keeps about one core busy. */
const busyShare = 0.7;

/** What a city takes that looks at each camera once in `lookEveryS`. */
export function needOf(cameras: number, lookEveryS: number, unit: UnitCosts): Need {
  const looksPerS = cameras / lookEveryS;
  const per = (ms: number): number => (looksPerS * ms) / 1000;
  const cores = {
    eye: per(unit.cpuMs.eye),
    worker: per(unit.cpuMs.worker),
    judge: per(unit.cpuMs.judge),
    database: per(unit.cpuMs.database),
    leader: (unit.leaderCoresPerThousand * cameras) / 1000,
    idle: unit.idleCores,
  };
  const coresInAll = Object.values(cores).reduce((sum, one) => sum + one, 0);
  const eyes = Math.max(1, Math.ceil(cores.eye / busyShare));
  const { memoryMiB } = unit;
  const GiB = 2 ** 30;
  return {
    cameras,
    looksPerS,
    cores,
    coresInAll,
    eyes,
    memoryGiB: (eyes * (memoryMiB.eye + memoryMiB.worker / 4) + memoryMiB.worker + memoryMiB.rest) / 1024,
    cameraMbitPerS: (looksPerS * unit.networkBytes * 8) / 1e6,
    jobsPerS: looksPerS,
    rowsPerS: looksPerS * unit.rows,
    walMbitPerS: (looksPerS * unit.walBytes * 8) / 1e6,
    rowsGiB:
      (looksPerS * 86_400 * daysOfLooks * unit.lookBytes +
        cameras * hazardsOfCamera * 24 * daysOfSums * unit.hourBytes) /
      GiB,
    framesGiB: (cameras * keptFramesOfDay * daysOfLooks * unit.frameBytes) / GiB,
    machines: Math.max(1, Math.ceil((2 * coresInAll) / coresOfMachine)),
  };
}
