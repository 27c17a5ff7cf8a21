// Parts that show health: coverage, incidents of the whole site, blind cameras, and one camera's facts.
import type { HealthFactName } from '#core/health-facts';
import { ringFaults } from '#core/site-incident';
import {
  routes,
  type BlindNotice,
  type CameraHealthView,
  type Coverage,
  type Health,
  type SiteTrouble,
} from '../../contract.ts';
import { shortName } from '../hazard-words.ts';
import { call } from '../net/api.ts';
import { hashOf } from '../route.ts';
import { Sign } from './mark.tsx';
import { Failure } from './panel-state.tsx';
import { useLoad } from './use-load.ts';
import { useFormat, useKnown, useNow, useSay } from './words.ts';
import '../style/health.css';

/** Below this share a figure is shown as bad. */
const enough = 0.99;
const shownNotices = 12;

/** A share with one digit where it is not whole, and never rounded up to the whole. */
export function useShare(): (share: number | null) => string {
  const format = useFormat();
  return (share) => (share === null ? '–' : `${format.number(Math.floor(share * 1000) / 10, share === 1 ? 0 : 1)} %`);
}

/** Coverage, the whole site, and blind cameras, for the page that says whether the system is well. */
export function HealthPanels() {
  const [loaded, reload] = useLoad('health', (signal) => call(routes.health, { signal }), { everyMs: 10_000 });
  if (loaded.kind === 'loading') return null;
  if (loaded.kind === 'failed') return <Failure why={loaded.why} code={loaded.code} onAgain={reload} />;
  return (
    <>
      <CoveragePanel health={loaded.value} />
      <SitePanel health={loaded.value} />
      <BlindPanel health={loaded.value} />
      <MeasuredPanel health={loaded.value} />
    </>
  );
}

