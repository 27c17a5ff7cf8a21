// One task on the phone: what the camera saw, where, by when, and the few big buttons of its state.
import { lazy, Suspense, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { declineReasons, type DeclineReason } from '#core/task';
import { routes, type TaskCard, type TaskView } from '../../../contract.ts';
import { askWords, titleOf } from '../../hazard-words.ts';
import { call } from '../../net/api.ts';
import { Mark } from '../../parts/mark.tsx';
import { Picture } from '../../parts/picture.tsx';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useNow, useSay } from '../../parts/words.ts';
import { severityToken } from '../../style/tokens.ts';
import { RunningDue } from './running-due.tsx';
import { answer, crew } from './answers.ts';
import { shrink } from './photos.ts';

const WhereMap = lazy(async () => ({ default: (await import('../../map/where-map.tsx')).WhereMap }));

type Page = 'task' | 'decline';

export function OneTask({ card, personId }: { card: TaskCard; personId: string }) {
  const [page, setPage] = useState<Page>('task');
  const [loaded] = useLoad(card.id, (signal) => call(routes.task, { params: { id: card.id }, signal }), {
    stamp: card.version,
  });
  const view = loaded.kind === 'here' ? loaded.value : undefined;
  if (page === 'decline') return <Decline card={card} personId={personId} onBack={() => setPage('task')} />;
  return <Facts card={card} view={view} personId={personId} onPage={setPage} />;
}

function Facts({
  card,
  view,
  personId,
  onPage,
}: {
  card: TaskCard;
  view: TaskView | undefined;
  personId: string;
  onPage: (page: Page) => void;
}) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(10_000);
  const unsent = useStore(crew, (state) =>
    state.waiting.some((item) => item.kind === 'answer' && item.taskId === card.id),
  );
  const refused = useStore(crew, (state) => state.refused.get(card.id));
  const name = format.pick(titleOf(card));
  const acts = card.role === 'primary' && !unsent;
  return (
    <main className="phone-one">
      <h1>
        <Mark severity={card.severity} hazard={card.hazard} size={44} mute /> {name}{' '}
        <span className="num mute">#{card.number}</span>
      </h1>
      <p className="phone-place">{format.pick(card.placeName)}</p>
      <RunningDue task={card} />
      {refused !== undefined && <p className="bad">{refused}</p>}
      <figure className="shot">
        <figcaption>
          {say('shot.cameraSaw')}{' '}
          {view?.now?.seenAtMs != null && <span className="num">{format.moment(view.now.seenAtMs, nowMs)}</span>}
        </figcaption>
        <Picture
          sha256={view?.now?.sha256 ?? card.stillSha256}
          alt={name}
          mark={view?.mark ?? null}
          markColour={`var(--${severityToken[card.severity]})`}
        />
      </figure>
      <p className="ask">{format.pick(askWords(card.hazard))}</p>
      {card.note !== '' && <p className="notice">{card.note}</p>}
      {acts && (
        <div className="bigs">
          {card.state === 'sent' && (
            <button
              type="button"
              className="big big-strong"
              data-testid="task-accept"
              onClick={() => void answer(personId, card.id, { kind: 'accept' })}
            >
              {say('act.take')}
            </button>
          )}
          {(card.state === 'accepted' || card.state === 'returned') && (
            <button
              type="button"
              className="big big-strong"
              data-testid="task-start"
              onClick={() => void answer(personId, card.id, { kind: 'start' })}
            >
              {say('agency.start')}
            </button>
          )}
          {card.state === 'in_progress' && <Finish card={card} personId={personId} />}
          {card.makeSafeByMs !== null &&
            card.madeSafeAtMs === null &&
            (card.state === 'accepted' || card.state === 'in_progress') && (
              <button
                type="button"
                className="big"
                onClick={() => void answer(personId, card.id, { kind: 'made_safe', note: '' })}
              >
                {say('agency.madeSafe')}
              </button>
            )}
          {(card.state === 'sent' || card.state === 'accepted') && (
            <button type="button" className="big" data-testid="task-decline" onClick={() => onPage('decline')}>
              {say('agency.notOurs')}
            </button>
          )}
        </div>
      )}
      {unsent && <p className="unsent">{say('agency.unsent')}</p>}
      <dl className="pairs">
        <dt>{say('deadline.accept')}</dt>
        <dd className="num">{format.full(card.acceptByMs)}</dd>
        {card.makeSafeByMs !== null && (
          <>
            <dt>{say('deadline.makeSafe')}</dt>
            <dd className="num">{format.full(card.makeSafeByMs)}</dd>
          </>
        )}
        <dt>{say('deadline.fix')}</dt>
        <dd className="num">{format.full(card.fixByMs)}</dd>
        <dt>{say('table.state')}</dt>
        <dd>{say(`task.${card.state}`)}</dd>
      </dl>
      {view && <Place view={view} />}
      {card.beforeSha256 !== null && (
        <figure className="shot">
          <figcaption>{say('shot.before')}</figcaption>
          <Picture sha256={card.beforeSha256} alt={say('shot.before')} />
        </figure>
      )}
    </main>
  );
}

