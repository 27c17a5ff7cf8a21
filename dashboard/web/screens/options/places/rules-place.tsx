// Dated rows of routing and of deadlines: edited, tried on the last 30 days, proposed; another person publishes.
import { useState } from 'react';
import type { Policy, RoutingRule } from '#core/policy';
import { routes, type RuleBook, type RuleDraft, type RuleRows, type RuleTrial } from '../../../../contract.ts';
import { shortName } from '../../../hazard-words.ts';
import { call } from '../../../net/api.ts';
import { Failure, Waiting } from '../../../parts/panel-state.tsx';
import { useLoad } from '../../../parts/use-load.ts';
import { useFormat, useKnown, useSay } from '../../../parts/words.ts';
import { say as tell } from '../../../state.ts';
import { PolicyForm, RoutingForm } from './rule-forms.tsx';
import { Changed, Drafts, Published, Trial } from './rule-lists.tsx';
import { changesOf, dropRow, freeRowId, loadRows, putRow, rowsOf, undoRows, type RowsState } from './rule-rows.ts';
import { RefusalNote, refusalOf, TextField, type Refusal } from './place-parts.tsx';

type Kind = RuleRows['kind'];

export function RulesPlace({ kind }: { kind: Kind }) {
  const [book, setBook] = useState<RuleBook | null>(null);
  const [loaded, reload] = useLoad(`rules ${kind}`, (signal) => call(routes.placeRules, { signal }));
  if (loaded.kind === 'here' && book === null) setBook(loaded.value);
  if (loaded.kind === 'failed') return <Failure why={loaded.why} code={loaded.code} onAgain={reload} />;
  if (book === null) return <Waiting what="places.waiting" />;
  const again = async (): Promise<void> => setBook(await call(routes.placeRules));
  return kind === 'routing' ? (
    <Book key={book.bases.routing} kind="routing" book={book} held={book.routing} onAgain={again} />
  ) : (
    <Book key={book.bases.policy} kind="policy" book={book} held={book.policy} onAgain={again} />
  );
}

type BookOf =
  | { readonly kind: 'routing'; readonly held: readonly RoutingRule[] }
  | { readonly kind: 'policy'; readonly held: readonly Policy[] };

type Both =
  | { readonly kind: 'routing'; readonly state: RowsState<RoutingRule> }
  | { readonly kind: 'policy'; readonly state: RowsState<Policy> };

const setOf = (both: Both): RuleRows =>
  both.kind === 'routing'
    ? { kind: 'routing', rows: [...both.state.rows] }
    : { kind: 'policy', rows: [...both.state.rows] };

const begin = (of: BookOf): Both =>
  of.kind === 'routing' ? { kind: 'routing', state: rowsOf(of.held) } : { kind: 'policy', state: rowsOf(of.held) };

function undone(both: Both): Both {
  return both.kind === 'routing'
    ? { kind: 'routing', state: undoRows(both.state) }
    : { kind: 'policy', state: undoRows(both.state) };
}

function dropped(both: Both, id: string): Both {
  return both.kind === 'routing'
    ? { kind: 'routing', state: dropRow(both.state, id) }
    : { kind: 'policy', state: dropRow(both.state, id) };
}

function loadedSet(both: Both, set: RuleRows): Both {
  if (both.kind === 'routing' && set.kind === 'routing')
    return { kind: 'routing', state: loadRows(both.state, set.rows) };
  if (both.kind === 'policy' && set.kind === 'policy') return { kind: 'policy', state: loadRows(both.state, set.rows) };
  return both;
}

/** A new row: a copy of the chosen one under a free id, so that only what differs has to be typed. */
function copied(both: Both, like: string | null): { both: Both; id: string } | null {
  if (both.kind === 'routing') {
    const { rows } = both.state;
    const from = rows.find((row) => row.id === like) ?? rows[0];
    if (!from) return null;
    const id = freeRowId(rows, from.id);
    return { both: { kind: 'routing', state: putRow(both.state, null, { ...from, id }) }, id };
  }
  const { rows } = both.state;
  const from = rows.find((row) => row.id === like) ?? rows[0];
  if (!from) return null;
  const id = freeRowId(rows, from.id);
  return { both: { kind: 'policy', state: putRow(both.state, null, { ...from, id }) }, id };
}

