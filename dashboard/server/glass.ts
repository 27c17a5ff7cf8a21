// What every route's function is given besides the question.
import type { FastifyInstance } from 'fastify';
import type { Clock } from '#core/clock';
import type { Log } from '#core/log';
import type { db, files } from '#store';
import type { Lens } from './cards.ts';
import type { Door } from './door.ts';
import type { Register } from './register.ts';
import type { CityFacts } from './city.ts';

export interface Glass {
  readonly app: FastifyInstance;
  readonly door: Door;
  readonly database: db.Database;
  readonly files: files.Files;
  readonly clock: Clock;
  readonly log: Log;
  readonly city: CityFacts;
  readonly register: Register;
  readonly version: string;
}

/** The lens for cards made now. */
export const lensOf = ({ register, clock, city }: Pick<Glass, 'register' | 'clock' | 'city'>): Lens => ({
  register,
  nowMs: clock.nowMs(),
  pace: city.pace,
});
