// Owns the numbers written into masks and labels.

/** Object classes; index 0 is none. */
export const CLASSES = [
  'none',
  'person',
  'car',
  'bus',
  'lorry',
  'tipper',
  'tipper_raised',
  'manhole_open',
  'manhole_closed',
  'heap',
  'sacks',
  'cone',
] as const;
export type ClassName = (typeof CLASSES)[number];

/** Surface of a mask pixel; the index is the grey value. */
export const SURFACES = ['other', 'dry', 'wet', 'water', 'snow', 'snow_lawn', 'soil'] as const;
