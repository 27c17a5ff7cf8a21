// Places of the options (screens 4.8): cameras, agencies, routing and deadlines, each for those who may edit it.
import { useState } from 'react';
import type { Permission } from '../../../../contract.ts';
import { useKnown, useSay } from '../../../parts/words.ts';
import '../../../style/places.css';
import { AgenciesPlace } from './agencies-place.tsx';
import { CamerasPlace } from './cameras-place.tsx';
import { RulesPlace } from './rules-place.tsx';

const parts = ['cameras', 'agencies', 'routing', 'terms'] as const;
type Part = (typeof parts)[number];

const needs: Readonly<Record<Part, Permission>> = {
  cameras: 'edit-cameras',
  agencies: 'edit-agencies',
  routing: 'edit-routing',
  terms: 'edit-routing',
};

/** The permissions of which one is enough to see this tab. */
export const placesNeed: readonly Permission[] = ['edit-cameras', 'edit-agencies', 'edit-routing'];

export function PlacesTab() {
  const say = useSay();
  const permissions = useKnown((state) => state.me?.permissions);
  const mine = parts.filter((part) => permissions?.includes(needs[part]) === true);
  const [wanted, setPart] = useState<Part | null>(null);
  const part = mine.find((one) => one === wanted) ?? mine[0];
  if (part === undefined) return <p className="panel-state">{say('places.nothing')}</p>;
  return (
    <div className="places" data-testid="places">
      <div className="places-parts" role="group" aria-label={say('places.parts')}>
        {mine.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === part}
            onClick={() => setPart(one)}
            data-testid={`places-${one}`}
          >
            {say(`places.${one}`)}
          </button>
        ))}
      </div>
      {part === 'cameras' && <CamerasPlace />}
      {part === 'agencies' && <AgenciesPlace />}
      {part === 'routing' && <RulesPlace key="routing" kind="routing" />}
      {part === 'terms' && <RulesPlace key="policy" kind="policy" />}
    </div>
  );
}
