// Builds programs and pages once before the tests, exactly as a first start does.
import { buildAll } from '../../cli/build.mjs';

export default async function setup(): Promise<void> {
  await buildAll(['server', 'web'], (line: string) => process.stderr.write(`ahual: ${line}\n`));
}
