// What every route's function is given besides the question.
import type { FastifyInstance } from 'fastify';
import type { Clock } from '#core/clock';
import type { Log } from '#core/log';
import type { EvidenceSettings } from '#evidence';
import type { IncidentSettings } from '#incidents';
import type { TaskSettings } from '#tasks';
import type { db, files, keeping } from '#store';
import type { Lens } from './cards.ts';
import type { AppealService, Door } from './door.ts';
import type { Register } from './register.ts';
import type { CityFacts } from './city.ts';

/** What the rooms below are set to; the dashboard hands it on when it calls them. */
export interface RoomSettings {
  readonly incidents: IncidentSettings;
  readonly tasks: TaskSettings;
  readonly evidence: EvidenceSettings;
  readonly appeals: { readonly services: readonly AppealService[] };
  /** After one verdict of so many a known item is put into the queue; 0: never. */
  readonly plantedOneIn: number;
  /** How often the city's cameras are looked at, for pages that say so; without it they say nothing of it. */
  readonly rhythm?: { readonly lookEveryS: number; readonly coverEveryS: number };
  /** How long things are kept; without it the page of retention says what lies there, and no terms. */
  readonly keeping?: KeepingTerms;
}

/** Terms of the installation: those of the sweep, and the films of watched cameras (seconds, GiB for all of them). */
export interface KeepingTerms extends keeping.KeepingRules {
  readonly ringS: number;
  readonly ringGiB: number;
}

export interface Glass {
  readonly app: FastifyInstance;
  readonly door: Door;
  readonly database: db.Database;
  readonly files: files.Files;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: RoomSettings;
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
