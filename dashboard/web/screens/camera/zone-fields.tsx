// What a zone is and how its camera hangs: fields beside the drawing. Each change is one step of undo.
import { useState, type ReactNode } from 'react';
import { hazardNames, zoneKinds, type ZoneKind } from '#core/hazard-name';
import { AgencyId as OwnerId } from '#core/ids';
import { streetClasses, type StreetClass } from '#core/place';
import { acrossPx, alongPx, calibrationOf } from '#core/range';
import { fitsKind, type Mount, type ZoneDraft, type ZoneSheet } from '../../../contract.ts';
import { shortName } from '../../hazard-words.ts';
import { useFormat, useKnown, useSay } from '../../parts/words.ts';
import { districtKey } from '../desk/district.ts';
import type { Size } from './zone-edit.ts';

/** A field that is taken when the hand leaves it; what cannot be read stays and is marked. */
export function Field({
  label,
  value,
  onTake,
  type = 'text',
  list,
  maxLength = 300,
}: {
  label: ReactNode;
  value: string;
  /** False: cannot be taken. */
  onTake: (text: string) => boolean;
  type?: 'text' | 'number' | 'date';
  list?: string;
  maxLength?: number;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const [bad, setBad] = useState(false);
  const take = (): void => {
    if (typed === null) return;
    if (typed === value || onTake(typed)) {
      setTyped(null);
      setBad(false);
    } else setBad(true);
  };
  return (
    <label>
      <span className="small mute">{label}</span>
      <input
        type={type === 'number' ? 'text' : type}
        inputMode={type === 'number' ? 'decimal' : undefined}
        value={typed ?? value}
        maxLength={maxLength}
        list={list}
        aria-invalid={bad}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key === 'Enter') take();
        }}
      />
    </label>
  );
}

/** A number as people type it, with a comma or a point; undefined when it is none or out of bounds. */
export function numberFrom(text: string, from: number, to: number): number | undefined {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() === '' || !Number.isFinite(value) || value < from || value > to ? undefined : value;
}

/** A value without one of its keys: what is not known is absent, not empty. */
export function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const copy: Omit<T, K> & Partial<Pick<T, K>> = { ...value };
  Reflect.deleteProperty(copy, key);
  return copy;
}

