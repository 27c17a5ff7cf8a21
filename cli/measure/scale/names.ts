// How the measurement of scale is broken on purpose: looks that vanish, looks that count twice, faults that nobody is told of.
export const scaleSabotages = ['lose', 'double', 'hush'] as const;
export type ScaleSabotage = (typeof scaleSabotages)[number];
