// One camera as a form: names, place, addresses that are never shown whole, history, removal in two steps.
import { useState, type SubmitEvent } from 'react';
import { routes, type CameraForm, type PlaceCameraSheet, type PlaceVersion } from '../../../../contract.ts';
import { call } from '../../../net/api.ts';
import { useSay } from '../../../parts/words.ts';
import { hashOf } from '../../../route.ts';
import { say as tell } from '../../../state.ts';
import { numberFrom } from '../../camera/zone-fields.tsx';
import { districtKey } from '../../desk/district.ts';
import { RefusalNote, refusalOf, Remove, TextField, Tick, Versions, type Refusal } from './place-parts.tsx';

interface Typed {
  readonly id: string;
  readonly kk: string;
  readonly ru: string;
  readonly en: string;
  readonly lat: string;
  readonly lon: string;
  readonly bearing: string;
  readonly district: string;
  readonly watch: boolean;
  readonly restricted: boolean;
  readonly indoor: boolean;
  readonly nearSensitive: boolean;
  readonly rtsp: string;
  readonly subRtsp: string;
  readonly snapshot: string;
  readonly credential: string;
  readonly dropped: readonly AddressName[];
}

const addressNames = ['rtsp', 'subRtsp', 'snapshot'] as const;
type AddressName = (typeof addressNames)[number];

const typedOf = (sheet: PlaceCameraSheet | null, district: string): Typed => ({
  id: sheet?.id ?? '',
  kk: sheet?.name.kk ?? '',
  ru: sheet?.name.ru ?? '',
  en: sheet?.name.en ?? '',
  lat: sheet ? String(sheet.point.lat) : '',
  lon: sheet ? String(sheet.point.lon) : '',
  bearing: String(sheet?.bearingDeg ?? 0),
  district: sheet?.district ?? district,
  watch: sheet?.watch ?? false,
  restricted: sheet?.restricted ?? true,
  indoor: sheet?.indoor ?? false,
  nearSensitive: sheet?.nearSensitive ?? false,
  rtsp: '',
  subRtsp: '',
  snapshot: '',
  credential: sheet?.credential ?? '',
  dropped: [],
});

/** The form as the contract wants it; undefined while a number cannot be read. */
function formOf(typed: Typed): CameraForm | undefined {
  const [lat, lon] = [numberFrom(typed.lat, -90, 90), numberFrom(typed.lon, -180, 180)];
  const bearingDeg = numberFrom(typed.bearing, 0, 360);
  if (lat === undefined || lon === undefined || bearingDeg === undefined) return undefined;
  const address = (name: AddressName): { [K in AddressName]?: string | null } => {
    if (typed.dropped.includes(name)) return { [name]: null };
    return typed[name].trim() === '' ? {} : { [name]: typed[name].trim() };
  };
  const { id, kk, ru, en, district, watch, restricted, indoor, nearSensitive, credential } = typed;
  return {
    id: id.trim(),
    name: { kk: kk.trim(), ru: ru.trim(), en: en.trim() },
    point: { lat, lon },
    bearingDeg,
    district,
    watch,
    restricted,
    indoor,
    nearSensitive,
    ...address('rtsp'),
    ...address('subRtsp'),
    ...address('snapshot'),
    credential: credential.trim() === '' ? null : credential.trim(),
  };
}

