// `ahual docs`: writes the generated pages again. `ahual build`: builds programs and pages (done by the bin before this runs).
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { settingsJsonSchema } from '#config';
import { hazardNames } from '#core/hazard-name';
import { inRoot } from '#core/root';
import { demoCameras } from '../demo-cameras.ts';
import { errorPage } from '../error-page.ts';
import { hazardDrawing } from '../hazard-pages.ts';
import { faultPage } from '../measure/faults/page.ts';
import { scaleDrawing } from '../measure/scale/drawing.ts';

/** Adds the commands for those who change the product. */
export function addDocs(program: Command): void {
  program
    .command('docs')
    .description(
      'write docs/errors.md, docs/faults.md, docs/hazards/*.svg, docs/scale.svg, config/ahual.schema.json and config/demo/cameras.yml again',
    )
    .action(async () => {
      writeFileSync(inRoot('docs/errors.md'), errorPage());
      writeFileSync(inRoot('docs/faults.md'), faultPage());
      mkdirSync(inRoot('docs/hazards'), { recursive: true });
      for (const name of hazardNames) writeFileSync(inRoot(`docs/hazards/${name}.svg`), hazardDrawing(name));
      writeFileSync(inRoot('docs/scale.svg'), scaleDrawing());
      writeFileSync(inRoot('config/ahual.schema.json'), `${JSON.stringify(settingsJsonSchema(), null, 2)}\n`);
      writeFileSync(inRoot('config/demo/cameras.yml'), await demoCameras());
    });
  program
    .command('build')
    .description('build programs and pages, so that the first start need not')
    .action(() => undefined);
}
