// Acts that wait for a second person: what it is, who proposed it and why, before and after; publish or refuse.
import { useState } from 'react';
import { routes, type People, type ProposalCard } from '../../../contract.ts';
import type { Role } from '#core/person';
import { call } from '../../net/api.ts';
import { useFormat, useNow, useSay } from '../../parts/words.ts';
import { TroubleNote } from '../../parts/trouble.tsx';
import { troubleOf, type Trouble } from '../../trouble.ts';
import { outcomeOf, type Outcome } from './acts.ts';
import { ruleWords, useBoundsWords, useWishWords } from './bounds-choice.tsx';

export function Proposals({
  proposals,
  groups,
  mayChange,
  onDone,
}: {
  proposals: readonly ProposalCard[];
  groups: People['groups'];
  mayChange: boolean;
  onDone: (outcome: Outcome | null) => void;
}) {
  const say = useSay();
  if (proposals.length === 0) return null;
  return (
    <section className="panel options-block" data-testid="proposals">
      <h2>{say('people.waiting', { n: proposals.length })}</h2>
      <ul className="proposals">
        {proposals.map((one) => (
          <Proposal key={one.id} one={one} groups={groups} mayChange={mayChange} onDone={onDone} />
        ))}
      </ul>
    </section>
  );
}

function Proposal({
  one,
  groups,
  mayChange,
  onDone,
}: {
  one: ProposalCard;
  groups: People['groups'];
  mayChange: boolean;
  onDone: (outcome: Outcome | null) => void;
}) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(60_000);
  const boundsWords = useBoundsWords(groups);
  const wishWords = useWishWords(groups);
  const [trouble, setTrouble] = useState<Trouble | string>('');
  const [busy, setBusy] = useState(false);
  const rolesOf = (roles: readonly Role[]): string => roles.map((role) => say(`role.${role}`)).join(', ');
  const run = async (work: () => Promise<Outcome | null>): Promise<void> => {
    setBusy(true);
    setTrouble('');
    try {
      onDone(await work());
    } catch (thrown) {
      setTrouble(troubleOf(thrown));
      setBusy(false);
      onDone(null);
    }
  };
  const params = { id: one.id };
  return (
    <li>
      <p>
        <b>{say(`people.act.${one.act.kind}`)}</b>: {one.about}
        {one.act.kind === 'add-person' && <span className="mute"> ({one.act.login})</span>}
      </p>
      {'roles' in one.act && (
        <p className="small">
          {one.before && (
            <>
              <span className="mute">{say('people.before')}:</span> {rolesOf(one.before.roles)} (
              {boundsWords(one.before.bounds)}) <span aria-hidden="true">→</span>{' '}
            </>
          )}
          <span className="mute">{say('people.after')}:</span> {rolesOf(one.act.roles)}
          {one.act.bounds !== undefined && <> ({wishWords(one.act.bounds)})</>}
        </p>
      )}
      {one.act.kind === 'set-group' && (
        <p className="small wrap">
          {format.pick(one.act.group.name)}: {ruleWords(one.act.group.rule)}
        </p>
      )}
      <p className="mute small">
        «{one.reason}» · {say('people.proposedBy', { who: one.by, time: format.moment(one.madeAtMs, nowMs) })}
      </p>
      {one.mine && <p className="mute small">{say('people.mineWaits')}</p>}
      <TroubleNote trouble={trouble} />
      {mayChange && (
        <div className="options-row">
          {!one.mine && (
            <button
              type="button"
              className="act act-strong"
              disabled={busy}
              data-testid="publish"
              onClick={() => void run(async () => outcomeOf(await call(routes.publishAct, { params })))}
            >
              {say('people.publish')}
            </button>
          )}
          <button
            type="button"
            disabled={busy}
            onClick={() =>
              void run(async () => {
                await call(routes.refuseAct, { params, body: { reason: say('people.refusedReason') } });
                return null;
              })
            }
          >
            {say(one.mine ? 'people.withdraw' : 'people.refuse')}
          </button>
        </div>
      )}
    </li>
  );
}
