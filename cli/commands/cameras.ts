// `ahual cameras …`: the list of cameras brought in, written out, searched for in the network, and one of them asked.
import type { Command } from 'commander';
import { addCameraProbe } from './cameras-ask.ts';
import { addCameraDiscover } from './cameras-discover.ts';
import { addCameraList } from './cameras-import.ts';

/** Adds `ahual cameras` with its commands. */
export function addCameras(program: Command): void {
  const group = program
    .command('cameras')
    .description('the list of cameras: import, export, list, discover, probe, stills');
  addCameraList(group);
  addCameraDiscover(group);
  addCameraProbe(group);
}
