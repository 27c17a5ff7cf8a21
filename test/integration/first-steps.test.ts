// The first steps of a new installation: each is done when its row is there, and undone when it is gone.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cameras } from '#store';
import { openCamera, openStand, type Seat, type Stand } from './dashboard-stand.ts';
import { emptied, steps } from './new-installation.ts';

let stand: Stand;
let admin: Seat;
beforeAll(async () => {
  stand = await openStand();
  await emptied(stand);
  admin = await stand.seat('camera-admin');
});
afterAll(() => stand.close());

const done = async (): Promise<string[]> =>
  (await admin.ask('firstSteps')).steps.flatMap((one) => (one.done ? [one.step] : []));

test('a new installation has its outline and the operator that came with it, and nothing else', async () => {
  expect(await done()).toEqual(['outline', 'operator']);
  const told = await admin.ask('firstSteps');
  expect(told.steps.find(({ step }) => step === 'camera')).toMatchObject({
    n: 0,
    needs: 'edit-cameras',
    roles: ['camera_admin'],
    cameraId: null,
  });
});

test('each step is done by what a person leaves behind, and the page that helps with the next one is named', async () => {
  const so = ['outline', 'operator'];
  for (const [step, make] of Object.entries(steps)) {
    await make(stand);
    so.push(step);
    expect((await done()).sort(), step).toEqual([...so].sort());
    const { steps: told } = await admin.ask('firstSteps');
    if (step === 'camera')
      expect(told.find((one) => one.step === 'zone')).toMatchObject({ cameraId: openCamera.id, done: false });
  }
  expect((await admin.ask('firstSteps')).steps.every((one) => one.done)).toBe(true);
});

test('nothing remembers that it was done: without cameras it begins anew', async () => {
  await stand.database.transaction((tx) => cameras.replace(tx, []));
  expect(await done()).not.toContain('camera');
  expect(await done()).not.toContain('zone');
  expect(await done()).toContain('seat');
});

test('it is for those who run the system, and stops nobody', async () => {
  for (const login of ['operator', 'controller', 'police-reviewer', 'wall'])
    expect((await (await stand.seat(login)).send('GET', '/api/first-steps')).status, login).toBe(403);
  await (await stand.seat('operator')).ask('desk');
});
