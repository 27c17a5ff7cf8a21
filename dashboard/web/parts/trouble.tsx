// The one part that shows what went wrong: a whole sentence in the person's language, the server's own words folded under it.
import { detailOf, isDetailWanted, sentenceOf, type Trouble } from '../trouble.ts';
import { useKnown, useSay } from './words.ts';

/** The sentence of a trouble in the person's language and the city's zone. */
export function useSentence(): (trouble: Trouble) => string {
  const language = useKnown((state) => state.language);
  const zone = useKnown((state) => state.me?.city.zone ?? 'UTC');
  return (trouble) => sentenceOf(trouble, language, zone);
}

/** English words of the machine, folded under a sentence in the person's language. */
export function Detail({ words, number = '', open = false }: { words: string; number?: string; open?: boolean }) {
  const say = useSay();
  return (
    <details className="small mute" open={open}>
      <summary>{say('problem.detail')}</summary>
      <p className="wrap" lang="en">
        {words}
      </p>
      {number !== '' && <p className="num">{say('problem.number', { id: number })}</p>}
    </details>
  );
}

/** The server's own words, folded. Nothing where there are none. */
export function TroubleDetail({ trouble }: { trouble: Trouble }) {
  const detail = detailOf(trouble);
  if (detail === null) return null;
  const number = trouble.kind === 'refused' ? trouble.problem.requestId : '';
  return <Detail words={detail} number={number} open={isDetailWanted(trouble)} />;
}

/**
 * What went wrong, read out at once: a trouble, or a sentence of the screen's own; nothing where nothing did. It stays in the page,
 * so that what comes is announced.
 */
export function TroubleNote({ trouble, testId }: { trouble: Trouble | string | null; testId?: string }) {
  const sentence = useSentence();
  return (
    <div role="alert" className="trouble" data-testid={testId}>
      {typeof trouble === 'string' && trouble !== '' && <p className="bad">{trouble}</p>}
      {typeof trouble === 'object' && trouble !== null && (
        <>
          <p className="bad">{sentence(trouble)}</p>
          <TroubleDetail trouble={trouble} />
        </>
      )}
    </div>
  );
}
