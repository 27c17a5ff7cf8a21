// What each number means, one press away and printed below them.
import type { NumbersWords } from '../../../contract.ts';
import { Layer } from '../../parts/frame.tsx';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import type { Loaded } from '../../parts/use-load.ts';
import { useFormat, useSay } from '../../parts/words.ts';

/** The definitions as a list. */
export function Definitions({ words }: { words: NumbersWords }) {
  const format = useFormat();
  return (
    <dl className="numbers-words">
      {words.map(({ key, name, means }) => (
        <div key={key}>
          <dt>{format.pick(name)}</dt>
          <dd>{format.pick(means)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The definitions above the page. */
export function DefinitionsLayer({
  words,
  onAgain,
  onClose,
}: {
  words: Loaded<NumbersWords>;
  onAgain: () => void;
  onClose: () => void;
}) {
  const say = useSay();
  return (
    <Layer title={say('numbers.definitions')} onClose={onClose} wide>
      {words.kind === 'loading' && <Waiting what="numbers.waiting" />}
      {words.kind === 'failed' && <Failure why={words.why} code={words.code} onAgain={onAgain} />}
      {words.kind === 'here' && <Definitions words={words.value} />}
    </Layer>
  );
}
