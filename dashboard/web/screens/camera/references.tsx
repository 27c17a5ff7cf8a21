// Reference pictures of a camera: what is picked and what the eye learned by itself; and the layer in which they are picked and taken back.
import { useState } from 'react';
import { pickKinds, type PickKind } from '#core/past';
import { routes, type CameraReferences, type PickedReference } from '../../../contract.ts';
import { call } from '../../net/api.ts';
import { Layer } from '../../parts/frame.tsx';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { Picture } from '../../parts/picture.tsx';
import { Strip } from '../../parts/strip.tsx';
import { TroubleNote } from '../../parts/trouble.tsx';
import { useLoad, type Loaded } from '../../parts/use-load.ts';
import { useFormat, useNow, useSay, type Say } from '../../parts/words.ts';
import { say as tell } from '../../state.ts';
import { isTextKey } from '../../texts/index.ts';
import { troubleOf, type Trouble } from '../../trouble.ts';
import { viewNames } from './views.tsx';

function stateWords({ state, light, ground, why }: PickedReference, say: Say): string {
  if (state === 'learned' && light !== null && ground !== null) {
    return say('refs.state.learned', { light: say(`refs.light.${light}`), ground: say(`refs.ground.${ground}`) });
  }
  if (state !== 'useless') return say('refs.state.waiting');
  const key = `health.${why}`;
  return say('refs.state.useless', { why: why !== 'unknown' && isTextKey(key) ? say(key) : say('refs.whyUnknown') });
}

function useReferences(cameraId: string, reason: string | undefined, stamp: number) {
  return useLoad(
    `references ${cameraId} ${reason ?? ''}`,
    (signal) =>
      call(routes.cameraReferences, {
        params: { id: cameraId },
        query: reason === undefined ? {} : { reason },
        signal,
      }),
    { stamp },
  );
}

type Views = readonly { readonly id: string; readonly name: string }[];

