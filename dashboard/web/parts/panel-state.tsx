// Loading and failing, said in words: nothing under 300 ms, then a dash, then what is awaited; never an empty list for an error.
import { useEffect, useState } from 'react';
import { useFormat, useKnown, useSay } from './words.ts';
import type { TextKey } from '../texts/index.ts';

export function Waiting({ what }: { what: TextKey }) {
  const say = useSay();
  const [stage, setStage] = useState(0);
  useEffect(() => {
    const timers = [setTimeout(() => setStage(1), 300), setTimeout(() => setStage(2), 3000)];
    return () => timers.forEach(clearTimeout);
  }, []);
  return (
    <p className="panel-state mute" role="status">
      {stage === 0 ? '' : stage === 1 ? '–' : say(what)}
    </p>
  );
}

export function Failure({ why = '', code = '', onAgain }: { why?: string; code?: string; onAgain?: () => void }) {
  const say = useSay();
  const format = useFormat();
  const lastWordAtMs = useKnown((state) => state.lastWordAtMs + state.skewMs);
  return (
    <div className="panel-state failure" role="alert">
      <p>
        <b>{why === '' ? say('error.noLine', { time: format.timeS(lastWordAtMs) }) : say('error.refused')}</b>
      </p>
      {why !== '' && <p>{why}</p>}
      {code !== '' && <p className="mute num">{code}</p>}
      {onAgain && (
        <button type="button" className="act" onClick={onAgain}>
          {say('error.again')}
        </button>
      )}
    </div>
  );
}
