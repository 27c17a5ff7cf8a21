// The wall (screens 4.2): read from metres away, driven by nobody, no names of people. Letters are never smaller than the distance asks.
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type CSSProperties, type RefObject } from 'react';
import { z } from 'zod';
import { severities, type Severity } from '#core/hazard-name';
import { routes, type Wall } from '../../../contract.ts';
import { shortName } from '../../hazard-words.ts';
import { cityLines, districtPlaces } from '../../map/base.ts';
import { CityMap } from '../../map/city-map.ts';
import { call } from '../../net/api.ts';
import { FirstStepsPointer } from '../../parts/first-steps.tsx';
import { PaceNote } from '../../parts/frame.tsx';
import { useShare } from '../../parts/health.tsx';
import { Mark, Sign } from '../../parts/mark.tsx';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { useKeys } from '../../parts/use-keys.ts';
import { useLoad, type Loaded } from '../../parts/use-load.ts';
import { useFormat, useKnown, useNow, useSay } from '../../parts/words.ts';
import { keep, keptChoice } from '../../state.ts';
import { dark } from '../../style/tokens.ts';
import '../../style/wall.css';
import { districtKey } from '../desk/district.ts';
import { Panel } from './panel.tsx';
import { spread, type LabelBox } from './spread.ts';
import { fontPx, linesThatFit, type WallPlace } from './type-size.ts';
import { isDueAtNight, isDueByMemory, noted } from './young.ts';

type WallAnswer = z.infer<typeof Wall>;

/** An 86-inch panel seen from six metres, until somebody says otherwise. */
const usual = { pictureMm: 1904, distanceM: 6 };
const arcMin = 16;
const fullLineHeight = 1.3;

const positive = (text: string | null | undefined, otherwise: number): number => {
  const value = Number(text ?? '');
  return Number.isFinite(value) && value > 0 ? value : otherwise;
};
function useWallPlace(
  query: ReadonlyMap<string, string>,
): [WallPlace & { readonly heightPx: number }, (mm: number, m: number) => void] {
  const [settings, setSettings] = useState(() => ({
    pictureMm: positive(query.get('mm'), positive(keptChoice('ahual.wall.mm'), usual.pictureMm)),
    distanceM: positive(query.get('m'), positive(keptChoice('ahual.wall.m'), usual.distanceM)),
  }));
  const [px, setPx] = useState({ picturePx: window.innerWidth, heightPx: window.innerHeight });
  useEffect(() => {
    const measure = (): void => setPx({ picturePx: window.innerWidth, heightPx: window.innerHeight });
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }, []);
  return [
    { ...settings, ...px },
    (pictureMm, distanceM) => {
      keep('ahual.wall.mm', String(pictureMm));
      keep('ahual.wall.m', String(distanceM));
      setSettings({ pictureMm, distanceM });
    },
  ];
}

const HeapReading = z.object({ memory: z.object({ usedJSHeapSize: z.number() }) });

/** Bytes that the page holds, where the browser tells. */
const heapBytes = (): number | undefined => HeapReading.safeParse(performance).data?.memory.usedJSHeapSize;

/** Loads itself anew at four in the morning, or when its memory has grown for good; never while something critical is open. */
function useStaysYoung(open: WallAnswer['open'] | undefined): void {
  const format = useFormat();
  const nowMs = useNow(60_000);
  const line = useKnown((state) => state.line);
  const readings = useRef<number[]>([]);
  const readAtMs = useRef(0);
  useEffect(() => {
    if (!open) return;
    const moment = { hour: Number(format.time(nowMs).slice(0, 2)), ageMs: performance.now(), openS4: open.S4, line };
    const bytes = heapBytes();
    if (bytes !== undefined && readAtMs.current !== nowMs) readings.current = noted(readings.current, bytes);
    readAtMs.current = nowMs;
    if (isDueAtNight(moment) || isDueByMemory(moment, readings.current)) location.reload();
  }, [nowMs, open, format, line]);
}

