// What was almost raised (screens 4.7): by which rule it was kept from operators, how often, and the episodes themselves.
import { useState } from 'react';
import { hazardNames, type HazardName } from '#core/hazard-name';
import { heldRules, heldTexts } from '#hazards';
import { routes, type HeldList, type HeldRow } from '../../../contract.ts';
import { shortName } from '../../hazard-words.ts';
import { call } from '../../net/api.ts';
import { KeyBar } from '../../parts/frame.tsx';
import { Pictogram } from '../../parts/mark.tsx';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { Picture } from '../../parts/picture.tsx';
import { useKeys } from '../../parts/use-keys.ts';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useNow, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';

const limit = 200;

interface Choice {
  readonly hazard: HazardName | undefined;
  readonly rule: string | undefined;
}

/** The words of a rule; a rule of another version is shown by its name. */
function ruleWords(rule: string): Readonly<Record<'kk' | 'ru' | 'en', string>> {
  const known = heldRules.find((one) => one === rule);
  return known ? heldTexts[known] : { kk: rule, ru: rule, en: rule };
}

export function HeldScreen() {
  const say = useSay();
  const format = useFormat();
  const [choice, setChoice] = useState<Choice>({ hazard: undefined, rule: undefined });
  const [loaded, reload] = useLoad(
    `held ${choice.hazard ?? ''} ${choice.rule ?? ''}`,
    (signal) => call(routes.held, { query: { ...choice, limit }, signal }),
    { everyMs: 15_000 },
  );
  const [sums, setSums] = useState<HeldList['sums']>([]);
  if (loaded.kind === 'here' && loaded.value.sums !== sums) setSums(loaded.value.sums);
  useKeys('held', {});
  return (
    <>
      <main className="held page" data-testid="held">
        <header className="page-head">
          <h1>{say('screen.held')}</h1>
          <span className="mute">{say('held.what')}</span>
          {loaded.kind === 'here' && (
            <span className="mute num">{say('data.of', { time: format.timeS(loaded.value.nowMs) })}</span>
          )}
        </header>
        {loaded.kind === 'failed' && <Failure why={loaded.why} code={loaded.code} onAgain={reload} />}
        {loaded.kind === 'loading' && sums.length === 0 && <Waiting what="held.waiting" />}
        {loaded.kind === 'here' && sums.length === 0 && <p className="panel panel-state">{say('held.none')}</p>}
        {sums.length > 0 && loaded.kind !== 'failed' && (
          <div className="held-columns">
            <Sums sums={sums} choice={choice} onChoose={setChoice} />
            {loaded.kind === 'loading' ? (
              <Waiting what="held.waiting" />
            ) : (
              <Episodes rows={loaded.value.rows} choice={choice} onChoose={setChoice} />
            )}
          </div>
        )}
      </main>
      <KeyBar place="held" />
    </>
  );
}

interface Chosen {
  readonly choice: Choice;
  readonly onChoose: (choice: Choice) => void;
}

