// Marks as canvas sprites: drawn once per kind and size, then only copied.
import { severities, type IssueName, type Severity } from '#core/hazard-name';
import { LastUsed } from '../forget.ts';
import { hazardStrokes } from '../hazard-words.ts';
import { markTokens, severityShapes } from '../marks.ts';
import type { Token } from '../style/tokens.ts';

export type Colours = Readonly<Record<Token, string>>;

interface Stroke {
  readonly path: Path2D;
  readonly filled: boolean;
}

const numberOf = (element: Element, name: string): number => Number(element.getAttribute(name) ?? 0);

function shapeOf(element: Element): Path2D | undefined {
  const path = new Path2D();
  if (element.tagName === 'path') return new Path2D(element.getAttribute('d') ?? '');
  if (element.tagName === 'rect')
    path.rect(numberOf(element, 'x'), numberOf(element, 'y'), numberOf(element, 'width'), numberOf(element, 'height'));
  else if (element.tagName === 'circle')
    path.arc(numberOf(element, 'cx'), numberOf(element, 'cy'), numberOf(element, 'r'), 0, 2 * Math.PI);
  else if (element.tagName === 'ellipse')
    path.ellipse(
      numberOf(element, 'cx'),
      numberOf(element, 'cy'),
      numberOf(element, 'rx'),
      numberOf(element, 'ry'),
      0,
      0,
      2 * Math.PI,
    );
  else return undefined;
  return path;
}

const parsed = new Map<string, readonly Stroke[]>();

/** The pictogram's elements as paths on its 24 grid. */
function strokesOf(inner: string): readonly Stroke[] {
  const known = parsed.get(inner);
  if (known) return known;
  const root = new DOMParser().parseFromString(
    `<svg xmlns="http://www.w3.org/2000/svg">${inner}</svg>`,
    'image/svg+xml',
  ).documentElement;
  const made = [...root.children].flatMap((element): Stroke[] => {
    const path = shapeOf(element);
    const fill = element.getAttribute('fill');
    return path ? [{ path, filled: fill !== null && fill !== 'none' }] : [];
  });
  parsed.set(inner, made);
  return made;
}

/** A ring has a sprite for each count, so a page that runs for weeks would draw thousands. */
const sprites = new LastUsed<HTMLCanvasElement>(400);

const sprite = (key: string, side: number, draw: (context: CanvasRenderingContext2D) => void): HTMLCanvasElement =>
  sprites.of(key, () => {
    const canvas = document.createElement('canvas');
    canvas.width = side;
    canvas.height = side;
    const context = canvas.getContext('2d');
    if (context) draw(context);
    return canvas;
  });

/** A hazard in its severity outline, `sizePx` device pixels wide. */
export function markSprite(severity: Severity, hazard: IssueName, sizePx: number, colours: Colours): HTMLCanvasElement {
  return sprite(`${severity} ${hazard} ${sizePx} ${colours.bg0}`, sizePx, (context) => {
    context.scale(sizePx / 46, sizePx / 46);
    context.translate(3, 3);
    outline(context, severity, colours);
    const [x, y, side] = severityShapes[severity].pictogram;
    context.translate(x, y);
    context.scale(side / 24, side / 24);
    context.lineWidth = 2.2;
    context.lineCap = 'round';
    context.strokeStyle = colours[markTokens(severity).ink];
    context.fillStyle = context.strokeStyle;
    for (const { path, filled } of strokesOf(hazardStrokes(hazard))) {
      context.stroke(path);
      if (filled) context.fill(path);
    }
  });
}

function outline(context: CanvasRenderingContext2D, severity: Severity, colours: Colours): void {
  const shape = severityShapes[severity];
  const { stroke, fill } = markTokens(severity);
  const path = new Path2D(shape.outline);
  context.lineJoin = 'round';
  // A dark rim keeps the mark off the lines of the map.
  context.strokeStyle = colours.bg0;
  context.lineWidth = shape.strokeWidth + 4;
  context.stroke(path);
  context.fillStyle = colours[fill];
  context.fill(path);
  context.strokeStyle = colours[stroke];
  context.lineWidth = shape.strokeWidth;
  context.stroke(path);
}

/** A cluster: the worst outline with the count in it. */
export function clusterSprite(severity: Severity, count: number, sizePx: number, colours: Colours): HTMLCanvasElement {
  return sprite(`cluster ${severity} ${count} ${sizePx} ${colours.bg0}`, sizePx, (context) => {
    context.scale(sizePx / 46, sizePx / 46);
    context.translate(3, 3);
    outline(context, severity, colours);
    const text = count > 999 ? '999+' : String(count);
    context.fillStyle = colours[markTokens(severity).ink];
    context.font = `700 ${text.length > 2 ? 12 : 16}px 'Noto Sans', sans-serif`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(text, 20, severity === 'S3' ? 26 : 20.5);
  });
}

/** Rank for comparing: S4 is the worst. */
export const rank = (severity: Severity): number => severities.indexOf(severity);