function Book({ book, onAgain, ...of }: BookOf & { book: RuleBook; onAgain: () => Promise<void> }) {
  const say = useSay();
  const format = useFormat();
  const language = useKnown((state) => state.language);
  const [both, setBoth] = useState<Both>(() => begin(of));
  const [chosen, setChosen] = useState<string | null>(null);
  const [trial, setTrial] = useState<{ readonly of: Both; readonly found: RuleTrial } | null>(null);
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const changes = changesOf(of.held, both.state.rows);
  const changeOf = (id: string) => changes.find((one) => one.id === id)?.kind;
  const change = (next: Both): void => {
    setBoth(next);
    setRefusal(null);
  };
  const run = async (work: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    setRefusal(null);
    try {
      await work();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  const tryNow = (): void =>
    void run(async () => setTrial({ of: both, found: await call(routes.tryRules, { body: setOf(both) }) }));
  const propose = (): void =>
    void run(async () => {
      await call(routes.proposeRules, { body: { set: setOf(both), base: book.bases[of.kind], note } });
      tell('rules.proposed');
      setBoth(begin(of));
      setNote('');
      await onAgain();
    });
  const decide = (draft: RuleDraft, to: 'published' | 'withdrawn'): void =>
    void run(async () => {
      const route = to === 'published' ? routes.publishRules : routes.withdrawRules;
      await call(route, { params: { id: draft.id } });
      tell(to === 'published' ? 'rules.published' : 'rules.withdrawn');
      await onAgain();
    });
  const nameOf = (id: string): string => {
    const agency = book.agencies.find((one) => one.id === id);
    return agency ? format.pick(agency.name) : id;
  };
  const tried = trial?.of === both ? trial.found : null;
  const drafts = book.drafts.filter((draft) => draft.set.kind === of.kind);
  const versions = book.versions.filter((version) => version.set?.kind === of.kind);
  const routing = both.kind === 'routing' ? both.state.rows.find((row) => row.id === chosen) : undefined;
  const policy = both.kind === 'policy' ? both.state.rows.find((row) => row.id === chosen) : undefined;
  return (
    <div className="rules" data-testid={`rules-${of.kind}`}>
      <p className="small mute">{say('rules.what')}</p>
      <div className="places-columns">
        <section className="panel places-list rules-list">
          <div className="pad places-acts">
            <button
              type="button"
              data-testid="rules-add"
              onClick={() => {
                const made = copied(both, chosen);
                if (!made) return;
                change(made.both);
                setChosen(made.id);
              }}
            >
              {say('places.addRow')}
            </button>
            <button type="button" disabled={both.state.past.length === 0} onClick={() => change(undone(both))}>
              {say('zones.undo')}
            </button>
            <span className="small mute">{say('rules.edited', { n: changes.length })}</span>
          </div>
          <ul className="map-list">
            {both.state.rows.map((row) => (
              <li key={row.id}>
                <button
                  type="button"
                  className={row.id === chosen ? 'map-row row-selected' : 'map-row'}
                  aria-pressed={row.id === chosen}
                  onClick={() => setChosen(row.id)}
                >
                  <span className="row-words">
                    <span className="row-line">
                      <b className="cut">{row.id}</b>
                      <Changed kind={changeOf(row.id)} />
                    </span>
                    <span className="row-line mute">
                      <span className="cut">
                        {shortName(row.hazard, language)}
                        {'primary' in row
                          ? ` → ${nameOf(row.primary)}`
                          : `: ${format.number(row.acceptH, 1)} / ${format.number(row.fixH, 1)}`}
                      </span>
                      <span className="num">{row.validTo ?? row.validFrom}</span>
                    </span>
                  </span>
                </button>
              </li>
            ))}
            {changes
              .filter((one) => one.kind === 'removed')
              .map((one) => (
                <li key={`gone ${one.id}`} className="pad mute">
                  <span className="struck">{one.id}</span> <Changed kind="removed" />
                </li>
              ))}
          </ul>
        </section>
        <section className="panel places-one pad">
          {routing && both.kind === 'routing' ? (
            <RoutingForm
              key={routing.id}
              row={routing}
              book={book}
              onChange={(row) => {
                change({ kind: 'routing', state: putRow(both.state, routing.id, row) });
                setChosen(row.id);
              }}
            />
          ) : policy && both.kind === 'policy' ? (
            <PolicyForm
              key={policy.id}
              row={policy}
              onChange={(row) => {
                change({ kind: 'policy', state: putRow(both.state, policy.id, row) });
                setChosen(row.id);
              }}
            />
          ) : (
            <p className="panel-state mute">{say('places.choose')}</p>
          )}
          {chosen !== null && (routing ?? policy) && (
            <button type="button" onClick={() => change(dropped(both, chosen))} data-testid="rules-drop">
              {say('places.remove')}
            </button>
          )}
        </section>
        <section className="panel places-side pad">
          <span className="places-acts">
            <button
              type="button"
              className="act"
              disabled={busy || changes.length === 0}
              onClick={tryNow}
              data-testid="rules-try"
            >
              {say(busy ? 'rules.trying' : 'rules.try')}
            </button>
          </span>
          <RefusalNote refusal={refusal} onReload={() => void onAgain()} />
          {tried && <Trial trial={tried} />}
          {tried && (
            <form
              className="form"
              onSubmit={(event) => {
                event.preventDefault();
                propose();
              }}
            >
              <TextField label={say('rules.note')} value={note} onChange={setNote} required maxLength={500} />
              <button
                type="submit"
                className="act act-strong"
                data-testid="rules-propose"
                disabled={busy || note.trim().length < 3 || tried.faults.some((fault) => fault.weight === 'error')}
              >
                {say('rules.propose')}
              </button>
            </form>
          )}
          <Drafts
            drafts={drafts}
            held={of.held}
            busy={busy}
            onDecide={decide}
            onLoad={(set) => change(loadedSet(both, set))}
          />
          <Published versions={versions} onLoad={(set) => change(loadedSet(both, set))} />
        </section>
      </div>
    </div>
  );
}