export function CameraEdit({
  sheet,
  districts,
  onDone,
  onReload,
  onGone,
}: {
  sheet: PlaceCameraSheet | null;
  districts: readonly string[];
  onDone: (id: string) => void;
  onReload?: () => void;
  onGone?: () => void;
}) {
  const say = useSay();
  const first = typedOf(sheet, districts[0] ?? '');
  const [typed, setTyped] = useState(first);
  const [why, setWhy] = useState('');
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const put = (change: Partial<Typed>): void => setTyped((before) => ({ ...before, ...change }));
  const form = formOf(typed);
  const refuse = (thrown: unknown): void => setRefusal(refusalOf(thrown));
  const run = async (
    work: () => Promise<{ version: number }>,
    word: 'places.saved' | 'places.restored',
  ): Promise<void> => {
    setRefusal(null);
    try {
      const { version } = await work();
      tell(word, { n: version });
      onDone(typed.id.trim());
    } catch (thrown) {
      refuse(thrown);
    }
  };
  const save = (event: SubmitEvent): void => {
    event.preventDefault();
    if (form)
      void run(
        () => call(routes.saveCamera, { body: { seen: sheet?.seen ?? null, camera: form, why } }),
        'places.saved',
      );
  };
  const restore = (version: PlaceVersion): void => {
    if (!sheet) return;
    const body = { version: version.version, seen: sheet.seen };
    void run(() => call(routes.restoreCamera, { params: { id: sheet.id }, body }), 'places.restored');
  };
  const remove = async (because: string): Promise<void> => {
    if (!sheet) return;
    try {
      await call(routes.removeCamera, { params: { id: sheet.id }, body: { seen: sheet.seen, why: because } });
      tell('places.removed', { id: sheet.id });
      onGone?.();
    } catch (thrown) {
      refuse(thrown);
    }
  };
  return (
    <div className="pad places-form">
      <form className="form" onSubmit={save} data-testid="camera-form">
        <h2>{sheet ? sheet.id : say('places.addCamera')}</h2>
        {sheet?.listed === true && <p className="small mute">{say('places.listed')}</p>}
        <div className="places-grid">
          <TextField
            label={say('places.id')}
            value={typed.id}
            readOnly={sheet !== null}
            required
            maxLength={64}
            onChange={(id) => put({ id })}
          />
          <label>
            <span className="small mute">{say('places.district')}</span>
            <select value={typed.district} onChange={(event) => put({ district: event.currentTarget.value })}>
              {districts.map((one) => (
                <option key={one} value={one}>
                  {say(`district.${districtKey(one)}`)}
                </option>
              ))}
            </select>
          </label>
          <TextField label={say('places.nameKk')} value={typed.kk} required onChange={(kk) => put({ kk })} />
          <TextField label={say('places.nameRu')} value={typed.ru} required onChange={(ru) => put({ ru })} />
          <TextField label={say('places.nameEn')} value={typed.en} required onChange={(en) => put({ en })} />
          <TextField label={say('places.lat')} value={typed.lat} required onChange={(lat) => put({ lat })} />
          <TextField label={say('places.lon')} value={typed.lon} required onChange={(lon) => put({ lon })} />
          <TextField label={say('places.bearing')} value={typed.bearing} onChange={(bearing) => put({ bearing })} />
        </div>
        <div>
          <Tick label={say('places.restricted')} on={typed.restricted} onChange={(restricted) => put({ restricted })} />
          <Tick label={say('places.watch')} on={typed.watch} onChange={(watch) => put({ watch })} />
          <Tick label={say('places.indoor')} on={typed.indoor} onChange={(indoor) => put({ indoor })} />
          <Tick
            label={say('places.sensitive')}
            on={typed.nearSensitive}
            onChange={(nearSensitive) => put({ nearSensitive })}
          />
        </div>
        {addressNames.map((name) => (
          <Address
            key={name}
            label={say(`places.${name}`)}
            now={sheet?.addresses[name] ?? null}
            value={typed[name]}
            dropped={typed.dropped.includes(name)}
            onChange={(value) => put({ [name]: value })}
            onDrop={(on) =>
              put({ dropped: on ? [...typed.dropped, name] : typed.dropped.filter((one) => one !== name) })
            }
          />
        ))}
        <TextField
          label={say('places.credential')}
          value={typed.credential}
          maxLength={80}
          onChange={(credential) => put({ credential })}
        />
        <TextField label={say('zones.why')} value={why} onChange={setWhy} />
        <RefusalNote refusal={refusal} {...(onReload ? { onReload } : {})} />
        <span className="places-acts">
          <button type="submit" className="act act-strong" disabled={!form} data-testid="places-save">
            {say('places.save')}
          </button>
          <button type="button" className="act" onClick={() => setTyped(first)}>
            {say('places.cancel')}
          </button>
          {sheet && (
            <a className="act" href={hashOf('camera', sheet.id)}>
              {say('places.toZones')}
            </a>
          )}
        </span>
      </form>
      {sheet && (
        <>
          <Versions versions={sheet.versions} onRestore={restore} />
          {sheet.open > 0 && <p className="small mute">{say('places.openIncidents', { n: sheet.open })}</p>}
          <Remove onRemove={(because) => void remove(because)} />
        </>
      )}
    </div>
  );
}

/** An address that is never shown whole: the new one is typed, the old one is named without what may be secret. */
function Address({
  label,
  now,
  value,
  dropped,
  onChange,
  onDrop,
}: {
  label: string;
  now: PlaceCameraSheet['addresses']['rtsp'];
  value: string;
  dropped: boolean;
  onChange: (value: string) => void;
  onDrop: (on: boolean) => void;
}) {
  const say = useSay();
  const shown = say('places.addressNow', { address: now?.shown ?? '' });
  return (
    <div className="places-address">
      <TextField
        label={now === null ? label : `${label} (${say('places.addressNew')})`}
        value={value}
        maxLength={500}
        readOnly={dropped}
        onChange={onChange}
        {...(now === null ? {} : { hint: now.hidden ? `${shown} (${say('places.addressHidden')})` : shown })}
      />
      {now !== null && <Tick label={say('places.addressDrop')} on={dropped} onChange={onDrop} />}
    </div>
  );
}
