// A component's hold on one live picture: started and stopped by what a person does, gone with the component.
import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';
import { nowPlaying } from './playing.ts';
import { openView, type LiveState, type LiveView } from './view.ts';

export interface LiveHold {
  readonly state: LiveState;
  /** By choice, or because a hand rests on it. */
  readonly isChosen: boolean;
  readonly start: (how: 'chosen' | 'pointed', reason?: string) => void;
  readonly stop: () => void;
  /** Seconds between the camera and what is on the screen, now. */
  readonly shownAtMs: () => number | undefined;
}

interface Running {
  readonly view: LiveView;
  readonly over: () => void;
}

const still: LiveState = { kind: 'still' };

/** The live picture of a camera in `host`, which stands in `place`. */
export function useLive(
  cameraId: string,
  host: RefObject<HTMLElement | null>,
  place: RefObject<HTMLElement | null>,
): LiveHold {
  const [state, setState] = useState<LiveState>(still);
  const [isChosen, setChosen] = useState(false);
  const running = useRef<Running | null>(null);
  const chosen = useRef(false);
  const given = useRef<string | undefined>(undefined);
  const resting = useRef(false);

  const choose = useCallback((on: boolean): void => {
    chosen.current = on;
    setChosen(on);
  }, []);

  const end = useCallback((): void => {
    const { current } = running;
    running.current = null;
    current?.over();
    current?.view.close();
    setState(still);
  }, []);

  const begin = useCallback((): void => {
    if (!host.current || !place.current || running.current) return;
    const view = openView({
      ...{ cameraId, host: host.current },
      reason: given.current,
      onState: (next) => {
        // A grant that is over is asked for anew, by a person and with a reason.
        if (next.kind === 'ended' && next.why === 'grant-over') given.current = undefined;
        setState(next);
      },
    });
    const over = nowPlaying({
      ...{ view, place: place.current },
      isChosen: () => chosen.current,
      stop: (until) => {
        resting.current = until === 'shown';
        if (until === 'asked') choose(false);
        end();
      },
    });
    running.current = { view, over };
  }, [cameraId, host, place, end, choose]);

  const stop = useCallback((): void => {
    resting.current = false;
    choose(false);
    end();
  }, [end, choose]);

  const start = useCallback(
    (how: 'chosen' | 'pointed', reason?: string): void => {
      if (how === 'chosen') choose(true);
      if (reason !== undefined && reason !== given.current) {
        given.current = reason;
        end();
      }
      begin();
    },
    [begin, end, choose],
  );

  useEffect(() => {
    const onShown = (): void => {
      if (document.visibilityState !== 'visible' || !resting.current) return;
      resting.current = false;
      begin();
    };
    document.addEventListener('visibilitychange', onShown);
    return () => {
      document.removeEventListener('visibilitychange', onShown);
      given.current = undefined;
      stop();
    };
  }, [begin, stop]);

  const shownAtMs = useCallback(() => running.current?.view.player()?.shownAtMs(), []);
  return { state, isChosen, start, stop, shownAtMs };
}
