// Beside the drawing: what the last looks would have said with it, and the versions before it.
import { pathOf, type ZoneSheet, type ZoneTest, type ZoneWord } from '../../../contract.ts';
import { shortName } from '../../hazard-words.ts';
import { useFormat, useKnown, useNow, useSay } from '../../parts/words.ts';
import { whyWords } from '../../version-words.ts';

type TestLook = ZoneTest['looks'][number];

const signs = { hazard: '!', clear: '✓', 'cannot-see': '?', unknown: '…' } as const;
const order = { hazard: 3, unknown: 2, 'cannot-see': 1, clear: 0 } as const;

/** The word that the strip shows of a look: a hazard before what is not known, that before what cannot be seen. */
const worst = (look: TestLook): ZoneWord['now'] =>
  look.words.map((one) => one.now).sort((a, b) => order[b] - order[a])[0] ?? 'cannot-see';

/** The last looks, each with what the drawn zones would have said. */
export function TestStrip({
  test,
  chosen,
  onChoose,
}: {
  test: ZoneTest;
  chosen: string | null;
  onChoose: (look: TestLook) => void;
}) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(30_000);
  return (
    <section className="panel strip-panel" data-testid="zone-test">
      <h2 className="panel-head">{say('zones.tested', { n: test.looks.length })}</h2>
      {test.looks.length === 0 && <p className="mute pad">{say('zones.testNone')}</p>}
      <ol className="strip" aria-label={say('zones.tested', { n: test.looks.length })}>
        {test.looks.map((look) => {
          const word = worst(look);
          return (
            <li key={look.lookId}>
              <button
                type="button"
                className={`thumb thumb-${word === 'unknown' ? 'cannot-see' : word}`}
                aria-pressed={look.lookId === chosen}
                onClick={() => onChoose(look)}
              >
                {look.stillSha256 === null ? (
                  <span className="thumb-none" aria-hidden="true">
                    {signs[word]}
                  </span>
                ) : (
                  <img src={pathOf('still', { sha256: look.stillSha256 })} alt="" loading="lazy" draggable={false} />
                )}
                <span className="thumb-words">
                  <b aria-hidden="true">{signs[word]}</b> {format.moment(look.seenAtMs, nowMs)}
                </span>
                <span className="hidden">
                  {look.outcome === 'seen' ? say(`zones.word.${word}`) : say(`health.${look.outcome}`)}
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

interface Sum {
  readonly zoneId: string;
  readonly hazard: ZoneWord['hazard'];
  readonly was: Map<string, number>;
  readonly now: Map<string, number>;
  readonly by: Set<ZoneWord['by']>;
}

/** Words of all looks by zone and hazard. */
function sumsOf(test: ZoneTest): Sum[] {
  const sums = new Map<string, Sum>();
  const count = (map: Map<string, number>, key: string): unknown => map.set(key, (map.get(key) ?? 0) + 1);
  for (const { words } of test.looks) {
    for (const { zoneId, hazard, was, now, by } of words) {
      const key = `${zoneId} ${hazard}`;
      const sum = sums.get(key) ?? { zoneId, hazard, was: new Map(), now: new Map(), by: new Set<ZoneWord['by']>() };
      sums.set(key, sum);
      count(sum.was, was ?? 'none');
      count(sum.now, now);
      sum.by.add(by);
    }
  }
  return [...sums.values()];
}

const shownWords = ['hazard', 'clear', 'cannot-see', 'unknown', 'none'] as const;

export function TestTable({ test }: { test: ZoneTest }) {
  const say = useSay();
  const language = useKnown((state) => state.language);
  const words = (map: ReadonlyMap<string, number>): string =>
    shownWords
      .filter((word) => map.has(word))
      .map((word) => say('zones.words', { word: say(`zones.word.${word}`), n: map.get(word) ?? 0 }))
      .join(', ');
  const sums = sumsOf(test);
  return (
    <section className="panel" aria-live="polite">
      {sums.length > 0 && (
        <table className="table" data-testid="zone-test-table">
          <thead>
            <tr>
              <th scope="col">{say('zones.title')}</th>
              <th scope="col">{say('zones.testColumns.was')}</th>
              <th scope="col">{say('zones.testColumns.now')}</th>
              <th scope="col">{say('zones.testColumns.by')}</th>
            </tr>
          </thead>
          <tbody>
            {sums.map((sum) => (
              <tr key={`${sum.zoneId} ${sum.hazard}`}>
                <th scope="row">
                  <b>{sum.zoneId}</b> {shortName(sum.hazard, language)}
                </th>
                <td>{words(sum.was)}</td>
                <td>{words(sum.now)}</td>
                <td>{[...sum.by].map((by) => say(`zones.by.${by}`)).join(', ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="pad mute small">{say('zones.testHonest')}</p>
      {test.touched.length > 0 && (
        <div className="pad">
          <p className="bad">{say('zones.touched')}</p>
          <ul>
            {test.touched.map((one) => (
              <li key={`${one.id} ${one.zoneId}`}>
                {say('zones.touchedLine', {
                  number: String(one.number),
                  hazard: shortName(one.hazard, language),
                  zone: one.zoneId,
                })}
                <span className="mute">: {say(one.gone ? 'zones.touchedGoes' : 'zones.touchedStays')}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

export type ZoneVersion = ZoneSheet['versions'][number];

/** Versions of the camera, newest first. */
export function ZoneHistory({
  versions,
  compared,
  onCompare,
  onRestore,
}: {
  versions: readonly ZoneVersion[];
  compared: number | null;
  onCompare: (version: ZoneVersion | null) => void;
  onRestore: (version: ZoneVersion) => void;
}) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(30_000);
  return (
    <section className="panel" data-testid="zone-history">
      <h2 className="panel-head">{say('zones.history')}</h2>
      {versions.length === 0 && <p className="mute pad small">{say('zones.historyNone')}</p>}
      <ul className="facts">
        {versions.map((version) => (
          <li key={version.version} className="zone-version">
            <span>
              <b>{say('zones.version', { n: version.version })}</b> {say(`places.act.${version.act}`)}
              <span className="mute small">
                {' '}
                {version.who}, {format.moment(version.atMs, nowMs)}
                {version.why === '' ? '' : `: ${whyWords(version.why, say)}`}
              </span>
            </span>
            {version.zones !== null && (
              <span className="zone-version-acts">
                <button
                  type="button"
                  aria-pressed={compared === version.version}
                  onClick={() => onCompare(compared === version.version ? null : version)}
                >
                  {say('zones.compare')}
                </button>
                <button type="button" onClick={() => onRestore(version)}>
                  {say('zones.restore')}
                </button>
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
