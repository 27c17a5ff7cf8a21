// Sixteen cameras at a time: stills until a hand, the focus or `Enter` is on one. No mosaic that asks to be watched (screens 1.1).
import { useMemo, useRef, useState, type CSSProperties, type KeyboardEvent } from 'react';
import type { CameraMark } from '../../../contract.ts';
import { LiveTile } from '../../live/tile.tsx';
import { playingMost } from '../../live/line.ts';
import { KeyBar } from '../../parts/frame.tsx';
import { Waiting } from '../../parts/panel-state.tsx';
import { useKeys } from '../../parts/use-keys.ts';
import { useFormat, useKnown, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import { districtKey } from '../desk/district.ts';
import { useCity } from '../map/use-city.ts';
import '../../style/live-view.css';

/** Tiles of a page. */
const tilesMost = 16;
/** Few tiles are shown larger: so many in a row. */
const columnsOf = (tiles: number): number => (tiles <= 1 ? 1 : tiles <= 4 ? 2 : tiles <= 9 ? 3 : 4);

const inOrder = (a: CameraMark, b: CameraMark): number =>
  Number(a.restricted) - Number(b.restricted) || a.id.localeCompare(b.id, undefined, { numeric: true });

export function LiveScreen({ query }: { query: ReadonlyMap<string, string> }) {
  const say = useSay();
  const format = useFormat();
  const cameras = useKnown((state) => state.cameras);
  const city = useCity();
  const [find, setFind] = useState('');
  const [district, setDistrict] = useState('');
  const [page, setPage] = useState(0);
  const [reasons] = useState(() => new Map<string, string>());
  const grid = useRef<HTMLDivElement>(null);
  const chosen = query.get('c');
  const districts = useMemo(() => [...new Set([...cameras.values()].map((mark) => mark.district))].sort(), [cameras]);
  const list = useMemo(() => {
    if (chosen !== undefined) return chosen.split(',').flatMap((id) => cameras.get(id) ?? []);
    const wanted = find.trim().toLocaleLowerCase();
    return [...cameras.values()]
      .filter((mark) => district === '' || mark.district === district)
      .filter(
        (mark) =>
          wanted === '' ||
          mark.id.toLocaleLowerCase().includes(wanted) ||
          format.pick(mark.name).toLocaleLowerCase().includes(wanted),
      )
      .sort(inOrder);
  }, [cameras, chosen, find, district, format]);
  const pages = Math.max(1, Math.ceil(list.length / tilesMost));
  const at = Math.min(page, pages - 1);
  const shown = list.slice(at * tilesMost, (at + 1) * tilesMost);
  const columns = columnsOf(shown.length);
  const columnsStyle: CSSProperties & Record<'--live-columns', number> = { '--live-columns': columns };
  const turn = (by: number): void => setPage(Math.max(0, Math.min(pages - 1, at + by)));
  useKeys('live', { page: (row) => turn(row.arg ?? 0) });

  /** Arrows walk the tiles as they lie. */
  const walk = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.target instanceof HTMLInputElement) return;
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.code];
    const presses = [...(grid.current?.querySelectorAll<HTMLElement>('.live-press') ?? [])];
    const from = presses.findIndex((one) => one === document.activeElement);
    const to = presses[by === undefined || from < 0 ? -1 : from + by];
    if (!to) return;
    event.preventDefault();
    to.focus();
  };

  return (
    <>
      <main className="live-screen">
        <header className="live-tools">
          <h1>{say('screen.live')}</h1>
          {chosen === undefined ? (
            <>
              <input
                type="search"
                value={find}
                onChange={(event) => {
                  setFind(event.currentTarget.value);
                  setPage(0);
                }}
                placeholder={say('camera.find')}
                aria-label={say('camera.find')}
              />
              <select
                value={district}
                onChange={(event) => {
                  setDistrict(event.currentTarget.value);
                  setPage(0);
                }}
                aria-label={say('camera.byDistrict')}
              >
                <option value="">{say('camera.allDistricts')}</option>
                {districts.map((one) => (
                  <option key={one} value={one}>
                    {say(`district.${districtKey(one)}`)}
                  </option>
                ))}
              </select>
            </>
          ) : (
            <a className="act" href={hashOf('live')}>
              {say('live.all')}
            </a>
          )}
          <span className="mute live-hint">{say('live.hint', { n: playingMost() })}</span>
          <button type="button" className="act" onClick={() => turn(-1)} disabled={at === 0}>
            <kbd>[</kbd> <span className="hidden">{say('key.livePageBack')}</span>
          </button>
          <span className="num" role="status">
            {say('live.page', { n: at + 1, of: pages })}
          </span>
          <button type="button" className="act" onClick={() => turn(1)} disabled={at >= pages - 1}>
            <kbd>]</kbd> <span className="hidden">{say('key.livePage')}</span>
          </button>
        </header>
        {shown.length === 0 ? (
          cameras.size === 0 && !city.failed ? (
            <Waiting what="camera.waiting" />
          ) : (
            <p className="panel-state mute">{say('camera.none')}</p>
          )
        ) : (
          <div className="live-grid" style={columnsStyle} ref={grid} onKeyDown={walk} data-testid="live-grid">
            {shown.map((mark) => (
              <LiveTile
                key={mark.id}
                camera={mark}
                byPointing
                reason={reasons.get(mark.id)}
                onReason={(text) => reasons.set(mark.id, text)}
              />
            ))}
          </div>
        )}
      </main>
      <KeyBar place="live" />
    </>
  );
}
