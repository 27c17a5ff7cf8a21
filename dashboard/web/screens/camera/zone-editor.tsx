// The zone editor (screens 4.4): draw, see at once what can be judged, test on the last looks, save the tested drawing.
import { useEffect, useMemo, useReducer, useState } from 'react';
import type { Rung } from '#core/camera';
import type { HazardName } from '#core/hazard-name';
import {
  cameraReach,
  routes,
  zoneFaults,
  type Mount,
  type ZoneFault,
  type ZoneSheet,
  type ZoneTest,
} from '../../../contract.ts';
import { shortName } from '../../hazard-words.ts';
import { call, Refused, Unreachable } from '../../net/api.ts';
import { KeyBar } from '../../parts/frame.tsx';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { useKeys } from '../../parts/use-keys.ts';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useSay } from '../../parts/words.ts';
import { say as tell, store } from '../../state.ts';
import '../../style/zones.css';
import { ReachPanel } from './reach.tsx';
import { CopyZones, StillStrip } from './zone-aids.tsx';
import { ZoneCanvas } from './zone-canvas.tsx';
import { act, chosenZone, editingOf, type Drawing, type EditAct, type Spot } from './zone-edit.ts';
import { isLadder, MountFields, ZoneFields } from './zone-fields.tsx';
import { viewNames } from './views.tsx';
import { zoneKeyRows } from './zone-keys.ts';
import { TestStrip, TestTable, ZoneHistory, type ZoneVersion } from './zone-panels.tsx';
import { TroubleNote } from '../../parts/trouble.tsx';
import { troubleOf, type Trouble } from '../../trouble.ts';

/** Loads what the editor starts from; a restricted camera's pictures come only for a typed reason. */
export function ZoneEditor({
  cameraId,
  reason,
  preset,
  onLeave,
}: {
  cameraId: string;
  reason: string | undefined;
  /** Which of the camera's views is drawn on; the main one when not said. */
  preset: string | undefined;
  onLeave: () => void;
}) {
  const [sheet, setSheet] = useState<ZoneSheet | null>(null);
  const [carried, setCarried] = useState<Drawing | null>(null);
  const [loaded, reload] = useLoad(`zones ${cameraId} ${preset ?? ''}`, (signal) =>
    call(routes.zoneSheet, { params: { id: cameraId }, query: queryOf(reason, preset), signal }),
  );
  // The first answer is the beginning of the drawing: what comes later must not take it away under the hand.
  if (loaded.kind === 'here' && sheet === null) setSheet(loaded.value);
  if (sheet === null) {
    return (
      <main className="zone-screen">
        {loaded.kind === 'failed' ? (
          <Failure why={loaded.why} code={loaded.code} onAgain={reload} />
        ) : (
          <Waiting what="zones.waiting" />
        )}
      </main>
    );
  }
  return (
    <Editor
      key={`${sheet.id} ${sheet.seen}`}
      sheet={sheet}
      reason={reason}
      onLeave={onLeave}
      carried={carried}
      onSheet={(next, drawing) => {
        setCarried(drawing);
        setSheet(next);
      }}
    />
  );
}

const queryOf = (reason: string | undefined, preset: string | undefined) => ({
  ...(reason === undefined ? {} : { reason }),
  ...(preset === undefined ? {} : { preset }),
});

const arrowOf = (arg: number | undefined): Spot => [
  arg === 0 ? -1 : arg === 2 ? 1 : 0,
  arg === 1 ? -1 : arg === 3 ? 1 : 0,
];

const drawingOf = ({ zones, mount }: Pick<ZoneSheet, 'zones' | 'mount'>): Drawing => ({ zones, mount });

/** The mounting as the contract of ranges wants it: what is not known is absent. */
const standing = (mount: Mount) => ({
  heightM: mount.heightM,
  fovDeg: mount.fovDeg,
  ...(mount.tiltDeg === null ? {} : { tiltDeg: mount.tiltDeg }),
  ...(mount.aspect === null ? {} : { aspect: mount.aspect }),
  ...(mount.ladder === null ? {} : { ladder: mount.ladder }),
});

