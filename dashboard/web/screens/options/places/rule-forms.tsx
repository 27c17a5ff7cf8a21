// One dated row as a form: routing (who gets it) or a deadline (how long). A change is taken when the hand leaves the field.
import { issueNames, severities, zoneKinds } from '#core/hazard-name';
import { AgencyId } from '#core/ids';
import { streetClasses } from '#core/place';
import { clockKinds, type Policy, type RoutingRule } from '#core/policy';
import { issues } from '#hazards';
import type { RuleBook } from '../../../../contract.ts';
import { hazardName, subName } from '../../../hazard-words.ts';
import { useFormat, useSay } from '../../../parts/words.ts';
import { className, Field, numberFrom, without } from '../../camera/zone-fields.tsx';
import { districtKey } from '../../desk/district.ts';
import { Tick } from './place-parts.tsx';

const events = ['confirmed', 'end_of_snowfall', 'detected', 'end_of_rain'] as const;
const certainties = ['high', 'medium', 'low', 'product default'] as const;

function Choice({
  label,
  value,
  options,
  onTake,
}: {
  label: string;
  value: string;
  options: readonly (readonly [string, string])[];
  onTake: (value: string) => void;
}) {
  return (
    <label>
      <span className="small mute">{label}</span>
      <select value={value} onChange={(event) => onTake(event.currentTarget.value)}>
        {options.map(([key, words]) => (
          <option key={key} value={key}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

const pickOf = <T extends string>(list: readonly T[], text: string): T | undefined => list.find((one) => one === text);

const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text);

type Dated = Pick<RoutingRule, 'id' | 'validFrom' | 'validTo' | 'source' | 'certainty' | 'sub' | 'hazard'>;

/** Fields that both kinds of rows have. */
function DatedFields<R extends Dated>({ row, onChange }: { row: R; onChange: (row: R) => void }) {
  const say = useSay();
  const format = useFormat();
  const subs = issues[row.hazard].subs;
  return (
    <>
      <Field
        label={say('places.id')}
        value={row.id}
        maxLength={60}
        onTake={(text) => {
          const id = text.trim();
          if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id)) return false;
          onChange({ ...row, id });
          return true;
        }}
      />
      <Choice
        label={say('rules.hazard')}
        value={row.hazard}
        options={issueNames.map((one) => [one, format.pick(hazardName(one))])}
        onTake={(text) => {
          const hazard = pickOf(issueNames, text);
          if (hazard) onChange({ ...row, hazard, sub: '' });
        }}
      />
      <Choice
        label={say('rules.sub')}
        value={row.sub}
        options={[
          ['', say('rules.any')],
          ...subs.map((sub): [string, string] => {
            const words = subName(row.hazard, sub);
            return [sub, words ? format.pick(words) : sub];
          }),
        ]}
        onTake={(sub) => onChange({ ...row, sub })}
      />
      <Field
        label={say('rules.from')}
        type="date"
        value={row.validFrom}
        onTake={(validFrom) => {
          if (!isDay(validFrom)) return false;
          onChange({ ...row, validFrom });
          return true;
        }}
      />
      <Field
        label={say('rules.to')}
        type="date"
        value={row.validTo ?? ''}
        onTake={(validTo) => {
          if (validTo !== '' && !isDay(validTo)) return false;
          onChange(validTo === '' ? endless(row) : { ...row, validTo });
          return true;
        }}
      />
      <Field
        label={say('rules.source')}
        value={row.source}
        onTake={(source) => {
          onChange({ ...row, source: source.trim() });
          return true;
        }}
      />
      <Choice
        label={say('rules.certainty')}
        value={row.certainty}
        options={certainties.map((one) => [one, say(`rules.certainty.${one}`)])}
        onTake={(text) => {
          const certainty = pickOf(certainties, text);
          if (certainty) onChange({ ...row, certainty });
        }}
      />
    </>
  );
}

/** The row without its end: `validTo` is absent, not empty. */
function endless<R extends Dated>(row: R): R {
  const copy = { ...row };
  delete copy.validTo;
  return copy;
}

function Ticks<T extends string>({
  label,
  all,
  on,
  words,
  onTake,
}: {
  label: string;
  all: readonly T[];
  on: readonly T[];
  words: (one: T) => string;
  onTake: (on: T[]) => void;
}) {
  return (
    <details className="rules-ticks">
      <summary className="small">
        {label}: {on.length === 0 ? '–' : on.map(words).join(', ')}
      </summary>
      {all.map((one) => (
        <Tick
          key={one}
          label={words(one)}
          on={on.includes(one)}
          onChange={(has) => onTake(all.filter((each) => (each === one ? has : on.includes(each))))}
        />
      ))}
    </details>
  );
}

export function RoutingForm({
  row,
  book,
  onChange,
}: {
  row: RoutingRule;
  book: RuleBook;
  onChange: (row: RoutingRule) => void;
}) {
  const say = useSay();
  const format = useFormat();
  const agencies = book.agencies.map(({ id, name }): [string, string] => [id, format.pick(name)]);
  const ids = book.agencies.map(({ id }) => AgencyId.parse(id));
  const nameOf = (id: string): string => agencies.find(([one]) => one === id)?.[1] ?? id;
  return (
    <div className="form places-form">
      <h2>{say('rules.row', { id: row.id })}</h2>
      <div className="places-grid">
        <DatedFields row={row} onChange={onChange} />
        <Field
          label={say('rules.priority')}
          type="number"
          value={String(row.priority)}
          onTake={(text) => {
            const priority = numberFrom(text, 0, 10_000);
            if (priority === undefined) return false;
            onChange({ ...row, priority: Math.round(priority) });
            return true;
          }}
        />
        <Choice
          label={say('rules.district')}
          value={row.district ?? ''}
          options={[
            ['', say('rules.any')],
            ...book.districts.map((one): [string, string] => [one, say(`district.${districtKey(one)}`)]),
          ]}
          onTake={(district) => {
            const rest = without(row, 'district');
            onChange(district === '' ? rest : { ...rest, district });
          }}
        />
        <Choice
          label={say('rules.severityMin')}
          value={row.severityMin ?? ''}
          options={[['', say('rules.any')], ...severities.map((one): [string, string] => [one, one])]}
          onTake={(text) => {
            const severityMin = pickOf(severities, text);
            const rest = without(row, 'severityMin');
            onChange(severityMin ? { ...rest, severityMin } : rest);
          }}
        />
        <Choice
          label={say('rules.primary')}
          value={row.primary}
          options={agencies}
          onTake={(primary) => onChange({ ...row, primary: AgencyId.parse(primary) })}
        />
        <Choice
          label={say('rules.second')}
          value={row.secondChoice ?? ''}
          options={[['', say('rules.any')], ...agencies]}
          onTake={(text) => {
            const rest = without(row, 'secondChoice');
            onChange(text === '' ? rest : { ...rest, secondChoice: AgencyId.parse(text) });
          }}
        />
      </div>
      <Ticks
        label={say('rules.copy')}
        all={ids}
        on={row.copy}
        words={nameOf}
        onTake={(copy) => onChange({ ...row, copy })}
      />
      <Ticks
        label={say('rules.zoneKinds')}
        all={zoneKinds}
        on={row.zoneKinds}
        words={(one) => say(`zone.${one}`)}
        onTake={(kinds) => onChange({ ...row, zoneKinds: kinds })}
      />
      <Ticks
        label={say('rules.classes')}
        all={streetClasses}
        on={row.streetClasses}
        words={(one) => className(one, say)}
        onTake={(classes) => onChange({ ...row, streetClasses: classes })}
      />
    </div>
  );
}

export function PolicyForm({ row, onChange }: { row: Policy; onChange: (row: Policy) => void }) {
  const say = useSay();
  const format = useFormat();
  const hours = (
    label: string,
    value: number | undefined,
    take: (value: number | undefined) => void,
    optional = false,
  ) => (
    <Field
      label={label}
      type="number"
      value={value === undefined ? '' : format.number(value, Number.isInteger(value) ? 0 : 2)}
      onTake={(text) => {
        if (optional && text.trim() === '') {
          take(undefined);
          return true;
        }
        const read = numberFrom(text, 0.01, 10_000);
        if (read === undefined) return false;
        take(read);
        return true;
      }}
    />
  );
  return (
    <div className="form places-form">
      <h2>{say('rules.row', { id: row.id })}</h2>
      <div className="places-grid">
        <DatedFields row={row} onChange={onChange} />
        <Choice
          label={say('rules.severity')}
          value={row.severity ?? ''}
          options={[['', say('rules.any')], ...severities.map((one): [string, string] => [one, one])]}
          onTake={(text) => {
            const severity = pickOf(severities, text);
            const rest = without(row, 'severity');
            onChange(severity ? { ...rest, severity } : rest);
          }}
        />
        <Choice
          label={say('rules.event')}
          value={row.event}
          options={events.map((one) => [one, say(`rules.event.${one}`)])}
          onTake={(text) => {
            const event = pickOf(events, text);
            if (event) onChange({ ...row, event });
          }}
        />
        <Choice
          label={say('rules.clock')}
          value={row.clock}
          options={clockKinds.map((one) => [one, say(`rules.clock.${one}`)])}
          onTake={(text) => {
            const clock = pickOf(clockKinds, text);
            if (clock) onChange({ ...row, clock });
          }}
        />
        {hours(say('rules.accept'), row.acceptH, (acceptH) => onChange({ ...row, acceptH: acceptH ?? row.acceptH }))}
        {hours(
          say('rules.safe'),
          row.makeSafeH,
          (makeSafeH) => {
            const rest = without(row, 'makeSafeH');
            onChange(makeSafeH === undefined ? rest : { ...rest, makeSafeH });
          },
          true,
        )}
        {hours(say('rules.fix'), row.fixH, (fixH) => onChange({ ...row, fixH: fixH ?? row.fixH }))}
      </div>
      <Ticks
        label={say('rules.classes')}
        all={streetClasses}
        on={row.streetClasses}
        words={(one) => className(one, say)}
        onTake={(classes) => onChange({ ...row, streetClasses: classes })}
      />
    </div>
  );
}
