// Ids: branded texts, ordered by the time they were made.
import { z } from 'zod';
import type { Clock } from './clock.ts';
import type { Brand } from './units.ts';

const text = z.string().min(1).max(80);
const brandOf = <Name extends string>() => text.transform((value) => value as Brand<string, Name>);

export const CameraId = brandOf<'CameraId'>();
export type CameraId = Brand<string, 'CameraId'>;
export const LookId = brandOf<'LookId'>();
export type LookId = Brand<string, 'LookId'>;
export const IncidentId = brandOf<'IncidentId'>();
export type IncidentId = Brand<string, 'IncidentId'>;
export const TaskId = brandOf<'TaskId'>();
export type TaskId = Brand<string, 'TaskId'>;
export const ClipId = brandOf<'ClipId'>();
export type ClipId = Brand<string, 'ClipId'>;
export const ViolationId = brandOf<'ViolationId'>();
export type ViolationId = Brand<string, 'ViolationId'>;
export const PersonId = brandOf<'PersonId'>();
export type PersonId = Brand<string, 'PersonId'>;
export const AgencyId = brandOf<'AgencyId'>();
export type AgencyId = Brand<string, 'AgencyId'>;

const randomBytes = (bytes: number): Uint8Array => globalThis.crypto.getRandomValues(new Uint8Array(bytes));

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * A new id: 10 characters of the moment (48 bits) and 12 random ones (60 bits), so that ids sort by age.
 * `random` is for tests that need the same ids twice.
 */
export function newId(clock: Clock, random: (bytes: number) => Uint8Array = randomBytes): string {
  let ms = clock.nowMs() as number;
  let head = '';
  for (let i = 0; i < 10; i++) {
    head = (alphabet[ms % 32] ?? '0') + head;
    ms = Math.floor(ms / 32);
  }
  let tail = '';
  for (const byte of random(12)) tail += alphabet[byte % 32] ?? '0';
  return head + tail;
}

/** Identity of a planned look: camera and due moment, equal on every redelivery of the same plan. */
export const lookIdOf = (cameraId: string, dueAtMs: number): LookId => `${cameraId}@${dueAtMs}` as LookId;
