// Groups of cameras by which roles are limited: the list, and one of them made or changed; two people, as with roles.
import { useState, type SubmitEvent } from 'react';
import type { CameraGroup, CameraRule } from '#core/camera-group';
import { routes, type GraveAct, type GroupCard, type People } from '../../../contract.ts';
import { AgencyId } from '#core/ids';
import { call } from '../../net/api.ts';
import { fieldOf } from '../../parts/factor.tsx';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { TroubleNote } from '../../parts/trouble.tsx';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useSay } from '../../parts/words.ts';
import { troubleOf, type Trouble } from '../../trouble.ts';
import { propose, type Outcome } from './acts.ts';

type Doing =
  { readonly kind: 'list' } | { readonly kind: 'add' } | { readonly kind: 'change' | 'drop'; readonly id: string };

interface Parts {
  readonly all: People;
  readonly mayChange: boolean;
  readonly onDone: (outcome: Outcome | null) => void;
}

export function GroupsPanel({ all, mayChange, onDone }: Parts) {
  const say = useSay();
  const format = useFormat();
  const [doing, setDoing] = useState<Doing>({ kind: 'list' });
  const finish = (outcome: Outcome | null): void => {
    setDoing({ kind: 'list' });
    if (outcome) onDone(outcome);
  };
  const chosen = 'id' in doing ? all.groups.find(({ id }) => id === doing.id) : undefined;
  return (
    <section className="panel options-block" data-testid="groups-panel">
      <h2>{say('group.title', { n: all.groups.length })}</h2>
      <p className="mute">{say('group.what')}</p>
      {all.groups.length === 0 && <p>{say('group.none')}</p>}
      <ul className="proposals">
        {all.groups.map((group) => (
          <li key={group.id} className="options-row">
            <b>{format.pick(group.name)}</b>
            <span className="mute">
              {say(`group.kind.${group.kind}`)} · {say('group.cameras', { n: group.cameras })} ·{' '}
              {say('group.people', { n: group.people })}
            </span>
            {mayChange && (
              <>
                <button
                  type="button"
                  data-testid={`change-group-${group.id}`}
                  onClick={() => setDoing({ kind: 'change', id: group.id })}
                >
                  {say('group.change')}
                </button>
                <button type="button" onClick={() => setDoing({ kind: 'drop', id: group.id })}>
                  {say('group.drop')}
                </button>
              </>
            )}
          </li>
        ))}
      </ul>
      {mayChange && doing.kind === 'list' && (
        <div className="options-row">
          <button type="button" className="act" data-testid="add-group" onClick={() => setDoing({ kind: 'add' })}>
            {say('group.add')}
          </button>
        </div>
      )}
      {doing.kind === 'add' && <GroupForm all={all} group={null} onDone={finish} />}
      {doing.kind === 'change' && chosen && <LoadedForm key={chosen.id} all={all} card={chosen} onDone={finish} />}
      {doing.kind === 'drop' && chosen && (
        <ActForm
          all={all}
          title={`${say('people.act.drop-group')}: ${format.pick(chosen.name)}`}
          actOf={() => ({ kind: 'drop-group', groupId: chosen.id })}
          onDone={finish}
        />
      )}
    </section>
  );
}

function LoadedForm({
  all,
  card,
  onDone,
}: {
  all: People;
  card: GroupCard;
  onDone: (outcome: Outcome | null) => void;
}) {
  const [loaded, reload] = useLoad(`group ${card.id}`, (signal) =>
    call(routes.cameraGroup, { params: { id: card.id }, signal }),
  );
  if (loaded.kind === 'failed') return <Failure why={loaded.why} code={loaded.code} onAgain={reload} />;
  if (loaded.kind === 'loading') return <Waiting what="options.waiting" />;
  return <GroupForm all={all} group={loaded.value} onDone={onDone} />;
}

/** The reason and the two buttons that every act has. `actOf` gives the act, or a sentence that says what is missing. */
function ActForm({
  all,
  title,
  actOf,
  onDone,
  children,
}: {
  all: People;
  title: string;
  actOf: (form: HTMLFormElement) => GraveAct | string;
  onDone: (outcome: Outcome | null) => void;
  children?: React.ReactNode;
}) {
  const say = useSay();
  const [trouble, setTrouble] = useState<Trouble | string>('');
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const act = actOf(form);
    setTrouble(typeof act === 'string' ? act : '');
    if (typeof act === 'string') return;
    setBusy(true);
    try {
      onDone(await propose(act, fieldOf(form, 'reason').trim()));
    } catch (thrown) {
      setTrouble(troubleOf(thrown));
      setBusy(false);
    }
  };
  return (
    <form className="form options-doing" onSubmit={(event) => void submit(event)}>
      <h3>
        <b>{title}</b>
      </h3>
      {children}
      <label>
        {say('people.reason')}
        <input name="reason" required minLength={3} maxLength={300} autoComplete="off" />
      </label>
      <TroubleNote trouble={trouble} />
      <div className="options-row">
        <button type="submit" className="act act-strong" disabled={busy} data-testid="propose-group">
          {say(all.alone ? 'people.doAlone' : 'people.propose')}
        </button>
        <button type="button" onClick={() => onDone(null)}>
          {say('people.cancel')}
        </button>
      </div>
    </form>
  );
}

