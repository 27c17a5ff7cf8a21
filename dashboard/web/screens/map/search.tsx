// Search over cameras, places and incidents, whatever alphabet it is typed in.
import { useDeferredValue, useEffect, useId, useMemo, useState, type RefObject } from 'react';
import type { Texts } from '#core/hazard-name';
import type { Point } from '#core/place';
import type { CameraMark, Features, IncidentCard } from '../../../contract.ts';
import { titleOf } from '../../hazard-words.ts';
import { find, fold, type Findable } from '../../map/fold.ts';
import { Mark, Sign } from '../../parts/mark.tsx';
import { useFormat, useKnown, useSay } from '../../parts/words.ts';

export type Found =
  | { readonly kind: 'camera'; readonly camera: CameraMark }
  | { readonly kind: 'incident'; readonly card: IncidentCard }
  | { readonly kind: 'place'; readonly id: string; readonly name: Texts; readonly point: Point };

const foundMost = 12;

/** Folded names are kept as long as the names themselves: twelve thousand are folded once, not at each letter. */
const foldedNames = new WeakMap<Texts, readonly string[]>();

function namesOf(texts: Texts): readonly string[] {
  const known = foldedNames.get(texts) ?? [...new Set([texts.kk, texts.ru, texts.en].map(fold))];
  foldedNames.set(texts, known);
  return known;
}

const isPair = (value: unknown): value is readonly [number, number] =>
  Array.isArray(value) && typeof value[0] === 'number' && typeof value[1] === 'number';

/** Streets, rivers and districts of the city's own lines as places with a name; each stands at its middle. */
export function placesOf(features: readonly Features['features'][number][]): Extract<Found, { kind: 'place' }>[] {
  return features.flatMap(({ geometry, properties }, i) => {
    const { kk, ru, en, label } = properties;
    if (typeof kk !== 'string' || typeof ru !== 'string' || typeof en !== 'string') return [];
    const line = geometry.coordinates.filter(isPair);
    const at = isPair(label) ? label : line[Math.floor(line.length / 2)];
    return at
      ? [{ kind: 'place' as const, id: `place-${i}`, name: { kk, ru, en }, point: { lon: at[0], lat: at[1] } }]
      : [];
  });
}

/** All that can be found: incidents first, then places, then cameras. */
export function findables(
  incidents: Iterable<IncidentCard>,
  places: readonly Extract<Found, { kind: 'place' }>[],
  cameras: Iterable<CameraMark>,
): Findable<Found>[] {
  return [
    ...[...incidents].map((card) => ({
      what: { kind: 'incident', card } as const,
      folded: [`${card.number}`, ...namesOf(card.place)],
    })),
    ...places.map((what) => ({ what, folded: namesOf(what.name) })),
    ...[...cameras].map((camera) => ({
      what: { kind: 'camera', camera } as const,
      folded: [fold(camera.id), ...namesOf(camera.name)],
    })),
  ];
}

const idOf = (found: Found): string =>
  found.kind === 'camera' ? found.camera.id : found.kind === 'incident' ? found.card.id : found.id;

interface SearchProps {
  readonly input: RefObject<HTMLInputElement | null>;
  readonly incidents: readonly IncidentCard[];
  readonly features: readonly Features['features'][number][];
  /** False while names are still to come: then nothing is said not to exist. */
  readonly isWhole: boolean;
  readonly onPick: (found: Found) => void;
}

export function SearchBox({ input, incidents, features, isWhole, onPick }: SearchProps) {
  const say = useSay();
  const listId = useId();
  const cameras = useKnown((state) => state.cameras);
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const wanted = useDeferredValue(text);
  const places = useMemo(() => placesOf(features), [features]);
  // Nothing is folded before somebody searches.
  const things = useMemo(
    () => (open ? findables(incidents, places, cameras.values()) : []),
    [open, incidents, places, cameras],
  );
  const found = useMemo(() => find(things, wanted, foundMost), [things, wanted]);
  useEffect(() => setAt(0), [wanted]);
  const isShown = open && fold(text).length > 1;
  const pick = (one: Found | undefined): void => {
    if (!one) return;
    setOpen(false);
    setText('');
    input.current?.blur();
    onPick(one);
  };
  return (
    <div className="map-search">
      <input
        ref={input}
        type="search"
        role="combobox"
        aria-expanded={isShown}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={isShown && found[at] ? `${listId}-${at}` : undefined}
        aria-keyshortcuts="/"
        data-testid="map-search"
        value={text}
        placeholder={`${say('map.find')}  /`}
        aria-label={say('map.find')}
        autoComplete="off"
        maxLength={80}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setOpen(true);
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          const by = event.code === 'ArrowDown' ? 1 : event.code === 'ArrowUp' ? -1 : 0;
          if (by !== 0 && found.length > 0) {
            event.preventDefault();
            setAt((before) => (before + by + found.length) % found.length);
          } else if (event.code === 'Enter' || event.code === 'NumpadEnter') {
            event.preventDefault();
            pick(found[at]);
          } else if (event.code === 'Escape') {
            event.preventDefault();
            setText('');
            setOpen(false);
            event.currentTarget.blur();
          }
        }}
      />
      <div className="map-found-place" hidden={!isShown}>
        <ul id={listId} role="listbox" aria-label={say('map.found', { n: found.length })} className="map-found">
          {isShown &&
            found.map((one, i) => (
              <li
                key={idOf(one)}
                id={`${listId}-${i}`}
                role="option"
                aria-selected={i === at}
                className={i === at ? 'map-found-row row-selected' : 'map-found-row'}
                // Before the field loses its focus, which would close the list under the pointer.
                onPointerDown={(event) => {
                  event.preventDefault();
                  pick(one);
                }}
              >
                <FoundRow found={one} />
              </li>
            ))}
        </ul>
        {isShown && isWhole && found.length === 0 && wanted === text && (
          <p className="mute pad">{say('map.foundNone')}</p>
        )}
      </div>
      <span className="hidden" role="status">
        {isShown ? say('map.found', { n: found.length }) : ''}
      </span>
    </div>
  );
}

function FoundRow({ found }: { found: Found }) {
  const say = useSay();
  const format = useFormat();
  switch (found.kind) {
    case 'camera':
      return (
        <>
          <Sign
            of={found.camera.state === 'ok' ? 'done' : found.camera.state === 'unknown' ? 'unknown' : 'fault'}
            size={20}
          />
          <span className="cut">{format.pick(found.camera.name)}</span>
          <span className="mute">
            {say('map.kind.camera')} {found.camera.id}
          </span>
        </>
      );
    case 'incident':
      return (
        <>
          <Mark severity={found.card.severity} hazard={found.card.hazard} size={24} mute />
          <span className="cut">
            {format.pick(titleOf(found.card))}, {format.pick(found.card.place)}
          </span>
          <span className="mute num">#{found.card.number}</span>
        </>
      );
    case 'place':
      return (
        <>
          <span aria-hidden="true">◎</span>
          <span className="cut">{format.pick(found.name)}</span>
          <span className="mute">{say('map.kind.place')}</span>
        </>
      );
  }
}
