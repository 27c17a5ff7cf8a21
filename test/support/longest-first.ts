// Which files of tests share a process, and in which order files begin: the longest first, so that none is left alone at the end.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Rooms whose tests start nothing and leave nothing: they share a process, which loads what they import once. */
export const pureRooms: readonly string[] = [
  'core',
  'hazards',
  'models',
  'config',
  'incidents',
  'evidence',
  'tasks',
  'dashboard',
];

/** Files of more than half a minute, the longest first. A file that became long is named here. */
export const longest: readonly string[] = [
  'test/city/kill.test.ts',
  'cli/measure/simulate/sabotage.test.ts',
  'test/browser/desk.test.ts',
  'test/browser/three-people.test.ts',
  'test/integration/ingest-faults.test.ts',
  'test/integration/hand-out.test.ts',
  'test/integration/ingest-watch.test.ts',
  'cli/measure/faults/faults.test.ts',
  'cli/measure/watch/watch.test.ts',
  'test/integration/adapt.test.ts',
  'test/browser/live.test.ts',
  'test/browser/mass.test.ts',
  'cli/measure/map/sabotage.test.ts',
  'test/browser/desk-parts.test.ts',
  'test/browser/zones.test.ts',
  'cli/measure/look.test.ts',
  'test/integration/store-embedded.test.ts',
  'cli/measure/live/live.test.ts',
  'test/browser/numbers.test.ts',
  'cli/measure/scale/scale.test.ts',
  'test/browser/accounts.test.ts',
  'test/browser/cameras.test.ts',
  'test/browser/map.test.ts',
  'test/integration/onboard-load.test.ts',
  'test/integration/heart-loop.test.ts',
];

/** Vitest's own order, after the files that are known to be long. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rest = await super.sort(files);
    const place = ({ moduleId }: TestSpecification): number => {
      const at = longest.findIndex((path) => moduleId.endsWith(`/${path}`));
      return at < 0 ? longest.length : at;
    };
    return rest.toSorted((a, b) => place(a) - place(b));
  }
}