function Editor({
  sheet,
  reason,
  carried,
  onLeave,
  onSheet,
}: {
  sheet: ZoneSheet;
  reason: string | undefined;
  onLeave: () => void;
  /** A drawing that is laid over a newer version, as one step. */
  carried: Drawing | null;
  onSheet: (sheet: ZoneSheet, carried: Drawing | null) => void;
}) {
  const say = useSay();
  const format = useFormat();
  const language = useKnown((state) => state.language);
  const line = useKnown((state) => state.line);
  const [state, dispatch] = useReducer(act, sheet, (given) => {
    const fresh = editingOf(drawingOf(given), given.taken);
    return carried === null ? fresh : act(fresh, { kind: 'put', drawing: carried });
  });
  const [shade, chooseShade] = useState<HazardName | null>(null);
  const [marks, setMarks] = useState<readonly Rung[]>(sheet.mount.ladder ?? []);
  const [asked, setAsked] = useState<number | null>(null);
  const [still, setStill] = useState<string | null>(sheet.stills[0]?.sha256 ?? null);
  const [compared, setCompared] = useState<ZoneVersion | null>(null);
  const [test, setTest] = useState<{ readonly of: Drawing; readonly found: ZoneTest } | null>(null);
  const [look, setLook] = useState<string | null>(null);
  const [busy, setBusy] = useState<'test' | 'save' | null>(null);
  const [refusal, setRefusal] = useState<Trouble | string>('');
  const [isBehind, setBehind] = useState(false);
  const [why, setWhy] = useState('');
  const [leaving, setLeaving] = useState(false);
  const { now } = state;
  const zone = chosenZone(state);
  // Undo went past a change of the marks: the list follows the drawing, but for marks that do not make a ladder yet.
  const ladderNow = JSON.stringify(now.mount.ladder ?? []);
  if ((isLadder(marks) || now.mount.ladder !== null) && JSON.stringify(marks) !== ladderNow)
    setMarks(now.mount.ladder ?? []);
  const owners = useMemo(() => new Set(sheet.agencies.map(({ id }) => id)), [sheet]);
  const faults = useMemo(() => zoneFaults(now.zones, owners), [now.zones, owners]);
  const reach = useMemo(() => {
    const drawn = now.zones
      .filter((one) => one.polygon.length > 2)
      .map((one) => ({ ...one, polygon: [...one.polygon] }));
    return cameraReach({ ...standing(now.mount), zones: drawn }, sheet.settings);
  }, [now, sheet.settings]);
  const dirty = state.past.length > 0;
  const tested = test?.of === now ? test.found : null;
  const isOff = line === 'down';
  const whole = faults.length === 0 && dirty && !state.drawing;

  const change = (given: EditAct): void => {
    setLeaving(false);
    setRefusal('');
    dispatch(given);
  };
  const toMount = (mount: Mount): void => change({ kind: 'change-mount', mount });
  const toMarks = (list: readonly Rung[]): void => {
    const ladder = isLadder(list) ? [...list] : null;
    setMarks(list);
    if (JSON.stringify(ladder) !== JSON.stringify(now.mount.ladder)) toMount({ ...now.mount, ladder });
  };

  useEffect(() => {
    store.setState({ mode: 'zones' });
    return () => store.setState({ mode: 'plain' });
  }, []);
  useEffect(() => {
    if (!dirty) return undefined;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [dirty]);

  const body = {
    seen: sheet.seen,
    preset: sheet.preset,
    zones: now.zones.map((one) => ({ ...one, polygon: [...one.polygon] })),
    mount: now.mount,
  };
  const params = { id: sheet.id };
  const refused = (thrown: unknown): void => {
    setRefusal(thrown instanceof Unreachable ? say('zones.offline') : troubleOf(thrown));
    setBehind(thrown instanceof Refused && thrown.status === 409);
  };
  const load = async (drawing: Drawing | null): Promise<void> => {
    const query = queryOf(reason, sheet.preset);
    onSheet(await call(routes.zoneSheet, { params, query }), drawing);
  };

  const runTest = async (): Promise<void> => {
    if (!whole || isOff || busy !== null) return;
    setBusy('test');
    setRefusal('');
    const of = now;
    try {
      const found = await call(routes.testZones, { params, body: reason === undefined ? body : { ...body, reason } });
      setTest({ of, found });
    } catch (thrown) {
      refused(thrown);
    } finally {
      setBusy(null);
    }
  };
  const save = async (): Promise<void> => {
    if (!tested || isOff || busy !== null) return;
    setBusy('save');
    try {
      const { version } = await call(routes.saveZones, { params, body: { ...body, tested: tested.tested, why } });
      tell('zones.saved', { n: version });
      await load(null);
    } catch (thrown) {
      refused(thrown);
    } finally {
      setBusy(null);
    }
  };
  const go = (): void => {
    if (state.drawing) change({ kind: 'close' });
    else void (tested ? save() : runTest());
  };
  const leave = (): void => {
    if (dirty && !leaving) setLeaving(true);
    else onLeave();
  };
  const nudge = (arg: number | undefined, px: number): void => {
    const [dx, dy] = arrowOf(arg);
    const by: Spot = [(dx * px) / sheet.size.widthPx, (dy * px) / sheet.size.heightPx];
    change({ kind: state.drawing ? 'cursor' : 'nudge', by });
  };

  useKeys('camera', {
    'zone-new': () => change({ kind: 'new' }),
    'zone-add': () => change(state.drawing ? { kind: 'append', at: state.cursor } : { kind: 'split' }),
    'zone-remove': () => change({ kind: 'remove' }),
    'zone-nudge': (row) => nudge(row.arg, 1),
    'zone-nudge-far': (row) => nudge(row.arg, 10),
    'zone-point': (row) => change({ kind: 'step-point', by: row.arg ?? 1 }),
    'zone-other': (row) => change({ kind: 'step-zone', by: row.arg ?? 1 }),
    'zone-undo': () => change({ kind: 'undo' }),
    'zone-redo': () => change({ kind: 'redo' }),
    'zone-snap': () => change({ kind: 'snap' }),
    'zone-go': go,
    escape: () => (state.drawing ? change({ kind: 'close' }) : leave()),
  });

  const faultWords = (fault: ZoneFault): string =>
    say(`zones.fault.${fault.kind}`, {
      zone: fault.zoneId,
      hazard: fault.hazard === undefined ? '' : shortName(fault.hazard, language),
    });
  const shownLook = tested?.looks.find((one) => one.lookId === look);
  const bar = zoneKeyRows.filter((row) => row.modes.includes('zones')).map((row) => row.act);
  return (
    <>
      <main className="zone-screen" data-testid="zone-editor">
        <header className="claim">
          <div>
            <h1>
              {say('zones.title')}: {format.pick(sheet.name)} <span className="mute num">{sheet.id}</span>
            </h1>
            {sheet.presets.length > 1 && (
              <p data-testid="zones-view">
                {say('zones.ofView', { view: viewNames(sheet.presets, say).get(sheet.preset) ?? sheet.preset })}
              </p>
            )}
            <p className="mute small" role="status">
              {zone && state.point !== null
                ? say('zones.place', { zone: zone.id, point: state.point + 1, n: zone.polygon.length })
                : zone
                  ? say('zones.placeWhole', { zone: zone.id })
                  : say('zones.none')}
              {dirty && <b> · {say('zones.unsaved', { n: state.past.length })}</b>}
            </p>
          </div>
          <span className="grow" />
          <button type="button" className="act" onClick={leave} data-testid="zones-leave">
            {say(leaving ? 'zones.leaveUnsaved' : 'zones.leave')} <kbd>Esc</kbd>
          </button>
        </header>
        <div className="zone-body">
          <div className={test === null ? 'zone-left' : 'zone-left zone-tested'}>
            {sheet.state === 'moved' && <p className="notice">{say('zones.moved')}</p>}
            {isOff && <p className="notice">{say('zones.offline')}</p>}
            <div className="zone-tools" role="toolbar" aria-label={say('zones.edit')}>
              <button type="button" onClick={() => change({ kind: 'new' })} data-testid="zone-new">
                {say('zones.new')}
              </button>
              <button
                type="button"
                disabled={state.point === null || state.drawing}
                onClick={() => change({ kind: 'split' })}
              >
                {say('zones.addPoint')}
              </button>
              <button type="button" disabled={!zone} onClick={() => change({ kind: 'remove' })}>
                {say(state.point === null ? 'zones.remove' : 'zones.removePoint')}
              </button>
              <button
                type="button"
                disabled={state.past.length === 0}
                onClick={() => change({ kind: 'undo' })}
                data-testid="zone-undo"
              >
                {say('zones.undo')}
              </button>
              <button type="button" disabled={state.future.length === 0} onClick={() => change({ kind: 'redo' })}>
                {say('zones.redo')}
              </button>
              <button type="button" aria-pressed={state.snap} onClick={() => change({ kind: 'snap' })}>
                {say('zones.snap')}
              </button>
            </div>
            <div className="zone-save">
              <button
                type="button"
                className={tested ? 'act' : 'act act-strong'}
                disabled={!whole || isOff || busy !== null}
                onClick={() => void runTest()}
                data-testid="zone-run-test"
              >
                {say(busy === 'test' ? 'zones.testing' : 'zones.test')}
              </button>
              {tested && (
                <>
                  <label className="grow">
                    <span className="hidden">{say('zones.why')}</span>
                    <input
                      value={why}
                      maxLength={300}
                      placeholder={say('zones.why')}
                      onChange={(event) => setWhy(event.currentTarget.value)}
                    />
                  </label>
                  <button
                    type="button"
                    className="act act-strong"
                    disabled={isOff || busy !== null}
                    onClick={() => void save()}
                    data-testid="zone-save"
                  >
                    {say('zones.save')}
                  </button>
                </>
              )}
            </div>
            <ZoneCanvas
              state={state}
              size={sheet.size}
              reach={reach}
              shade={shade}
              stillSha256={shownLook?.stillSha256 ?? still}
              bad={new Set(faults.map(({ zoneId }) => zoneId))}
              compared={compared?.zones ?? null}
              onAct={change}
              onRow={
                asked === null
                  ? null
                  : (y) => {
                      toMarks(marks.map((mark, i) => (i === asked ? { ...mark, y } : mark)));
                      setAsked(null);
                    }
              }
            />
            <p className="mute small">{say(state.drawing ? 'zones.drawing' : 'zones.hint')}</p>
            {faults.length > 0 && !state.drawing && (
              <div className="notice" role="alert" data-testid="zone-faults">
                <b>{say('zones.faults')}</b>
                <ul>
                  {faults.map((fault) => (
                    <li key={`${fault.zoneId} ${fault.kind} ${fault.hazard ?? ''}`}>{faultWords(fault)}</li>
                  ))}
                </ul>
              </div>
            )}
            {refusal !== '' && (
              <div className="notice" data-testid="zone-refusal">
                <TroubleNote trouble={refusal} />
                {isBehind && (
                  <button type="button" onClick={() => void load(now).catch(refused)} data-testid="zone-carry">
                    {say('zones.carry')}
                  </button>
                )}
              </div>
            )}
            {tested ? (
              <>
                <TestStrip
                  test={tested}
                  chosen={look}
                  onChoose={(one) => setLook(one.lookId === look ? null : one.lookId)}
                />
                <TestTable test={tested} />
              </>
            ) : (
              <StillStrip stills={sheet.stills} chosen={still} onChoose={setStill} />
            )}
          </div>
          <aside className="zone-right">
            <section className="panel">
              <h2 className="panel-head">{say('zones.title')}</h2>
              <ul className="zone-list">
                {now.zones.map((one) => (
                  <li key={one.id}>
                    <button
                      type="button"
                      className="quiet"
                      aria-pressed={one.id === state.zone}
                      onClick={() => change({ kind: 'pick', zone: one.id, point: null })}
                    >
                      <b>{one.id}</b> {say(`zone.${one.kind}`)}
                      <span className="mute small">
                        {' '}
                        {one.hazards.map((hazard) => shortName(hazard, language)).join(', ')}
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
              {zone && (
                <div className="pad">
                  <ZoneFields
                    key={zone.id}
                    zone={zone}
                    sheet={sheet}
                    onChange={(next) => change({ kind: 'change-zone', id: zone.id, zone: next })}
                  />
                </div>
              )}
              <CopyZones sheet={sheet} onAct={change} />
            </section>
            <section className="panel pad">
              <MountFields
                mount={now.mount}
                size={sheet.size}
                marks={marks}
                asked={asked}
                onMarks={toMarks}
                onAsk={setAsked}
                onChange={toMount}
              />
            </section>
            <ReachPanel
              view={{ reach, zones: now.zones.map((one) => ({ ...one, polygon: [...one.polygon] })) }}
              shade={shade}
              onShade={chooseShade}
            />
            <ZoneHistory
              versions={sheet.versions}
              compared={compared?.version ?? null}
              onCompare={setCompared}
              onRestore={(version) => {
                if (version.zones === null) return;
                const mount = version.mount ?? now.mount;
                change({ kind: 'put', drawing: { zones: version.zones, mount } });
                setMarks(mount.ladder ?? []);
                tell('zones.restored', { n: version.version });
              }}
            />
          </aside>
        </div>
      </main>
      <KeyBar place="camera" acts={bar} />
    </>
  );
}
