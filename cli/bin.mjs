#!/usr/bin/env node
// The bin: sees that the built programs are fresh, then hands over to them.
import { buildAll, root } from './build.mjs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 9)) {
  process.stderr.write(`ahual: Node ${process.versions.node} is too old; install Node 20.9 or newer.\n`);
  process.exit(2);
}
const say = (line) => process.stderr.write(`ahual: ${line}\n`);
process.setSourceMapsEnabled(true);
try {
  const [, , command = '', which = ''] = process.argv;
  const pages =
    ['up', 'dashboard', 'demo', 'build'].includes(command) || (command === 'bench' && ['live', 'map'].includes(which));
  await buildAll(pages ? ['server', 'web'] : ['server'], say);
} catch (error) {
  say(`could not build: ${error instanceof Error ? error.message : error}`);
  say('run `npm ci` in the checkout and try again.');
  process.exit(2);
}
const { run } = await import(pathToFileURL(join(root, '.build', 'ahual.js')).href);
await run(process.argv.slice(2));
