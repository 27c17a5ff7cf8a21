// The two channels of every mark (screens 3.3): outline by severity, pictogram by hazard. Shapes on a 40 grid, pictogram on a 24 grid inside.
import type { IssueName, Severity } from '#core/hazard-name';
import { hazardStrokes } from './hazard-words.ts';
import { severityToken, type Token } from './style/tokens.ts';

export interface MarkShape {
  /** Path of the outline on the 40 grid. */
  readonly outline: string;
  readonly strokeWidth: number;
  readonly filled: boolean;
  /** Where the pictogram lies on the 40 grid: its left, top and side. */
  readonly pictogram: readonly [number, number, number];
}

export const severityShapes: Record<Severity, MarkShape> = {
  /** Octagon, filled: danger to life now. */
  S4: { outline: 'M13 3H27L37 13V27L27 37H13L3 27V13Z', strokeWidth: 3, filled: true, pictogram: [9, 9, 22] },
  /** Triangle, filled: within hours. */
  S3: { outline: 'M20 2L38.500 37H1.500Z', strokeWidth: 3, filled: true, pictogram: [11, 17, 18] },
  /** Diamond, hollow: today. */
  S2: {
    outline: 'M20 1.500L38.500 20L20 38.500L1.500 20Z',
    strokeWidth: 2,
    filled: false,
    pictogram: [10.5, 10.5, 19],
  },
  /** Flat bar, hollow: in its time. */
  S1: { outline: 'M2 8.500H38V31.500H2Z', strokeWidth: 2, filled: false, pictogram: [10, 10, 20] },
};

/** Circle with a tick: decided. Dashed circle with a question mark: nothing known. Camera with a broken line: a fault of the camera. */
export const doneStrokes = '<circle cx="12" cy="12" r="9.500"/><path d="M7.500 12.500l3 3 6-6.500"/>';
export const unknownStrokes =
  '<circle cx="12" cy="12" r="9.500" stroke-dasharray="3 2.500"/><path d="M9.500 9.500a2.500 2.500 0 1 1 3.700 2.200c-.8.500-1.200 1-1.200 2M12 16.800v.4"/>';
export const cameraFaultStrokes = '<path d="M3 8h11v9H3zM14 11.500l6-3v8l-6-3M2 21l7-3M12 17.500L21 3"/>';

/** The colours of a mark: its outline, its inside and the pictogram in it. */
export function markTokens(severity: Severity): { readonly stroke: Token; readonly fill: Token; readonly ink: Token } {
  const colour = severityToken[severity];
  return severityShapes[severity].filled
    ? { stroke: colour, fill: colour, ink: 'on' }
    : { stroke: colour, fill: 'bg1', ink: colour };
}

/** A whole mark as an SVG document, for a canvas sprite of `sizePx`. */
export function markSvg(severity: Severity, hazard: IssueName, sizePx: number, colours: Record<Token, string>): string {
  const shape = severityShapes[severity];
  const { stroke, fill, ink } = markTokens(severity);
  const [x, y, side] = shape.pictogram;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" width="${sizePx}" height="${sizePx}">` +
    `<path d="${shape.outline}" fill="${colours[fill]}" stroke="${colours.bg0}" stroke-width="${shape.strokeWidth + 3}" stroke-linejoin="round"/>` +
    `<path d="${shape.outline}" fill="${colours[fill]}" stroke="${colours[stroke]}" stroke-width="${shape.strokeWidth}" stroke-linejoin="round"/>` +
    `<svg x="${x}" y="${y}" width="${side}" height="${side}" viewBox="0 0 24 24" fill="none" color="${colours[ink]}" stroke="currentColor" ` +
    `stroke-width="2.200" stroke-linecap="round" stroke-linejoin="round">${hazardStrokes(hazard)}</svg></svg>`
  );
}
