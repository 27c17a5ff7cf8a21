// The zone editor wants a wide screen. On a narrow one it says so; what was drawn before the window became narrow stays as it is.
import { useState, type ReactNode } from 'react';
import { useNarrow } from '../../parts/use-narrow.ts';
import { useSay } from '../../parts/words.ts';

export function WideOnly({ onLeave, children }: { onLeave: () => void; children: ReactNode }) {
  const say = useSay();
  const isNarrow = useNarrow();
  // Once it was open it stays mounted while it cannot be seen: closing it would lose what was drawn.
  const [wasOpen, setWasOpen] = useState(!isNarrow);
  if (!isNarrow && !wasOpen) setWasOpen(true);
  return (
    <>
      {isNarrow && (
        <main className="zone-narrow" data-testid="zones-narrow">
          <p role="status">{say(wasOpen ? 'zones.narrowed' : 'zones.wider')}</p>
          {!wasOpen && (
            <button type="button" className="act act-strong" onClick={onLeave} autoFocus>
              {say('zones.toCamera')}
            </button>
          )}
        </main>
      )}
      {(wasOpen || !isNarrow) && (
        <div className="zone-wide" hidden={isNarrow}>
          {children}
        </div>
      )}
    </>
  );
}
