// One person's account: what they are, their sessions, and everything that can be done to it.
import { useState, type SubmitEvent } from 'react';
import { languages, type Language } from '#core/hazard-name';
import { routes, type AccountCard, type GraveAct, type People } from '../../../contract.ts';
import { call } from '../../net/api.ts';
import { fieldOf } from '../../parts/factor.tsx';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useSay } from '../../parts/words.ts';
import { TroubleNote } from '../../parts/trouble.tsx';
import { troubleOf, type Trouble } from '../../trouble.ts';
import { hashOf } from '../../route.ts';
import { languageNames } from './language-names.ts';
import { say as tell } from '../../state.ts';
import { propose, type Outcome } from './acts.ts';
import { accessFault, BoundsChoice, useBoundsWords, wishOf } from './bounds-choice.tsx';
import { RoleChoice, type Access } from './role-choice.tsx';
import { Sessions } from './sessions.tsx';
import { useStanding } from './standing.ts';

type Doing =
  | { readonly kind: 'roles' | 'rename' | 'deactivate' }
  | { readonly kind: 'act'; readonly act: Extract<GraveAct, { kind: PersonAct }> };

type PersonAct = 'activate' | 'deactivate-admin' | 'new-link' | 'drop-factor';

interface Parts {
  readonly person: AccountCard;
  readonly all: People;
  readonly mayChange: boolean;
  readonly onDone: (outcome: Outcome | null) => void;
}

export function PersonPanel({ person, all, mayChange, onDone }: Parts) {
  const say = useSay();
  const format = useFormat();
  const standing = useStanding();
  const boundsWords = useBoundsWords(all.groups);
  const [doing, setDoing] = useState<Doing | null>(null);
  const agency = all.agencies.find(({ id }) => id === person.agencyId);
  const finish = (outcome: Outcome): void => {
    setDoing(null);
    onDone(outcome);
  };
  return (
    <section className="panel options-block" data-testid="person">
      <h2>
        {person.name} <span className="mute">{person.login}</span>
      </h2>
      <dl className="pairs">
        <dt>{say('people.roles')}</dt>
        <dd>{person.roles.map((role) => say(`role.${role}`)).join(', ')}</dd>
        {agency && (
          <>
            <dt>{say('people.agency')}</dt>
            <dd>{format.pick(agency.name)}</dd>
          </>
        )}
        <dt>{say('bounds.sees')}</dt>
        <dd data-testid="person-bounds">{boundsWords(person.bounds)}</dd>
        <dt>{say('me.language')}</dt>
        <dd lang={person.language}>{languageNames[person.language]}</dd>
        <dt>{say('factor.title')}</dt>
        <dd>{person.factor ? say('people.factorOn') : '–'}</dd>
        <dt>{say('table.state')}</dt>
        <dd>{standing(person, all) || '–'}</dd>
      </dl>
      <p>
        <a href={hashOf('options', 'log', { about: person.id })}>{say('options.log')}</a>
      </p>
      {mayChange && (
        <div className="options-row" role="group" aria-label={person.name}>
          <button type="button" data-testid="change-roles" onClick={() => setDoing({ kind: 'roles' })}>
            {say('people.changeRoles')}
          </button>
          <button type="button" onClick={() => setDoing({ kind: 'rename' })}>
            {say('people.rename')}
          </button>
          {person.active && (
            <button
              type="button"
              data-testid="new-link"
              onClick={() => setDoing({ kind: 'act', act: { kind: 'new-link', personId: person.id } })}
            >
              {say('people.newLink')}
            </button>
          )}
          {person.invitedUntilMs !== null && <WithdrawLink person={person} onDone={finish} />}
          {person.factor && (
            <button
              type="button"
              onClick={() => setDoing({ kind: 'act', act: { kind: 'drop-factor', personId: person.id } })}
            >
              {say('people.dropFactor')}
            </button>
          )}
          {person.active ? (
            <button
              type="button"
              data-testid="deactivate"
              onClick={() =>
                setDoing(
                  person.roles.includes('system_admin')
                    ? { kind: 'act', act: { kind: 'deactivate-admin', personId: person.id } }
                    : { kind: 'deactivate' },
                )
              }
            >
              {say('people.deactivate')}
            </button>
          ) : (
            <button
              type="button"
              onClick={() => setDoing({ kind: 'act', act: { kind: 'activate', personId: person.id } })}
            >
              {say('people.activate')}
            </button>
          )}
        </div>
      )}
      {doing && (
        <DoIt
          key={JSON.stringify(doing)}
          doing={doing}
          person={person}
          all={all}
          onDone={finish}
          onCancel={() => setDoing(null)}
        />
      )}
      {mayChange && <TheirSessions person={person} onDone={() => onDone(null)} />}
    </section>
  );
}

function WithdrawLink({ person, onDone }: { person: AccountCard; onDone: (outcome: Outcome) => void }) {
  const say = useSay();
  const withdraw = async (): Promise<void> => {
    await call(routes.withdrawLink, { params: { id: person.id } });
    onDone({ kind: 'done' });
  };
  return (
    <button type="button" onClick={() => void withdraw().catch(() => undefined)}>
      {say('people.withdrawLink')}
    </button>
  );
}

