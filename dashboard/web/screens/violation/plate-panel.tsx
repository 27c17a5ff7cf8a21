// The vehicle's number plate: its picture, what was read of it and how surely, and a field for what the officer sees. Advisory.
import { useEffect, useState } from 'react';
import { pathOf, routes, type PlateView, type ViolationView } from '../../../contract.ts';
import { call } from '../../net/api.ts';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useSay } from '../../parts/words.ts';
import { say as tell } from '../../state.ts';
import { whyOf } from '../../trouble.ts';
import { TroubleNote } from '../../parts/trouble.tsx';

/** A character under this is marked: look at it twice. */
const sureFrom = 0.8;

/** Loads and shows the plate of a violation; nothing where the person may not see plates. */
export function PlatePanel({ view }: { view: ViolationView }) {
  const say = useSay();
  const { id } = view.card.violation;
  const mayNow = useKnown((state) => state.me?.permissions.includes('see-plates') === true);
  const stamp = useKnown((state) => state.stamps.clip);
  const [loaded, reload] = useLoad(mayNow ? id : null, (signal) => call(routes.plate, { params: { id }, signal }), {
    stamp,
    everyMs: 60_000,
  });
  if (!mayNow) return null;
  return (
    <section className="plate" aria-label={say('plate.title')} data-testid="plate">
      <h2 className="panel-head">{say('plate.title')}</h2>
      {loaded.kind === 'loading' && <p className="mute pad">{say('plate.waiting')}</p>}
      {loaded.kind === 'failed' && (
        <div className="pad">
          <TroubleNote trouble={loaded.why} />
        </div>
      )}
      {loaded.kind === 'here' && <Reading plate={loaded.value} id={id} />}
      {loaded.kind === 'here' && <SayPlate key={id} id={id} onDone={reload} />}
    </section>
  );
}

function Reading({ plate, id }: { plate: PlateView; id: string }) {
  const say = useSay();
  const format = useFormat();
  return (
    <div className="pad">
      {plate.hasCrop && (
        <img className="plate-picture" src={pathOf('platePicture', { id })} alt={say('plate.picture')} loading="lazy" />
      )}
      {plate.state === 'read' ? (
        <>
          <p className="plate-text num" data-testid="plate-text">
            <Characters text={plate.text} confidence={plate.confidence} />
          </p>
          <p className="mute small">
            {plate.kind === null ? '' : `${say(`plate.kind.${plate.kind}`)} · `}
            {say('plate.sure', {
              share: `${Math.round(100 * Math.min(...plate.confidence))} %`,
              n: plate.agreeing,
              of: plate.readings,
            })}
          </p>
        </>
      ) : (
        <p data-testid="plate-state">
          {say(`plate.${plate.state}`)}
          {plate.why === '' ? '' : ` (${say(`plate.why.${plate.why}`)})`}
        </p>
      )}
      <p className="small">
        <b>{say('plate.advisory')}</b>
      </p>
      {plate.said.map((one) => (
        <p key={one.atMs} className="small" data-testid="plate-said">
          <b className="num">{one.text}</b> · {one.name} · {format.full(one.atMs)}
          {one.kind === null ? ` · ${say('plate.kind.none')}` : ''}
        </p>
      ))}
    </div>
  );
}

/** Unsure characters are underlined: the eye should go there. */
function Characters({ text, confidence }: { text: string; confidence: readonly number[] }) {
  const groups = text.split(' ');
  let at = 0;
  return groups.map((group, i) => (
    <span key={`${i} ${group}`} className="plate-group">
      {Array.from(group).map((character) => {
        const sure = confidence[at] ?? 0;
        at += 1;
        return (
          <span key={at} className={sure < sureFrom ? 'plate-weak' : undefined} title={`${Math.round(100 * sure)} %`}>
            {character}
          </span>
        );
      })}
    </span>
  ));
}

function SayPlate({ id, onDone }: { id: string; onDone: () => void }) {
  const say = useSay();
  const may = useKnown((state) => state.me?.permissions.includes('say-plate') === true);
  const [text, setText] = useState('');
  useEffect(() => setText(''), [id]);
  if (!may) return null;
  return (
    <form
      className="form pad"
      onSubmit={(event) => {
        event.preventDefault();
        void call(routes.sayPlate, { params: { id }, body: { text: text.trim() } }).then(
          () => {
            tell('plate.stored', {});
            setText('');
            onDone();
          },
          (thrown: unknown) => tell('desk.refused', { why: whyOf(thrown) }, 'bad'),
        );
      }}
    >
      <label>
        {say('plate.say')}
        <input
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          minLength={4}
          maxLength={20}
          autoComplete="off"
          spellCheck={false}
          data-testid="plate-say"
          required
        />
      </label>
      <button type="submit" className="act">
        {say('plate.sayDo')}
      </button>
    </form>
  );
}
