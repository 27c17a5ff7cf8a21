// Sign-in: one person, one pass-word, in any of the three languages. The press that signs in also lets the console sound.
import { useEffect, useState, type SubmitEvent } from 'react';
import { routes, type Me } from '../../contract.ts';
import { call, Refused } from '../net/api.ts';
import { LanguageSwitch } from '../parts/frame.tsx';
import { useFormat, useSay } from '../parts/words.ts';
import { armSound } from '../sound.ts';
import type { Texts } from '#core/hazard-name';

type Trouble =
  { readonly kind: 'wrong' } | { readonly kind: 'locked'; readonly retryAfterS: number } | { readonly kind: 'no-line' };

export function SignIn({ onEntered }: { onEntered: (me: Me) => void }) {
  const say = useSay();
  const format = useFormat();
  const [city, setCity] = useState<Texts | null>(null);
  const [version, setVersion] = useState('');
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | null>(null);

  useEffect(() => {
    const stop = new AbortController();
    void call(routes.welcome, { signal: stop.signal }).then(
      (welcome) => {
        setCity(welcome.city);
        setVersion(welcome.version);
      },
      () => undefined,
    );
    return () => stop.abort();
  }, []);

  const submit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string): string => {
      const value = form.get(name);
      return typeof value === 'string' ? value : '';
    };
    void armSound();
    setBusy(true);
    setTrouble(null);
    try {
      onEntered(await call(routes.signIn, { body: { login: text('login').trim(), password: text('password') } }));
    } catch (thrown) {
      const problem = thrown instanceof Refused ? thrown.problem : undefined;
      setTrouble(
        !problem
          ? { kind: 'no-line' }
          : problem.retryAfterS === undefined
            ? { kind: 'wrong' }
            : { kind: 'locked', retryAfterS: problem.retryAfterS },
      );
    } finally {
      setBusy(false);
    }
  };

  return (
    <main className="sign-in">
      <div className="sign-in-box">
        <header>
          <img src="/icon.svg" alt="" width={48} height={48} />
          <div>
            <h1>{say('app.name')}</h1>
            <p className="mute">{city ? format.pick(city) : say('app.tagline')}</p>
          </div>
          <LanguageSwitch />
        </header>
        <form className="form" onSubmit={(event) => void submit(event)}>
          <label>
            {say('signIn.login')}
            <input
              name="login"
              data-testid="sign-in-login"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              required
              autoFocus
            />
          </label>
          <label>
            {say('signIn.password')}
            <input
              name="password"
              type="password"
              data-testid="sign-in-password"
              autoComplete="current-password"
              required
            />
          </label>
          <p className="bad" role="alert" data-testid="sign-in-trouble">
            {trouble?.kind === 'wrong' && say('signIn.wrong')}
            {trouble?.kind === 'locked' && say('signIn.locked', { span: format.span(trouble.retryAfterS * 1000) })}
            {trouble?.kind === 'no-line' && say('app.noServer')}
          </p>
          <button type="submit" className="act act-strong" data-testid="sign-in-submit" disabled={busy}>
            {say('signIn.submit')}
          </button>
        </form>
        <p className="mute small">
          {say('app.tagline')} {version}
        </p>
      </div>
    </main>
  );
}
