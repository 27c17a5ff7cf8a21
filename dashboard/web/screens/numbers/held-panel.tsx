// Almost raised: what was seen and kept from people, by the rule that held it; and what is quieted now.
import { heldRules, heldTexts } from '#hazards';
import type { NumbersHeld } from '../../../contract.ts';
import type { Loaded } from '../../parts/use-load.ts';
import { useFormat, useSay } from '../../parts/words.ts';
import { Count, Hazard, Heads, type Open, Panel } from './parts.tsx';

/** The words of a rule; a rule of another version is shown by its name. */
export function ruleWords(rule: string): Readonly<Record<'kk' | 'ru' | 'en', string>> {
  const known = heldRules.find((one) => one === rule);
  return known ? heldTexts[known] : { kk: rule, ru: rule, en: rule };
}

export function HeldPanel({ loaded, onAgain, open }: { loaded: Loaded<NumbersHeld>; onAgain: () => void; open: Open }) {
  const say = useSay();
  const format = useFormat();
  return (
    <Panel name="held" title="numbers.held" loaded={loaded} onAgain={onAgain}>
      {({ now, before, rules, quiet, shelved }) => (
        <>
          <dl className="numbers-facts">
            <div>
              <dt>{say('numbers.held')}</dt>
              <dd>
                <Count n={now} wish={{ list: 'held' }} open={open} label={say('numbers.held')} />
              </dd>
              <dd className="mute num">
                {say('numbers.before')}: {format.number(before)}
              </dd>
            </div>
            <div>
              <dt>{say('numbers.quieted')}</dt>
              <dd>
                <Count n={quiet + shelved} wish={{ list: 'silenced' }} open={open} label={say('numbers.quieted')} />
              </dd>
              <dd className="mute">
                {say('numbers.quietedWords', { quiet: format.number(quiet), shelved: format.number(shelved) })}
              </dd>
            </div>
          </dl>
          {rules.length === 0 ? (
            <p className="numbers-line mute">{say('numbers.noHeld')}</p>
          ) : (
            <div className="numbers-scroll" role="region" tabIndex={0} aria-label={say('numbers.held')}>
              <table className="table">
                <Heads
                  of={[
                    say('table.hazard'),
                    say('numbers.rule'),
                    { right: say('numbers.episodes') },
                    { right: say('numbers.ofCameras') },
                  ]}
                />
                <tbody>
                  {rules.map(({ hazard, rule, n, cameras }) => {
                    const words = format.pick(ruleWords(rule));
                    return (
                      <tr key={`${hazard} ${rule}`}>
                        <th scope="row">
                          <Hazard hazard={hazard} />
                        </th>
                        <td>{words}</td>
                        <td className="right">
                          <Count
                            n={n}
                            wish={{ list: 'held', of: words, narrowed: { hazard, rule } }}
                            open={open}
                            label={words}
                          />
                        </td>
                        <td className="num right">{format.number(cameras)}</td>
                      </tr>
                    );
                  })}
                </tbody>
              </table>
            </div>
          )}
        </>
      )}
    </Panel>
  );
}
