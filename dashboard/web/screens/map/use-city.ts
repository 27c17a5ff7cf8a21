// All open incidents and all cameras, kept fresh by the feed.
import { useEffect } from 'react';
import { openIncidentStates } from '#core/incident';
import { routes, type IncidentCard } from '../../../contract.ts';
import { call } from '../../net/api.ts';
import { useLoad } from '../../parts/use-load.ts';
import { replaceCards, store } from '../../state.ts';

export const isOpenCard = (card: IncidentCard): boolean => openIncidentStates.some((state) => state === card.state);

/** Loads both and puts them into the state; `here` says which have come. */
export function useCity(): { readonly failed: boolean; readonly stale: boolean; readonly camerasHere: boolean } {
  const [incidents] = useLoad('incidents', (signal) => call(routes.incidents, { query: { limit: 2000 }, signal }), {
    everyMs: 60_000,
  });
  const [cameras] = useLoad('cameras', (signal) => call(routes.cameras, { signal }), { everyMs: 60_000 });
  useEffect(() => {
    if (incidents.kind !== 'here') return;
    const list = incidents.value.incidents;
    store.setState(({ incidents: known }) => ({ incidents: replaceCards(known, list, isOpenCard) }));
  }, [incidents]);
  useEffect(() => {
    if (cameras.kind !== 'here') return;
    store.setState({ cameras: new Map(cameras.value.cameras.map((mark) => [mark.id, mark])) });
  }, [cameras]);
  return {
    failed: incidents.kind === 'failed' || cameras.kind === 'failed',
    stale: (incidents.kind === 'here' && incidents.stale) || (cameras.kind === 'here' && cameras.stale),
    camerasHere: cameras.kind === 'here',
  };
}
