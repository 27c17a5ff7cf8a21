// The verdict: who gets it and due when, then one button per key. Everything a key does, a button does too.
import { useEffect, useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { hazardNames, severities, type IssueName } from '#core/hazard-name';
import { rejectReasons, type RejectReason } from '#core/incident';
import { routes, type IncidentView } from '../../../contract.ts';
import { shortName, reasonsOf } from '../../hazard-words.ts';
import { keyLabel, shortcutOf } from '../../keys.ts';
import { call } from '../../net/api.ts';
import { Mark, Pictogram } from '../../parts/mark.tsx';
import { useFormat, useKnown, useLayoutMap, useNow, useSay } from '../../parts/words.ts';
import { store } from '../../state.ts';
import { Detail } from '../../parts/trouble.tsx';
import { desk, pictureOf, type Choice } from './desk-state.ts';

interface ColumnProps {
  readonly view: IncidentView;
  readonly ready: boolean;
  readonly onGive: (choice: Choice) => void;
  readonly onCompare: () => void;
  readonly onShelve: () => void;
  readonly allReasons: boolean;
  readonly onAllReasons: () => void;
}

/** Reasons as the digits pick them: the hazard's seven, then all others behind the eighth. */
export const reasonAt = (hazard: IssueName, digit: number): RejectReason | undefined => reasonsOf(hazard)[digit - 1];

function Act({
  act,
  code,
  children,
  onPress,
  testId,
  strong = false,
  off = false,
}: {
  act: string;
  code: string;
  children: ReactNode;
  onPress: () => void;
  testId?: string;
  strong?: boolean;
  off?: boolean;
}) {
  const layout = useLayoutMap();
  return (
    <button
      type="button"
      className={`act ${strong ? 'act-strong' : ''}`}
      aria-keyshortcuts={shortcutOf(act, 'desk')}
      aria-disabled={off}
      data-testid={testId}
      onClick={onPress}
    >
      <kbd>{keyLabel(code, layout)}</kbd>
      <span>{children}</span>
    </button>
  );
}

export function VerdictColumn({ view, ready, onGive, onCompare, onShelve, allReasons, onAllReasons }: ColumnProps) {
  const say = useSay();
  const language = useKnown((state) => state.language);
  const format = useFormat();
  const mode = useKnown((state) => state.mode);
  const mayDecide = useKnown((state) => state.me?.permissions.includes('decide') === true);
  const severity = useStore(desk, (state) => state.severity) ?? view.card.severity;
  const { card } = view;
  const off = !ready || !mayDecide;
  const isMissing = useStore(desk, (state) => state.missed === view.card.id) || pictureOf(view) === null;
  const setMode = (to: typeof mode): void => store.setState({ mode: mode === to ? 'plain' : to });
  const near = view.neighbours[0];
  return (
    <section className="panel verdict" aria-label={say('verdict.title')}>
      <Recipients view={view} />
      {!ready && (
        <p className="wait" role="status">
          {say(isMissing ? 'desk.blind' : 'desk.wait')}
        </p>
      )}
      {!mayDecide && <p className="mute">{say('verdict.notYours')}</p>}
      <div className="acts">
        <Act
          act="confirm"
          code="Enter"
          testId="verdict-confirm"
          strong
          off={off}
          onPress={() => onGive({ kind: 'confirm' })}
        >
          {say('act.confirm')}
        </Act>
        <Act act="reject" code="KeyX" testId="verdict-reject" off={off} onPress={() => setMode('reasons')}>
          {say('act.reject')}
        </Act>
        {mode === 'reasons' && (
          <div className="choices" role="group" aria-label={say('reject.title')}>
            {reasonsOf(card.hazard).map((reason, i) => (
              <button
                key={reason}
                type="button"
                className="choice"
                data-testid={`reason-${reason}`}
                onClick={() => onGive({ kind: 'reject', reason })}
              >
                <kbd>{i + 1}</kbd> {say(`reject.${reason}`)} {i === 0 && <kbd>X</kbd>}
              </button>
            ))}
            {allReasons ? (
              rejectReasons
                .filter((reason) => !reasonsOf(card.hazard).includes(reason))
                .map((reason) => (
                  <button
                    key={reason}
                    type="button"
                    className="choice"
                    onClick={() => onGive({ kind: 'reject', reason })}
                  >
                    {say(`reject.${reason}`)}
                  </button>
                ))
            ) : (
              <button type="button" className="choice" onClick={onAllReasons}>
                <kbd>8</kbd> {say('reject.all')}
              </button>
            )}
          </div>
        )}
        <Act act="unsure" code="KeyU" off={!mayDecide} onPress={() => onGive({ kind: 'unsure' })}>
          {say('act.unsure')}
        </Act>
        {near && (
          <Act act="same" code="KeyD" off={off} onPress={onCompare}>
            {say('act.same')}: #{near.card.number}, {format.metres(near.distanceM)}
          </Act>
        )}
        <Act act="other" code="KeyH" off={off} onPress={() => setMode('hazards')}>
          {say('act.other')}
        </Act>
        {mode === 'hazards' && (
          <div className="choices" role="group" aria-label={say('act.other')}>
            {hazardNames.map((hazard, i) => (
              <button
                key={hazard}
                type="button"
                className="choice"
                disabled={hazard === card.hazard}
                onClick={() => onGive({ kind: 'confirm', hazard })}
              >
                <kbd>{i + 1}</kbd> <Pictogram hazard={hazard} size={20} /> {shortName(hazard, language)}
              </button>
            ))}
          </div>
        )}
        {card.severity !== 'S4' && (
          <Act act="shelve" code="KeyS" off={!mayDecide} onPress={onShelve}>
            {say('act.shelve')}
          </Act>
        )}
      </div>
      <div className="severities" role="radiogroup" aria-label={say('severity.title')}>
        {severities.map((one, i) => (
          <button
            key={one}
            type="button"
            role="radio"
            aria-checked={one === severity}
            className="severity"
            onClick={() => desk.setState({ severity: one })}
          >
            <kbd>{i + 1}</kbd>
            <Mark severity={one} size={28} mute />
            <span>{say(`severity.${one}`)}</span>
          </button>
        ))}
      </div>
    </section>
  );
}

function Recipients({ view }: { view: IncidentView }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(10_000);
  const layout = useLayoutMap();
  const mode = useKnown((state) => state.mode);
  const agencyId = useStore(desk, (state) => state.agencyId);
  const [agencies, setAgencies] = useState<ReadonlyMap<string, string>>(new Map());
  const due = view.recipients.find((one) => one.role === 'primary') ?? view.recipients[0];
  const copies = view.recipients.filter((one) => one !== due);
  const chosen = agencyId === null ? undefined : agencies.get(agencyId);
  return (
    <div className="recipients">
      <p>
        <span className="mute">{say('verdict.to')}</span>{' '}
        <b>{chosen ?? (due ? format.pick(due.name) : say('verdict.nobody'))}</b>{' '}
        <button
          type="button"
          className="quiet"
          aria-expanded={mode === 'addressees'}
          onClick={() => store.setState({ mode: mode === 'addressees' ? 'plain' : 'addressees' })}
        >
          <kbd>{keyLabel('KeyA', layout)}</kbd> {say('verdict.other')}
        </button>
      </p>
      {mode === 'addressees' && <Addressees onNames={setAgencies} />}
      {copies.length > 0 && (
        <p>
          <span className="mute">{say('verdict.copy')}</span> {copies.map((one) => format.pick(one.name)).join(', ')}
        </p>
      )}
      {view.routeProblem !== null && (
        <>
          <p className="bad">{say('verdict.noRoute')}</p>
          <Detail words={view.routeProblem} />
        </>
      )}
      {due && (
        <dl className="dues">
          <Due name={say('deadline.accept')} atMs={due.acceptByMs} nowMs={nowMs} />
          {due.makeSafeByMs !== null && <Due name={say('deadline.makeSafe')} atMs={due.makeSafeByMs} nowMs={nowMs} />}
          <Due name={say('deadline.fix')} atMs={due.fixByMs} nowMs={nowMs} />
        </dl>
      )}
      {due && (
        <p className="mute small">
          {say('verdict.why', { rule: due.why.replace(/^(copy by )?rule /, ''), policy: due.policyId })}
        </p>
      )}
    </div>
  );
}

export function Due({ name, atMs, nowMs }: { name: string; atMs: number; nowMs: number }) {
  const say = useSay();
  const format = useFormat();
  const leftMs = atMs - nowMs;
  return (
    <div className={leftMs < 0 ? 'due due-late' : 'due'}>
      <dt>{name}</dt>
      <dd>
        <b className="num">{format.moment(atMs, nowMs)}</b>{' '}
        <span className="mute">
          {leftMs >= 0 ? say('due.in', { span: format.span(leftMs) }) : say('due.late', { span: format.span(-leftMs) })}
        </span>
      </dd>
    </div>
  );
}

/** `KeyA`: all agencies; arrows walk, `Enter` picks. The list is the browser's own, so it knows typing a first letter too. */
function Addressees({ onNames }: { onNames: (names: ReadonlyMap<string, string>) => void }) {
  const say = useSay();
  const format = useFormat();
  const agencyId = useStore(desk, (state) => state.agencyId);
  const [rows, setRows] = useState<readonly { id: string; name: string }[]>([]);
  useEffect(() => {
    const stop = new AbortController();
    void call(routes.agencies, { signal: stop.signal }).then(
      (agencies) => {
        const named = agencies.map((agency) => ({ id: agency.id, name: format.pick(agency.name) }));
        setRows(named);
        onNames(new Map(named.map((one) => [one.id, one.name])));
      },
      () => undefined,
    );
    return () => stop.abort();
  }, [format, onNames]);
  return (
    <select
      className="addressees"
      size={6}
      autoFocus
      aria-label={say('verdict.other')}
      value={agencyId ?? ''}
      onChange={(event) =>
        desk.setState({ agencyId: event.currentTarget.value === '' ? null : event.currentTarget.value })
      }
      onKeyDown={(event) => {
        if (event.code === 'Enter' || event.code === 'Escape') {
          event.preventDefault();
          event.stopPropagation();
          store.setState({ mode: 'plain' });
        }
      }}
    >
      <option value="">{say('verdict.byRule')}</option>
      {rows.map((one) => (
        <option key={one.id} value={one.id}>
          {one.name}
        </option>
      ))}
    </select>
  );
}