/** Which view of a camera with several it is about; nothing of a camera with one. */
function ViewChoice({ presets, chosen, onChoose }: { presets: Views; chosen: string; onChoose: (id: string) => void }) {
  const say = useSay();
  if (presets.length < 2) return null;
  return (
    <label className="refs-view">
      {say('views.of')}{' '}
      <select value={chosen} onChange={(event) => onChoose(event.currentTarget.value)}>
        {[...viewNames(presets, say)].map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The panel on the camera's page. */
export function ReferencesPanel({
  cameraId,
  presets,
  stamp,
  onOpen,
}: {
  cameraId: string;
  /** The views of a camera with several. */
  presets: Views;
  stamp: number;
  /** Null: this person does not pick. */
  onOpen: (() => void) | null;
}) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(60_000);
  const [loaded, reload] = useReferences(cameraId, undefined, stamp);
  const [preset, setPreset] = useState('main');
  return (
    <section className="panel" data-testid="references">
      <h2 className="panel-head">
        {say('refs.title')}
        {onOpen && (
          <button type="button" onClick={onOpen} data-testid="references-open">
            {say('refs.open')} <kbd>R</kbd>
          </button>
        )}
      </h2>
      {loaded.kind === 'loading' && <Waiting what="refs.waiting" />}
      {loaded.kind === 'failed' && <Failure why={loaded.why} code={loaded.code} onAgain={reload} />}
      <ViewChoice presets={presets} chosen={preset} onChoose={setPreset} />
      {loaded.kind === 'here' && (
        <dl className="pairs">
          {pickKinds.map((kind) => {
            const pick = loaded.value.picks.find((one) => one.kind === kind && one.preset === preset);
            return (
              <div key={kind} className="pairs-row">
                <dt>{say(`refs.kind.${kind}`)}</dt>
                <dd>
                  {pick ? (
                    <>
                      <span className="num">{format.full(pick.seenAtMs)}</span>
                      <br />
                      <span className="mute small">
                        {stateWords(pick, say)};{' '}
                        {say('refs.by', { who: pick.who, time: format.moment(pick.pickedAtMs, nowMs) })}
                      </span>
                    </>
                  ) : (
                    <span className="mute">{say('refs.none')}</span>
                  )}
                </dd>
              </div>
            );
          })}
          <div className="pairs-row">
            <dt>{say('refs.learned')}</dt>
            <dd>
              {learnedWords(
                loaded.value.learned.filter((one) => one.preset === preset),
                say,
              )}
            </dd>
          </div>
        </dl>
      )}
    </section>
  );
}

const learnedWords = (learned: CameraReferences['learned'], say: Say): string =>
  learned.length === 0
    ? say('refs.learnedNone')
    : learned
        .map(({ light, ground, n }) =>
          say('refs.learnedSum', { light: say(`refs.light.${light}`), ground: say(`refs.ground.${ground}`), n }),
        )
        .join('; ');

/** Three places, and the kept looks to fill them from. */
export function ReferencesLayer({
  cameraId,
  name,
  presets,
  restricted,
  reason,
  onClose,
}: {
  cameraId: string;
  name: string;
  presets: Views;
  restricted: boolean;
  reason: string | undefined;
  onClose: () => void;
}) {
  const say = useSay();
  const [stamp, setStamp] = useState(0);
  const [loaded, reload] = useReferences(cameraId, reason, stamp);
  return (
    <Layer title={`${name} – ${say('refs.title')}`} onClose={onClose} wide>
      <div className="refs-layer" data-testid="references-layer">
        {restricted && reason === undefined ? (
          <p>{say('refs.restricted')}</p>
        ) : (
          <Pages
            loaded={loaded}
            cameraId={cameraId}
            presets={presets}
            reason={reason}
            onAgain={reload}
            onChanged={() => setStamp((n) => n + 1)}
          />
        )}
      </div>
    </Layer>
  );
}

function Pages({
  loaded,
  cameraId,
  presets,
  reason,
  onAgain,
  onChanged,
}: {
  loaded: Loaded<CameraReferences>;
  cameraId: string;
  presets: Views;
  reason: string | undefined;
  onAgain: () => void;
  onChanged: () => void;
}) {
  const say = useSay();
  const format = useFormat();
  const [preset, setPreset] = useState('main');
  const [chosen, setChosen] = useState<string | null>(null);
  const [clearOnly, setClearOnly] = useState(true);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [despite, setDespite] = useState<PickKind | null>(null);
  if (loaded.kind === 'loading') return <Waiting what="refs.waiting" />;
  if (loaded.kind === 'failed') return <Failure why={loaded.why} code={loaded.code} onAgain={onAgain} />;
  const { picks, looks } = loaded.value;
  // A picture that shows no view that is known may be one of this view by night or in snow: a person says so.
  const ofView = looks.filter((look) => presets.length < 2 || look.preset === undefined || look.preset === preset);
  const shown = ofView.filter((look) => !clearOnly || look.word === 'clear').toReversed();
  const look = shown.find((one) => one.lookId === chosen) ?? shown.at(-1);
  const doing = async (work: () => Promise<void>): Promise<void> => {
    setTrouble(null);
    try {
      await work();
      onChanged();
    } catch (thrown) {
      setTrouble(troubleOf(thrown));
    }
  };
  const pick = (kind: PickKind): Promise<void> =>
    doing(async () => {
      if (!look) return;
      const isSure = despite === kind || look.word !== 'hazard';
      setDespite(isSure ? null : kind);
      const body = { lookId: look.lookId, kind, preset, despite: isSure, ...(reason === undefined ? {} : { reason }) };
      await call(routes.pickReference, { params: { id: cameraId }, body });
      tell('refs.picked', { kind: say(`refs.kind.${kind}`) });
    });
  const takeBack = (one: PickedReference): Promise<void> =>
    doing(async () => {
      await call(routes.takeBackReference, { params: { id: cameraId, pick: one.id } });
      tell('refs.takenBack', { kind: say(`refs.kind.${one.kind}`) });
    });
  return (
    <>
      <ViewChoice presets={presets} chosen={preset} onChoose={setPreset} />
      <ol className="refs-three">
        {pickKinds.map((kind) => {
          const own = picks.find((one) => one.kind === kind && one.preset === preset);
          return (
            <li key={kind} data-testid={`reference-${kind}`}>
              <h3>{say(`refs.kind.${kind}`)}</h3>
              {own ? (
                <>
                  <Picture sha256={own.stillSha256} alt={say(`refs.kind.${kind}`)} />
                  <p className="small mute">{stateWords(own, say)}</p>
                  <button
                    type="button"
                    onClick={() => void takeBack(own)}
                    aria-label={say('refs.takeBackOf', { kind: say(`refs.kind.${kind}`) })}
                  >
                    {say('refs.takeBack')}
                  </button>
                </>
              ) : (
                <p className="mute">{say('refs.none')}</p>
              )}
            </li>
          );
        })}
      </ol>
      <h3>{say('refs.choose')}</h3>
      <label className="radio">
        <input type="checkbox" checked={clearOnly} onChange={() => setClearOnly((on) => !on)} /> {say('refs.clearOnly')}
      </label>
      {look === undefined ? (
        <p className="mute">{say('refs.noLooks')}</p>
      ) : (
        <>
          <Strip
            looks={shown.map((one) => ({
              ...one,
              outcome: 'seen' as const,
              detail: '',
              hazard: null,
              zoneId: null,
              level: 0,
            }))}
            chosen={look.lookId}
            onChoose={(one) => {
              setChosen(one.lookId);
              setDespite(null);
              setTrouble(null);
            }}
          />
          <div className="refs-pick">
            <Picture sha256={look.stillSha256} alt={say('refs.choose')} />
            <div className="refs-acts">
              <b className="num">{format.full(look.seenAtMs)}</b>
              {pickKinds.map((kind) => (
                <button
                  key={kind}
                  type="button"
                  className="act"
                  onClick={() => void pick(kind)}
                  data-testid={`reference-pick-${kind}`}
                >
                  {say(despite === kind ? 'refs.despite' : 'refs.pickAs', { kind: say(`refs.kind.${kind}`) })}
                </button>
              ))}
              {trouble && (
                <div className="notice" role="alert" data-testid="reference-refusal">
                  <TroubleNote trouble={trouble} />
                </div>
              )}
              <p className="mute small wrap">{say('refs.keeps')}</p>
            </div>
          </div>
        </>
      )}
    </>
  );
}
