// Loading and failing, said in words: nothing under 300 ms, then a dash, then what is awaited; never an empty list for an error.
import { useEffect, useState } from 'react';
import { useFormat, useKnown, useSay } from './words.ts';
import type { TextKey } from '../texts/index.ts';
import { noLine, type Trouble } from '../trouble.ts';
import { TroubleDetail, useSentence } from './trouble.tsx';

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

/** What could not be loaded, in words, with a way to try again. */
export function Failure({ why = noLine, onAgain }: { why?: Trouble; code?: string; onAgain?: () => void }) {
  const say = useSay();
  const format = useFormat();
  const sentence = useSentence();
  const lastWordAtMs = useKnown((state) => state.lastWordAtMs + state.skewMs);
  return (
    <div className="panel-state failure" role="alert">
      <p>
        <b>{why.kind === 'no-line' ? say('error.noLine', { time: format.timeS(lastWordAtMs) }) : sentence(why)}</b>
      </p>
      <TroubleDetail trouble={why} />
      {onAgain && (
        <button type="button" className="act" onClick={onAgain}>
          {say('error.again')}
        </button>
      )}
    </div>
  );
}
