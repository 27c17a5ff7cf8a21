// Setting up a second factor, step by step: the secret as a picture and as text, the first code, the recovery codes shown once.
import { useState, type SubmitEvent } from 'react';
import type { FactorOffer } from '../../contract.ts';
import { Refused } from '../net/api.ts';
import type { TextKey } from '../texts/index.ts';
import { whyOf } from '../trouble.ts';
import { useFormat, useSay, type Say } from './words.ts';

/** The text in a field of a form. */
export function fieldOf(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === 'string' ? value : '';
}

/** What to say of a refused password or code; `wrongPassword` where the password was it. */
export function troubleOf(thrown: unknown, say: Say, wrongPassword: TextKey): string {
  if (!(thrown instanceof Refused)) return whyOf(thrown);
  const { problem } = thrown;
  if (problem.step === 'code') return say('factor.codeWrong');
  if (problem.code === 'AUTH_WRONG' && problem.retryAfterS === undefined) return say(wrongPassword);
  return whyOf(thrown);
}

export function FactorOffered({ offer, onCode }: { offer: FactorOffer; onCode: (code: string) => Promise<void> }) {
  const say = useSay();
  const format = useFormat();
  const [trouble, setTrouble] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setTrouble('');
    try {
      await onCode(fieldOf(event.currentTarget, 'code').trim());
    } catch (thrown) {
      const problem = thrown instanceof Refused ? thrown.problem : undefined;
      setTrouble(
        problem?.retryAfterS === undefined
          ? troubleOf(thrown, say, 'signIn.wrong')
          : say('signIn.locked', { span: format.span(problem.retryAfterS * 1000) }),
      );
      setBusy(false);
    }
  };
  return (
    <form className="form factor" onSubmit={(event) => void submit(event)}>
      <p>{say('factor.scan')}</p>
      <img
        src={`data:image/svg+xml;utf8,${encodeURIComponent(offer.svg)}`}
        alt={say('factor.qr')}
        className="factor-qr"
        width={200}
        height={200}
      />
      <p className="wrap">
        {say('factor.secret')}: <code data-testid="factor-secret">{offer.secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>
      </p>
      <label>
        {say('factor.firstCode')}
        <input
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          autoFocus
          data-testid="first-code"
        />
      </label>
      <p className="bad" role="alert">
        {trouble}
      </p>
      <button type="submit" className="act act-strong" disabled={busy} data-testid="factor-confirm">
        {say('factor.confirm')}
      </button>
    </form>
  );
}

export function CodesShown({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const say = useSay();
  return (
    <div className="form">
      <h3>
        <b>{say('factor.codes')}</b>
      </h3>
      <p>{say('factor.codesWhat')}</p>
      <ul className="factor-codes" data-testid="recovery-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <button type="button" className="act act-strong" onClick={onKept} data-testid="codes-kept">
        {say('factor.codesKept')}
      </button>
    </div>
  );
}