function Sums({ sums, choice, onChoose }: Chosen & { readonly sums: HeldList['sums'] }) {
  const say = useSay();
  const language = useKnown((state) => state.language);
  const format = useFormat();
  return (
    <section className="panel held-sums">
      <h2 className="panel-head">{say('held.byRule')}</h2>
      <div className="held-scroll" role="region" tabIndex={0} aria-label={say('held.byRule')}>
        <table className="table" data-testid="held-sums">
          <thead>
            <tr>
              <th scope="col">{say('table.hazard')}</th>
              <th scope="col">{say('explain.rule')}</th>
              <th scope="col" className="right">
                {say('held.hour')}
              </th>
              <th scope="col" className="right">
                {say('held.h12')}
              </th>
              <th scope="col" className="right">
                {say('held.h24')}
              </th>
              <th scope="col" className="right">
                {say('held.cameras')}
              </th>
            </tr>
          </thead>
          <tbody>
            {sums.map((row) => {
              const isChosen = choice.hazard === row.hazard && choice.rule === row.rule;
              return (
                <tr key={`${row.hazard} ${row.rule}`} className={isChosen ? 'row-selected' : ''}>
                  <td className="held-hazard">
                    <Pictogram hazard={row.hazard} size={22} /> {shortName(row.hazard, language)}
                  </td>
                  <td>
                    <button
                      type="button"
                      className="quiet held-rule"
                      aria-pressed={isChosen}
                      onClick={() =>
                        onChoose(
                          isChosen ? { hazard: undefined, rule: undefined } : { hazard: row.hazard, rule: row.rule },
                        )
                      }
                    >
                      {format.pick(ruleWords(row.rule))}
                    </button>
                  </td>
                  <td className="num right">{format.number(row.lastHour)}</td>
                  <td className="num right">{format.number(row.last12h)}</td>
                  <td className="num right">
                    <b>{format.number(row.last24h)}</b>
                  </td>
                  <td className="num right mute">{format.number(row.cameras)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Episodes({ rows, choice, onChoose }: Chosen & { readonly rows: readonly HeldRow[] }) {
  const say = useSay();
  const language = useKnown((state) => state.language);
  const format = useFormat();
  return (
    <section className="panel held-rows">
      <div className="held-filter">
        <select
          aria-label={say('table.hazard')}
          data-testid="held-hazard"
          value={choice.hazard ?? ''}
          onChange={(event) => {
            const hazard = hazardNames.find((one) => one === event.currentTarget.value);
            onChoose({ ...choice, hazard });
          }}
        >
          <option value="">{say('held.allHazards')}</option>
          {hazardNames.map((one) => (
            <option key={one} value={one}>
              {shortName(one, language)}
            </option>
          ))}
        </select>
        <select
          aria-label={say('explain.rule')}
          data-testid="held-rule"
          value={choice.rule ?? ''}
          onChange={(event) => onChoose({ ...choice, rule: event.currentTarget.value || undefined })}
        >
          <option value="">{say('held.allRules')}</option>
          {heldRules.map((one) => (
            <option key={one} value={one}>
              {format.pick(heldTexts[one])}
            </option>
          ))}
        </select>
        {rows.length >= limit && <span className="mute">{say('held.newest', { n: rows.length })}</span>}
      </div>
      {rows.length === 0 ? (
        <p className="panel-state mute">{say('held.noneChosen')}</p>
      ) : (
        <ol className="held-list" data-testid="held-list">
          {rows.map((row) => (
            <Episode key={`${row.cameraId} ${row.zoneId} ${row.hazard} ${row.rule} ${row.firstAtMs}`} row={row} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Episode({ row }: { row: HeldRow }) {
  const say = useSay();
  const language = useKnown((state) => state.language);
  const isCameraKnown = useKnown((state) => state.me?.permissions.includes('see-cameras') === true);
  const format = useFormat();
  const nowMs = useNow(30_000);
  const lastedMs = row.lastAtMs - row.firstAtMs;
  const name = shortName(row.hazard, language);
  return (
    <li data-testid="held-row">
      <Picture sha256={row.stillSha256} alt={`${name}, ${format.pick(row.place)}`} />
      <div className="held-words">
        <p className="held-line">
          <Pictogram hazard={row.hazard} size={22} /> <b>{name}</b>
          <span className="cut">{format.pick(ruleWords(row.rule))}</span>
          <span className="grow" />
          <span className="num">{format.moment(row.lastAtMs, nowMs)}</span>
          <span className="num mute">{format.ago(row.lastAtMs, nowMs)}</span>
        </p>
        <p className="held-line">
          <span className="cut">{format.pick(row.place)}</span>
          {isCameraKnown ? <a href={hashOf('camera', row.cameraId)}>{row.cameraId}</a> : <span>{row.cameraId}</span>}
          <span className="mute">{row.zoneKind === null ? say('held.zoneGone') : say(`zone.${row.zoneKind}`)}</span>
          {row.incident && <span className="chip">{say('held.incident', { number: `#${row.incident.number}` })}</span>}
        </p>
        <p className="held-line mute">
          <span>{say('held.looks', { n: row.looks })}</span>
          {lastedMs >= 1000 && <span>{say('held.lasted', { span: format.span(lastedMs) })}</span>}
          <span>{say('held.level', { level: format.number(row.level, 2), raise: format.number(row.raiseAt, 2) })}</span>
          <Level level={row.level} raiseAt={row.raiseAt} />
        </p>
      </div>
    </li>
  );
}

/** The level as a bar with its threshold as a line; the words beside it say the same. */
function Level({ level, raiseAt }: { level: number; raiseAt: number }) {
  return (
    <span className="held-level" aria-hidden="true">
      <i style={{ width: `${Math.min(1, level) * 100}%` }} />
      <b style={{ left: `${Math.min(1, raiseAt) * 100}%` }} />
    </span>
  );
}
