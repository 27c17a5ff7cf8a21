// The list of all commands. One line each.
import type { Command } from 'commander';
import { addAppeals } from './appeals.ts';
import { addBench } from './bench.ts';
import { addCameras } from './cameras.ts';
import { addCity } from './city.ts';
import { addDemo } from './demo.ts';
import { addDocs } from './docs.ts';
import { addDoctor } from './doctor.ts';
import { addEval } from './eval.ts';
import { addModels } from './models.ts';
import { addProcesses } from './processes.ts';
import { addReplay } from './replay.ts';
import { addSimulate } from './simulate.ts';
import { addUp } from './up.ts';
import { addUpkeep } from './upkeep.ts';

export const commands: readonly ((program: Command) => void)[] = [
  addUp,
  addProcesses,
  addCity,
  addUpkeep,
  addCameras,
  addAppeals,
  addDoctor,
  addDocs,
  addDemo,
  addReplay,
  addSimulate,
  addBench,
  addEval,
  addModels,
];
