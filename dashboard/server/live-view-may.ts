// Who may look at a camera live (domain 3.6), and for how long: pure, so that the table can be walked by a test.
import type { Camera } from '#core/camera';
import type { Person, Role } from '#core/person';
import type { LiveRefusal } from '../contract.ts';
import { may } from './may.ts';
import { mayRestricted } from './scope.ts';

export type Admission =
  | {
      readonly kind: 'let-in';
      /** Null for a public camera. */
      readonly grantMs: number | null;
      /** Looked at to set the camera up, by somebody whose roles allow no more. */
      readonly setUp: boolean;
    }
  | { readonly kind: 'refused'; readonly why: LiveRefusal };

/** A stated reason holds for two hours (domain 3.6). */
const grantMs = 2 * 3_600_000;
/** Who may only set a restricted camera up has it for as long as that takes. */
const setUpMs = 10 * 60_000;

const seesRestricted: readonly Role[] = ['operator', 'shift_lead', 'police_reviewer', 'second_reviewer'];

/** May this person look at this camera live, and what does it need? `sees`: it is one of their cameras at all. */
export function admission(
  person: Pick<Person, 'roles' | 'bounds'>,
  camera: Pick<Camera, 'restricted'>,
  reason: string | undefined,
  sees = true,
): Admission {
  if (!sees || !may(person, 'look-at-camera')) return { kind: 'refused', why: 'not-allowed' };
  if (!camera.restricted) return { kind: 'let-in', grantMs: null, setUp: false };
  if (!mayRestricted(person)) return { kind: 'refused', why: 'restricted' };
  if (reason === undefined) return { kind: 'refused', why: 'reason' };
  const setUp = !person.roles.some((role) => seesRestricted.includes(role));
  return { kind: 'let-in', grantMs: setUp ? setUpMs : grantMs, setUp };
}