const kinds = ['districts', 'owners', 'list'] as const;
const languages = ['kk', 'ru', 'en'] as const;

function GroupForm({
  all,
  group,
  onDone,
}: {
  all: People;
  group: CameraGroup | null;
  onDone: (outcome: Outcome | null) => void;
}) {
  const say = useSay();
  const format = useFormat();
  const [kind, setKind] = useState<CameraRule['kind']>(group?.rule.kind ?? 'districts');
  const [picked, setPicked] = useState<readonly string[]>(
    group?.rule.kind === 'districts' ? group.rule.districts : group?.rule.kind === 'owners' ? group.rule.agencies : [],
  );
  const toggle = (id: string): void =>
    setPicked((now) => (now.includes(id) ? now.filter((one) => one !== id) : [...now, id]));
  const choices = kind === 'districts' ? all.districts : all.agencies;

  function ruleOf(form: HTMLFormElement): CameraRule | undefined {
    if (kind === 'list') {
      const cameras = [
        ...new Set(
          fieldOf(form, 'cameras')
            .split(/[\s,;]+/)
            .filter((id) => id !== ''),
        ),
      ];
      return cameras.length === 0 ? undefined : { kind, cameras };
    }
    const ids = picked.filter((id) => choices.some((one) => one.id === id));
    if (ids.length === 0) return undefined;
    return kind === 'districts' ? { kind, districts: ids } : { kind, agencies: ids.map((id) => AgencyId.parse(id)) };
  }

  const actOf = (form: HTMLFormElement): GraveAct | string => {
    const rule = ruleOf(form);
    if (!rule) return say('group.empty');
    const [kk = '', ru = '', en = ''] = languages.map((language) => fieldOf(form, `name-${language}`).trim());
    const id = group?.id ?? fieldOf(form, 'id').trim();
    return { kind: 'set-group', group: { id, name: { kk, ru, en }, rule } };
  };

  return (
    <ActForm all={all} title={say('people.act.set-group')} actOf={actOf} onDone={onDone}>
      <div className="options-fields">
        {group === null && (
          <label>
            {say('group.id')}
            <input name="id" required pattern="[a-z0-9][a-z0-9\-]{0,39}" autoComplete="off" data-testid="group-id" />
            <span className="mute small">{say('group.idRule')}</span>
          </label>
        )}
        {languages.map((language) => (
          <label key={language}>
            {say(`group.name.${language}`)}
            <input
              name={`name-${language}`}
              required
              maxLength={120}
              autoComplete="off"
              lang={language}
              defaultValue={group?.name[language] ?? ''}
              data-testid={`group-name-${language}`}
            />
          </label>
        ))}
      </div>
      <fieldset className="role-choice">
        <legend>{say('group.by')}</legend>
        <div className="options-row">
          {kinds.map((one) => (
            <label key={one} className="radio">
              <input
                type="radio"
                name="kind"
                checked={one === kind}
                data-testid={`group-by-${one}`}
                onChange={() => {
                  setKind(one);
                  setPicked([]);
                }}
              />
              {say(`group.kind.${one}`)}
            </label>
          ))}
        </div>
        {kind === 'list' ? (
          <label>
            {say('group.list')}
            <textarea
              name="cameras"
              rows={6}
              spellCheck={false}
              data-testid="group-cameras"
              defaultValue={group?.rule.kind === 'list' ? group.rule.cameras.join('\n') : ''}
            />
          </label>
        ) : (
          <div className="role-boxes">
            {choices.map(({ id, name }) => (
              <label key={id} className="radio">
                <input
                  type="checkbox"
                  checked={picked.includes(id)}
                  data-testid={`pick-${id}`}
                  onChange={() => toggle(id)}
                />
                {format.pick(name)}
              </label>
            ))}
          </div>
        )}
      </fieldset>
    </ActForm>
  );
}
