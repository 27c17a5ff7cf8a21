// Agencies edited in the browser: names in three languages, ways of delivery, duty, history. What is still needed cannot be removed.
import { useState, type SubmitEvent } from 'react';
import { Agency, agencyKinds, deliveryWays } from '#core/agency';
import { routes, type AgencyRow, type PlaceVersion } from '../../../../contract.ts';
import { call } from '../../../net/api.ts';
import { Failure, Waiting } from '../../../parts/panel-state.tsx';
import { useLoad } from '../../../parts/use-load.ts';
import { useFormat, useSay } from '../../../parts/words.ts';
import { say as tell } from '../../../state.ts';
import { RefusalNote, refusalOf, Remove, TextField, Tick, Versions, type Refusal } from './place-parts.tsx';

export function AgenciesPlace() {
  const say = useSay();
  const format = useFormat();
  const [loaded, reload] = useLoad('place agencies', (signal) => call(routes.placeAgencies, { signal }));
  const [find, setFind] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const [adding, setAdding] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  if (loaded.kind === 'failed') return <Failure why={loaded.why} code={loaded.code} onAgain={reload} />;
  if (loaded.kind === 'loading') return <Waiting what="places.waiting" />;
  const { agencies, removed } = loaded.value;
  const wanted = find.trim().toLocaleLowerCase();
  const list = agencies.filter(({ agency }) =>
    `${agency.id} ${format.pick(agency.name)}`.toLocaleLowerCase().includes(wanted),
  );
  const one = agencies.find(({ agency }) => agency.id === chosen);
  const restore = async (id: string, version: number): Promise<void> => {
    try {
      const done = await call(routes.restoreAgency, { params: { id }, body: { version, seen: null } });
      tell('places.restored', { n: done.version });
      setRefusal(null);
      reload();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    }
  };
  return (
    <div className="places-columns">
      <aside className="panel places-list">
        <div className="pad form">
          <input
            type="search"
            value={find}
            aria-label={say('places.find')}
            placeholder={say('places.find')}
            onChange={(event) => setFind(event.currentTarget.value)}
          />
          <button
            type="button"
            data-testid="places-add"
            onClick={() => {
              setAdding(true);
              setChosen(null);
            }}
          >
            {say('places.addAgency')}
          </button>
        </div>
        <ul className="map-list">
          {list.map(({ agency }) => (
            <li key={agency.id}>
              <button
                type="button"
                className={agency.id === chosen ? 'map-row row-selected' : 'map-row'}
                aria-pressed={agency.id === chosen}
                onClick={() => {
                  setChosen(agency.id);
                  setAdding(false);
                }}
              >
                <span className="row-words">
                  <b className="cut">{format.pick(agency.name)}</b>
                  <span className="row-line mute">
                    <span className="num">{agency.id}</span>
                    <span>{say(`places.agencyKind.${agency.kind}`)}</span>
                  </span>
                </span>
              </button>
            </li>
          ))}
          {list.length === 0 && <li className="mute pad">{say('places.none')}</li>}
        </ul>
        {removed.length > 0 && (
          <details className="pad">
            <summary>{say('places.removedList')}</summary>
            <RefusalNote refusal={refusal} />
            <ul className="places-versions">
              {removed.map((gone) => (
                <li key={gone.id}>
                  <span className="wrap">
                    <b>{gone.id}</b> <span className="mute small">{gone.why}</span>
                  </span>
                  <button type="button" onClick={() => void restore(gone.id, gone.version - 1)}>
                    {say('places.restore')}
                  </button>
                </li>
              ))}
            </ul>
          </details>
        )}
      </aside>
      <section className="panel places-one">
        {adding ? (
          <AgencyEdit
            key="new"
            row={null}
            onDone={(id) => {
              setAdding(false);
              setChosen(id);
              reload();
            }}
          />
        ) : one ? (
          <AgencyEdit key={`${one.agency.id} ${one.seen}`} row={one} onDone={reload} />
        ) : (
          <p className="panel-state mute">{say('places.choose')}</p>
        )}
      </section>
    </div>
  );
}

interface Typed {
  readonly id: string;
  readonly kind: string;
  readonly kk: string;
  readonly ru: string;
  readonly en: string;
  readonly ways: readonly string[];
  readonly email: string;
  readonly webhook: string;
  readonly duty: string;
}

const typedOf = (agency: Agency | undefined): Typed => ({
  id: agency?.id ?? '',
  kind: agency?.kind ?? 'utility',
  kk: agency?.name.kk ?? '',
  ru: agency?.name.ru ?? '',
  en: agency?.name.en ?? '',
  ways: agency?.ways ?? ['page'],
  email: agency?.email ?? '',
  webhook: agency?.webhook ?? '',
  duty: agency?.duty ?? '',
});

