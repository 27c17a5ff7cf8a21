// A one-time link, shown once. The token stands behind `#`, so no server and no log on the way sees it.
import { useState } from 'react';
import type { SignInLink } from '../../../contract.ts';
import { useFormat, useNow, useSay } from '../../parts/words.ts';

/** A browser without a safe connection has no clipboard for pages; the link is chosen by a press and copied by keys there. */
const canCopy = 'clipboard' in navigator;

export function LinkShown({ link, onClose }: { link: SignInLink; onClose: () => void }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(60_000);
  const [copied, setCopied] = useState(false);
  const address = `${location.origin}/#/invited/${link.token}`;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(address).catch(() => undefined);
    setCopied(true);
  };
  return (
    <section className="panel options-block link-shown" role="status">
      <h2>{say('people.linkTitle', { name: link.name })}</h2>
      <p>{say('people.linkOnce', { time: format.moment(link.expiresAtMs, nowMs) })}</p>
      <input
        readOnly
        value={address}
        aria-label={say('people.linkTitle', { name: link.name })}
        data-testid="one-time-link"
        onFocus={(event) => event.currentTarget.select()}
      />
      <div className="options-row">
        {canCopy && (
          <button type="button" onClick={() => void copy()}>
            {say(copied ? 'people.copied' : 'people.copy')}
          </button>
        )}
        <button type="button" onClick={onClose}>
          {say('layer.close')}
        </button>
      </div>
    </section>
  );
}
