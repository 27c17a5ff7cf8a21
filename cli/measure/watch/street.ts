// The camera side of `bench watch`: the simulated city in a process of its own, which is never counted.
import { Camera } from '#core/camera';
import { systemClock } from '#core/clock';
import { openOwnCity } from '../own-city.ts';
import type { Film } from './films.ts';

export interface Street extends AsyncDisposable {
  readonly cameras: readonly Camera[];
  /** Acts that are planted: of which camera, and by our clock from when to when a story of it may be told. */
  readonly planted: readonly { readonly cameraId: string; readonly fromMs: number; readonly toMs: number }[];
  readonly cpuPid: number;
}

export interface StreetWish {
  readonly folder: string;
  readonly filmFolder: string;
  readonly films: readonly Film[];
  readonly streams: number;
  /** The streams are opened and backgrounds learned before the first act. */
  readonly leadS: number;
  readonly minutes: number;
  /** Somebody dumps something once a minute in front of each camera, at least once. */
  readonly hasActs: boolean;
}

/** One act a minute: it begins so long after the minute, the cameras one after another, and is cleared later in it. */
const beginS = 2;
const staggerS = 1;
const clearAfterS = 34;

/** Opens the cameras; resolves when they answer. */
export async function openStreet({
  folder,
  filmFolder,
  films,
  streams,
  leadS,
  minutes,
  hasActs,
}: StreetWish): Promise<Street> {
  const given = Array.from({ length: streams }, (_, i) => ({ id: `watch-${i}`, film: films[i % films.length] }));
  const acts = given.flatMap(({ id }, i) =>
    hasActs
      ? Array.from({ length: Math.max(1, Math.floor(minutes)) }, (_, minute) => ({
          id,
          atS: leadS + minute * 60 + beginS + (i % 4) * staggerS,
        }))
      : [],
  );
  const city = await openOwnCity({
    folder,
    name: 'watch',
    title: { kk: 'Өлшеу', ru: 'Замер', en: 'Bench' },
    clipFolder: filmFolder,
    cameras: given.map(({ id, film }) => ({
      id,
      clip: film?.id ?? '',
      signIn: 'none',
      events: acts
        .filter((act) => act.id === id)
        .flatMap(({ atS }) => [
          { atS, do: 'begin' },
          { atS: atS + clearAfterS, do: 'end' },
        ]),
    })),
  });
  const startedMs = systemClock.nowMs();
  return {
    cpuPid: city.pid,
    cameras: given.map(({ id, film }) =>
      Camera.parse({
        id,
        name: { kk: id, ru: id, en: id },
        point: { lon: 71.44, lat: 51.14 },
        district: 'esil',
        restricted: false,
        watch: true,
        rtsp: `rtsp://127.0.0.1:${city.rtspPort}/cam/${id}/main`,
        zones: [{ id: 'verge', kind: 'no-dumping', hazards: ['dumping'], polygon: film?.zone }],
      }),
    ),
    planted: acts.map(({ id, atS }) => ({
      cameraId: id,
      fromMs: startedMs + (atS - 3) * 1000,
      // The crew that clears it comes once: a story of its visit is not the act's.
      toMs: startedMs + (atS + clearAfterS + 4) * 1000,
    })),
    [Symbol.asyncDispose]: () => city[Symbol.asyncDispose](),
  };
}
