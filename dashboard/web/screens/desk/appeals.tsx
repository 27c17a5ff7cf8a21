// Citizens' appeals of the incident on the desk: those that are linked, and those that may belong to it. Never who wrote.
import { useState, type ReactNode } from 'react';
import { routes, type AppealCard, type IncidentAppeals } from '../../../contract.ts';
import { keyLabel, shortcutOf } from '../../keys.ts';
import { call } from '../../net/api.ts';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useKnown, useLayoutMap, useNow, useSay } from '../../parts/words.ts';
import { say as tell } from '../../state.ts';
import { whyOf } from '../../trouble.ts';

export interface AppealsHere {
  /** Undefined until they are here. */
  readonly value: IncidentAppeals | undefined;
  readonly mayLink: boolean;
  readonly reload: () => void;
}

/** The appeals of an incident, loaded again when the feed speaks of appeals. */
export function useAppeals(incidentId: string | null): AppealsHere {
  const permissions = useKnown((state) => state.me?.permissions);
  const stamp = useKnown((state) => state.stamps.appeal);
  const maySee = permissions?.includes('see-appeals') === true;
  const key = maySee && incidentId !== null ? incidentId : null;
  const [loaded, reload] = useLoad(
    key,
    (signal) => call(routes.incidentAppeals, { params: { id: key ?? '' }, signal }),
    { stamp },
  );
  return {
    value: loaded.kind === 'here' ? loaded.value : undefined,
    mayLink: permissions?.includes('link-appeals') === true,
    reload,
  };
}

async function change(work: () => Promise<unknown>, said: 'appeals.linked' | 'appeals.takenOff', number: string) {
  try {
    await work();
    tell(said, { number });
    return true;
  } catch (thrown) {
    tell('appeals.failed', { why: whyOf(thrown) }, 'bad');
    return false;
  }
}

const link = (appeal: AppealCard, incidentId: string): Promise<boolean> =>
  change(
    () => call(routes.linkAppeal, { params: { id: appeal.id }, body: { incidentId } }),
    'appeals.linked',
    appeal.externalId,
  );

const unlink = (appeal: AppealCard, incidentId: string): Promise<boolean> =>
  change(
    () => call(routes.unlinkAppeal, { params: { id: appeal.id, incidentId } }),
    'appeals.takenOff',
    appeal.externalId,
  );

/** `KeyI`: links the nearest of those that may belong to the incident. */
export async function linkNearest({ value, mayLink, reload }: AppealsHere, incidentId: string): Promise<void> {
  const nearest = value?.near[0];
  if (!mayLink || !nearest) {
    tell('appeals.none');
    return;
  }
  await link(nearest.appeal, incidentId);
  reload();
}

export function Appeals({ incidentId, appeals }: { incidentId: string; appeals: AppealsHere }) {
  const say = useSay();
  const format = useFormat();
  const layout = useLayoutMap();
  const { value, mayLink, reload } = appeals;
  // Taken off by mistake, it can be put back as long as this incident is on the screen.
  const [takenOff, setTakenOff] = useState<readonly AppealCard[]>([]);
  if (!value) return null;
  const isLinked = (appeal: AppealCard): boolean => value.linked.some((one) => one.appeal.id === appeal.id);
  const back = takenOff.filter((appeal) => !isLinked(appeal));
  if (value.linked.length + value.near.length + back.length === 0) return null;
  const putBack = (appeal: AppealCard) => async (): Promise<void> => {
    await link(appeal, incidentId);
    reload();
  };
  const takeOff = (appeal: AppealCard) => async (): Promise<void> => {
    if (await unlink(appeal, incidentId)) {
      setTakenOff((before) => [...before.filter((one) => one.id !== appeal.id), appeal]);
    }
    reload();
  };
  return (
    <section className="panel appeals" data-testid="appeals">
      <h2 className="panel-head">
        {say('appeals.title', { n: value.linked.length })}
        {value.near.length > 0 && (
          <>
            {' · '}
            {say('appeals.more', { n: value.near.length })} <kbd>{keyLabel('KeyI', layout)}</kbd>
          </>
        )}
      </h2>
      <ul>
        {value.linked.map(({ appeal, by }) => (
          <Row
            key={appeal.id}
            appeal={appeal}
            more={by === '' ? say('appeals.linkedItself') : say('appeals.linkedBy', { who: by })}
          >
            {mayLink && (
              <button
                type="button"
                className="quiet"
                data-testid="appeal-unlink"
                onClick={() => void takeOff(appeal)()}
              >
                {say('appeals.unlink')}
              </button>
            )}
          </Row>
        ))}
        {back.map((appeal) => (
          <Row key={appeal.id} appeal={appeal} more="" faded>
            <button type="button" className="quiet" onClick={() => void putBack(appeal)()}>
              {say('appeals.again')}
            </button>
          </Row>
        ))}
      </ul>
      {value.near.length > 0 && (
        <>
          <h3 className="near">{say('appeals.near', { n: value.near.length })}</h3>
          <ul>
            {value.near.map(({ appeal, distanceM }, i) => (
              <Row key={appeal.id} appeal={appeal} more={format.metres(distanceM)}>
                <button
                  type="button"
                  className="quiet"
                  data-testid="appeal-link"
                  aria-keyshortcuts={i === 0 ? shortcutOf('link-appeal', 'desk') : undefined}
                  onClick={() => void putBack(appeal)()}
                >
                  {say('appeals.link')}
                </button>
              </Row>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Row({
  appeal,
  more,
  faded = false,
  children,
}: {
  appeal: AppealCard;
  more: string;
  faded?: boolean;
  children: ReactNode;
}) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(10_000);
  const words = [appeal.text || say('appeals.noWords'), appeal.address].filter((one) => one !== '').join(' · ');
  const facts = [say(`channel.${appeal.channel}`), `№ ${appeal.externalId}`, more].filter((one) => one !== '');
  return (
    <li data-testid="appeal" className={faded ? 'mute' : ''}>
      <div>
        <b className="num">{format.moment(appeal.madeAtMs, nowMs)}</b> <span className="mute">{facts.join(' · ')}</span>
        <q lang={appeal.language} title={words}>
          {words}
        </q>
      </div>
      {children}
    </li>
  );
}
