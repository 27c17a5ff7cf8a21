// How I sign in: my password, my second factor, and where I am signed in now.
import { useState, type SubmitEvent } from 'react';
import { passwordFault, routes, type Account, type FactorOffer } from '../../../contract.ts';
import { call } from '../../net/api.ts';
import { CodesShown, FactorOffered, fieldOf, troubleOf } from '../../parts/factor.tsx';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { useLoad } from '../../parts/use-load.ts';
import { useKnown, useSay } from '../../parts/words.ts';
import { say as tell } from '../../state.ts';
import { Sessions } from './sessions.tsx';

export function MySecurity() {
  const say = useSay();
  const [loaded, reload] = useLoad('account', (signal) => call(routes.account, { signal }), { everyMs: 60_000 });
  if (loaded.kind === 'failed') return <Failure why={loaded.why} code={loaded.code} onAgain={reload} />;
  if (loaded.kind === 'loading') return <Waiting what="options.waiting" />;
  const { sessions, factor, nowMs } = loaded.value;
  const endOthers = async (): Promise<void> => {
    const { ended } = await call(routes.endOtherSessions, { body: {} });
    tell('sessions.ended', { n: ended });
    reload();
  };
  return (
    <div className="options-stack">
      <section className="panel options-block">
        <h2>{say('factor.title')}</h2>
        <Factor factor={factor} onChanged={reload} />
      </section>
      <section className="panel options-block">
        <h2>{say('me.password')}</h2>
        <PasswordForm onChanged={reload} />
      </section>
      <section className="panel options-block">
        <h2>{say('sessions.title')}</h2>
        <Sessions
          sessions={sessions}
          nowMs={nowMs}
          onEnd={async (id) => {
            await call(routes.endMySession, { params: { id } });
            reload();
          }}
        />
        <div className="options-row">
          <button
            type="button"
            data-testid="end-others"
            disabled={sessions.length < 2}
            onClick={() => void endOthers().catch(() => reload())}
          >
            {say('sessions.endOthers')}
          </button>
        </div>
      </section>
    </div>
  );
}

function PasswordForm({ onChanged }: { onChanged: () => void }) {
  const say = useSay();
  const login = useKnown((state) => state.me?.person.login) ?? '';
  const [trouble, setTrouble] = useState('');
  const submit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const fault = passwordFault(fieldOf(form, 'new'), login);
    setTrouble(fault ? say(`password.${fault}`) : '');
    if (fault) return;
    try {
      await call(routes.changePassword, { body: { old: fieldOf(form, 'old'), password: fieldOf(form, 'new') } });
      form.reset();
      tell('me.passwordChanged');
      onChanged();
    } catch (thrown) {
      setTrouble(troubleOf(thrown, say, 'me.passwordWrong'));
    }
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <input type="text" name="login" value={login} readOnly hidden autoComplete="username" />
      <label>
        {say('me.passwordOld')}
        <input type="password" name="old" autoComplete="current-password" required />
      </label>
      <label>
        {say('me.passwordNew')}
        <input type="password" name="new" autoComplete="new-password" required aria-describedby="password-rule" />
      </label>
      <p className="mute small" id="password-rule">
        {say('password.rule')}
      </p>
      <p className="bad" role="alert">
        {trouble}
      </p>
      <button type="submit">{say('me.passwordChange')}</button>
    </form>
  );
}

type Step =
  | { readonly kind: 'rest' }
  | { readonly kind: 'asked'; readonly for: 'set-up' | 'codes' | 'drop' }
  | { readonly kind: 'offered'; readonly offer: FactorOffer }
  | { readonly kind: 'codes'; readonly codes: readonly string[] };

function Factor({ factor, onChanged }: { factor: Account['factor']; onChanged: () => void }) {
  const say = useSay();
  const [step, setStep] = useState<Step>({ kind: 'rest' });
  const [trouble, setTrouble] = useState('');
  const rest = (): void => {
    setStep({ kind: 'rest' });
    onChanged();
  };

  const submit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (step.kind !== 'asked') return;
    const form = event.currentTarget;
    const given = { password: fieldOf(form, 'password'), code: fieldOf(form, 'code').trim() };
    setTrouble('');
    try {
      if (step.for === 'set-up') {
        setStep({ kind: 'offered', offer: await call(routes.offerFactor, { body: { password: given.password } }) });
      } else if (step.for === 'codes') {
        setStep({ kind: 'codes', ...(await call(routes.newCodes, { body: given })) });
      } else {
        await call(routes.dropFactor, { body: given });
        rest();
      }
    } catch (thrown) {
      setTrouble(troubleOf(thrown, say, 'me.passwordWrong'));
    }
  };

  if (step.kind === 'codes') return <CodesShown codes={step.codes} onKept={rest} />;
  if (step.kind === 'offered') {
    return (
      <FactorOffered
        offer={step.offer}
        onCode={async (code) => {
          setStep({ kind: 'codes', ...(await call(routes.confirmFactor, { body: { code } })) });
        }}
      />
    );
  }
  return (
    <>
      <p data-testid="factor-state">{factor.on ? say('factor.on', { n: factor.codesLeft }) : say('factor.off')}</p>
      {factor.demanded && <p className="mute">{say('factor.demanded')}</p>}
      {!factor.possible && <p className="mute">{say('factor.impossible')}</p>}
      {step.kind === 'asked' ? (
        <form className="form" onSubmit={(event) => void submit(event)}>
          <label>
            {say('me.passwordOld')}
            <input type="password" name="password" autoComplete="current-password" required autoFocus />
          </label>
          {step.for !== 'set-up' && (
            <label>
              {say('factor.code')}
              <input name="code" autoComplete="one-time-code" required />
            </label>
          )}
          <p className="bad" role="alert">
            {trouble}
          </p>
          <div className="options-row">
            <button type="submit" className="act act-strong">
              {say('signIn.go')}
            </button>
            <button type="button" onClick={() => setStep({ kind: 'rest' })}>
              {say('people.cancel')}
            </button>
          </div>
        </form>
      ) : (
        <div className="options-row">
          {!factor.on && (
            <button
              type="button"
              data-testid="factor-set-up"
              disabled={!factor.possible}
              onClick={() => setStep({ kind: 'asked', for: 'set-up' })}
            >
              {say('factor.setUp')}
            </button>
          )}
          {factor.on && (
            <button type="button" onClick={() => setStep({ kind: 'asked', for: 'codes' })}>
              {say('factor.newCodes')}
            </button>
          )}
          {factor.on && !factor.demanded && (
            <button type="button" onClick={() => setStep({ kind: 'asked', for: 'drop' })}>
              {say('factor.drop')}
            </button>
          )}
        </div>
      )}
    </>
  );
}
