// A new incident by hand (screens 4.9): three presses, `KeyN`, a digit, `Enter`; a box drawn by keys or pointer; what is perhaps the same.
import { useEffect, useRef, useState, type PointerEvent } from 'react';
import { useStore } from 'zustand';
import { severities, type Severity } from '#core/hazard-name';
import { routes, type Category, type Near } from '../../../contract.ts';
import { shortName } from '../../hazard-words.ts';
import { call, Unreachable } from '../../net/api.ts';
import { Layer } from '../../parts/frame.tsx';
import { Mark, Pictogram } from '../../parts/mark.tsx';
import { Picture } from '../../parts/picture.tsx';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useNow, useSay } from '../../parts/words.ts';
import { putCards, say as tell, serverNowMs, store } from '../../state.ts';
import { byHand, closeByHand, type HeldPicture } from './by-hand-state.ts';
import { holdByHand } from './desk-state.ts';
import { TroubleNote } from '../../parts/trouble.tsx';
import { troubleOf, type Trouble } from '../../trouble.ts';

export type Box = readonly [number, number, number, number];

const firstBox: Box = [0.42, 0.5, 0.58, 0.66];
const stepBy = 0.02;
const least = 0.02;
const within = (n: number): number => Math.min(1, Math.max(0, n));

/** The box after one key: arrows move it, with `Shift` its lower right corner; undefined for any other key. */
export function movedBox(box: Box, code: string, shift: boolean): Box | undefined {
  const by: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-stepBy, 0],
    ArrowRight: [stepBy, 0],
    ArrowUp: [0, -stepBy],
    ArrowDown: [0, stepBy],
  };
  const move = by[code];
  if (!move) return undefined;
  const [left, top, right, bottom] = box;
  const [dx, dy] = move;
  if (shift) return [left, top, within(Math.max(left + least, right + dx)), within(Math.max(top + least, bottom + dy))];
  const x = Math.min(1 - right, Math.max(-left, dx));
  const y = Math.min(1 - bottom, Math.max(-top, dy));
  return [left + x, top + y, right + x, bottom + y];
}

export function ByHand() {
  const held = useStore(byHand, (state) => state.held);
  return held ? <Form key={held.key} held={held} /> : null;
}

const pointsOf = ([left, top, right, bottom]: Box): [number, number][] => [
  [left, top],
  [right, top],
  [right, bottom],
  [left, bottom],
];

