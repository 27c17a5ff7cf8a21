// Many cameras at once: marks in the list, and the layer that changes how often they are looked at or puts their hazards off, in two steps.
import { useEffect, useState, type SyntheticEvent, type ReactNode } from 'react';
import { hazardNames, type HazardName } from '#core/hazard-name';
import {
  putOffMinutes,
  rhythmsS,
  routes,
  shelveMinutesMax,
  type CameraMark,
  type CameraSets,
  type SetLine,
  type SetTrial,
} from '../../../contract.ts';
import { shortName } from '../../hazard-words.ts';
import { call } from '../../net/api.ts';
import { Layer } from '../../parts/frame.tsx';
import { TroubleNote } from '../../parts/trouble.tsx';
import { useWindow } from '../../parts/use-window.ts';
import { useFormat, useKnown, useSay } from '../../parts/words.ts';
import { say as tell } from '../../state.ts';
import { troubleOf, type Trouble } from '../../trouble.ts';

/** Marked cameras and what to do with them, under the list. */
export function SetBar({
  marked,
  shown,
  onAll,
  onNone,
  onChange,
}: {
  marked: number;
  shown: number;
  onAll: () => void;
  onNone: () => void;
  onChange: () => void;
}) {
  const say = useSay();
  return (
    <div className="set-bar" role="group" aria-label={say('sets.marked', { n: marked })} data-testid="set-bar">
      <span role="status">{say('sets.marked', { n: marked })}</span>
      <button type="button" onClick={onAll} disabled={shown === 0}>
        {say('sets.all')} <kbd>⇧X</kbd>
      </button>
      {marked > 0 && (
        <>
          <button type="button" onClick={onNone}>
            {say('sets.none')}
          </button>
          <button type="button" onClick={onChange} data-testid="set-change">
            {say('sets.change')} <kbd>B</kbd>
          </button>
        </>
      )}
    </div>
  );
}

/** What is known of a camera besides its mark, for its row: a rhythm of its own, what is put off. */
export function RowSets({ sets, id }: { sets: CameraSets | null; id: string }) {
  const say = useSay();
  const format = useFormat();
  const language = useKnown((state) => state.language);
  const own = sets?.own.find((one) => one.cameraId === id);
  const quiet = sets?.quiet.find((one) => one.cameraId === id);
  if (!own && !quiet) return null;
  const words = [
    ...(quiet
      ? [say('sets.isQuiet', { hazards: quiet.hazards.map((one) => shortName(one, language)).join(', ') })]
      : []),
    ...(own ? [say('sets.isOwn', { span: format.span(own.everyS * 1000) })] : []),
  ];
  return <span className="cut small">{words.join(' · ')}</span>;
}

type Kind = 'plan' | 'quiet';

