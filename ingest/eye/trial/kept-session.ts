// An eye for `bench look --connect kept`: it never lets go of a camera once it was looked at, and takes the next key picture of the
// session that is open. The product opens a session for each look: this tells what the other way would cost.
import { systemClock } from '#core/clock';
import { inRoot } from '#core/root';
import { openDetector, openPlateReader } from '#detector';
import { loadAv, type Av } from '../../sources/av.ts';
import { openSources } from '../../sources/list.ts';
import { decodeKey } from '../../sources/rtsp.ts';
import { keyPictures, type KeyPicture, type Verdict } from '../../sources/rtsp-key.ts';
import { refusal, type Grab, type GrabRequest } from '../../sources/source.ts';
import { serveEye } from '../serve.ts';

interface Asked {
  readonly request: GrabRequest;
  readonly fromMs: number;
  readonly answer: (grab: Grab) => void;
}

/** One session, and who waits for its next key picture. */
class Session {
  readonly #av: Av;
  readonly #asked: Asked[] = [];
  #end: Grab | undefined;

  constructor(av: Av, request: GrabRequest) {
    this.#av = av;
    const never = new AbortController();
    void keyPictures(systemClock, request, never.signal, (key) => this.#judge(key)).then((end) => {
      this.#end = end?.kind === 'refusal' ? end : refusal('garbage', end?.why ?? 'The session ended.');
      for (const { answer } of this.#asked.splice(0)) answer(this.#end);
    });
  }

  get isOver(): boolean {
    return this.#end !== undefined;
  }

  async #judge(key: KeyPicture): Promise<Verdict> {
    for (const one of this.#asked.splice(0)) {
      const waited = { ...key, waitedMs: systemClock.monotonicMs() - one.fromMs };
      const grab = await decodeKey(this.#av, waited, one.request);
      if (grab?.kind === 'picture') one.answer(grab);
      else if (grab) one.answer(refusal('garbage', grab.why));
      else this.#asked.push(one);
    }
    return 'again';
  }

  next(request: GrabRequest, signal: AbortSignal): Promise<Grab> {
    return new Promise((resolve) => {
      const answer = (grab: Grab): void => {
        signal.removeEventListener('abort', onAbort);
        resolve(grab);
      };
      const asked: Asked = { request, fromMs: systemClock.monotonicMs(), answer };
      const onAbort = (): void => {
        this.#asked.splice(this.#asked.indexOf(asked), 1);
        resolve(refusal('silent', 'No key picture came within the look.'));
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#asked.push(asked);
    });
  }
}

const sessions = new Map<string, Session>();

serveEye({
  openPlateReader: () => openPlateReader({ root: inRoot() }),
  openDetector: () => openDetector({ root: inRoot() }),
  openSources: async (options) => {
    const list = await openSources(options);
    return {
      ...list,
      sourceOf(address) {
        const source = list.sourceOf(address);
        if (source?.name !== 'rtsp') return source;
        return {
          ...source,
          async grab(request, signal) {
            const av = await loadAv();
            if (typeof av === 'string') return refusal('unknown', av);
            const known = sessions.get(request.address);
            const session = known && !known.isOver ? known : new Session(av, request);
            sessions.set(request.address, session);
            return session.next(request, signal);
          },
        };
      },
    };
  },
});
