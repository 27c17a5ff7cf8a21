// The first steps of a new installation: what is there, and who may make what is missing. Nothing is kept of it.
import { firstCounts, type FirstCounts } from '#store';
import { firstSteps, type FirstStep, type FirstStepName, type Permission } from '../contract.ts';
import type { Glass } from './glass.ts';
import { holders } from './may.ts';
import { serve } from './serve.ts';

const needs: Readonly<Record<FirstStepName, Permission | null>> = {
  // The outline comes with the city's folder, which the settings name.
  outline: null,
  camera: 'edit-cameras',
  picture: 'edit-cameras',
  zone: 'edit-cameras',
  agency: 'edit-agencies',
  crew: 'manage-people',
  operator: 'manage-people',
  seat: 'decide',
};

const countOf = (step: FirstStepName, counts: FirstCounts, districts: number): number =>
  ({
    outline: districts,
    camera: counts.cameras,
    picture: counts.pictured,
    zone: counts.zoned,
    agency: counts.agencies,
    crew: counts.crews,
    operator: counts.operators,
    seat: counts.seats,
  })[step];

/** The route of the first steps. */
export function openFirstSteps({ app, door, database, clock, city }: Glass): void {
  serve(app, door, 'firstSteps', async () => {
    const counts = await firstCounts(database);
    return {
      nowMs: clock.nowMs(),
      steps: firstSteps.map((step): FirstStep => {
        const n = countOf(step, counts, city.map.districts.features.length);
        const need = needs[step];
        const cameraId = step === 'picture' ? counts.unpicturedId : step === 'zone' ? counts.unzonedId : null;
        return { step, done: n > 0, n, needs: need, roles: need === null ? [] : [...holders[need]], cameraId };
      }),
    };
  });
}
