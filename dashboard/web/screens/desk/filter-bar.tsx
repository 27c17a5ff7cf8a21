// Counts of what waits by hazard and by district; each is the button that narrows the queue to it.
import { useStore } from 'zustand';
import { shortName } from '../../hazard-words.ts';
import { Pictogram } from '../../parts/mark.tsx';
import { useKnown, useSay } from '../../parts/words.ts';
import { desk, narrow, waitingCards } from './desk-state.ts';
import { districtKey } from './district.ts';
import { isNamed, isSameFilter, queueFilters } from './filter.ts';

const digitsMost = 9;

export function FilterBar() {
  const say = useSay();
  const language = useKnown((state) => state.language);
  const filter = useStore(desk, (state) => state.filter);
  // Counted anew whenever the queue changes.
  useStore(desk, (state) => state.queue);
  const cards = waitingCards();
  const shown = queueFilters
    .map((one, i) => ({ one, digit: i + 1, n: cards.filter((card) => isNamed(one, card)).length }))
    .filter(({ one, n }) => n > 0 || isSameFilter(filter, one));
  if (shown.length < 2 && filter === null) return null;
  return (
    <div className="filter-bar" role="group" aria-label={say('desk.narrow')}>
      {shown.map(({ one, digit, n }) => {
        const name =
          one.kind === 'hazard' ? shortName(one.hazard, language) : say(`districtShort.${districtKey(one.district)}`);
        const key = digit <= digitsMost ? `Shift+${digit}` : undefined;
        return (
          <button
            key={digit}
            type="button"
            className="filter-chip"
            aria-pressed={isSameFilter(filter, one)}
            aria-label={`${name}: ${n}`}
            aria-keyshortcuts={key}
            title={key === undefined ? name : `${name} (${key})`}
            data-testid="queue-filter"
            data-digit={digit}
            onClick={() => narrow(one)}
          >
            {one.kind === 'hazard' ? <Pictogram hazard={one.hazard} size={18} /> : name} <b className="num">{n}</b>
          </button>
        );
      })}
      {filter !== null && <span className="mute small filter-note">{say('desk.narrowed')}</span>}
    </div>
  );
}
