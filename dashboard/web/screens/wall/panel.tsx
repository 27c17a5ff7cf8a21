// One panel of the wall: what cannot be read stands as it last was and says since when; what cannot be drawn leaves the others alone (screens 4.2).
import { Component, type ReactNode } from 'react';
import type { Wall, WallPanel } from '../../../contract.ts';
import { useFormat, useSay } from '../../parts/words.ts';

/** A panel that could not be drawn is tried again with an answer so much later. */
const againMs = 60_000;

interface HeldProps {
  readonly nowMs: number;
  readonly instead: ReactNode;
  readonly children: ReactNode;
}

interface HeldState {
  readonly failedAtMs: number | null;
  readonly isFailed: boolean;
}

/** Holds an error of drawing inside the panel. */
class Held extends Component<HeldProps, HeldState> {
  override state: HeldState = { failedAtMs: null, isFailed: false };

  static getDerivedStateFromError() {
    return { isFailed: true };
  }

  override componentDidUpdate(before: HeldProps): void {
    const { nowMs } = this.props;
    const { isFailed, failedAtMs } = this.state;
    if (!isFailed) return;
    if (failedAtMs === null) this.setState({ failedAtMs: before.nowMs });
    else if (nowMs - failedAtMs >= againMs) this.setState({ isFailed: false, failedAtMs: null });
  }

  override render(): ReactNode {
    return this.state.isFailed ? this.props.instead : this.props.children;
  }
}

/** Draws `children`; where one of its panels is stale its age is said, and where it was never read it is replaced by words. */
export function Panel({
  of,
  wall,
  children,
}: {
  of: readonly WallPanel[];
  wall: Pick<Wall, 'stale' | 'nowMs'>;
  children: ReactNode;
}) {
  const say = useSay();
  const format = useFormat();
  const stale = wall.stale.filter((one) => of.includes(one.panel));
  const never = stale.some((one) => one.asOfMs === null);
  const oldestMs = stale.length === 0 ? null : Math.min(...stale.map((one) => one.asOfMs ?? 0));
  const names = of.join(' ');
  if (never) {
    return (
      <div className="wall-panel-none" role="status" data-testid="wall-panel" data-panel={names}>
        <p>{say('wall.panelNone')}</p>
      </div>
    );
  }
  return (
    <div
      className={oldestMs === null ? 'wall-panel' : 'wall-panel wall-panel-stale'}
      data-testid="wall-panel"
      data-panel={names}
    >
      <Held
        nowMs={wall.nowMs}
        instead={
          <div className="wall-panel-none" role="status">
            <p>{say('wall.panelBroken')}</p>
          </div>
        }
      >
        {children}
      </Held>
      {oldestMs !== null && (
        <p className="wall-panel-age" role="status">
          {say('wall.panelAsOf', { time: format.timeS(oldestMs) })}
        </p>
      )}
    </div>
  );
}