export function ZoneFields({
  zone,
  sheet,
  onChange,
}: {
  zone: ZoneDraft;
  sheet: ZoneSheet;
  onChange: (zone: ZoneDraft) => void;
}) {
  const say = useSay();
  const format = useFormat();
  const language = useKnown((state) => state.language);
  const toKind = (kind: ZoneKind): void => {
    const kept = zone.hazards.filter((hazard) => fitsKind(hazard, kind));
    const first = hazardNames.find((hazard) => fitsKind(hazard, kind));
    onChange({ ...zone, kind, hazards: kept.length > 0 || first === undefined ? kept : [first] });
  };
  return (
    <div className="form zone-fields" data-testid="zone-fields">
      <label>
        <span className="small mute">{say('zones.kind')}</span>
        <select
          value={zone.kind}
          onChange={(event) => {
            const kind = zoneKinds.find((one) => one === event.currentTarget.value);
            if (kind) toKind(kind);
          }}
        >
          {zoneKinds.map((kind) => (
            <option key={kind} value={kind}>
              {say(`zone.${kind}`)}
            </option>
          ))}
        </select>
      </label>
      <fieldset>
        <legend className="small mute">{say('zones.hazards')}</legend>
        {hazardNames.map((hazard) => {
          const has = zone.hazards.includes(hazard);
          const fits = fitsKind(hazard, zone.kind);
          return (
            <label key={hazard} className={fits ? 'radio' : 'radio mute'}>
              <input
                type="checkbox"
                checked={has}
                disabled={!fits && !has}
                onChange={() =>
                  onChange({
                    ...zone,
                    hazards: has ? zone.hazards.filter((one) => one !== hazard) : [...zone.hazards, hazard],
                  })
                }
              />
              {shortName(hazard, language)}
            </label>
          );
        })}
      </fieldset>
      <div className="zone-pair">
        <label>
          <span className="small mute">{say('zones.class')}</span>
          <select
            value={zone.streetClass}
            onChange={(event) => {
              const streetClass = streetClasses.find((one) => one === event.currentTarget.value);
              if (streetClass) onChange({ ...zone, streetClass });
            }}
          >
            {streetClasses.map((one) => (
              <option key={one} value={one}>
                {className(one, say)}
              </option>
            ))}
          </select>
        </label>
        <Field
          label={say('zones.area')}
          type="number"
          value={zone.areaM2 === undefined ? '' : format.number(zone.areaM2)}
          onTake={(text) => {
            if (text.trim() === '') {
              onChange(without(zone, 'areaM2'));
              return true;
            }
            const areaM2 = numberFrom(text, 0.1, 1e6);
            if (areaM2 !== undefined) onChange({ ...zone, areaM2 });
            return areaM2 !== undefined;
          }}
        />
      </div>
      <Field
        label={say('zones.segment')}
        value={zone.segment ?? ''}
        list="zone-segments"
        maxLength={64}
        onTake={(text) => {
          const segment = text.trim();
          onChange(segment === '' ? without(zone, 'segment') : { ...zone, segment });
          return true;
        }}
      />
      <datalist id="zone-segments">
        {sheet.segments.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <label>
        <span className="small mute">{say('zones.district')}</span>
        <select
          value={zone.district ?? ''}
          onChange={(event) => {
            const district = event.currentTarget.value;
            onChange(district === '' ? without(zone, 'district') : { ...zone, district });
          }}
        >
          <option value="">{say(`district.${districtKey(sheet.district)}`)}</option>
          {sheet.districts
            .filter((one) => one !== sheet.district)
            .map((one) => (
              <option key={one} value={one}>
                {say(`district.${districtKey(one)}`)}
              </option>
            ))}
        </select>
      </label>
      <label>
        <span className="small mute">{say('zones.owner')}</span>
        <select
          value={zone.owner ?? ''}
          onChange={(event) => {
            const owner = sheet.agencies.find((one) => one.id === event.currentTarget.value);
            const rest = without(zone, 'owner');
            onChange(owner ? ownedBy(rest, owner.id) : rest);
          }}
        >
          <option value="">{say('zones.noOwner')}</option>
          {sheet.agencies.map((one) => (
            <option key={one.id} value={one.id}>
              {format.pick(one.name)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

/** A street class in words; classes of the standard keep their letter. */
export function className(one: StreetClass, say: ReturnType<typeof useSay>): string {
  const letters = { A: 'А', B: 'Б', V: 'В', G: 'Г', D: 'Д', E: 'Е' } as const;
  if (one === 'none') return say('zones.classNone');
  return one === 'yard' ? say('zones.classYard') : say('zones.classOf', { name: letters[one] });
}

interface Mark {
  readonly y: number;
  readonly distanceM: number;
}

/** Marks as they are typed, which need not make a ladder yet. */
export const isLadder = (marks: readonly Mark[]): boolean =>
  marks.length >= 2 &&
  marks.every((mark, i) => {
    const before = marks[i - 1];
    return before === undefined || (mark.distanceM > before.distanceM && mark.y < before.y);
  });

export function MountFields({
  mount,
  size,
  marks,
  asked,
  onMarks,
  onAsk,
  onChange,
}: {
  mount: Mount;
  size: Size;
  marks: readonly Mark[];
  /** The mark whose row is being shown on the picture. */
  asked: number | null;
  onMarks: (marks: readonly Mark[]) => void;
  onAsk: (mark: number | null) => void;
  onChange: (mount: Mount) => void;
}) {
  const say = useSay();
  const format = useFormat();
  const number = (
    label: string,
    value: number | null,
    [from, to]: readonly [number, number],
    take: (value: number | null) => void,
    optional = false,
  ) => (
    <Field
      label={label}
      type="number"
      value={value === null ? '' : format.number(value, Number.isInteger(value) ? 0 : 1)}
      onTake={(text) => {
        if (optional && text.trim() === '') {
          take(null);
          return true;
        }
        const read = numberFrom(text, from, to);
        if (read !== undefined) take(read);
        return read !== undefined;
      }}
    />
  );
  const put = (at: number, mark: Mark): void => onMarks(marks.map((one, i) => (i === at ? mark : one)));
  return (
    <details className="zone-mount">
      <summary>{say('zones.mount')}</summary>
      <div className="form">
        <div className="zone-three">
          {number(say('zones.height'), mount.heightM, [0.5, 300], (v) =>
            onChange({ ...mount, heightM: v ?? mount.heightM }),
          )}
          {number(say('zones.fov'), mount.fovDeg, [5, 180], (v) => onChange({ ...mount, fovDeg: v ?? mount.fovDeg }))}
          {number(say('zones.tilt'), mount.tiltDeg, [-10, 90], (v) => onChange({ ...mount, tiltDeg: v }), true)}
        </div>
        <p className="small mute">{say('zones.marks')}</p>
        {marks.map((mark, i) => (
          <div key={i} className="zone-mark">
            {number(say('zones.markRow'), Number((mark.y * 100).toFixed(1)), [0, 100], (v) =>
              put(i, { ...mark, y: (v ?? 0) / 100 }),
            )}
            {number(say('zones.markM'), mark.distanceM, [0.5, 1000], (v) => put(i, { ...mark, distanceM: v ?? 1 }))}
            <button type="button" aria-pressed={asked === i} onClick={() => onAsk(asked === i ? null : i)}>
              {say('zones.markPoint')}
            </button>
            <button
              type="button"
              aria-label={`${say('zones.remove')}: ${say('zones.mark', { n: i + 1 })}`}
              onClick={() => onMarks(marks.filter((_, at) => at !== i))}
            >
              ×
            </button>
          </div>
        ))}
        {asked !== null && <p className="notice small">{say('zones.markClick')}</p>}
        {marks.length > 0 && !isLadder(marks) && <p className="notice small">{say('zones.marksBad')}</p>}
        <button type="button" onClick={() => onMarks([...marks, nextMark(marks)])}>
          {say('zones.markAdd')}
        </button>
        <CoverSizes mount={mount} size={size} />
      </div>
    </details>
  );
}

/** A mark beyond the last one, to begin with. */
const nextMark = (marks: readonly Mark[]): Mark => {
  const last = marks.at(-1);
  return last ? { y: Math.max(0, last.y - 0.2), distanceM: last.distanceM * 2 } : { y: 0.9, distanceM: 10 };
};

/** How large a cover of 0.6 m is in this picture, at three distances. */
function CoverSizes({ mount, size }: { mount: Mount; size: Size }) {
  const say = useSay();
  const format = useFormat();
  const calibration = calibrationOf({
    heightM: mount.heightM,
    fovDeg: mount.fovDeg,
    ...(mount.tiltDeg === null ? {} : { tiltDeg: mount.tiltDeg }),
    ...(mount.aspect === null ? {} : { aspect: mount.aspect }),
    ...(mount.ladder === null ? {} : { ladder: mount.ladder }),
  });
  if (calibration.kind === 'none') return null;
  const { view } = calibration;
  const sizes = [10, 20, 30, 60].map((aheadM) =>
    say('zones.coverAt', {
      m: format.metres(aheadM),
      w: Math.round(acrossPx(view, size.widthPx, aheadM, 0.6)),
      h: Math.round(alongPx(view, size.heightPx, aheadM, 0.6)),
    }),
  );
  return <p className="small mute">{say('zones.cover', { sizes: sizes.join(', ') })}</p>;
}

function ownedBy(zone: Omit<ZoneDraft, 'owner'>, ownerId: string): ZoneDraft {
  const parsed = OwnerId.safeParse(ownerId);
  return parsed.success ? { ...zone, owner: parsed.data } : zone;
}
