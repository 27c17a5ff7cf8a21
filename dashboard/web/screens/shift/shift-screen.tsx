// The shift (screens 4.10): what the product writes of it, a line of one's own, and the handing over by two people.
import { useState, type ReactNode } from 'react';
import { severities } from '#core/hazard-name';
import { systemClock } from '#core/clock';
import { newId } from '#core/ids';
import { routes, type Handover, type SeatCard, type Shift, type ShiftNote } from '../../../contract.ts';
import { shortName } from '../../hazard-words.ts';
import { call } from '../../net/api.ts';
import { KeyBar } from '../../parts/frame.tsx';
import { Mark } from '../../parts/mark.tsx';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { useKeys } from '../../parts/use-keys.ts';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useNow, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import { say as tell } from '../../state.ts';
import { whyOf } from '../../trouble.ts';
import { districtKey } from '../desk/district.ts';
import '../../style/shift.css';

export function ShiftScreen() {
  const say = useSay();
  const format = useFormat();
  const [loaded, reload] = useLoad('shift', (signal) => call(routes.shift, { signal }), { everyMs: 15_000 });
  const [said, setSaid] = useState<Shift | undefined>(undefined);
  useKeys('shift', {});
  const asked = loaded.kind === 'here' ? loaded.value : undefined;
  const shift = said && (!asked || said.nowMs > asked.nowMs) ? said : asked;
  return (
    <>
      <main className="shift page" data-testid="shift">
        <header className="page-head">
          <h1>{say('screen.shift')}</h1>
          {shift && <span className="mute num">{say('data.of', { time: format.timeS(shift.nowMs) })}</span>}
        </header>
        {loaded.kind === 'failed' && !shift && <Failure why={loaded.why} code={loaded.code} onAgain={reload} />}
        {loaded.kind === 'loading' && !shift && <Waiting what="shift.waiting" />}
        {shift && (
          <div className="shift-columns">
            <Note note={shift.note} />
            <div className="shift-side">
              <HandOver shift={shift} onSaid={setSaid} />
              <Sitting seats={shift.seats} note={shift.note} />
              <Before rows={shift.before} />
            </div>
          </div>
        )}
      </main>
      <KeyBar place="shift" />
    </>
  );
}

