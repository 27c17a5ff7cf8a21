// Marks as elements: hazard in its severity outline, decided, unknown, camera fault.
import type { IssueName, Severity } from '#core/hazard-name';
import { hazardName, hazardStrokes } from '../hazard-words.ts';
import { cameraFaultStrokes, doneStrokes, markTokens, severityShapes, unknownStrokes } from '../marks.ts';
import { useFormat, useSay } from './words.ts';

interface MarkProps {
  readonly severity: Severity;
  readonly hazard?: IssueName;
  readonly size: number;
  /** Unacknowledged S4: its outline flashes once a second, or is doubled where motion is unwelcome. */
  readonly calling?: boolean;
  /** Words stand beside it already. */
  readonly mute?: boolean;
}

export function Mark({ severity, hazard, size, calling = false, mute = false }: MarkProps) {
  const say = useSay();
  const format = useFormat();
  const shape = severityShapes[severity];
  const { stroke, fill, ink } = markTokens(severity);
  const [x, y, side] = shape.pictogram;
  const words = `${say(`severity.${severity}`)}${hazard ? `, ${format.pick(hazardName(hazard))}` : ''}`;
  return (
    <svg
      className="mark"
      viewBox="-3 -3 46 46"
      width={size}
      height={size}
      {...(mute ? { 'aria-hidden': true } : { role: 'img', 'aria-label': words })}
    >
      {calling && (
        <path
          className="mark-call"
          d={shape.outline}
          fill="none"
          stroke={`var(--${stroke})`}
          strokeWidth={shape.strokeWidth + 4}
        />
      )}
      <path
        d={shape.outline}
        fill={shape.filled ? `var(--${fill})` : 'none'}
        stroke={`var(--${stroke})`}
        strokeWidth={shape.strokeWidth}
        strokeLinejoin="round"
      />
      {hazard && <Strokes of={hazardStrokes(hazard)} box={[x, y, side]} colour={`var(--${ink})`} />}
    </svg>
  );
}

function Strokes({
  of,
  box: [x, y, side],
  colour,
}: {
  of: string;
  box: readonly [number, number, number];
  colour: string;
}) {
  return (
    <svg
      x={x}
      y={y}
      width={side}
      height={side}
      viewBox="0 0 24 24"
      fill="none"
      color={colour}
      stroke="currentColor"
      strokeWidth={2.2}
      strokeLinecap="round"
      strokeLinejoin="round"
      dangerouslySetInnerHTML={{ __html: of }}
    />
  );
}

const plainSigns = { done: doneStrokes, unknown: unknownStrokes, fault: cameraFaultStrokes };

export function Sign({ of, size, colour = 'neutral' }: { of: keyof typeof plainSigns; size: number; colour?: string }) {
  return (
    <svg className="mark" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
      <Strokes of={plainSigns[of]} box={[0, 0, 24]} colour={`var(--${colour})`} />
    </svg>
  );
}

/** A hazard's pictogram alone. */
export function Pictogram({ hazard, size }: { hazard: IssueName; size: number }) {
  return (
    <svg className="mark" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
      <Strokes of={hazardStrokes(hazard)} box={[0, 0, 24]} colour="currentColor" />
    </svg>
  );
}
