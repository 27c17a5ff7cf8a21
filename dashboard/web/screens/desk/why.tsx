// Why it was raised, in words (screens 4.1); the raw numbers are one key away.
import { isSeen } from '#core/hazard-name';
import type { IncidentView } from '../../../contract.ts';
import { subName } from '../../hazard-words.ts';
import { Layer } from '../../parts/frame.tsx';
import { Strip } from '../../parts/strip.tsx';
import { useFormat, useKnown, useNow, useSay } from '../../parts/words.ts';
import { headline, whyWords } from './why-words.ts';

export function Why({ view }: { view: IncidentView }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(1000);
  const language = useKnown((state) => state.language);
  const { incident, weather, precision, card } = view;
  const sub = subName(incident.hazard, incident.sub);
  const manual = card.origin !== 'camera';
  const mass = useKnown((state) => state.masses.get(card.massId ?? ''));
  const needs = { say, format, language, nowMs };
  return (
    <section className="panel why" tabIndex={0} aria-label={say('why.title')}>
      <h2 className="panel-head">
        {say('why.title')} <kbd>E</kbd>
      </h2>
      <ul className="facts">
        <li>
          <b>{manual ? say(`origin.${card.origin}`) : headline(incident, needs)}</b>
        </li>
        {card.said && <li>{format.pick(card.said)}</li>}
        {sub && <li>{say('why.sub', { sub: format.pick(sub) })}</li>}
        {!manual && whyWords(view, mass, needs).map((words) => <li key={words}>{words}</li>)}
        {incident.beforeAtMs !== null && (
          <li>{say('why.clearUntil', { time: format.moment(incident.beforeAtMs, nowMs) })}</li>
        )}
        {isSeen(incident.hazard) && (
          <li className={precision ? '' : 'mute'}>
            {precision
              ? say('why.precision', {
                  k: Math.round((precision.right / precision.n) * 10),
                  right: precision.right,
                  all: precision.n,
                })
              : say('why.few')}
          </li>
        )}
        <li>{weather ? <WeatherLine weather={weather} /> : <span className="mute">{say('why.noWeather')}</span>}</li>
        {incident.note !== '' && <li>{say('why.note', { note: incident.note })}</li>}
      </ul>
    </section>
  );
}

export function WeatherLine({ weather }: { weather: NonNullable<IncidentView['weather']> }) {
  const say = useSay();
  const format = useFormat();
  const falling =
    weather.snowfallCmH > 0
      ? say('weather.snowing', { cm: format.number(weather.snowfallCmH, 1) })
      : weather.rainMmH > 0
        ? say('weather.raining', { mm: format.number(weather.rainMmH, 1) })
        : say('weather.dry');
  return (
    <>
      {say('weather.line', {
        celsius: format.number(Math.round(weather.temperatureC)),
        wind: format.number(Math.round(weather.windMS)),
        falling,
        light: say(weather.isDay ? 'weather.day' : 'weather.night'),
      })}
    </>
  );
}

/** `KeyE`: scores, rule and model versions, all looks including those that disagreed, and the history. */
export function Explain({ view, onClose }: { view: IncidentView; onClose: () => void }) {
  const say = useSay();
  const format = useFormat();
  const { incident } = view;
  const facts = Object.entries(incident.why.facts);
  return (
    <Layer title={say('explain.title', { number: `#${incident.number}` })} onClose={onClose} wide>
      <div className="columns">
        <div>
          <h3>{say('explain.rule')}</h3>
          <table className="table">
            <tbody>
              <Line name={say('explain.rule')} value={incident.why.rule} />
              <Line name={say('explain.level')} value={format.number(incident.level, 2)} />
              <Line name={say('explain.models')} value={incident.why.models.join(', ') || '–'} />
              <Line name={say('explain.zone')} value={incident.zoneId ?? '–'} />
              <Line name={say('explain.version')} value={format.number(incident.version)} />
              {facts.map(([name, value]) => (
                <Line
                  key={name}
                  name={name}
                  value={typeof value === 'number' ? format.number(value, 2) : String(value)}
                />
              ))}
            </tbody>
          </table>
        </div>
        <div>
          <h3>{say('explain.history')}</h3>
          <table className="table">
            <tbody>
              {view.history.map((line) => (
                <tr key={`${line.version} ${line.atMs}`}>
                  <td className="num">{format.full(line.atMs)}</td>
                  <td>
                    <b>{say(`state.${line.to}`)}</b> <span className="mute">{line.who}</span>
                    {line.reason === '' ? null : <div className="mute">{line.reason}</div>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
      <h3>{say('strip.title')}</h3>
      <Strip looks={view.strip} />
    </Layer>
  );
}

function Line({ name, value }: { name: string; value: string }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="num wrap">{value}</td>
    </tr>
  );
}