export function WallScreen({ query }: { query: ReadonlyMap<string, string> }) {
  const [place, setPlace] = useWallPlace(query);
  const size = Math.max(14, fontPx(place, arcMin));
  const stamp = useKnown((state) => Math.max(state.stamps.incident, state.stamps.task, state.stamps.weather));
  const line = useKnown((state) => state.line);
  const [loaded] = useLoad('wall', (signal) => call(routes.wall, { signal }), { stamp, everyMs: 10_000 });
  useStaysYoung(loaded.kind === 'here' ? loaded.value.open : undefined);
  useKeys('wall', {});
  const style: CSSProperties = { fontSize: `${size}px`, lineHeight: fullLineHeight };
  return (
    <main
      className={`wall ${line === 'down' ? 'wall-offline' : ''}`}
      style={style}
      data-testid="wall"
      data-font-px={size.toFixed(1)}
    >
      <WallBody loaded={loaded} place={place} size={size} />
      <Settings place={place} onSet={setPlace} />
    </main>
  );
}

function WallBody({
  loaded,
  place,
  size,
}: {
  loaded: Loaded<WallAnswer>;
  place: { readonly heightPx: number };
  size: number;
}) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(1000);
  const line = useKnown((state) => state.line);
  const lastWordAtMs = useKnown((state) => state.lastWordAtMs + state.skewMs);
  if (loaded.kind === 'loading') return <Waiting what="wall.waiting" />;
  if (loaded.kind === 'failed') return <Failure why={loaded.why} code={loaded.code} />;
  const wall = loaded.value;
  // Header, foot of three lines and margins take their lines first; each card is four lines and its gap.
  const lines = linesThatFit(place.heightPx, size);
  const cards = Math.max(1, Math.min(3, Math.floor((lines - 5) / 4.8)));
  return (
    <>
      <Panel of={['weather', 'counts']} wall={wall}>
        <Head wall={wall} />
      </Panel>
      {line === 'down' ? <p className="wall-age">{say('line.down', { time: format.timeS(lastWordAtMs) })}</p> : null}
      <div className="wall-middle">
        <Panel of={['map']} wall={wall}>
          <WallMap wall={wall} size={size} />
        </Panel>
        <Panel of={['cards']} wall={wall}>
          <Worst wall={wall} count={cards} nowMs={nowMs} />
        </Panel>
      </div>
      <Foot wall={wall} nowMs={nowMs} />
    </>
  );
}

function Head({ wall }: { wall: WallAnswer }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(1000);
  const city = useKnown((state) => state.me?.city.name);
  return (
    <header className="wall-head" data-testid="wall-head">
      <b>{city ? format.pick(city) : ''}</b>
      <time className="num">{format.time(nowMs)}</time>
      {wall.weather && (
        <span>
          {say('wall.weather', {
            celsius: format.number(Math.round(wall.weather.temperatureC)),
            wind: format.number(Math.round(wall.weather.windMS)),
          })}
        </span>
      )}
      <span className="grow" />
      <span>{say('wall.open')}</span>
      {[...severities].reverse().map((severity: Severity) => (
        <span key={severity} className="wall-count">
          <Mark severity={severity} size={0} />
          <b className="num">{format.number(wall.open[severity])}</b>
        </span>
      ))}
      {wall.late > 0 && <b>{say('wall.late', { n: wall.late })}</b>}
    </header>
  );
}

/** A card that came stays at least twenty seconds, unless it is gone altogether. */
const stayMs = 20_000;

function useSteadyCards(wall: WallAnswer, count: number, nowMs: number): WallAnswer['worst'] {
  const since = useRef(new Map<string, number>());
  return useMemo(() => {
    const known = new Map(wall.worst.map((one) => [one.id, one]));
    for (const id of [...since.current.keys()]) if (!known.has(id)) since.current.delete(id);
    const staying = [...since.current].filter(([, atMs]) => nowMs - atMs < stayMs).map(([id]) => id);
    const ids = [...staying, ...wall.worst.map((one) => one.id).filter((id) => !staying.includes(id))].slice(0, count);
    for (const id of [...since.current.keys()]) if (!ids.includes(id)) since.current.delete(id);
    for (const id of ids) if (!since.current.has(id)) since.current.set(id, nowMs);
    return wall.worst.filter((one) => ids.includes(one.id));
  }, [wall, count, Math.floor(nowMs / 5000)]);
}

