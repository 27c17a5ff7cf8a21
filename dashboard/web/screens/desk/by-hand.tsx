// A new incident by hand (screens 4.9): three presses, `KeyN`, a digit, `Enter`; a box drawn by keys or pointer; what is perhaps the same.
import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { severities, type Severity } from '#core/hazard-name';
import { routes, type Category, type Near } from '../../../contract.ts';
import { shortName } from '../../hazard-words.ts';
import { call, Unreachable } from '../../net/api.ts';
import { BoxDrawing, firstBox, markOf, movedBox, useFormKeys, type Box } from '../../parts/box-drawing.tsx';
import { Layer } from '../../parts/frame.tsx';
import { Mark, Pictogram } from '../../parts/mark.tsx';
import { Picture } from '../../parts/picture.tsx';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useNow, useSay } from '../../parts/words.ts';
import { putCards, say as tell, serverNowMs, store } from '../../state.ts';
import { byHand, closeByHand, type HeldPicture } from './by-hand-state.ts';
import { holdByHand } from './desk-state.ts';
import { IssueSearch } from './issue-search.tsx';
import { foundIn, leavesOf, treeOf } from './issues.ts';
import { TroubleNote } from '../../parts/trouble.tsx';
import { troubleOf, type Trouble } from '../../trouble.ts';

export function ByHand() {
  const held = useStore(byHand, (state) => state.held);
  return held ? <Form key={held.key} held={held} /> : null;
}

function Form({ held }: { held: HeldPicture }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(10_000);
  const [tree] = useLoad('categories', (signal) => call(routes.categories, { signal }));
  const { lat, lon } = held.point;
  const [near] = useLoad(`near ${lat} ${lon}`, (signal) => call(routes.near, { query: { lat, lon }, signal }));
  const rows = useMemo(() => (tree.kind === 'here' ? tree.value : []), [tree]);
  const issues = useMemo(() => treeOf(rows), [rows]);
  const branches = issues.quick;
  // By its digit, so that a press before the tree is here counts too.
  const [branchN, setBranch] = useState<number | null>(null);
  const isOther = branchN === branches.length + 1 && issues.others.length > 0;
  const branchId = branchN === null ? null : (branches[branchN - 1]?.id ?? null);
  const [typed, setTyped] = useState('');
  const [leafId, setLeaf] = useState<string | null>(null);
  const [own, setOwn] = useState<Severity | null>(null);
  const [note, setNote] = useState('');
  const [box, setBox] = useState<Box | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | string>('');
  const leaves = isOther ? foundIn(issues, typed).flatMap((one) => one.leaves) : leavesOf(rows, branchId);
  // Of all the others none is chosen before a word or an arrow.
  const first = isOther && typed.trim() === '' ? undefined : leaves[0];
  const leaf = leaves.find((row) => row.id === leafId) ?? first;
  const severity = own ?? leaf?.severity ?? 'S2';

  const chooseBranch = (n: number): void => {
    if (rows.length > 0 && n > branches.length + (issues.others.length > 0 ? 1 : 0)) return;
    setBranch(n);
    setTyped('');
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
          <BoxDrawing label={format.pick(held.place)} onBox={setBox}>
            <Picture
              sha256={held.stillSha256}
              alt={format.pick(held.place)}
              mark={markOf(box)}
              markColour={severity === 'S4' ? 'var(--critical)' : 'var(--high)'}
            />
          </BoxDrawing>
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
            {issues.others.length > 0 && (
              <button
                type="button"
                role="radio"
                aria-checked={isOther}
                className="choice"
                data-testid="branch-others"
                onClick={() => chooseBranch(branches.length + 1)}
              >
                <kbd>{branches.length + 1}</kbd> <Pictogram hazard="upkeep" size={20} /> {say('byHand.others')}
              </button>
            )}
          </div>
          {isOther && (
            <IssueSearch
              tree={issues}
              typed={typed}
              leaf={leaf}
              onType={(words) => {
                setTyped(words);
                setLeaf(null);
                setOwn(null);
              }}
              onChoose={(one) => {
                setLeaf(one.id);
                setOwn(null);
              }}
            />
          )}
          {leaf && (
            <>
              {!isOther && (
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
              )}
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
          <p>
            {leaf
              ? say('byHand.consequence', { what: format.pick(leaf.name) })
              : say(isOther ? 'byHand.chooseIssue' : 'byHand.chooseWhat')}
          </p>
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

function BranchMark({ rows, branch }: { rows: readonly Category[]; branch: Category }) {
  const hazard = leavesOf(rows, branch.id)[0]?.hazard;
  return hazard ? <Pictogram hazard={hazard} size={20} /> : null;
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
