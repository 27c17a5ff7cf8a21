// The ways in: login and password, a one-time code where one is on, the city's provider, and one-time links. In any of the three
// languages. The press that signs in also lets the console sound.
import { lazy, Suspense, useEffect, useState, type ReactNode, type SubmitEvent } from 'react';
import type { z } from 'zod';
import { routes, providerTroubles, type Me, type SignInWays } from '../../contract.ts';
import { call, Refused } from '../net/api.ts';
import { LanguageSwitch } from '../parts/frame.tsx';
import { Waiting } from '../parts/panel-state.tsx';
import { useFormat, useSay } from '../parts/words.ts';
import { armSound } from '../sound.ts';
import { useSentence } from '../parts/trouble.tsx';
import { troubleOf as whatWentWrong } from '../trouble.ts';
import type { Texts } from '#core/hazard-name';

// Whoever has been here before needs neither: they are no part of the first script.
const SetUpFactor = lazy(async () => ({ default: (await import('./sign-in-steps.tsx')).SetUpFactor }));
const Invited = lazy(async () => ({ default: (await import('./sign-in-steps.tsx')).Invited }));

export interface Given {
  readonly login: string;
  readonly password: string;
}

type Stage =
  | { readonly kind: 'password' }
  | { readonly kind: 'code'; readonly given: Given }
  | { readonly kind: 'set-up'; readonly given: Given }
  | { readonly kind: 'invited'; readonly token: string };

type Trouble =
  | { readonly kind: 'wrong' }
  | { readonly kind: 'wrong-code' }
  | { readonly kind: 'locked'; readonly retryAfterS: number }
  | { readonly kind: 'refused'; readonly why: Refused }
  | { readonly kind: 'no-line' };

const textIn = (form: HTMLFormElement, name: string): string => {
  const value = new FormData(form).get(name);
  return typeof value === 'string' ? value : '';
};

/** The token of a one-time link that this page was opened with. It is taken out of the address at once. */
function tokenOfPage(): string | undefined {
  const token = /^#\/invited\/([\w-]{20,100})$/.exec(location.hash)?.[1];
  if (token !== undefined) history.replaceState(null, '', location.pathname);
  return token;
}

const troubleOfPage = (): (typeof providerTroubles)[number] | undefined =>
  providerTroubles.find((one) => location.hash === `#/provider/${one}`);

const troubleOf = (thrown: unknown): Trouble => {
  if (!(thrown instanceof Refused)) return { kind: 'no-line' };
  const { problem } = thrown;
  if (problem.retryAfterS !== undefined) return { kind: 'locked', retryAfterS: problem.retryAfterS };
  if (problem.step === 'code') return { kind: 'wrong-code' };
  return problem.code === 'AUTH_WRONG' ? { kind: 'wrong' } : { kind: 'refused', why: thrown };
};

export function SignIn({ onEntered }: { onEntered: (me: Me) => void }) {
  const [stage, setStage] = useState<Stage>(() => {
    const token = tokenOfPage();
    return token === undefined ? { kind: 'password' } : { kind: 'invited', token };
  });
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [busy, setBusy] = useState(false);

  const enter = async (given: Given, code?: string): Promise<void> => {
    void armSound();
    setBusy(true);
    setTrouble(null);
    try {
      onEntered(await call(routes.signIn, { body: { ...given, ...(code === undefined ? {} : { code }) } }));
    } catch (thrown) {
      const problem = thrown instanceof Refused ? thrown.problem : undefined;
      if (problem?.code === 'AUTH_NEEDED' && problem.step !== undefined) setStage({ kind: problem.step, given });
      else {
        setTrouble(troubleOf(thrown));
        if (stage.kind === 'invited') setStage({ kind: 'password' });
      }
    } finally {
      setBusy(false);
    }
  };
  const back = (): void => {
    setStage({ kind: 'password' });
    setTrouble(null);
  };

  return (
    <Box>
      <Suspense fallback={<Waiting what="app.loadingScreen" />}>
        {stage.kind === 'password' && (
          <PasswordForm busy={busy} trouble={trouble} onGiven={(given) => void enter(given)} />
        )}
        {stage.kind === 'code' && (
          <CodeForm busy={busy} trouble={trouble} onCode={(code) => void enter(stage.given, code)} onBack={back} />
        )}
        {stage.kind === 'set-up' && <SetUpFactor given={stage.given} onEntered={onEntered} onBack={back} />}
        {stage.kind === 'invited' && (
          <Invited token={stage.token} onPassword={(given) => void enter(given)} onEntered={onEntered} onBack={back} />
        )}
      </Suspense>
    </Box>
  );
}

