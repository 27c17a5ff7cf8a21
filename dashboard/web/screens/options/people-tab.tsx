// People: who signs in, what waits for a second person, and one person's account beside the list.
import { useState } from 'react';
import { routes, type AccountCard, type People } from '../../../contract.ts';
import { call } from '../../net/api.ts';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { useLoad } from '../../parts/use-load.ts';
import { useKnown, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import { useWindow } from '../../parts/use-window.ts';
import { GroupsPanel } from './groups-panel.tsx';
import { AddPerson } from './add-person.tsx';
import { PersonPanel } from './person-panel.tsx';
import { Proposals } from './proposals.tsx';
import { LinkShown } from './link-shown.tsx';
import type { Outcome } from './acts.ts';
import { useStanding } from './standing.ts';

const rowRem = 3.4;
/** Stands in the address where a person's id stands otherwise; no id has a dot. */
const groupsPage = 'camera.groups';

export function PeopleTab({ personId }: { personId: string | undefined }) {
  const say = useSay();
  const [loaded, reload] = useLoad('people', (signal) => call(routes.people, { signal }), { everyMs: 15_000 });
  const mayChange = useKnown((state) => state.me?.permissions.includes('manage-people') === true);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [adding, setAdding] = useState(false);
  if (loaded.kind === 'failed') return <Failure why={loaded.why} code={loaded.code} onAgain={reload} />;
  if (loaded.kind === 'loading') return <Waiting what="people.loading" />;
  const { people, proposals, alone } = loaded.value;
  const person = people.find((one) => one.id === personId);
  const done = (given: Outcome | null): void => {
    setOutcome(given);
    if (given) setAdding(false);
    reload();
  };
  return (
    <div className="people">
      <section className="panel people-left">
        {alone && mayChange && <p className="notice">{say('people.alone')}</p>}
        {!mayChange && <p className="notice">{say('people.readOnly')}</p>}
        <List all={loaded.value} chosenId={personId} />
        {mayChange && (
          <div className="options-row pad">
            <button type="button" className="act act-strong" data-testid="add-person" onClick={() => setAdding(true)}>
              {say('people.add')}
            </button>
          </div>
        )}
        <div className="options-row pad">
          <a href={hashOf('options', 'people', { who: groupsPage })} data-testid="groups">
            {say('group.title', { n: loaded.value.groups.length })}
          </a>
        </div>
      </section>
      <div className="options-stack people-right">
        {outcome?.kind === 'link' && <LinkShown link={outcome.link} onClose={() => setOutcome(null)} />}
        {outcome?.kind === 'waits' && (
          <p className="notice" role="status" data-testid="act-waits">
            {say('people.waits')}
          </p>
        )}
        {outcome?.kind === 'done' && (
          <p className="notice" role="status">
            {say('people.done')}
          </p>
        )}
        <Proposals proposals={proposals} groups={loaded.value.groups} mayChange={mayChange} onDone={done} />
        {adding ? (
          <AddPerson all={loaded.value} onDone={done} onCancel={() => setAdding(false)} />
        ) : personId === groupsPage ? (
          <GroupsPanel all={loaded.value} mayChange={mayChange} onDone={done} />
        ) : person ? (
          <PersonPanel key={person.id} person={person} all={loaded.value} mayChange={mayChange} onDone={done} />
        ) : (
          <p className="panel panel-state mute">{say(people.length > 1 ? 'people.choose' : 'people.none')}</p>
        )}
      </div>
    </div>
  );
}

function List({ all, chosenId }: { all: People; chosenId: string | undefined }) {
  const say = useSay();
  const standing = useStanding();
  const textStep = useKnown((state) => state.textStep);
  const [find, setFind] = useState('');
  const wanted = find.trim().toLocaleLowerCase();
  const rolesOf = (person: AccountCard): string => person.roles.map((role) => say(`role.${role}`)).join(', ');
  const shown = all.people.filter((one) =>
    `${one.name} ${one.login} ${rolesOf(one)}`.toLocaleLowerCase().includes(wanted),
  );
  const base = globalThis.innerWidth <= 1500 ? 16 : 18;
  const rowPx = Math.round(rowRem * (base + textStep * 2));
  const { box, from, to, abovePx, belowPx } = useWindow(shown.length, rowPx);
  return (
    <>
      <div className="people-find">
        <input
          type="search"
          aria-label={say('people.find')}
          placeholder={say('people.find')}
          data-testid="people-find"
          value={find}
          onChange={(event) => setFind(event.currentTarget.value)}
        />
        <span className="mute num" role="status">
          {say('people.count', { n: shown.length })}
        </span>
      </div>
      <div className="people-list" ref={box} data-testid="people-list">
        {shown.length === 0 && <p className="panel-state mute">{say('people.noneFound')}</p>}
        <div style={{ height: abovePx }} />
        <ul>
          {shown.slice(from, to).map((one) => (
            <li key={one.id} style={{ height: rowPx }}>
              <a
                href={hashOf('options', 'people', { who: one.id })}
                aria-current={one.id === chosenId ? 'true' : undefined}
                className={one.active ? '' : 'struck-name'}
                data-testid={`person-${one.login}`}
              >
                <b className="cut">{one.name}</b>
                <span className="cut mute">{rolesOf(one)}</span>
                <span className="cut mute small">{one.login}</span>
                <span className="cut mute small">{standing(one, all)}</span>
              </a>
            </li>
          ))}
        </ul>
        <div style={{ height: belowPx }} />
      </div>
    </>
  );
}
