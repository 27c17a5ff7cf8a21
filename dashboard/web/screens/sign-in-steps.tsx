// The steps of somebody who comes for the first time: a one-time link, and a second factor where the role needs one.
import { useEffect, useRef, useState, type SubmitEvent } from 'react';
import { passwordFault, routes, type FactorOffer, type Me } from '../../contract.ts';
import { call } from '../net/api.ts';
import { CodesShown, FactorOffered, fieldOf, troubleOf } from '../parts/factor.tsx';
import { useSay } from '../parts/words.ts';
import { armSound } from '../sound.ts';
import type { Given } from './sign-in.tsx';

export function SetUpFactor({
  given,
  onEntered,
  onBack,
}: {
  given: Given;
  onEntered: (me: Me) => void;
  onBack: () => void;
}) {
  const say = useSay();
  const [offer, setOffer] = useState<FactorOffer | null>(null);
  const [trouble, setTrouble] = useState('');
  const [come, setCome] = useState<{ me: Me; codes: readonly string[] } | null>(null);
  const asked = useRef(false);
  useEffect(() => {
    // Each asking makes another secret, so it is asked once.
    if (asked.current) return;
    asked.current = true;
    void call(routes.offerFactorAtDoor, { body: given }).then(setOffer, (thrown: unknown) =>
      setTrouble(troubleOf(thrown, say, 'signIn.wrong')),
    );
  }, [given, say]);
  if (come) {
    return (
      <div className="sign-in-step">
        <CodesShown codes={come.codes} onKept={() => onEntered(come.me)} />
      </div>
    );
  }
  return (
    <div className="sign-in-step">
      <p>{say('signIn.setUp')}</p>
      <p className="bad" role="alert">
        {trouble}
      </p>
      {offer && (
        <FactorOffered
          offer={offer}
          onCode={async (code) => setCome(await call(routes.confirmFactorAtDoor, { body: { ...given, code } }))}
        />
      )}
      <button type="button" className="act" onClick={onBack}>
        {say('signIn.back')}
      </button>
    </div>
  );
}

type Link =
  | { readonly kind: 'checking' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'holds'; readonly login: string; readonly name: string; readonly wall: boolean };

export function Invited({
  token,
  onPassword,
  onEntered,
  onBack,
}: {
  token: string;
  onPassword: (given: Given) => void;
  onEntered: (me: Me) => void;
  onBack: () => void;
}) {
  const say = useSay();
  const [link, setLink] = useState<Link>({ kind: 'checking' });
  const [trouble, setTrouble] = useState('');
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    void call(routes.openInvitation, { body: { token }, signal: stop.signal }).then(
      (found) => setLink({ kind: 'holds', ...found }),
      () => {
        if (!stop.signal.aborted) setLink({ kind: 'gone' });
      },
    );
    return () => stop.abort();
  }, [token]);

  const submit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (link.kind !== 'holds') return;
    const password = fieldOf(event.currentTarget, 'new');
    const fault = link.wall ? undefined : passwordFault(password, link.login);
    const differs = !link.wall && password !== fieldOf(event.currentTarget, 'again');
    setTrouble(fault ? say(`password.${fault}`) : differs ? say('invite.differs') : '');
    if (fault || differs) return;
    void armSound();
    setBusy(true);
    try {
      const { me, login } = await call(routes.acceptInvitation, { body: link.wall ? { token } : { token, password } });
      if (me) onEntered(me);
      else onPassword({ login, password });
    } catch (thrown) {
      setTrouble(troubleOf(thrown, say, 'invite.gone'));
      setBusy(false);
    }
  };

  if (link.kind === 'checking') return <p className="sign-in-step mute">{say('invite.checking')}</p>;
  if (link.kind === 'gone') {
    return (
      <div className="sign-in-step">
        <p role="alert">{say('invite.gone')}</p>
        <button type="button" className="act" onClick={onBack}>
          {say('signIn.back')}
        </button>
      </div>
    );
  }
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <h2>
        <b>{say('invite.title', { name: link.name })}</b>
      </h2>
      <p>{say('invite.login', { login: link.login })}</p>
      {link.wall ? (
        <p>{say('invite.wall')}</p>
      ) : (
        <>
          <input type="text" name="login" value={link.login} readOnly hidden autoComplete="username" />
          <label>
            {say('invite.password')}
            <input name="new" type="password" autoComplete="new-password" required autoFocus data-testid="invite-new" />
          </label>
          <p className="mute small">{say('password.rule')}</p>
          <label>
            {say('invite.again')}
            <input name="again" type="password" autoComplete="new-password" required data-testid="invite-again" />
          </label>
        </>
      )}
      <p className="bad" role="alert" data-testid="invite-trouble">
        {trouble}
      </p>
      <button type="submit" className="act act-strong" disabled={busy} data-testid="invite-go">
        {say(link.wall ? 'invite.openWall' : 'invite.go')}
      </button>
    </form>
  );
}