function Form({ held }: { held: HeldPicture }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(10_000);
  const [tree] = useLoad('categories', (signal) => call(routes.categories, { signal }));
  const { lat, lon } = held.point;
  const [near] = useLoad(`near ${lat} ${lon}`, (signal) => call(routes.near, { query: { lat, lon }, signal }));
  const rows = tree.kind === 'here' ? tree.value : [];
  const branches = rows.filter((row) => row.parent === null);
  // By its digit, so that a press before the tree is here counts too.
  const [branchN, setBranch] = useState<number | null>(null);
  const branchId = branchN === null ? null : (branches[branchN - 1]?.id ?? null);
  const [leafId, setLeaf] = useState<string | null>(null);
  const [own, setOwn] = useState<Severity | null>(null);
  const [note, setNote] = useState('');
  const [box, setBox] = useState<Box | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | string>('');
  const leaves = leavesOf(rows, branchId);
  const leaf = leaves.find((row) => row.id === leafId) ?? leaves[0];
  const severity = own ?? leaf?.severity ?? 'S2';

  const chooseBranch = (n: number): void => {
    if (rows.length > 0 && !branches[n - 1]) return;
    setBranch(n);
    setLeaf(null);
    setOwn(null);
  };
  const raise = async (): Promise<void> => {
    if (!leaf?.hazard || isBusy) return;
    setBusy(true);
    setTrouble('');
    try {
      const { incident, undoUntilMs } = await call(routes.raise, {
        body: {
          key: held.key,
          hazard: leaf.hazard,
          sub: leaf.sub,
          category: leaf.id,
          severity,
          cameraId: held.cameraId,
          zoneId: null,
          point: held.point,
          stillSha256: held.stillSha256,
          at: null,
          box: box === null ? null : [...box],
          note: note.trim(),
          patrol: held.patrol === true,
          heldAtMs: held.atMs,
        },
      });
      store.setState(({ incidents }) => ({ incidents: putCards(incidents, [incident]) }));
      holdByHand(held.key, incident, undoUntilMs);
      tell(undoUntilMs > serverNowMs() ? 'byHand.raisedUndo' : 'byHand.raised', { number: `#${incident.number}` });
      closeByHand();
    } catch (thrown) {
      setTrouble(thrown instanceof Unreachable ? say('byHand.noLine') : troubleOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  useFormKeys({
    digit: chooseBranch,
    enter: () => void raise(),
    arrow: (code, shift) => {
      if (held.stillSha256 === null) return;
      setBox((before) => (before === null ? firstBox : (movedBox(before, code, shift) ?? before)));
    },
    erase: () => setBox(null),
  });

  return (
    <Layer title={say('byHand.title', { place: format.pick(held.place) })} onClose={closeByHand} wide>
      <div className="by-hand" data-testid="by-hand">
        <div className="by-hand-left">
          <p className="mute">
            {held.seenAtMs === null
              ? say('byHand.noPicture')
              : say('byHand.heldAt', { time: format.timeS(held.seenAtMs) })}
          </p>
          <Drawing held={held} box={box} onBox={setBox} severity={severity} />
          {held.stillSha256 !== null && <p className="mute small">{say('byHand.boxKeys')}</p>}
          {near.kind === 'here' && near.value.length > 0 && <Perhaps rows={near.value} nowMs={nowMs} />}
        </div>
        <div className="by-hand-right form">
          <div className="choices" role="radiogroup" aria-label={say('byHand.what')}>
            {branches.map((branch, i) => (
              <button
                key={branch.id}
                type="button"
                role="radio"
                aria-checked={branch.id === branchId}
                className="choice"
                data-testid={`branch-${branch.id}`}
                onClick={() => chooseBranch(i + 1)}
              >
                <kbd>{i + 1}</kbd> <BranchMark rows={rows} branch={branch} /> {format.pick(branch.name)}
              </button>
            ))}
          </div>
          {leaf && (
            <>
              <label>
                {say('byHand.which')}
                <select value={leaf.id} onChange={(event) => setLeaf(event.currentTarget.value)}>
                  {leaves.map((row) => (
                    <option key={row.id} value={row.id}>
                      {format.pick(row.name)}
                    </option>
                  ))}
                </select>
              </label>
              <div className="severities" role="radiogroup" aria-label={say('severity.title')}>
                {severities.map((one) => (
                  <button
                    key={one}
                    type="button"
                    role="radio"
                    aria-checked={one === severity}
                    className="severity"
                    onClick={() => setOwn(one)}
                  >
                    <Mark severity={one} size={24} mute />
                    <span>{say(`severity.${one}`)}</span>
                  </button>
                ))}
              </div>
            </>
          )}
          <label>
            {say('byHand.note')}
            <input
              value={note}
              maxLength={500}
              data-testid="by-hand-note"
              onChange={(event) => setNote(event.currentTarget.value)}
            />
          </label>
          <TroubleNote trouble={trouble} />
          <p>{leaf ? say('byHand.consequence', { what: format.pick(leaf.name) }) : say('byHand.chooseWhat')}</p>
          <button
            type="button"
            className="act act-strong"
            disabled={!leaf || isBusy}
            data-testid="by-hand-raise"
            onClick={() => void raise()}
          >
            <kbd>Enter</kbd> {say('byHand.raise')}
          </button>
        </div>
      </div>
    </Layer>
  );
}

/** All leaves below a branch, in the order of the file. */
function leavesOf(rows: readonly Category[], branchId: string | null): readonly Category[] {
  if (branchId === null) return [];
  const below = rows.filter((row) => row.parent === branchId);
  return below.flatMap((row) => (row.hazard === null ? leavesOf(rows, row.id) : [row]));
}

function BranchMark({ rows, branch }: { rows: readonly Category[]; branch: Category }) {
  const hazard = leavesOf(rows, branch.id)[0]?.hazard;
  return hazard ? <Pictogram hazard={hazard} size={20} /> : null;
}

interface FormKeys {
  readonly digit: (n: number) => void;
  readonly enter: () => void;
  readonly arrow: (code: string, shift: boolean) => void;
  readonly erase: () => void;
}

/** The form's own keys; a field that is typed in keeps its keys but for `Enter`. */
function useFormKeys(keys: FormKeys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
      const { target, code } = event;
      const isEnter = code === 'Enter' || code === 'NumpadEnter';
      const isField = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
      const isButton = target instanceof HTMLButtonElement && target.matches(':focus-visible');
      if (event.repeat && !code.startsWith('Arrow')) return;
      if (isEnter && !isButton) latest.current.enter();
      else if (isField) return;
      else if (/^Digit[1-9]$/.test(code)) latest.current.digit(Number(code.slice(5)));
      else if (code.startsWith('Arrow')) latest.current.arrow(code, event.shiftKey);
      else if (code === 'Delete' || code === 'Backspace') latest.current.erase();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, []);
}

function Drawing({
  held,
  box,
  onBox,
  severity,
}: {
  held: HeldPicture;
  box: Box | null;
  onBox: (box: Box | null) => void;
  severity: Severity;
}) {
  const format = useFormat();
  const from = useRef<readonly [number, number] | null>(null);
  /** Where on the picture itself, which is shown whole inside its frame. */
  const at = (event: PointerEvent<HTMLDivElement>): readonly [number, number] | undefined => {
    const image = event.currentTarget.querySelector('img');
    if (!image || image.naturalWidth === 0) return undefined;
    const frame = image.getBoundingClientRect();
    const scale = Math.min(frame.width / image.naturalWidth, frame.height / image.naturalHeight);
    const [width, height] = [image.naturalWidth * scale, image.naturalHeight * scale];
    const x = (event.clientX - frame.left - (frame.width - width) / 2) / width;
    const y = (event.clientY - frame.top - (frame.height - height) / 2) / height;
    return [within(x), within(y)];
  };
  const mark = box === null ? null : { kind: 'box' as const, points: pointsOf(box) };
  return (
    <div
      className="by-hand-picture"
      tabIndex={0}
      data-focus
      role="application"
      aria-label={format.pick(held.place)}
      onPointerDown={(event) => {
        from.current = at(event) ?? null;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        const to = from.current && at(event);
        if (!to || !from.current) return;
        const [[x1, y1], [x2, y2]] = [from.current, to];
        if (Math.abs(x1 - x2) < least || Math.abs(y1 - y2) < least) return;
        onBox([Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)]);
      }}
      onPointerUp={() => (from.current = null)}
    >
      <Picture
        sha256={held.stillSha256}
        alt={format.pick(held.place)}
        mark={mark}
        markColour={severity === 'S4' ? 'var(--critical)' : 'var(--high)'}
      />
    </div>
  );
}

/** Open incidents near by that were seen within a day: perhaps the same. */
function Perhaps({ rows, nowMs }: { rows: readonly Near[]; nowMs: number }) {
  const say = useSay();
  const format = useFormat();
  const language = useKnown((state) => state.language);
  return (
    <section aria-label={say('byHand.near')} data-testid="by-hand-near">
      <h3 className="near">{say('byHand.near')}</h3>
      <ul className="by-hand-near">
        {rows.map((row) => (
          <li key={row.id}>
            <Mark severity={row.severity} hazard={row.hazard} size={22} /> #{row.number}{' '}
            {shortName(row.hazard, language)} <span className="num">{format.metres(row.distanceM)}</span>{' '}
            <span className="mute">{format.ago(row.lastSeenAtMs, nowMs)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
