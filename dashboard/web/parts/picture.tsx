// One still with the claim's outline over it. It says when the picture is truly on the screen (guard G1).
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { pathOf, type IncidentCard } from '../../contract.ts';
import { useSay } from './words.ts';

type MarkShape = NonNullable<IncidentCard['mark']>;

export interface PictureLie {
  readonly shiftX: number;
  readonly shiftY: number;
  readonly turnDeg: number;
  readonly zoom: number;
}

interface PictureProps {
  readonly sha256: string | null;
  /** A picture that is in no store: a frame of a clip. */
  readonly src?: string;
  readonly alt: string;
  readonly mark?: MarkShape | null;
  readonly markColour?: string;
  readonly marks?: readonly MarkShape[];
  /** Decoded and painted; the argument is the monotonic moment. */
  readonly onPainted?: (atMs: number) => void;
  readonly onFailed?: () => void;
  /** Four times, around the middle of the claim. */
  readonly magnified?: boolean;
  /** How it is laid over another picture: shift of its middle in fractions, turn in degrees clockwise, zoom. */
  readonly lie?: PictureLie | null;
  readonly children?: ReactNode;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

const outsetPx = 6;

/** Box around points, `by` wider on each side. */
function around(points: MarkShape['points'], size: Size, by: number): { x: number; y: number; w: number; h: number } {
  const xs = points.map(([x]) => x * size.width);
  const ys = points.map(([, y]) => y * size.height);
  const x = Math.min(...xs) - by;
  const y = Math.min(...ys) - by;
  return { x, y, w: Math.max(...xs) + by - x, h: Math.max(...ys) + by - y };
}

export function Picture({
  sha256,
  src,
  alt,
  mark,
  markColour = 'var(--text)',
  marks = [],
  onPainted,
  onFailed,
  magnified = false,
  lie = null,
  children,
}: PictureProps) {
  const say = useSay();
  const frame = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [scale, setScale] = useState(1);

  useEffect(() => {
    const element = frame.current;
    if (!element || !size) return undefined;
    const measure = (): void => {
      const box = element.getBoundingClientRect();
      setScale(Math.max(size.width / Math.max(1, box.width), size.height / Math.max(1, box.height)));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [size]);

  const painted = (image: HTMLImageElement): void => {
    setFailed(null);
    setSize({ width: image.naturalWidth, height: image.naturalHeight });
    // A browser that is short of memory may refuse to decode ahead what it has loaded, and draws it all the same.
    void image
      .decode()
      .catch(() => undefined)
      .then(() => requestAnimationFrame(() => requestAnimationFrame((atMs) => onPainted?.(atMs))));
  };

  if (sha256 === null && src === undefined) return <div className="picture picture-none">{say('picture.none')}</div>;
  const shown = mark && mark.points.length > 0 ? mark : null;
  const centre = shown && size ? around(shown.points, size, 0) : null;
  const [left, top] =
    centre && size && magnified
      ? [((centre.x + centre.w / 2) / size.width) * 100, ((centre.y + centre.h / 2) / size.height) * 100]
      : [50, 50];
  const middle = `${left}% ${top}%`;
  // Turned around the middle of the picture, whatever the magnifier stands over.
  const over =
    lie && size
      ? `translate(${50 - left}%, ${50 - top}%) translate(${(lie.shiftX * size.width) / scale}px, ${(lie.shiftY * size.height) / scale}px) ` +
        `rotate(${lie.turnDeg}deg) scale(${lie.zoom}) translate(${left - 50}%, ${top - 50}%)`
      : '';
  const laid = `${magnified ? 'scale(4) ' : ''}${over}` || undefined;
  return (
    <div className="picture" ref={frame}>
      <img
        key={src ?? sha256}
        src={src ?? pathOf('still', { sha256: sha256 ?? '' })}
        alt={alt}
        draggable={false}
        style={{ transform: laid, transformOrigin: middle }}
        onLoad={(event) => painted(event.currentTarget)}
        onError={() => {
          setFailed(sha256);
          onFailed?.();
        }}
      />
      {failed !== null && failed === sha256 && <div className="picture-none picture-over">{say('picture.failed')}</div>}
      {size && !magnified && (
        <svg
          className="picture-marks"
          viewBox={`0 0 ${size.width} ${size.height}`}
          preserveAspectRatio="xMidYMid meet"
          aria-hidden="true"
        >
          {marks.map((one, i) => (
            <Outline key={i} mark={one} size={size} by={0} colour="var(--neutral)" thin />
          ))}
          {shown && <Outline mark={shown} size={size} by={outsetPx * scale} colour={markColour} />}
        </svg>
      )}
      {children}
    </div>
  );
}

function Outline({
  mark,
  size,
  by,
  colour,
  thin = false,
}: {
  mark: MarkShape;
  size: Size;
  by: number;
  colour: string;
  thin?: boolean;
}) {
  const box = around(mark.points, size, by);
  const shape = (stroke: string, width: number) =>
    mark.kind === 'box' ? (
      <rect
        x={box.x}
        y={box.y}
        width={box.w}
        height={box.h}
        fill="none"
        stroke={stroke}
        strokeWidth={width}
        vectorEffect="non-scaling-stroke"
      />
    ) : (
      <polygon
        points={mark.points.map(([x, y]) => `${x * size.width},${y * size.height}`).join(' ')}
        fill="none"
        stroke={stroke}
        strokeWidth={width}
        strokeDasharray={thin && stroke !== '#000' ? '6 4' : undefined}
        vectorEffect="non-scaling-stroke"
      />
    );
  return (
    <>
      {shape('#000', thin ? 3 : 5)}
      {shape(colour, thin ? 1.5 : 2)}
    </>
  );
}

const ahead = new Map<string, HTMLImageElement>();

/** Fetches and decodes a still before it is needed; the last twelve are held. */
export function fetchAhead(sha256: string | null): void {
  if (sha256 === null || ahead.has(sha256)) return;
  const image = new Image();
  image.src = pathOf('still', { sha256 });
  void image.decode().catch(() => ahead.delete(sha256));
  ahead.set(sha256, image);
  for (const old of [...ahead.keys()].slice(0, -12)) ahead.delete(old);
}
