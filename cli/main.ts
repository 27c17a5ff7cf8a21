// The entry of child processes: the same commands as the bin, already built.
import { run } from './ahual.ts';

await run(process.argv.slice(2));
