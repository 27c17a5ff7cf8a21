// Adding a person: login, name, roles; the answer is a one-time link, or a proposal that waits for the other administrator.
import { useState, type SubmitEvent } from 'react';
import { languages, type Language } from '#core/hazard-name';
import type { People } from '../../../contract.ts';
import { fieldOf } from '../../parts/factor.tsx';
import { useSay } from '../../parts/words.ts';
import { TroubleNote } from '../../parts/trouble.tsx';
import { troubleOf, type Trouble } from '../../trouble.ts';
import { languageNames } from './language-names.ts';
import { propose, type Outcome } from './acts.ts';
import { accessFault, BoundsChoice } from './bounds-choice.tsx';
import { RoleChoice, type Access } from './role-choice.tsx';

export function AddPerson({
  all,
  onDone,
  onCancel,
}: {
  all: People;
  onDone: (outcome: Outcome) => void;
  onCancel: () => void;
}) {
  const say = useSay();
  const [access, setAccess] = useState<Access>({ roles: [], agencyId: null, bounds: null });
  const [language, setLanguage] = useState<Language>('kk');
  const [trouble, setTrouble] = useState<Trouble | string>('');
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const fault = accessFault(access, say);
    setTrouble(fault);
    if (fault !== '') return;
    setBusy(true);
    try {
      const person = { login: fieldOf(form, 'login').trim(), name: fieldOf(form, 'name').trim(), language };
      const { roles, agencyId, bounds } = access;
      const reason = fieldOf(form, 'reason').trim();
      onDone(await propose({ kind: 'add-person', ...person, roles: [...roles], agencyId, bounds }, reason));
    } catch (thrown) {
      setTrouble(troubleOf(thrown));
      setBusy(false);
    }
  };
  return (
    <section className="panel options-block">
      <h2>{say('people.add')}</h2>
      <form className="form" onSubmit={(event) => void submit(event)}>
        <div className="options-fields">
          <label>
            {say('people.login')}
            <input
              name="login"
              required
              autoFocus
              autoCapitalize="none"
              autoComplete="off"
              spellCheck={false}
              pattern="[a-z][a-z0-9._\-]{1,39}"
              title={say('people.loginRule')}
            />
            <span className="mute small">{say('people.loginRule')}</span>
          </label>
          <label>
            {say('people.name')}
            <input name="name" required maxLength={120} autoComplete="off" />
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
        <RoleChoice access={access} agencies={all.agencies} factorRoles={all.factorRoles} onChange={setAccess} />
        <BoundsChoice access={access} groups={all.groups} onChange={setAccess} />
        <label>
          {say('people.reason')}
          <input name="reason" required minLength={3} maxLength={300} autoComplete="off" />
        </label>
        <TroubleNote trouble={trouble} />
        <div className="options-row">
          <button type="submit" className="act act-strong" disabled={busy} data-testid="propose">
            {say(all.alone ? 'people.doAlone' : 'people.propose')}
          </button>
          <button type="button" onClick={onCancel}>
            {say('people.cancel')}
          </button>
        </div>
      </form>
    </section>
  );
}