function Worst({ wall, count, nowMs }: { wall: WallAnswer; count: number; nowMs: number }) {
  const say = useSay();
  const language = useKnown((state) => state.language);
  const format = useFormat();
  const cards = useSteadyCards(wall, count, nowMs);
  const open = severities.reduce((sum, severity) => sum + wall.open[severity], 0);
  if (open === 0) {
    return (
      <section className="wall-cards wall-calm">
        <Sign of="done" size={0} />
        <p>{say('wall.empty')}</p>
        <FirstStepsPointer />
        {wall.life.lastLookAtMs !== null && (
          <p className="mute">{say('life.last', { ago: format.ago(wall.life.lastLookAtMs, nowMs) })}</p>
        )}
      </section>
    );
  }
  return (
    <section className="wall-cards">
      {cards.map((card) => (
        <article key={card.id} className={`wall-card wall-${card.severity}`}>
          <Mark severity={card.severity} hazard={card.hazard} size={0} mute />
          <div>
            <h2>
              <span className="cut">{shortName(card.hazard, language)}</span>{' '}
              <span className="num">{format.age(nowMs - card.sinceMs)}</span>
            </h2>
            <p className="cut">{format.pick(card.place)}</p>
            <p className="cut">{card.taskState ? say(`task.${card.taskState}`) : say(`state.${card.state}`)}</p>
            {card.agency && <p className="cut mute">{format.pick(card.agency)}</p>}
          </div>
        </article>
      ))}
      {open > cards.length && <p className="mute">{say('wall.more', { n: open - cards.length })}</p>}
    </section>
  );
}

function WallMap({ wall, size }: { wall: WallAnswer; size: number }) {
  const say = useSay();
  const city = useKnown((state) => state.me?.city);
  const language = useKnown((state) => state.language);
  const place = useRef<HTMLDivElement>(null);
  const map = useRef<CityMap | undefined>(undefined);
  useEffect(() => {
    const target = place.current;
    if (!target || !city) return undefined;
    const made = new CityMap(
      target,
      { centre: city.centre, zoom: city.zoom + Math.log2(Math.max(1, target.clientWidth / 750)) },
      dark,
      Math.round(size * 1.1),
    );
    map.current = made;
    return () => {
      map.current = undefined;
      made.close();
    };
  }, [city, size]);
  useEffect(() => map.current?.setIncidents(wall.marks), [wall.marks, city, size]);
  useEffect(() => {
    void cityLines().then(
      (lines) => map.current?.ground(lines, language, () => ''),
      () => undefined,
    );
  }, [size, city, language]);
  return (
    <div className="wall-map">
      <div className="wall-ground" ref={place} role="img" aria-label={say('map.label')} />
      <DistrictLabels map={map} wall={wall} size={size} />
    </div>
  );
}

/** Names of districts with their counts, in the letter size of the wall, pushed apart where they would cover each other. */
function DistrictLabels({ map, wall, size }: { map: RefObject<CityMap | undefined>; wall: WallAnswer; size: number }) {
  const say = useSay();
  const frame = useRef<HTMLDivElement>(null);
  const [points, setPoints] = useState<readonly { id: string; x: number; y: number }[]>([]);
  const [boxes, setBoxes] = useState<readonly LabelBox[]>([]);
  useEffect(() => {
    let open = true;
    void cityLines().then(
      (lines) => {
        const places = districtPlaces(lines);
        const look = (): void => {
          if (!open) return;
          const found = places.flatMap(({ id, at }) => {
            const pixel = map.current?.pixelOf(at);
            return pixel ? [{ id, x: pixel[0], y: pixel[1] }] : [];
          });
          setPoints(found);
        };
        map.current?.on({ moved: look });
        look();
      },
      () => undefined,
    );
    return () => {
      open = false;
    };
  }, [map, size]);
  const sums = useMemo(() => {
    const made = new Map<string, { open: number; late: number }>();
    for (const row of wall.districts) {
      const sum = made.get(row.district) ?? { open: 0, late: 0 };
      made.set(row.district, { open: sum.open + row.open, late: sum.late + row.late });
    }
    return made;
  }, [wall.districts]);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const measured = points.flatMap(({ id, x, y }) => {
      const label = element.querySelector(`[data-district="${CSS.escape(id)}"]`);
      const box = label?.getBoundingClientRect();
      return box ? [{ id, x, y, w: box.width, h: box.height }] : [];
    });
    setBoxes(spread(measured, element.clientWidth, element.clientHeight));
  }, [points, sums, say, size]);
  return (
    <div className="wall-labels" ref={frame}>
      {points.map(({ id }) => {
        const sum = sums.get(id);
        const box = boxes.find((one) => one.id === id);
        return (
          <p key={id} data-district={id} style={box ? { left: box.x, top: box.y } : { visibility: 'hidden' }}>
            <b>{say(`districtShort.${districtKey(id)}`)}</b> <span className="num">{sum?.open ?? 0}</span>
            {sum && sum.late > 0 ? (
              <span className="wall-late">{say('wall.districtLate', { n: sum.late })}</span>
            ) : null}
          </p>
        );
      })}
    </div>
  );
}

