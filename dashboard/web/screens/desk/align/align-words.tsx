// What the caption of the earlier picture says of its lie: aligned, camera moved, or not aligned and why.
import { useFormat, useSay } from '../../../parts/words.ts';
import { isMoved, type Lie, type Registration } from './register.ts';

/** Under this nothing is said: no eye sees a thousandth of the frame. */
const unseenShare = 0.001;
const isStill = ({ shiftX, shiftY, turnDeg, zoom }: Lie): boolean =>
  Math.max(Math.abs(shiftX), Math.abs(shiftY), Math.abs(turnDeg) / 60, Math.abs(zoom - 1)) < unseenShare;

/** In the caption: that the earlier picture was moved a little to lie over the present one. */
export function AlignWords({ registration }: { registration: Registration | null | undefined }) {
  const say = useSay();
  const slots = useSlots(registration);
  if (registration?.kind !== 'aligned' || isStill(registration.lie) || isMoved(registration.lie)) return null;
  return (
    <span className="mute" data-testid="align" data-align="aligned" title={say('align.by', slots)}>
      · {say('align.aligned')}
    </span>
  );
}

/** Over the picture, where no width cuts it: that the camera has moved, or that the pictures do not lie over one another. */
export function AlignNotice({ registration }: { registration: Registration | null | undefined }) {
  const say = useSay();
  const slots = useSlots(registration);
  if (!registration || (registration.kind === 'aligned' && !isMoved(registration.lie))) return null;
  const name = registration.kind === 'aligned' ? 'moved' : registration.why;
  return (
    <p className="align-notice" data-testid="align" data-align={name}>
      {say(`align.${name}`, slots)}
    </p>
  );
}

function useSlots(registration: Registration | null | undefined): { share: string; turn: string } {
  const format = useFormat();
  const lie = registration?.kind === 'aligned' ? registration.lie : undefined;
  return {
    share: format.percent(Math.hypot(lie?.shiftX ?? 0, lie?.shiftY ?? 0)),
    turn: `${format.number(Math.abs(lie?.turnDeg ?? 0), 1)}°`,
  };
}