function Place({ view }: { view: TaskView }) {
  const say = useSay();
  const { lat, lon } = view.task.point;
  return (
    <>
      <Suspense fallback={null}>
        <WhereMap card={view.incident} camera={null} cameras={[]} neighbours={[]} />
      </Suspense>
      <a className="big" href={`geo:${lat.toFixed(6)},${lon.toFixed(6)}?q=${lat.toFixed(6)},${lon.toFixed(6)}`}>
        {say('agency.route')}
      </a>
    </>
  );
}

function Decline({ card, personId, onBack }: { card: TaskCard; personId: string; onBack: () => void }) {
  const say = useSay();
  const [reason, setReason] = useState<DeclineReason | null>(null);
  const [note, setNote] = useState('');
  const needsWhose = reason === 'wrong_owner' || reason === 'wrong_district';
  const enough = reason !== null && (!needsWhose || note.trim() !== '');
  return (
    <main className="phone-one">
      <h1>{say('agency.notOurs')}</h1>
      <fieldset className="radios">
        <legend>{say('agency.why')}</legend>
        {declineReasons.map((one) => (
          <label key={one} className="radio">
            <input type="radio" name="reason" checked={one === reason} onChange={() => setReason(one)} />{' '}
            {say(`decline.${one}`)}
          </label>
        ))}
      </fieldset>
      <label className="form">
        {needsWhose ? say('agency.whose') : say('agency.note')}
        <input value={note} maxLength={500} onChange={(event) => setNote(event.currentTarget.value)} />
      </label>
      <div className="bigs">
        <button
          type="button"
          className="big big-strong"
          disabled={!enough}
          onClick={() => {
            if (reason !== null) void answer(personId, card.id, { kind: 'decline', reason, note: note.trim() });
            onBack();
          }}
        >
          {say('agency.send')}
        </button>
        <button type="button" className="big" onClick={onBack}>
          {say('agency.back')}
        </button>
      </div>
    </main>
  );
}

/** A photo after the work, then DONE. The photo is shrunk in the phone and waits there with the answer. */
function Finish({ card, personId }: { card: TaskCard; personId: string }) {
  const say = useSay();
  const line = useKnown((state) => state.line);
  const [photo, setPhoto] = useState<Blob | null>(null);
  const [url, setUrl] = useState<string | null>(null);
  const [bad, setBad] = useState(false);
  const [note, setNote] = useState('');
  useEffect(() => {
    if (!photo) return undefined;
    const made = URL.createObjectURL(photo);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [photo]);
  return (
    <section className="finish">
      <label className={photo ? 'big photo-button' : 'big big-strong photo-button'}>
        {photo ? say('agency.anotherPhoto') : say('agency.photo')}
        <input
          type="file"
          accept="image/*"
          capture="environment"
          data-testid="task-photo"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (!file) return;
            setBad(false);
            void shrink(file).then(setPhoto, () => setBad(true));
          }}
        />
      </label>
      {bad && <p className="bad">{say('agency.badPhoto')}</p>}
      {url && photo ? (
        <img className="photo-after" src={url} alt={say('shot.crew')} />
      ) : (
        <p className="mute">{say('task.photo')}</p>
      )}
      <label className="form">
        {say('agency.note')}
        <input value={note} maxLength={500} onChange={(event) => setNote(event.currentTarget.value)} />
      </label>
      <button
        type="button"
        className={photo ? 'big big-strong' : 'big'}
        data-testid="task-done"
        disabled={!photo}
        onClick={() => void answer(personId, card.id, { kind: 'done', photo, note: note.trim() })}
      >
        {line === 'up' ? say('agency.finish') : say('agency.finishLater')}
      </button>
    </section>
  );
}