function TheirSessions({ person, onDone }: { person: AccountCard; onDone: () => void }) {
  const say = useSay();
  const params = { id: person.id };
  const [loaded, reload] = useLoad(
    `sessions ${person.id}`,
    (signal) => call(routes.personSessions, { params, signal }),
    {
      everyMs: 30_000,
      stamp: person.sessions,
    },
  );
  if (loaded.kind !== 'here') return null;
  const { sessions, nowMs } = loaded.value;
  const endAll = async (): Promise<void> => {
    const { ended } = await call(routes.endPersonSessions, { params });
    tell('sessions.ended', { n: ended });
    reload();
    onDone();
  };
  return (
    <>
      <Sessions
        sessions={sessions}
        nowMs={nowMs}
        onEnd={async (sessionId) => {
          await call(routes.endPersonSession, { params: { ...params, sessionId } });
          reload();
          onDone();
        }}
      />
      {sessions.length > 0 && (
        <div className="options-row">
          <button type="button" data-testid="end-all" onClick={() => void endAll().catch(() => reload())}>
            {say('sessions.endAll')}
          </button>
        </div>
      )}
    </>
  );
}

function DoIt({
  doing,
  person,
  all,
  onDone,
  onCancel,
}: {
  doing: Doing;
  person: AccountCard;
  all: People;
  onDone: (outcome: Outcome) => void;
  onCancel: () => void;
}) {
  const say = useSay();
  const zone = useKnown((state) => state.me?.city.zone ?? 'UTC');
  const [access, setAccess] = useState<Access>({
    roles: person.roles,
    agencyId: person.agencyId,
    bounds: wishOf(person.bounds, zone),
  });
  const [language, setLanguage] = useState<Language>(person.language);
  const [trouble, setTrouble] = useState<Trouble | string>('');
  const [busy, setBusy] = useState(false);
  const params = { id: person.id };

  async function run(form: HTMLFormElement): Promise<Outcome> {
    const reason = fieldOf(form, 'reason').trim();
    switch (doing.kind) {
      case 'roles': {
        const { roles, agencyId, bounds } = access;
        return propose({ kind: 'change-roles', personId: person.id, roles: [...roles], agencyId, bounds }, reason);
      }
      case 'rename':
        await call(routes.changePerson, { params, body: { name: fieldOf(form, 'name').trim(), language } });
        return { kind: 'done' };
      case 'deactivate':
        await call(routes.deactivate, { params, body: { reason } });
        return { kind: 'done' };
      case 'act':
        return propose(doing.act, reason);
    }
  }

  const submit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const fault = doing.kind === 'roles' ? accessFault(access, say) : '';
    setTrouble(fault);
    if (fault !== '') return;
    setBusy(true);
    try {
      onDone(await run(event.currentTarget));
    } catch (thrown) {
      setTrouble(troubleOf(thrown));
      setBusy(false);
    }
  };
  const byOne = doing.kind === 'rename' || doing.kind === 'deactivate';
  const title = {
    roles: say('people.changeRoles'),
    rename: say('people.rename'),
    deactivate: say('people.deactivate'),
    act: doing.kind === 'act' ? say(`people.act.${doing.act.kind}`) : '',
  }[doing.kind];
  return (
    <form className="form options-doing" onSubmit={(event) => void submit(event)}>
      <h3>
        <b>{title}</b>
      </h3>
      {doing.kind === 'deactivate' && <p>{say('people.deactivateWhat')}</p>}
      {doing.kind === 'roles' && (
        <>
          <RoleChoice access={access} agencies={all.agencies} factorRoles={all.factorRoles} onChange={setAccess} />
          <BoundsChoice access={access} groups={all.groups} onChange={setAccess} />
        </>
      )}
      {doing.kind === 'rename' && (
        <div className="options-fields">
          <label>
            {say('people.name')}
            <input name="name" required maxLength={120} defaultValue={person.name} autoFocus />
          </label>
          <label>
            {say('me.language')}
            <select
              value={language}
              onChange={(event) => setLanguage(languages.find((one) => one === event.currentTarget.value) ?? 'kk')}
            >
              {languages.map((one) => (
                <option key={one} value={one}>
                  {languageNames[one]}
                </option>
              ))}
            </select>
          </label>
        </div>
      )}
      {doing.kind !== 'rename' && (
        <label>
          {say('people.reason')}
          <input name="reason" required minLength={3} maxLength={300} autoComplete="off" data-testid="reason" />
        </label>
      )}
      <TroubleNote trouble={trouble} />
      <div className="options-row">
        <button type="submit" className="act act-strong" disabled={busy} data-testid="do-it">
          {byOne
            ? doing.kind === 'rename'
              ? say('people.save')
              : title
            : say(all.alone ? 'people.doAlone' : 'people.propose')}
        </button>
        <button type="button" onClick={onCancel}>
          {say('people.cancel')}
        </button>
      </div>
    </form>
  );
}
