// All open incidents and all cameras, kept fresh by the feed. The map draws dots, which come first and cost little; names and all else
// that is known of twelve thousand cameras come after the first picture.
import { useEffect, useMemo } from 'react';
import { systemClock } from '#core/clock';
import { openIncidentStates } from '#core/incident';
import { routes, type CameraMark, type IncidentCard, type Me } from '../../../contract.ts';
import { cityLines } from '../../map/base.ts';
import type { Dot } from '../../map/dots.ts';
import { call } from '../../net/api.ts';
import { useLoad, type Loaded } from '../../parts/use-load.ts';
import { useKnown, useReadAll } from '../../parts/words.ts';
import { replaceCards, store } from '../../state.ts';

export const isOpenCard = (card: IncidentCard): boolean => openIncidentStates.some((state) => state === card.state);

const everyMs = 60_000;
const freshMs = 5000;

/** A question that can be asked before the screen that needs it stands: the answer is taken once, by who asked, while it is fresh. */
function ahead<T>(ask: (signal?: AbortSignal) => Promise<T>) {
  let begun: { readonly answer: Promise<T>; readonly me: Me | null; readonly atMs: number } | undefined;
  return {
    begin(): void {
      const answer = ask();
      begun = { answer, me: store.getState().me, atMs: systemClock.monotonicMs() };
      // Who takes it hears of a failure; a screen that never came does not need to.
      answer.catch(() => undefined);
    },
    take(signal: AbortSignal): Promise<T> {
      const found = begun;
      begun = undefined;
      const isGood = found?.me === store.getState().me && systemClock.monotonicMs() - found.atMs < freshMs;
      return isGood ? found.answer : ask(signal);
    },
  };
}

const withSignal = (signal: AbortSignal | undefined): { signal?: AbortSignal } => (signal ? { signal } : {});

const openIncidents = ahead((signal) => call(routes.incidents, { query: { limit: 2000 }, ...withSignal(signal) }));

const allDots = ahead(async (signal): Promise<readonly Dot[]> => {
  const { ids, lons, lats, states, stateNames } = await call(routes.mapDots, withSignal(signal));
  return ids.map((id, i) => ({
    id,
    point: { lon: lons[i] ?? 0, lat: lats[i] ?? 0 },
    state: stateNames[states[i] ?? 0] ?? 'unknown',
  }));
});

/** Asks for all that the first picture of the map needs, while the map itself is still being made. */
export function beginCity(): void {
  allDots.begin();
  openIncidents.begin();
  void cityLines().catch(() => undefined);
}

function useIncidents(): Loaded<unknown> {
  // Whoever draws zones sees cameras and no incidents: what is not asked for cannot fail.
  const may = useKnown((state) => state.me?.permissions.includes('see-incidents') === true);
  const [incidents] = useLoad(may ? 'incidents' : null, (signal) => openIncidents.take(signal), { everyMs });
  useEffect(() => {
    if (incidents.kind !== 'here') return;
    const list = incidents.value.incidents;
    store.setState(({ incidents: known }) => ({ incidents: replaceCards(known, list, isOpenCard) }));
  }, [incidents]);
  return incidents;
}

/** Everything known of all cameras, once `wanted`; again each minute where somebody reads it. */
function useMarks(wanted: boolean, isRead: boolean): [Loaded<unknown>, () => void] {
  useReadAll('camera');
  const [cameras, reload] = useLoad(
    wanted ? 'cameras' : null,
    (signal) => call(routes.cameras, { signal }),
    isRead ? { everyMs } : {},
  );
  useEffect(() => {
    if (cameras.kind !== 'here') return;
    store.setState({ cameras: new Map(cameras.value.cameras.map((mark) => [mark.id, mark])) });
  }, [cameras]);
  return [cameras, reload];
}

const isStale = (loaded: Loaded<unknown>): boolean => loaded.kind === 'here' && loaded.stale;

/** Loads incidents and all that is known of cameras into the state. */
export function useCity(): { readonly failed: boolean; readonly stale: boolean; readonly camerasHere: boolean } {
  const incidents = useIncidents();
  const [cameras] = useMarks(true, true);
  return {
    failed: incidents.kind === 'failed' || cameras.kind === 'failed',
    stale: isStale(incidents) || isStale(cameras),
    camerasHere: cameras.kind === 'here',
  };
}

/** Those of the known cameras whose state the dots tell otherwise, with the new one; since when is not known then. */
const changedBy = (dots: readonly Dot[], known: ReadonlyMap<string, CameraMark>): [string, CameraMark][] =>
  dots.flatMap(({ id, state }): [string, CameraMark][] => {
    const mark = known.get(id);
    return mark && mark.state !== state ? [[id, { ...mark, state, sinceMs: null }]] : [];
  });

export interface CityOnMap {
  readonly failed: boolean;
  /** Undefined until they are here. */
  readonly dots: readonly Dot[] | undefined;
  /** Names and all else have been asked for and come, or will not come. */
  readonly namesHere: boolean;
}

/** The same for the map: dots each minute, everything else after the first picture and, while it `isRead`, each minute. */
export function useCityOnMap(isRead: boolean): CityOnMap {
  const incidents = useIncidents();
  const [loaded] = useLoad('dots', (signal) => allDots.take(signal), { everyMs });
  const [cameras, reload] = useMarks(loaded.kind === 'here' && incidents.kind !== 'loading', isRead);
  const dots = loaded.kind === 'here' ? loaded.value : undefined;
  useEffect(() => {
    const known = store.getState().cameras;
    // Fewer are known only before they were asked for: news names single ones.
    if (!dots || known.size < dots.length / 2) return;
    const changed = changedBy(dots, known);
    if (changed.length > 0) store.setState({ cameras: new Map([...known, ...changed]) });
    if (known.size !== dots.length || dots.some(({ id }) => !known.has(id))) reload();
  }, [dots, reload]);
  return useMemo(
    () => ({
      failed: [incidents, loaded, cameras].some((one) => one.kind === 'failed'),
      dots,
      namesHere: cameras.kind !== 'loading',
    }),
    [incidents, loaded, cameras, dots],
  );
}