function Note({ note }: { note: ShiftNote }) {
  const say = useSay();
  const format = useFormat();
  const language = useKnown((state) => state.language);
  const nowMs = useNow(10_000);
  const open = severities.reduce((sum, severity) => sum + note.open[severity], 0);
  const isCalm =
    open === 0 &&
    note.overdueAll === 0 &&
    note.shelved.length === 0 &&
    note.putOffAll.acts === 0 &&
    note.camerasDownAll === 0;
  return (
    <section className="panel shift-note" aria-label={say('shift.note')} data-testid="shift-note">
      <h2 className="panel-head">{say('shift.note')}</h2>
      {isCalm && <p className="panel-state">{say('shift.nothing')}</p>}
      <p className="shift-counts">
        <span>{say('shift.open')}</span>
        {[...severities].reverse().map((severity) => (
          <span key={severity} className="bar-count">
            <Mark severity={severity} size={22} /> <b className="num">{note.open[severity]}</b>
          </span>
        ))}
        <span>
          {say('shift.undecided', { n: note.waiting.n })}{' '}
          {note.waiting.oldestSinceMs !== null && (
            <span className="mute">
              {say('shift.oldest', { span: format.age(note.atMs - note.waiting.oldestSinceMs) })}
            </span>
          )}
        </span>
        <b className={note.flood ? 'bad' : 'mute'}>{say(note.flood ? 'shift.flood' : 'shift.noFlood')}</b>
      </p>
      {note.masses.length > 0 && (
        <p className="shift-masses">
          {note.masses.map((one) => (
            <span key={one.number} className="chip">
              M{one.number} · {shortName(one.hazard, language)} · {say(`districtShort.${districtKey(one.district)}`)} ·{' '}
              {say('mass.places', { n: one.places })}
            </span>
          ))}
        </p>
      )}
      <Table
        title={say('shift.shelved', { n: note.shelved.length })}
        empty={say('shift.noShelved')}
        n={note.shelved.length}
      >
        {note.shelved.map((row) => (
          <tr key={row.incidentId}>
            <td>
              <Mark severity={row.severity} hazard={row.hazard} size={24} /> #{row.number}{' '}
              {shortName(row.hazard, language)}
            </td>
            <td className="shift-wide">{format.pick(row.place)}</td>
            <td className="num">{row.untilMs === null ? '–' : format.moment(row.untilMs, nowMs)}</td>
            <td className="mute">
              {row.reason} · {row.who}
            </td>
          </tr>
        ))}
      </Table>
      <Table
        title={say('shift.putOff', { n: note.putOffAll.cameras })}
        empty={say('shift.noPutOff')}
        n={note.putOffAll.acts}
      >
        {note.putOff.map((row, at) => (
          <tr key={at} data-testid="shift-put-off">
            <td>{row.hazards.map((hazard) => shortName(hazard, language)).join(', ')}</td>
            <td className="shift-wide">
              {row.cameras.map((one, place) => (
                <span key={one.cameraId}>
                  {place > 0 && ', '}
                  <a href={hashOf('camera', one.cameraId)}>{format.pick(one.name)}</a>
                </span>
              ))}
              {row.all > row.cameras.length && (
                <span className="mute"> {say('shift.andCameras', { n: row.all - row.cameras.length })}</span>
              )}
            </td>
            <td className="num">{format.moment(row.untilMs, nowMs)}</td>
            <td className="mute">
              {row.reason} · {row.who}
            </td>
          </tr>
        ))}
        <More shown={note.putOff.length} all={note.putOffAll.acts} />
      </Table>
      <Table title={say('shift.overdue', { n: note.overdueAll })} empty={say('shift.noOverdue')} n={note.overdueAll}>
        {note.overdue.map((row) => (
          <tr key={row.taskId}>
            <td>
              #{row.incidentNumber} {shortName(row.hazard, language)}
            </td>
            <td className="shift-wide">{format.pick(row.agency)}</td>
            <td className="num">{format.moment(row.dueMs, nowMs)}</td>
            <td className="mute">{say(`task.${row.state}`)}</td>
          </tr>
        ))}
        <More shown={note.overdue.length} all={note.overdueAll} />
      </Table>
      <Table
        title={say('shift.cameras', { n: note.camerasDownAll, all: note.camerasAll })}
        empty={say('shift.noCameras')}
        n={note.camerasDownAll}
      >
        {note.camerasDown.map((row) => (
          <tr key={row.cameraId}>
            <td>
              <a href={hashOf('camera', row.cameraId)}>{row.cameraId}</a>
            </td>
            <td className="shift-wide">{format.pick(row.name)}</td>
            <td className="num">{row.sinceMs === null ? '–' : format.moment(row.sinceMs, nowMs)}</td>
            <td className="mute">{say(`health.${row.state}`)}</td>
          </tr>
        ))}
        <More shown={note.camerasDown.length} all={note.camerasDownAll} />
      </Table>
    </section>
  );
}

function More({ shown, all }: { shown: number; all: number }) {
  const say = useSay();
  if (all <= shown) return null;
  return (
    <tr>
      <td colSpan={4} className="mute">
        {say('shift.more', { n: all - shown })}
      </td>
    </tr>
  );
}

function Table({ title, empty, n, children }: { title: string; empty: string; n: number; children: ReactNode }) {
  return (
    <table className="table">
      <caption>{title}</caption>
      <tbody>
        {n === 0 ? (
          <tr>
            <td className="mute" colSpan={4}>
              {empty}
            </td>
          </tr>
        ) : (
          children
        )}
      </tbody>
    </table>
  );
}

async function press(work: () => Promise<Shift>, onSaid: (shift: Shift) => void, done: 'shift.given' | 'shift.taken') {
  try {
    onSaid(await work());
    tell(done);
    return true;
  } catch (thrown) {
    tell('shift.failed', { why: whyOf(thrown) }, 'bad');
    return false;
  }
}