function CoveragePanel({ health }: { health: Health }) {
  const say = useSay();
  const format = useFormat();
  const share = useShare();
  const language = useKnown((state) => state.language);
  const whole = health.today.find((row) => row.hazard === null);
  const shed = health.load?.shedPerMinute ?? 0;
  const cells = (row: Omit<Coverage, 'hazard'>) => (
    <>
      <td className="num right">{format.number(row.due)}</td>
      <td className="num right">{format.number(row.done)}</td>
      <td className="num right">{format.number(row.seen)}</td>
      <td className={`num right${row.shed > 0 ? ' bad' : ''}`}>{format.number(row.shed)}</td>
      <td className={`num right${row.missed > 0 ? ' bad' : ''}`}>{format.number(row.missed)}</td>
      <td className={`num right${(row.share ?? 1) < enough ? ' bad' : ''}`}>{share(row.share)}</td>
    </>
  );
  return (
    <section className="panel" data-testid="coverage">
      <h2 className="panel-head">{say('cover.title')}</h2>
      {!whole || whole.due === 0 ? (
        <p className="pad mute">{say('cover.none')}</p>
      ) : (
        <>
          <p className={`pad health-share${(whole.share ?? 1) < enough ? ' bad' : ''}`} data-testid="coverage-today">
            {say('cover.today', { share: share(whole.share) })}
          </p>
          {shed > 0 && (
            <p className="pad bad" role="alert">
              {say('cover.shedding', { n: shed })}
            </p>
          )}
          <div className="health-scroll" role="region" tabIndex={0} aria-label={say('cover.title')}>
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{say('table.hazard')}</th>
                  {(['due', 'done', 'seen', 'shed', 'missed', 'share'] as const).map((name) => (
                    <th key={name} scope="col" className="right">
                      {say(`cover.${name}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {health.today.map((row) => (
                  <tr key={row.hazard ?? ''}>
                    <th scope="row">{row.hazard === null ? say('cover.all') : shortName(row.hazard, language)}</th>
                    {cells(row)}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <div className="health-hours" role="img" aria-label={say('cover.hours')}>
            {health.hours.map((hour) => (
              <span
                key={hour.hourMs}
                className={(hour.share ?? 1) < enough ? 'health-hour health-short' : 'health-hour'}
                style={{ height: `${Math.max(4, 100 * (hour.share ?? 0))}%` }}
                title={say('cover.hour', {
                  time: format.time(hour.hourMs),
                  share: share(hour.share),
                  done: hour.done,
                  due: hour.due,
                })}
              />
            ))}
          </div>
        </>
      )}
    </section>
  );
}

/** One incident of the whole site as a sentence. */
export function useTrouble(): (trouble: Pick<SiteTrouble, 'kind' | 'cameras' | 'detail'>) => string {
  const say = useSay();
  return ({ kind, cameras, detail }) =>
    say(`site.${kind}`, { n: cameras, detail: kind === 'ring' ? ringWords(say, detail) : detail });
}

/** What the disk under the films does, as its incident tells it: words of `core/site-incident.ts`. */
const ringWords = (say: ReturnType<typeof useSay>, detail: string): string =>
  ringFaults
    .filter((kind) => detail.split(' ').includes(kind))
    .map((kind) => say(`ring.${kind}`))
    .join(', ');

function SitePanel({ health }: { health: Health }) {
  const say = useSay();
  const format = useFormat();
  const trouble = useTrouble();
  return (
    <section className="panel" data-testid="site">
      <h2 className="panel-head">{say('site.title')}</h2>
      {health.site.length === 0 ? (
        <p className="pad mute">{say('site.none')}</p>
      ) : (
        <ul className="pad">
          {health.site.map((one) => (
            <li key={`${one.kind} ${one.sinceMs}`} className={one.untilMs === null ? 'bad' : 'mute'}>
              {trouble(one)}{' '}
              <span className="num">
                {one.untilMs === null
                  ? say('site.lasts', { time: format.moment(one.sinceMs, health.nowMs) })
                  : say('site.was', {
                      from: format.moment(one.sinceMs, health.nowMs),
                      to: format.moment(one.untilMs, health.nowMs),
                    })}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function BlindPanel({ health }: { health: Health }) {
  const say = useSay();
  const format = useFormat();
  const all = health.blind.reduce((sum, { n }) => sum + n, 0);
  const inSite = health.blind.reduce((sum, one) => sum + one.inSite, 0);
  const shown = health.notices.filter((one) => !one.isPartOfSite).slice(0, shownNotices);
  return (
    <section className="panel" data-testid="blind">
      <h2 className="panel-head">{say('blind.title')}</h2>
      {all === 0 ? (
        <p className="pad mute">{say('blind.none')}</p>
      ) : (
        <>
          <p className="pad">
            <b>{say('blind.count', { n: all })}</b>
            {inSite > 0 && <span className="mute"> · {say('blind.inSite', { n: inSite })}</span>}
          </p>
          <ul className="pad">
            {shown.map((one) => (
              <Notice key={one.cameraId} notice={one} nowMs={health.nowMs} />
            ))}
            {all - inSite > shown.length && (
              <li className="mute">{say('blind.more', { n: format.number(all - inSite - shown.length) })}</li>
            )}
          </ul>
        </>
      )}
    </section>
  );
}

/** Cameras of which something measured is bad: pictures that a watch left out are nowhere else told together. */
function MeasuredPanel({ health }: { health: Health }) {
  const say = useSay();
  const format = useFormat();
  if (health.measured.length === 0) return null;
  const shown = health.measured.slice(0, shownNotices);
  return (
    <section className="panel" data-testid="measured">
      <h2 className="panel-head">{say('measured.title')}</h2>
      <ul className="pad">
        {shown.map(({ cameraId, name, fact, sinceMs, value }) => (
          <li key={`${cameraId} ${fact}`}>
            <a href={hashOf('camera', cameraId)}>
              {name ? format.pick(name) : cameraId} <span className="num mute">{cameraId}</span>
            </a>{' '}
            <b>{say(`fact.${fact}`)}</b>: {say('fact.bad')}
            {value !== null && <span> · {measured(fact, value, say, format)}</span>}{' '}
            <span className="mute">{say('site.lasts', { time: format.moment(sinceMs, health.nowMs) })}</span>
          </li>
        ))}
        {health.measured.length > shown.length && (
          <li className="mute">{say('blind.more', { n: format.number(health.measured.length - shown.length) })}</li>
        )}
      </ul>
    </section>
  );
}

function Notice({ notice, nowMs }: { notice: BlindNotice; nowMs: number }) {
  const say = useSay();
  const format = useFormat();
  return (
    <li>
      <a href={hashOf('camera', notice.cameraId)}>
        {notice.name ? format.pick(notice.name) : notice.cameraId} <span className="num mute">{notice.cameraId}</span>
      </a>{' '}
      <b>{say(`health.${notice.state}`)}</b>{' '}
      <span className="mute">
        {say('blind.since', {
          time: format.moment(notice.sinceMs, nowMs),
          told: format.moment(notice.toldAtMs, nowMs),
        })}
      </span>
    </li>
  );
}

/** Facts of the picture, where `bad` means that it suffers from that. */
const isAilment = (name: HealthFactName): boolean =>
  ['dark', 'blurred', 'blocked', 'frozen', 'moved', 'overexposed', 'obscured'].includes(name);

/** One camera's health as facts, when it was last judged for each hazard, and what people were told of it. */
export function CameraHealthPanel({ cameraId, stamp }: { cameraId: string; stamp: number }) {
  const say = useSay();
  const format = useFormat();
  const language = useKnown((state) => state.language);
  const nowMs = useNow(5000);
  const [loaded, reload] = useLoad(
    `health ${cameraId}`,
    (signal) => call(routes.cameraHealth, { params: { id: cameraId }, signal }),
    { stamp, everyMs: 15_000 },
  );
  if (loaded.kind === 'loading') return null;
  if (loaded.kind === 'failed') return <Failure why={loaded.why} code={loaded.code} onAgain={reload} />;
  const { online, facts, good, notices } = loaded.value;
  return (
    <>
      <section className="panel" data-testid="camera-facts">
        <h2 className="panel-head">{say('fact.title')}</h2>
        {online === null ? (
          <p className="pad mute">{say('fact.none')}</p>
        ) : (
          <p className={online ? 'pad' : 'pad bad'} data-testid="camera-online">
            {say(online ? 'fact.online' : 'fact.offline')}
          </p>
        )}
        {facts.length > 0 && (
          <table className="table">
            <tbody>
              {facts.map((fact) => (
                <FactRow key={fact.name} fact={fact} nowMs={nowMs} />
              ))}
            </tbody>
          </table>
        )}
        {online !== null && facts.every(({ name }) => name !== 'bit-rate') && (
          <p className="pad mute" data-testid="no-bit-rate">
            {say('fact.bitUnknown')}
          </p>
        )}
      </section>
      {good.length > 0 && (
        <section className="panel" data-testid="camera-good">
          <h2 className="panel-head">{say('good.title')}</h2>
          <dl className="pairs">
            {good.map(({ hazard, atMs }) => (
              <div key={hazard} className="health-pair">
                <dt>{shortName(hazard, language)}</dt>
                <dd className="num">{atMs === null ? say('good.never') : format.ago(atMs, nowMs)}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {notices.length > 0 && (
        <section className="panel">
          <h2 className="panel-head">{say('notice.title')}</h2>
          <ul className="pad">
            {notices.slice(0, 8).map((one) => (
              <li key={one.sinceMs} className={one.untilMs === null ? 'bad' : 'mute'}>
                {say(`health.${one.state}`)}{' '}
                <span className="num">
                  {one.untilMs === null
                    ? say('site.lasts', { time: format.moment(one.sinceMs, nowMs) })
                    : say('blind.over', {
                        from: format.moment(one.sinceMs, nowMs),
                        to: format.moment(one.untilMs, nowMs),
                      })}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function FactRow({ fact, nowMs }: { fact: CameraHealthView['facts'][number]; nowMs: number }) {
  const say = useSay();
  const format = useFormat();
  const { name, word, sinceMs, value, usual, isDoubted } = fact;
  const said = isAilment(name)
    ? say(word === 'bad' ? 'fact.is' : 'fact.isNot')
    : say(word === 'bad' ? 'fact.bad' : 'fact.good');
  return (
    <tr className={word === 'bad' ? 'row-bad' : ''}>
      <td>
        <Sign of={word === 'bad' ? 'fault' : 'done'} size={20} colour={word === 'bad' ? 'neutral' : 'mute'} />
      </td>
      <th scope="row">{say(`fact.${name}`)}</th>
      <td>
        {said}
        {value !== null && <span className="mute"> · {measured(name, value, say, format)}</span>}
        {usual !== null && <span className="mute"> · {say('fact.bitUsual', { k: format.number(usual / 1000) })}</span>}
        {isDoubted && <span className="mute"> · {say('fact.doubted')}</span>}
      </td>
      <td className="num mute right">{say('site.lasts', { time: format.moment(sinceMs, nowMs) })}</td>
    </tr>
  );
}

function measured(
  name: HealthFactName,
  value: number,
  say: ReturnType<typeof useSay>,
  format: ReturnType<typeof useFormat>,
): string {
  if (name === 'pictures') return say('fact.missingValue', { n: format.number(value) });
  if (name === 'bit-rate') return say('fact.bitValue', { k: format.number(value / 1000) });
  if (name === 'key-interval') return say('fact.keyValue', { s: format.number(value, 1) });
  const s = format.number(Math.abs(value));
  if (Math.abs(value) < 1) return say('fact.clockRight');
  return say(value > 0 ? 'fact.clockAhead' : 'fact.clockBehind', { s });
}