export interface SetLayerProps {
  readonly cameras: readonly CameraMark[];
  readonly sets: CameraSets | null;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** The change of many cameras: what it is, then what it would do, then it. */
export function SetLayer(props: SetLayerProps) {
  const say = useSay();
  const mayPlan = useKnown((state) => state.me?.permissions.includes('edit-cameras') === true);
  const mayQuiet = useKnown((state) => state.me?.permissions.includes('decide') === true);
  const kinds: readonly Kind[] = [...(mayPlan ? ['plan' as const] : []), ...(mayQuiet ? ['quiet' as const] : [])];
  const [kind, setKind] = useState<Kind | undefined>(kinds[0]);
  return (
    <Layer title={say('sets.title', { n: props.cameras.length })} onClose={props.onClose} wide>
      <div className="form set-layer" data-testid="set-layer">
        {kind === undefined ? (
          <p>{say('sets.nothing')}</p>
        ) : (
          <>
            {kinds.length > 1 && (
              <fieldset>
                <legend>{say('sets.what')}</legend>
                {kinds.map((one) => (
                  <label key={one} className="radio">
                    <input type="radio" name="set-kind" checked={one === kind} onChange={() => setKind(one)} />{' '}
                    {say(`sets.${one}`)}
                  </label>
                ))}
              </fieldset>
            )}
            {kind === 'plan' ? <PlanChange {...props} /> : <QuietChange {...props} />}
          </>
        )}
        <p className="mute small">{say('sets.never')}</p>
      </div>
    </Layer>
  );
}

function PlanChange({ cameras, sets, onDone }: SetLayerProps) {
  const say = useSay();
  const format = useFormat();
  const [everyS, setEveryS] = useState<number | null>(120);
  const [why, setWhy] = useState('');
  const ids = cameras.map(({ id }) => id);
  const spanOf = (s: number | null): string =>
    s !== null
      ? say('sets.everySpan', { span: format.span(s * 1000) })
      : sets?.cityEveryS == null
        ? say('sets.everyCity')
        : say('sets.everyCitySpan', { span: format.span(sets.cityEveryS * 1000) });
  return (
    <TwoSteps
      key={`${everyS ?? 'city'}`}
      cameras={cameras}
      ready
      ask={() => call(routes.tryCameraPlan, { body: { cameras: ids, everyS } })}
      apply={(tried) => call(routes.setCameraPlan, { body: { cameras: ids, everyS, tried, why } })}
      wordsOf={(line) => say('sets.planFrom', { before: spanOf(line.everyS), after: spanOf(everyS) })}
      onDone={onDone}
    >
      <fieldset>
        <legend>{say('sets.every')}</legend>
        {[...rhythmsS, null].map((one) => (
          <label key={one ?? 'city'} className="radio">
            <input type="radio" name="set-every" checked={one === everyS} onChange={() => setEveryS(one)} />{' '}
            {spanOf(one)}
          </label>
        ))}
      </fieldset>
      <label>
        {say('zones.why')}
        <input value={why} maxLength={300} onChange={(event) => setWhy(event.currentTarget.value)} />
      </label>
    </TwoSteps>
  );
}

function QuietChange({ cameras, onDone }: SetLayerProps) {
  const say = useSay();
  const format = useFormat();
  const language = useKnown((state) => state.language);
  const long = useKnown((state) => state.me?.permissions.includes('shelve-long') === true);
  const [hazards, setHazards] = useState<readonly HazardName[]>([]);
  const [minutes, setMinutes] = useState<number | null>(60);
  const [reason, setReason] = useState('');
  const ids = cameras.map(({ id }) => id);
  const onlySnow = hazards.length === 1 && hazards[0] === 'snow';
  const choices = putOffMinutes.filter((one) => one <= (long ? (onlySnow ? 4320 : 1440) : shelveMinutesMax));
  const here = hazardNames.filter((name) => cameras.some((camera) => camera.hazards.includes(name)));
  return (
    <TwoSteps
      key={`${hazards.join()} ${minutes ?? 'end'}`}
      cameras={cameras}
      ready={hazards.length > 0 && reason.trim().length >= 3}
      ask={() => call(routes.tryCameraQuiet, { body: { cameras: ids, hazards: [...hazards], minutes } })}
      apply={(tried) =>
        call(routes.setCameraQuiet, { body: { cameras: ids, hazards: [...hazards], minutes, tried, reason } })
      }
      wordsOf={(line) => line.hazards.map((one) => shortName(one, language)).join(', ')}
      onDone={onDone}
    >
      <fieldset>
        <legend>{say('sets.hazards')}</legend>
        {here.map((name) => (
          <label key={name} className="radio">
            <input
              type="checkbox"
              checked={hazards.includes(name)}
              onChange={() =>
                setHazards((before) =>
                  before.includes(name) ? before.filter((one) => one !== name) : [...before, name],
                )
              }
            />{' '}
            {shortName(name, language)}
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>{say('sets.howLong')}</legend>
        {[...choices, null].map((one) => (
          <label key={one ?? 'end'} className="radio">
            <input type="radio" name="set-minutes" checked={one === minutes} onChange={() => setMinutes(one)} />{' '}
            {one === null ? say('sets.end') : format.span(one * 60_000)}
          </label>
        ))}
      </fieldset>
      <label>
        {say('sets.reason')}
        <input
          value={reason}
          maxLength={300}
          required
          data-testid="set-reason"
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      </label>
      {minutes !== null && <p className="small">{say('sets.quietWhat')}</p>}
    </TwoSteps>
  );
}

/** Fields, then what they would do, then doing it. Changed fields begin anew: a parent gives another key. */
function TwoSteps({
  cameras,
  ready,
  ask,
  apply,
  wordsOf,
  onDone,
  children,
}: {
  cameras: readonly CameraMark[];
  ready: boolean;
  ask: () => Promise<SetTrial>;
  apply: (tried: string) => Promise<{ changed: number }>;
  wordsOf: (line: SetLine) => string;
  onDone: () => void;
  children: ReactNode;
}) {
  const say = useSay();
  const [trial, setTrial] = useState<SetTrial | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [busy, setBusy] = useState(false);
  const run = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setTrouble(null);
    try {
      await work();
    } catch (thrown) {
      setTrouble(troubleOf(thrown));
      setTrial(null);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (!ready || busy) return;
    void run(async () => {
      if (trial === null) {
        setTrial(await ask());
        return;
      }
      const { changed } = await apply(trial.tried);
      tell('sets.done', { n: changed });
      onDone();
    });
  };
  return (
    <form className="form" onSubmit={submit}>
      {trial === null ? children : <Trial trial={trial} cameras={cameras} wordsOf={wordsOf} />}
      {trouble && (
        <div className="notice" role="alert" data-testid="set-refusal">
          <TroubleNote trouble={trouble} />
        </div>
      )}
      <div className="layer-acts">
        <button
          type="submit"
          className="act act-strong"
          disabled={!ready || busy || trial?.changes === 0}
          data-testid={trial === null ? 'set-try' : 'set-do'}
        >
          <kbd>Enter</kbd> {trial === null ? say('sets.try') : say('sets.do', { n: trial.changes })}
        </button>
        {trial !== null && (
          <button type="button" className="act" onClick={() => setTrial(null)}>
            {say('sets.back')}
          </button>
        )}
      </div>
    </form>
  );
}

const linePx = 36;

function Trial({
  trial,
  cameras,
  wordsOf,
}: {
  trial: SetTrial;
  cameras: readonly CameraMark[];
  wordsOf: (line: SetLine) => string;
}) {
  const say = useSay();
  const format = useFormat();
  const names = new Map(cameras.map((camera) => [camera.id, format.pick(camera.name)]));
  const lines = trial.lines.toSorted((a, b) => Number(a.stays !== null) - Number(b.stays !== null));
  const windowed = useWindow(lines.length, linePx);
  // What is to be read has the focus: the next `Enter` does it.
  useEffect(() => {
    document.querySelector<HTMLElement>('[data-testid="set-do"]')?.focus();
  }, []);
  return (
    <section data-testid="set-trial">
      <p role="status">
        <b>{say('sets.result', { n: trial.changes, same: trial.lines.length - trial.changes })}</b>
      </p>
      {trial.perMinute && trial.changes > 0 && (
        <p>
          {say('sets.perMinute', {
            before: format.number(trial.perMinute.before),
            after: format.number(trial.perMinute.after),
          })}
        </p>
      )}
      {trial.waiting > 0 && <p>{say('sets.waiting', { n: trial.waiting })}</p>}
      <div className="set-lines" ref={windowed.box} role="region" tabIndex={0} aria-label={say('sets.list')}>
        <ul style={{ paddingTop: windowed.abovePx, paddingBottom: windowed.belowPx }}>
          {lines.slice(windowed.from, windowed.to).map((line) => (
            <li key={line.cameraId} style={{ height: linePx }} className={line.stays === null ? '' : 'mute'}>
              <span className="cut">{names.get(line.cameraId) ?? line.cameraId}</span>
              <span className="num mute">{line.cameraId}</span>
              <span className="cut">{line.stays === null ? wordsOf(line) : say(`sets.stays.${line.stays}`)}</span>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