/** Mass incidents in one line: the greatest by name, of the others how many. */
function Many({ wall }: { wall: WallAnswer }) {
  const say = useSay();
  const language = useKnown((state) => state.language);
  const [first, ...rest] = wall.masses;
  if (!first) return null;
  return (
    <span data-testid="wall-mass">
      <b>
        {say('wall.mass', {
          number: `M${first.number}`,
          hazard: shortName(first.hazard, language),
          district: say(`districtShort.${districtKey(first.district)}`),
          n: first.places,
        })}
      </b>
      {rest.length > 0 ? ` · ${say('wall.massMore', { n: rest.length })}` : ''}
    </span>
  );
}

function Foot({ wall, nowMs }: { wall: WallAnswer; nowMs: number }) {
  const say = useSay();
  const format = useFormat();
  const share = useShare();
  const { life, waiting, today, seats } = wall;
  return (
    <footer className="wall-foot">
      <Panel of={['eyes']} wall={wall}>
        <p>
          <b>{say('wall.eyes')}</b>{' '}
          {say('wall.cameras', { ok: format.number(life.cameras.ok), all: format.number(life.cameras.all) })}
          {life.cameras.silent > 0 ? ` · ${say('wall.silent', { n: life.cameras.silent })}` : ''}
          {life.blind > 0 ? ` · ${say('blind.wall', { n: life.blind })}` : ''}
          {life.coverage === null ? '' : ` · ${say('cover.short', { share: share(life.coverage) })}`}
          {life.site[0] ? ` · ${say(`siteShort.${life.site[0].kind}`)}` : ''}
          {life.lastLookAtMs === null ? '' : ` · ${say('life.last', { ago: format.ago(life.lastLookAtMs, nowMs) })}`}
        </p>
      </Panel>
      <Panel of={['desk', 'today']} wall={wall}>
        <p>
          <b>{say('wall.desk')}</b> {say('wall.seats', { n: seats.working, paused: seats.paused })} ·{' '}
          {say('wall.waitingNow', { n: waiting.n })}
          {waiting.oldestSinceMs === null
            ? ''
            : ` · ${say('wall.oldest', { span: format.span(nowMs - waiting.oldestSinceMs) })}`}{' '}
          · <b>{say('wall.today')}</b> {say('wall.raised', { n: today.raised })}
          {today.decided > 0 ? ` · ${say('wall.right', { k: today.right, n: today.decided })}` : ''}
        </p>
      </Panel>
      <Panel of={['masses']} wall={wall}>
        <p className="wall-note">
          <Many wall={wall} />
          {wall.snowingSinceMs === null ? null : (
            <span>{say('wall.snowing', { time: format.moment(wall.snowingSinceMs, nowMs) })}</span>
          )}{' '}
          <PaceNote />
        </p>
      </Panel>
    </footer>
  );
}

function Settings({ place, onSet }: { place: WallPlace; onSet: (mm: number, m: number) => void }) {
  const say = useSay();
  return (
    <details className="wall-settings">
      <summary aria-label={say('wall.settings')}>⚙</summary>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const typed = (name: string): string => {
            const value = form.get(name);
            return typeof value === 'string' ? value : '';
          };
          onSet(positive(typed('mm'), usual.pictureMm), positive(typed('m'), usual.distanceM));
        }}
      >
        <label>
          {say('wall.width')}
          <input name="mm" type="number" min={200} max={20000} defaultValue={Math.round(place.pictureMm)} />
        </label>
        <label>
          {say('wall.distance')}
          <input name="m" type="number" min={1} max={50} step={0.5} defaultValue={place.distanceM} />
        </label>
        <p>{say('wall.letters', { px: Math.round(fontPx(place, arcMin)) })}</p>
        <button type="submit" className="act">
          {say('wall.apply')}
        </button>
      </form>
    </details>
  );
}