/** Two presses by two people: one gives, another one takes. */
function HandOver({ shift, onSaid }: { shift: Shift; onSaid: (shift: Shift) => void }) {
  const say = useSay();
  const format = useFormat();
  const mayHandOver = useKnown((state) => state.me?.permissions.includes('hand-over') === true);
  const [line, setLine] = useState('');
  const [key, setKey] = useState(() => newId(systemClock));
  const [isBusy, setBusy] = useState(false);
  const { waiting } = shift;
  const run = async (work: () => Promise<Shift>, done: 'shift.given' | 'shift.taken'): Promise<void> => {
    setBusy(true);
    const isDone = await press(work, onSaid, done);
    setBusy(false);
    if (!isDone || done !== 'shift.given') return;
    setLine('');
    setKey(newId(systemClock));
  };
  return (
    <section className="panel" aria-label={say('shift.handover')} data-testid="handover">
      <h2 className="panel-head">{say('shift.handover')}</h2>
      <div className="shift-form">
        {waiting && (
          <div className="notice" data-testid="handover-waits">
            <p>
              <b>{waiting.givenBy}</b> <span className="num">{format.time(waiting.writtenAtMs)}</span>
            </p>
            {waiting.line !== '' && <q>{waiting.line}</q>}
            {waiting.mine ? (
              <p>{say('shift.waitsForOther')}</p>
            ) : (
              mayHandOver && (
                <button
                  type="button"
                  className="act act-strong"
                  disabled={isBusy}
                  data-testid="handover-take"
                  onClick={() => void run(() => call(routes.takeShift, { params: { id: waiting.id } }), 'shift.taken')}
                >
                  {say('shift.take')}
                </button>
              )
            )}
          </div>
        )}
        {mayHandOver ? (
          <form
            className="form"
            onSubmit={(event) => {
              event.preventDefault();
              void run(() => call(routes.giveShift, { body: { key, line: line.trim() } }), 'shift.given');
            }}
          >
            <label>
              {say('shift.line')}
              <textarea
                value={line}
                rows={3}
                maxLength={1000}
                data-testid="handover-line"
                onChange={(event) => setLine(event.currentTarget.value)}
              />
            </label>
            <button type="submit" className="act" disabled={isBusy} data-testid="handover-give">
              {say(waiting?.mine ? 'shift.giveAnew' : 'shift.give')}
            </button>
          </form>
        ) : (
          <p className="mute">{say('shift.notYours')}</p>
        )}
      </div>
    </section>
  );
}

function Sitting({ seats, note }: { seats: readonly SeatCard[]; note: ShiftNote }) {
  const say = useSay();
  const format = useFormat();
  return (
    <section className="panel" aria-label={say('shift.seats')}>
      <h2 className="panel-head">{say('shift.seats')}</h2>
      <table className="table">
        <tbody>
          {seats.length === 0 && (
            <tr>
              <td className="mute">{say('shift.noSeats')}</td>
            </tr>
          )}
          {seats.map((seat) => (
            <tr key={seat.personId}>
              <td>{seat.name}</td>
              <td>
                {seat.pausedAtMs === null
                  ? say('seat.works', { time: format.time(seat.takenAtMs) })
                  : say('seat.pausedSince', { time: format.time(seat.pausedAtMs) })}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <table className="table">
        <caption>{say('shift.loads')}</caption>
        <tbody>
          {note.loads.map((row) => (
            <tr key={row.name}>
              <td>{row.name}</td>
              <td className="num right">{format.number(row.decided)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="mute shift-patrol">
        {say('shift.patrol', { clean: note.patrol.clean, found: note.patrol.found, cameras: note.patrol.cameras })}
      </p>
    </section>
  );
}

function Before({ rows }: { rows: readonly Handover[] }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(60_000);
  if (rows.length === 0) return null;
  return (
    <section className="panel" aria-label={say('shift.before')}>
      <h2 className="panel-head">{say('shift.before')}</h2>
      <ul className="shift-before">
        {rows.map((row) => (
          <li key={row.id} data-testid="handover-taken">
            <span className="num">{format.moment(row.takenAtMs ?? row.writtenAtMs, nowMs)}</span>{' '}
            {say('shift.fromTo', { from: row.givenBy, to: row.takenBy ?? '' })}
            {row.line !== '' && <q>{row.line}</q>}
          </li>
        ))}
      </ul>
    </section>
  );
}
