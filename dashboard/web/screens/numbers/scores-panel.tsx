// Agencies' scores of the month in which the period ends: the lower bound with n beside it, inside groups that can be compared.
import { routes, type AgencyScore, type ScoreGroup } from '../../../contract.ts';
import { hazardName } from '../../hazard-words.ts';
import { call } from '../../net/api.ts';
import { useLoad } from '../../parts/use-load.ts';
import { useFormat, useSay } from '../../parts/words.ts';
import type { Asked } from './numbers-screen.tsx';
import { Count, Heads, Panel, ShareWords, type Open } from './parts.tsx';

export function ScoresPanel({ asked, open }: { asked: Asked; open: Open }) {
  const say = useSay();
  const format = useFormat();
  const [loaded, reload] = useLoad(
    `scores ${asked.key}`,
    (signal) => call(routes.numbersScores, { query: asked.query, signal }),
    { everyMs: asked.everyMs },
  );
  return (
    <Panel name="scores" title="scores.title" loaded={loaded} onAgain={reload}>
      {({ fromMs, freezesAtMs, frozenAtMs, groups }) => (
        <>
          <p className="numbers-line">
            <b>{say('scores.month', { month: format.date(fromMs).slice(3) })}</b>
            <span className="mute">
              {frozenAtMs === null
                ? say('scores.runs', { date: format.date(freezesAtMs) })
                : say('scores.frozen', { date: format.date(freezesAtMs) })}
            </span>
          </p>
          {groups.length === 0 ? (
            <p className="numbers-line mute">{say('scores.none')}</p>
          ) : (
            <div className="numbers-scroll" role="region" tabIndex={0} aria-label={say('scores.title')}>
              <table className="table numbers-scores-table">
                <Heads
                  of={[
                    { right: say('scores.place') },
                    say('scores.agency'),
                    { right: say('scores.score') },
                    { right: say('scores.good') },
                    { right: say('numbers.n') },
                    { right: say('scores.bad') },
                    say('scores.kept'),
                    say('scores.accepted'),
                    { right: say('scores.index') },
                    { right: say('scores.by') },
                    { right: say('scores.not') },
                    say('scores.corrected'),
                  ]}
                />
                {groups.map((group) => (
                  <tbody key={`${group.kind} ${group.hazard ?? ''}`} data-kind={group.kind}>
                    <tr className="numbers-group">
                      <th scope="rowgroup" colSpan={12}>
                        <GroupName group={group} />
                      </th>
                    </tr>
                    {group.agencies.map((score) => (
                      <Row key={score.agencyId} score={score} open={open} />
                    ))}
                  </tbody>
                ))}
              </table>
            </div>
          )}
        </>
      )}
    </Panel>
  );
}

/** Of what agencies a group is. */
export function GroupName({ group: { kind, hazard } }: { group: Pick<ScoreGroup, 'kind' | 'hazard'> }) {
  const say = useSay();
  const format = useFormat();
  const word = say(`places.agencyKind.${kind}`);
  return <>{hazard === null ? word : say('scores.group', { kind: word, hazard: format.pick(hazardName(hazard)) })}</>;
}

function Row({ score, open }: { score: AgencyScore; open: Open }) {
  const say = useSay();
  const format = useFormat();
  const { agencyId, now, index, rank, kept, accepted, by, not, corrected } = score;
  const name = format.pick(score.name);
  const wish = (list: 'scored' | 'scored-good' | 'scored-bad' | 'scored-not' | 'scored-corrected') => ({
    list,
    of: name,
    narrowed: { agencyId },
  });
  return (
    <tr data-agency={agencyId}>
      <td className="num right">{rank === null ? '–' : format.number(rank)}</td>
      <th scope="row">{name}</th>
      <td className="num right">
        {index === null ? (
          <span className="mute">{say('scores.few')}</span>
        ) : (
          <b className="numbers-score">{format.percent(now.low)}</b>
        )}
      </td>
      <td className="right">
        <Count n={now.k} wish={wish('scored-good')} open={open} label={`${say('numbers.list.scored-good')}, ${name}`} />
      </td>
      <td className="right">
        <Count n={now.n} wish={wish('scored')} open={open} label={`${say('numbers.list.scored')}, ${name}`} />
      </td>
      <td className="right">
        <Count
          n={now.n - now.k}
          wish={wish('scored-bad')}
          open={open}
          label={`${say('numbers.list.scored-bad')}, ${name}`}
        />
      </td>
      <td>
        <ShareWords share={kept} />
      </td>
      <td>
        <ShareWords share={accepted} />
      </td>
      <td className="num right">{index === null ? '–' : format.number(index, 1)}</td>
      <td className="num right">{[by.camera, by.photo, by.word].map((n) => format.number(n)).join(' · ')}</td>
      <td className="right">
        <Count
          n={not.checking + not.disputed + not.handedOn + not.cancelled}
          wish={wish('scored-not')}
          open={open}
          label={`${say('numbers.list.scored-not')}, ${name}`}
        />
      </td>
      <td>
        {corrected && (
          <>
            <Count
              n={corrected.tasks}
              wish={wish('scored-corrected')}
              open={open}
              label={`${say('numbers.list.scored-corrected')}, ${name}`}
            />{' '}
            <span className="mute num">{say('scores.correctedTo', { k: corrected.k, n: corrected.n })}</span>
          </>
        )}
      </td>
    </tr>
  );
}
