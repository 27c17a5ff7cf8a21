export const root: string;
export function buildAll(names?: readonly ('server' | 'web')[], say?: (line: string) => void): Promise<void>;
