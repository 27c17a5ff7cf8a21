// What stands in a queue like any incident and is none: second looks and planted items. Ids, numbers, pictures, the word over the socket and the answers of
// every route are those of an incident, so that nothing but the answer itself tells them apart.
import type { Incident } from '#core/incident';
import type { Person } from '#core/person';
import type { Verdict } from '#core/verdict';
import { clips, incidents, planted, secondLooks } from '#store';
import { undecidedIncidentStates } from '#core/incident';
import type { Decision, IncidentCard, IncidentView } from '../contract.ts';
import { clipFacts } from './cards.ts';
import type { Glass } from './glass.ts';
import { cardFor, incidentView, type PrecisionOf } from './incidents.ts';
import { isFlood } from './mass.ts';
import { may } from './may.ts';
import { answerPlanted, plantedParts, quietHistory } from './planted.ts';
import { sightOf } from './sight.ts';
import { answerSecondLook, asItWas, secondLookFor } from './second-look.ts';

type Blind =
  | { readonly kind: 'second'; readonly row: secondLooks.SecondLook; readonly shown: Incident }
  | { readonly kind: 'planted'; readonly row: planted.Planted; readonly shown: Incident };

/** The blind item of this name that is this person's to judge; undefined for the id of an incident and for everybody else. */
export async function blindOf(glass: Glass, person: Person, id: string): Promise<Blind | undefined> {
  if (!may(person, 'decide')) return undefined;
  const [second, known] = await Promise.all([secondLooks.byId(glass.database, id), planted.byId(glass.database, id)]);
  const sight = sightOf(glass.register, person);
  const item = second?.incidentBefore ?? known?.item;
  if (item && !sight.place(item)) return undefined;
  if (second && second.firstPersonId !== person.id) return { kind: 'second', row: second, shown: asItWas(second) };
  if (known && known.personId === person.id) return { kind: 'planted', row: known, shown: known.item };
  return undefined;
}

/** Everything about it as of an incident; that it was decided before is not among it. */
export async function blindView(
  glass: Glass,
  person: Person,
  id: string,
  precision: PrecisionOf,
): Promise<IncidentView | undefined> {
  const blind = await blindOf(glass, person, id);
  if (!blind) return undefined;
  const sourceId = blind.kind === 'second' ? blind.row.incidentId : blind.row.sourceId;
  const view = await incidentView(glass, person, blind.shown, precision);
  const neighbours = view.neighbours.filter(({ card }) => card.id !== sourceId);
  if (blind.kind === 'second') {
    const history = await quietHistory(glass, sourceId, blind.row.incidentBefore.version, 0);
    const made = await clips.byIncident(glass.database, sourceId);
    return { ...view, neighbours, history, clips: made.map((clip) => ({ ...clipFacts(clip), incidentId: id })) };
  }
  const { strip, history } = plantedParts(blind.row);
  return {
    ...view,
    neighbours,
    history,
    strip,
    now: view.now && { ...view.now, seenAtMs: blind.shown.lastSeenAtMs },
  };
}

/** What of it stands in this person's queue now. */
export async function blindFor(
  glass: Glass,
  person: Person,
  queue: readonly IncidentCard[],
  flood: boolean,
): Promise<IncidentCard[]> {
  if (!may(person, 'decide')) return [];
  const sight = sightOf(glass.register, person);
  const [second, known] = await Promise.all([
    secondLookFor(glass, person, queue, flood),
    planted.openFor(glass.database, person.id, glass.clock.nowMs()),
  ]);
  return [...second, ...known.filter(({ item }) => sight.place(item)).map((row) => cardFor(glass, person, row.item))];
}

/** The verdict on a blind item; undefined where it is one on an incident. */
export async function answerBlind(glass: Glass, person: Person, verdict: Verdict): Promise<Decision | undefined> {
  const blind = await blindOf(glass, person, verdict.incidentId);
  if (!blind) return undefined;
  return blind.kind === 'second'
    ? answerSecondLook(glass, person, blind.row, verdict)
    : answerPlanted(glass, person, blind.row, verdict);
}

/** Tells of those whose moment has come, over the same feed as of incidents; never while something urgent waits or alarms come in a flood. */
export async function tellBlind(glass: Glass): Promise<void> {
  const { database, clock } = glass;
  const due = await planted.due(database, clock.nowMs());
  if (due.length === 0) return;
  const waiting = await incidents.open(database, { states: undecidedIncidentStates });
  if (waiting.some(({ severity }) => severity === 'S4' || severity === 'S3') || (await isFlood(glass))) return;
  await database.transaction(async (tx) => {
    for (const { id } of due) await planted.tell(tx, id, clock.nowMs());
  });
}

/** The card of a blind item for the socket of this person; undefined where it is none of theirs. */
export async function blindCard(glass: Glass, person: Person, id: string): Promise<IncidentCard | undefined> {
  const blind = await blindOf(glass, person, id);
  return blind && cardFor(glass, person, blind.shown);
}
