// Beside the rows: what the last 30 days would have been, proposals that wait for a second person, and the published sets.
import type { Policy, RoutingRule } from '#core/policy';
import type { RuleBook, RuleDraft, RuleRows, RuleTrial } from '../../../../contract.ts';
import { shortName } from '../../../hazard-words.ts';
import { useFormat, useKnown, useNow, useSay } from '../../../parts/words.ts';
import type { TextKey } from '../../../texts/index.ts';
import { changesOf } from './rule-rows.ts';
import { faultSentence } from '../../../fault-words.ts';

export function Changed({ kind }: { kind: 'added' | 'changed' | 'removed' | undefined }) {
  const say = useSay();
  return kind === undefined ? null : <span className="chip">{say(`rules.diff.${kind}`)}</span>;
}

export function Trial({ trial }: { trial: RuleTrial }) {
  const say = useSay();
  const format = useFormat();
  const language = useKnown((state) => state.language);
  const other = trial.changes.length + trial.more;
  const errors = trial.faults.filter((fault) => fault.weight === 'error');
  return (
    <div aria-live="polite" data-testid="rules-trial">
      {errors.length > 0 && (
        <ul className="notice">
          {errors.map((fault) => (
            <li key={`${fault.row} ${fault.what}`} className="small">
              <b className="bad">{say('rules.fault.error')}</b>{' '}
              {faultSentence(fault, language) ?? `${fault.row} ${fault.what}. ${fault.cure}`}
            </li>
          ))}
        </ul>
      )}
      <p>{say('rules.tried', { n: trial.tried, other })}</p>
      {other === 0 ? (
        <p className="mute">{say('rules.triedSame')}</p>
      ) : (
        <ul className="rules-changes">
          {trial.changes.map((one) => (
            <li key={`${one.incidentId} ${one.what}`}>
              <span>
                <b className="num">#{one.number}</b> {shortName(one.hazard, language)}{' '}
                <span className="mute small">
                  {format.pick(one.place)}, {format.date(one.decidedAtMs)}
                </span>
              </span>
              <span className="small wrap">
                {say(whatKeys[one.what])}: <s>{one.before}</s> → {one.after}
              </span>
            </li>
          ))}
          {trial.more > 0 && <li className="mute">{say('rules.more', { n: trial.more })}</li>}
        </ul>
      )}
    </div>
  );
}

const whatKeys: Readonly<Record<RuleTrial['changes'][number]['what'], TextKey>> = {
  primary: 'rules.what.primary',
  copies: 'rules.what.copies',
  second: 'rules.what.second',
  term: 'rules.what.term',
  nobody: 'rules.what.nobody',
};

export function Drafts({
  drafts,
  held,
  busy,
  onDecide,
  onLoad,
}: {
  drafts: readonly RuleDraft[];
  held: readonly RoutingRule[] | readonly Policy[];
  busy: boolean;
  onDecide: (draft: RuleDraft, to: 'published' | 'withdrawn') => void;
  onLoad: (set: RuleRows) => void;
}) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(30_000);
  return (
    <section data-testid="rules-drafts">
      <h3 className="small mute">{say('rules.drafts')}</h3>
      {drafts.length === 0 && <p className="mute small">{say('rules.noDrafts')}</p>}
      <ul className="places-versions">
        {drafts.map((draft) => (
          <li key={draft.id} className="rules-draft">
            <span className="wrap">
              <b>{draft.note}</b>{' '}
              <span className="mute small">
                {say('rules.draftLine', { who: draft.proposedBy, time: format.moment(draft.proposedAtMs, nowMs) })} ·{' '}
                {say(`rules.state.${draft.state}`)}
                {draft.decidedBy === null ? '' : `: ${draft.decidedBy}`}
              </span>
            </span>
            {draft.state === 'proposed' && (
              <>
                <span className="small wrap">
                  {changesOf(held, draft.set.rows).map((one) => (
                    <span key={one.id} className="chip">
                      {one.id}: {say(`rules.diff.${one.kind}`)}
                    </span>
                  ))}
                </span>
                {draft.stale && <span className="small bad">{say('rules.stale')}</span>}
                {draft.mine && <span className="small mute">{say('rules.mine')}</span>}
                <span className="places-acts">
                  <button type="button" onClick={() => onLoad(draft.set)}>
                    {say('rules.load')}
                  </button>
                  {!draft.mine && !draft.stale && (
                    <button
                      type="button"
                      className="act-strong"
                      disabled={busy}
                      onClick={() => onDecide(draft, 'published')}
                      data-testid="rules-publish"
                    >
                      {say('rules.publish')}
                    </button>
                  )}
                  <button type="button" disabled={busy} onClick={() => onDecide(draft, 'withdrawn')}>
                    {say('rules.withdraw')}
                  </button>
                </span>
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Published({ versions, onLoad }: { versions: RuleBook['versions']; onLoad: (set: RuleRows) => void }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(30_000);
  return (
    <section>
      <h3 className="small mute">{say('rules.versions')}</h3>
      <ul className="places-versions">
        {versions.map(({ number, who, atMs, rows, set }) => (
          <li key={number}>
            <span className="wrap small">
              {say('rules.draftLine', { who, time: format.moment(atMs, nowMs) })} · {say('rules.count', { n: rows })}
            </span>
            {set && (
              <button type="button" onClick={() => onLoad(set)}>
                {say('rules.load')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
