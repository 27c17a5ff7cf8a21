// Parts of forms that all places share: a text, the history with its way back, and a refusal that keeps what was typed.
import { useState, type ReactNode } from 'react';
import type { PlaceVersion } from '../../../../contract.ts';
import { TroubleNote } from '../../../parts/trouble.tsx';
import { useFormat, useNow, useSay } from '../../../parts/words.ts';
import { whyWords } from '../../../version-words.ts';
import { troubleOf, type Trouble } from '../../../trouble.ts';

/** Why a change was not taken; `stale` where somebody was first. */
export interface Refusal {
  readonly trouble: Trouble;
  readonly stale: boolean;
}

/** Reads what a change threw. */
export function refusalOf(thrown: unknown): Refusal {
  const trouble = troubleOf(thrown);
  return { trouble, stale: trouble.kind === 'refused' && trouble.status === 409 };
}

export function RefusalNote({ refusal, onReload }: { refusal: Refusal | null; onReload?: () => void }) {
  const say = useSay();
  if (refusal === null) return null;
  return (
    <div className="notice" data-testid="places-refusal">
      <TroubleNote trouble={refusal.trouble.kind === 'no-line' ? say('zones.offline') : refusal.trouble} />
      {refusal.stale && (
        <>
          <p>{say('places.changed')}</p>
          {onReload && (
            <button type="button" onClick={onReload}>
              {say('places.reload')}
            </button>
          )}
        </>
      )}
    </div>
  );
}

export function TextField({
  label,
  value,
  onChange,
  hint,
  required = false,
  maxLength = 300,
  readOnly = false,
  type = 'text',
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: ReactNode;
  required?: boolean;
  maxLength?: number;
  readOnly?: boolean;
  type?: 'text' | 'date';
}) {
  return (
    <label>
      <span className="small mute">
        {label}
        {required ? ' *' : ''}
      </span>
      <input
        type={type}
        value={value}
        required={required}
        readOnly={readOnly}
        maxLength={maxLength}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {hint !== undefined && <span className="small mute wrap">{hint}</span>}
    </label>
  );
}

export function Tick({ label, on, onChange }: { label: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <label className="radio">
      <input type="checkbox" checked={on} onChange={() => onChange(!on)} />
      {label}
    </label>
  );
}

/** Versions, newest first; each older one can be brought back, which is a change of its own. */
export function Versions({
  versions,
  onRestore,
}: {
  versions: readonly PlaceVersion[];
  onRestore: (version: PlaceVersion) => void;
}) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(30_000);
  return (
    <section data-testid="places-history">
      <h3 className="small mute">{say('places.history')}</h3>
      {versions.length === 0 && <p className="mute small">{say('places.noHistory')}</p>}
      <ul className="places-versions">
        {versions.map((version, i) => (
          <li key={version.version}>
            <span className="wrap">
              <b className="num">{version.version}</b> {say(`places.act.${version.act}`)}{' '}
              <span className="mute small">
                {version.who}, {format.moment(version.atMs, nowMs)}
                {version.why === '' ? '' : `: ${whyWords(version.why, say)}`}
              </span>
            </span>
            {i > 0 && version.act !== 'removed' && (
              <button type="button" onClick={() => onRestore(version)}>
                {i === 1 ? say('places.undo') : say('places.restore')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Two steps with a reason: the first press says what will happen. */
export function Remove({ onRemove }: { onRemove: (why: string) => void }) {
  const say = useSay();
  const [armed, setArmed] = useState(false);
  const [why, setWhy] = useState('');
  if (!armed) {
    return (
      <button type="button" className="places-drop" onClick={() => setArmed(true)} data-testid="places-remove">
        {say('places.remove')}
      </button>
    );
  }
  return (
    <form
      className="form notice"
      onSubmit={(event) => {
        event.preventDefault();
        if (why.trim().length >= 3) onRemove(why.trim());
      }}
    >
      <p>{say('places.removeArm')}</p>
      <TextField label={say('zones.why')} value={why} onChange={setWhy} required />
      <span className="places-acts">
        <button type="submit" className="act act-strong">
          {say('places.remove')}
        </button>
        <button type="button" className="act" onClick={() => setArmed(false)}>
          {say('places.cancel')}
        </button>
      </span>
    </form>
  );
}
