// The empty desk: that nothing waits, and the proof that the eyes are open (screens 4.1).
import type { z } from 'zod';
import type { Desk } from '../../../contract.ts';
import { useShare } from '../../parts/health.tsx';
import { Sign } from '../../parts/mark.tsx';
import { useFormat, useKnown, useNow, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';

export function ProofOfLife({ decidedLately }: { decidedLately: z.infer<typeof Desk>['decidedLately'] }) {
  const say = useSay();
  const format = useFormat();
  const share = useShare();
  const nowMs = useNow(1000);
  const life = useKnown((state) => state.life);
  const since = decidedLately[0]?.atMs;
  // No incident because nothing happens and no incident because nothing is seen must never look alike.
  const blind = life !== null && (life.looksLastMinute === 0 || life.cameras.ok === 0);
  return (
    <section className="life" data-testid="desk-empty">
      <Sign of={blind ? 'unknown' : 'done'} size={56} colour={blind ? 'high' : 'neutral'} />
      <h1>
        {since === undefined ? say('desk.emptyPlain') : say('desk.emptySince', { time: format.moment(since, nowMs) })}
      </h1>
      {blind && (
        <p className="bad" role="alert">
          {say('life.blind')}
        </p>
      )}
      {life && (
        <>
          <p className="life-number num">{format.number(life.looksLastMinute)}</p>
          <p>{say('life.looks')}</p>
          <p>
            {life.lastLookAtMs === null
              ? say('life.never')
              : say('life.last', { ago: format.ago(life.lastLookAtMs, nowMs) })}
          </p>
          <p>
            {say('life.cameras', { ok: format.number(life.cameras.ok), all: format.number(life.cameras.all) })}{' '}
            {life.cameras.silent > 0 && <a href={hashOf('camera')}>{say('life.silent', { n: life.cameras.silent })}</a>}
          </p>
          {life.coverage !== null && <p>{say('cover.today', { share: share(life.coverage) })}</p>}
          {life.site.map(({ kind }) => (
            <p key={kind} className="bad" role="alert">
              {say('site.now', { what: say(`siteShort.${kind}`) })}
            </p>
          ))}
        </>
      )}
    </section>
  );
}
