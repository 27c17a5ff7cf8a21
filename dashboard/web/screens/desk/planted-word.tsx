// Said right after a verdict on a known item: what it was, and a friendly word.
import { useStore } from 'zustand';
import { shortName } from '../../hazard-words.ts';
import { useKnown, useSay } from '../../parts/words.ts';
import { desk } from './desk-state.ts';

export function PlantedWord() {
  const say = useSay();
  const language = useKnown((state) => state.language);
  const word = useStore(desk, (state) => state.planted);
  if (!word) return null;
  const answer = word.agreed === null ? 'unsure' : word.agreed ? 'same' : 'other';
  return (
    <div className="desk-note" role="status" data-testid="planted-word" data-answer={answer}>
      <p>
        <b>{say('planted.title', { number: `#${word.number}` })}</b>
      </p>
      <p>
        {word.kind === 'confirm'
          ? say('planted.wasHazard', { hazard: shortName(word.hazard, language) })
          : say('planted.wasNone')}{' '}
        {say(`planted.${answer}`)}
      </p>
      <p className="mute small">{say('planted.nothing')}</p>
      <button type="button" className="act" onClick={() => desk.setState({ planted: null })}>
        {say('planted.read')}
      </button>
    </div>
  );
}
