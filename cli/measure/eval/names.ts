// What the command may be asked by name. Nothing native hangs on it: every process of the product reads the list of commands.

export const sabotages = ['leak-group', 'leak-mirrored', 'labels-shuffled', 'quality-off'] as const;
export type Sabotage = (typeof sabotages)[number];

export const thresholds = ['deployed', 'sweep'] as const;
export type Thresholds = (typeof thresholds)[number];