const filled = (text: string, key: string): Record<string, string> =>
  text.trim() === '' ? {} : { [key]: text.trim() };

function AgencyEdit({ row, onDone }: { row: AgencyRow | null; onDone: (id: string) => void }) {
  const say = useSay();
  const first = typedOf(row?.agency);
  const [typed, setTyped] = useState(first);
  const [why, setWhy] = useState('');
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const id = row?.agency.id ?? null;
  const [versions, reloadVersions] = useLoad(id === null ? null : `agency ${id} ${row?.seen ?? ''}`, (signal) =>
    call(routes.agencyVersions, { params: { id: id ?? '' }, signal }),
  );
  const put = (change: Partial<Typed>): void => setTyped((before) => ({ ...before, ...change }));
  const { kk, ru, en, email, webhook, ...rest } = typed;
  const agency = Agency.safeParse({
    ...rest,
    id: typed.id.trim(),
    duty: typed.duty.trim(),
    name: { kk: kk.trim(), ru: ru.trim(), en: en.trim() },
    ...filled(email, 'email'),
    ...filled(webhook, 'webhook'),
  });
  const run = async (work: () => Promise<unknown>): Promise<void> => {
    setRefusal(null);
    try {
      await work();
      onDone(typed.id.trim());
      reloadVersions();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    }
  };
  const save = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!agency.success) return;
    const body = { seen: row?.seen ?? null, agency: agency.data, why };
    void run(async () => tell('places.saved', { n: (await call(routes.saveAgency, { body })).version }));
  };
  const restore = (version: PlaceVersion): void => {
    if (!row) return;
    const body = { version: version.version, seen: row.seen };
    const params = { id: row.agency.id };
    void run(async () => tell('places.restored', { n: (await call(routes.restoreAgency, { params, body })).version }));
  };
  const remove = (because: string): void => {
    if (!row) return;
    const params = { id: row.agency.id };
    const body = { seen: row.seen, why: because };
    void run(async () => {
      await call(routes.removeAgency, { params, body });
      tell('places.removed', { id: row.agency.id });
    });
  };
  return (
    <div className="pad places-form">
      <form className="form" onSubmit={save} data-testid="agency-form">
        <h2>{row ? row.agency.id : say('places.addAgency')}</h2>
        {row && (
          <p className="small mute">{say('places.use', { tasks: row.tasks, rules: row.rules, owns: row.owns })}</p>
        )}
        <div className="places-grid">
          <TextField
            label={say('places.id')}
            value={typed.id}
            readOnly={row !== null}
            required
            maxLength={60}
            onChange={(one) => put({ id: one })}
          />
          <label>
            <span className="small mute">{say('places.kind')}</span>
            <select value={typed.kind} onChange={(event) => put({ kind: event.currentTarget.value })}>
              {agencyKinds.map((kind) => (
                <option key={kind} value={kind}>
                  {say(`places.agencyKind.${kind}`)}
                </option>
              ))}
            </select>
          </label>
          <TextField label={say('places.nameKk')} value={kk} required onChange={(one) => put({ kk: one })} />
          <TextField label={say('places.nameRu')} value={ru} required onChange={(one) => put({ ru: one })} />
          <TextField label={say('places.nameEn')} value={en} required onChange={(one) => put({ en: one })} />
          <TextField label={say('places.duty')} value={typed.duty} required onChange={(duty) => put({ duty })} />
          <TextField label={say('places.email')} value={email} onChange={(one) => put({ email: one })} />
          <TextField label={say('places.webhook')} value={webhook} onChange={(one) => put({ webhook: one })} />
        </div>
        <fieldset>
          <legend className="small mute">{say('places.ways')}</legend>
          {deliveryWays.map((way) => (
            <Tick
              key={way}
              label={say(`places.way.${way}`)}
              on={typed.ways.includes(way)}
              onChange={(on) => put({ ways: on ? [...typed.ways, way] : typed.ways.filter((one) => one !== way) })}
            />
          ))}
        </fieldset>
        <TextField label={say('zones.why')} value={why} onChange={setWhy} />
        <RefusalNote refusal={refusal} onReload={() => onDone(typed.id)} />
        <span className="places-acts">
          <button type="submit" className="act act-strong" disabled={!agency.success} data-testid="places-save">
            {say('places.save')}
          </button>
          <button type="button" className="act" onClick={() => setTyped(first)}>
            {say('places.cancel')}
          </button>
        </span>
      </form>
      {row && (
        <>
          {versions.kind === 'here' && <Versions versions={versions.value} onRestore={restore} />}
          <Remove onRemove={remove} />
        </>
      )}
    </div>
  );
}
