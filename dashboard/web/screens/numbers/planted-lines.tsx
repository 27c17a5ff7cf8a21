// Known items answered rightly: the sum, and the shifts in which enough people answered to be nobody's own.
import type { NumbersRight } from '../../../contract.ts';
import { useFormat, useSay } from '../../parts/words.ts';
import { ShareWords } from './parts.tsx';

export function PlantedLines({ planted }: { planted: NumbersRight['planted'] }) {
  const say = useSay();
  const format = useFormat();
  const { now, before, shifts } = planted;
  if (now.n + before.n === 0) return null;
  return (
    <>
      <p className="numbers-line" data-testid="numbers-planted">
        <span className="mute">{say('numbers.planted')}:</span>
        <ShareWords share={now} />
        <span className="numbers-pair">
          {say('numbers.n')} {format.number(now.n)}
        </span>
        <span className="mute num">
          {say('numbers.before')}:{' '}
          {before.n === 0 ? '–' : `${format.percent(before.k / before.n)}, n ${format.number(before.n)}`}
        </span>
      </p>
      {shifts.length > 0 && (
        <p className="numbers-line">
          <span className="mute">{say('numbers.plantedShifts')}:</span>
          {shifts.map(({ fromMs, kind, share }) => (
            <span key={fromMs ?? 0} className="numbers-pair">
              {fromMs === null
                ? say('numbers.plantedPooled')
                : say(kind === 'day' ? 'numbers.plantedDay' : 'numbers.plantedNight', {
                    date: format.date(fromMs),
                  })}{' '}
              <ShareWords share={share} /> <span className="mute num">n {format.number(share.n)}</span>
            </span>
          ))}
        </p>
      )}
    </>
  );
}