function Box({ children }: { children: ReactNode }) {
  const say = useSay();
  const format = useFormat();
  const [welcome, setWelcome] = useState<{ city: Texts; version: string } | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    void call(routes.welcome, { signal: stop.signal }).then(setWelcome, () => undefined);
    return () => stop.abort();
  }, []);
  return (
    <main className="sign-in">
      <div className="sign-in-box">
        <header>
          <img src="/icon.svg" alt="" width={48} height={48} />
          <div>
            <h1>{say('app.name')}</h1>
            <p className="mute">{welcome ? format.pick(welcome.city) : say('app.tagline')}</p>
          </div>
          <LanguageSwitch />
        </header>
        {children}
        <p className="mute small">
          {say('app.tagline')} {welcome?.version ?? ''}
        </p>
      </div>
    </main>
  );
}

function TroubleSaid({ trouble }: { trouble: Trouble | null }) {
  const say = useSay();
  const sentence = useSentence();
  const format = useFormat();
  return (
    <p className="bad" role="alert" data-testid="sign-in-trouble">
      {trouble?.kind === 'wrong' && say('signIn.wrong')}
      {trouble?.kind === 'wrong-code' && say('factor.codeWrong')}
      {trouble?.kind === 'locked' && say('signIn.locked', { span: format.span(trouble.retryAfterS * 1000) })}
      {trouble?.kind === 'refused' && sentence(whatWentWrong(trouble.why))}
      {trouble?.kind === 'no-line' && say('app.noServer')}
    </p>
  );
}

function PasswordForm({
  busy,
  trouble,
  onGiven,
}: {
  busy: boolean;
  trouble: Trouble | null;
  onGiven: (given: Given) => void;
}) {
  const say = useSay();
  const format = useFormat();
  const [ways, setWays] = useState<z.infer<typeof SignInWays> | null>(null);
  const [providerTrouble] = useState(troubleOfPage);
  useEffect(() => {
    const stop = new AbortController();
    void call(routes.signInWays, { signal: stop.signal }).then(setWays, () => undefined);
    return () => stop.abort();
  }, []);
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    onGiven({ login: textIn(form, 'login').trim(), password: textIn(form, 'password') });
  };
  return (
    <form className="form" onSubmit={submit}>
      {providerTrouble && (
        <p className="bad" role="alert" data-testid="provider-trouble">
          {say(`provider.${providerTrouble}`)}
        </p>
      )}
      {ways?.provider && (
        <a className="act act-strong" href={routes.toProvider.path} data-testid="to-provider">
          {say('signIn.provider', { name: format.pick(ways.provider) })}
        </a>
      )}
      {ways?.password === 'emergency' && <p className="mute">{say('signIn.emergency')}</p>}
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
      <TroubleSaid trouble={trouble} />
      <button type="submit" className="act act-strong" data-testid="sign-in-submit" disabled={busy}>
        {say('signIn.submit')}
      </button>
    </form>
  );
}

function CodeForm({
  busy,
  trouble,
  onCode,
  onBack,
}: {
  busy: boolean;
  trouble: Trouble | null;
  onCode: (code: string) => void;
  onBack: () => void;
}) {
  const say = useSay();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onCode(textIn(event.currentTarget, 'code').trim());
  };
  return (
    <form className="form" onSubmit={submit}>
      <p>{say('signIn.codeWhat')}</p>
      <label>
        {say('factor.code')}
        <input
          name="code"
          data-testid="sign-in-code"
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          minLength={6}
          maxLength={40}
          required
          autoFocus
        />
      </label>
      <TroubleSaid trouble={trouble} />
      <button type="submit" className="act act-strong" data-testid="sign-in-code-submit" disabled={busy}>
        {say('signIn.submit')}
      </button>
      <button type="button" className="act" onClick={onBack}>
        {say('signIn.back')}
      </button>
    </form>
  );
}
