// How a camera is drawn: four kinds of dots, and the one sheet of sprites from which all are copied.
import type { CameraMark } from '../../contract.ts';
import type { Colours } from './symbols.ts';

/** What the map needs of a camera to draw it; its bearing and angle, which cones need, come later. */
export type Dot = Pick<CameraMark, 'id' | 'point' | 'state'> & Partial<Pick<CameraMark, 'bearingDeg' | 'fovDeg'>>;

/** Degrees: dots come rounded to the sixth digit, which is a tenth of a metre. */
const roundedBy = 2e-6;

/** Does a camera stand elsewhere than before? */
export const isMoved = ({ point: a }: Pick<Dot, 'point'>, { point: b }: Pick<Dot, 'point'>): boolean =>
  Math.abs(a.lon - b.lon) > roundedBy || Math.abs(a.lat - b.lat) > roundedBy;

/** In the order of the sheet: well, silent, sees badly, never looked at. */
export const dotKinds = ['ok', 'silent', 'odd', 'unknown'] as const;
export type DotKind = (typeof dotKinds)[number];

const silentStates: readonly string[] = [
  'unreachable',
  'refused',
  'needs-sign-in',
  'not-found',
  'busy',
  'silent',
  'no-key-frame',
  'garbage',
  'crashed',
];

/** How a camera is drawn: a dot, a dashed ring when it is silent, a hatched square when it sees badly, a faint ring before its first look. */
export const dotKind = (mark: Pick<CameraMark, 'state'>): DotKind =>
  mark.state === 'ok'
    ? 'ok'
    : mark.state === 'unknown'
      ? 'unknown'
      : silentStates.includes(mark.state)
        ? 'silent'
        : 'odd';

/** Radius of a dot in pixels of the page where one of them is so many map metres. */
export const dotRadius = (resolution: number): number => (resolution < 6 ? 4 : resolution < 20 ? 2.5 : 1.5);

/** Side of one sprite for dots of this radius. */
export const dotSide = (radius: number): number => Math.ceil(Math.max(10, radius * 4));

function drawDot(context: CanvasRenderingContext2D, kind: DotKind, radius: number, colours: Colours): void {
  context.lineWidth = Math.max(1, radius / 3);
  // A camera that is well is quieter than one that is not.
  context.strokeStyle = colours.neutral;
  context.fillStyle = colours.mute;
  context.beginPath();
  if (kind === 'ok') {
    context.arc(0, 0, radius, 0, 2 * Math.PI);
    context.fill();
  } else if (kind === 'odd') {
    const r = Math.max(3, radius * 1.4);
    context.rect(-r, -r, 2 * r, 2 * r);
    for (const at of [-r, 0, r]) {
      context.moveTo(Math.max(-r, at - r), Math.min(r, at + r));
      context.lineTo(Math.min(r, at + r), Math.max(-r, at - r));
    }
    context.stroke();
  } else {
    context.setLineDash([Math.max(2, radius * 0.9), Math.max(1.5, radius * 0.7)]);
    context.globalAlpha = kind === 'unknown' ? 0.6 : 1;
    context.arc(0, 0, Math.max(3, radius * 1.3), 0, 2 * Math.PI);
    context.stroke();
  }
}

/** All kinds side by side, `radius` in pixels of the sheet. */
export function dotSheet(radius: number, colours: Colours): HTMLCanvasElement {
  const side = dotSide(radius);
  const canvas = document.createElement('canvas');
  canvas.width = side * dotKinds.length;
  canvas.height = side;
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  dotKinds.forEach((kind, i) => {
    context.save();
    context.translate(side * i + side / 2, side / 2);
    drawDot(context, kind, radius, colours);
    context.restore();
  });
  return canvas;
}
