// Corrections that cameras learned: fitted, in shadow, offered, active by two people's word, rolled back. Every step is in the audit.
import { z } from 'zod';
import { AdaptationParameters, type Adaptation } from '#core/adaptation';
import { AhualError } from '#core/errors';
import { HazardName } from '#core/hazard-name';
import * as audit from './audit.ts';
import { at, json, type Db, type Tx } from './db.ts';
import { inserting, raw, setting, sql } from './sql.ts';

export const modelStates = ['shadow', 'offered', 'active', 'replaced', 'rolled-back', 'dropped'] as const;
const Model = z.object({
  id: z.string(),
  number: z.number(),
  /** Null: every camera that has none of its own. */
  cameraId: z.string().nullable(),
  hazard: HazardName,
  parameters: AdaptationParameters,
  network: z.string(),
  state: z.enum(modelStates),
  fittedFromMs: z.number(),
  fittedToMs: z.number(),
  figures: z.record(z.string(), z.unknown()),
  madeAtMs: z.number(),
  shadowUntilMs: z.number(),
  proposedBy: z.string().nullable(),
  proposedAtMs: z.number().nullable(),
  promotedBy: z.string().nullable(),
  promotedAtMs: z.number().nullable(),
  endedBy: z.string().nullable(),
  endedAtMs: z.number().nullable(),
  replaces: z.string().nullable(),
});
/** A correction with its state and signatures. */
export type Model = z.infer<typeof Model>;

const modelRow = raw(`
  id, number, camera_id, hazard, parameters, network, state, fitted_from, fitted_to, figures, made_at, shadow_until,
  proposed_by, proposed_at, promoted_by, promoted_at, ended_by, ended_at, replaces`);

/** All corrections, newest first. */
export const models = (db: Db): Promise<Model[]> =>
  db.rows(Model, sql`select ${modelRow} from adapt_model order by number desc`);

/** The corrections of a camera (null: of the whole city) and hazard, newest first. */
export const modelsOf = (db: Db, cameraId: string | null, hazard: HazardName): Promise<Model[]> =>
  db.rows(
    Model,
    sql`select ${modelRow} from adapt_model where camera_id is not distinct from ${cameraId} and hazard = ${hazard}
        order by number desc`,
  );

/** Corrections that eyes must know: what speaks, and what runs beside. */
export const inUse = (db: Db): Promise<Model[]> =>
  db.rows(
    Model,
    sql`select ${modelRow} from adapt_model where state in ('active', 'shadow', 'offered') order by number`,
  );

/**
 * What an eye gets for one camera: for each hazard the correction that speaks and the one that runs beside. A camera's own
 * goes before the city's.
 */
export function adaptationsOf(inUseNow: readonly Model[], cameraId: string): Adaptation[] {
  const chosen = new Map<string, Model>();
  for (const model of inUseNow) {
    if (model.cameraId !== null && model.cameraId !== cameraId) continue;
    const key = `${model.hazard} ${String(model.state === 'active')}`;
    const before = chosen.get(key);
    if (before === undefined || (before.cameraId === null && model.cameraId !== null)) chosen.set(key, model);
  }
  return [...chosen.values()].map((model) => ({
    id: model.id,
    number: model.number,
    hazard: model.hazard,
    network: model.network,
    parameters: model.parameters,
    speaks: model.state === 'active',
  }));
}

const ring = (tx: Tx, cameraId: string | null): Promise<void> =>
  tx.notify({ kind: 'camera-changed', cameraId: cameraId ?? '*' });

const tell = (tx: Tx, model: Model, act: string, actor: string, atMs: number): Promise<void> =>
  audit.write(tx, {
    atMs,
    actor,
    act,
    objectKind: 'adaptation',
    objectId: model.id,
    facts: { number: model.number, cameraId: model.cameraId, hazard: model.hazard, kind: model.parameters.kind },
  });

/** Puts a fresh correction into shadow; one that ran beside there before is dropped. */
export async function insertModel(
  tx: Tx,
  given: Pick<Model, 'id' | 'cameraId' | 'hazard' | 'parameters' | 'network' | 'figures'> & {
    fittedFromMs: number;
    fittedToMs: number;
    madeAtMs: number;
    shadowUntilMs: number;
    by: string;
  },
): Promise<Model> {
  await tx.run(sql`
    update adapt_model set state = 'dropped', ended_by = ${given.by}, ended_at = ${at(given.madeAtMs)}::timestamptz
    where camera_id is not distinct from ${given.cameraId} and hazard = ${given.hazard} and state in ('shadow', 'offered')`);
  const row = {
    id: given.id,
    camera_id: given.cameraId,
    hazard: given.hazard,
    kind: given.parameters.kind,
    parameters: json(given.parameters),
    network: given.network,
    state: 'shadow',
    fitted_from: at(given.fittedFromMs),
    fitted_to: at(given.fittedToMs),
    figures: json(given.figures),
    made_at: at(given.madeAtMs),
    shadow_until: at(given.shadowUntilMs),
  };
  const [model] = await tx.rows(Model, sql`insert into adapt_model ${inserting(row)} returning ${modelRow}`);
  if (!model) throw unknownModel(given.id);
  await tell(tx, model, 'adaptation made', given.by, given.madeAtMs);
  await ring(tx, model.cameraId);
  return model;
}

const unknownModel = (id: string): AhualError =>
  new AhualError('NOT_FOUND', `there is no adaptation ${id}.`, 'See `ahual models list`.', { id });

const unlawful = (model: Model, why: string, cure: string): AhualError =>
  new AhualError('MOVE_UNLAWFUL', `adaptation ${model.number} ${why}.`, cure, { number: model.number });

async function lockModel(tx: Tx, id: string): Promise<Model> {
  const [model] = await tx.rows(Model, sql`select ${modelRow} from adapt_model where id = ${id} for update`);
  if (!model) throw unknownModel(id);
  return model;
}

async function change(tx: Tx, id: string, columns: Readonly<Record<string, unknown>>): Promise<Model> {
  const [model] = await tx.rows(
    Model,
    sql`update adapt_model set ${setting(columns)} where id = ${id} returning ${modelRow}`,
  );
  if (!model) throw unknownModel(id);
  return model;
}

/** Its shadow is over and nothing spoke against it: it may be promoted. Does nothing to one that is not in shadow. */
export async function offer(tx: Tx, id: string, atMs: number, actor: string): Promise<Model> {
  const model = await lockModel(tx, id);
  if (model.state !== 'shadow') return model;
  const offered = await change(tx, id, { state: 'offered' });
  await tell(tx, offered, 'adaptation offered', actor, atMs);
  return offered;
}

/** Takes away one that runs beside, because its shadow spoke against it or nobody wants it. */
export async function drop(tx: Tx, id: string, atMs: number, actor: string): Promise<Model> {
  const model = await lockModel(tx, id);
  if (model.state !== 'shadow' && model.state !== 'offered') return model;
  const dropped = await change(tx, id, { state: 'dropped', ended_by: actor, ended_at: at(atMs) });
  await tell(tx, dropped, 'adaptation dropped', actor, atMs);
  await ring(tx, dropped.cameraId);
  return dropped;
}

/**
 * A person signs an offered correction: the first signature proposes it, the second one, another person's, lets it speak in
 * place of what spoke before. Throws MOVE_UNLAWFUL when it is not offered, AUTH_DENIED for the same person twice.
 */
export async function sign(tx: Tx, id: string, personId: string, atMs: number): Promise<Model> {
  const model = await lockModel(tx, id);
  if (model.state !== 'offered') {
    throw unlawful(model, `is ${model.state}, not offered`, 'Only what is offered after its shadow can be promoted.');
  }
  if (model.proposedBy === null) {
    const proposed = await change(tx, id, { proposed_by: personId, proposed_at: at(atMs) });
    await tell(tx, proposed, 'adaptation proposed', personId, atMs);
    return proposed;
  }
  if (model.proposedBy === personId) {
    throw new AhualError(
      'AUTH_DENIED',
      `adaptation ${model.number} was proposed by this very person.`,
      'Another person promotes it.',
      { number: model.number },
    );
  }
  const [old] = await tx.rows(
    z.object({ id: z.string() }),
    sql`update adapt_model set state = 'replaced', ended_by = ${personId}, ended_at = ${at(atMs)}::timestamptz
        where camera_id is not distinct from ${model.cameraId} and hazard = ${model.hazard} and state = 'active' returning id`,
  );
  const columns = { state: 'active', promoted_by: personId, promoted_at: at(atMs), replaces: old?.id ?? null };
  const active = await change(tx, id, columns);
  await tell(tx, active, 'adaptation promoted', personId, atMs);
  await ring(tx, active.cameraId);
  return active;
}

/** Ends the correction that speaks; what it replaced speaks again. Gives what speaks now, if anything. */
export async function rollBack(
  tx: Tx,
  given: { cameraId: string | null; hazard: HazardName; personId: string; atMs: number },
): Promise<{ ended: Model; speaks: Model | null }> {
  const [row] = await tx.rows(
    z.object({ id: z.string() }),
    sql`select id from adapt_model
        where camera_id is not distinct from ${given.cameraId} and hazard = ${given.hazard} and state = 'active' for update`,
  );
  if (!row) {
    throw new AhualError(
      'NOT_FOUND',
      `no adaptation speaks for ${given.hazard} at ${given.cameraId === null ? 'the city' : `camera ${given.cameraId}`}.`,
      'See `ahual models list`: there is nothing to roll back.',
    );
  }
  const ended = await change(tx, row.id, {
    state: 'rolled-back',
    ended_by: given.personId,
    ended_at: at(given.atMs),
  });
  await tell(tx, ended, 'adaptation rolled back', given.personId, given.atMs);
  const before = ended.replaces === null ? undefined : await lockModel(tx, ended.replaces);
  const speaks =
    before?.state === 'replaced'
      ? await change(tx, before.id, { state: 'active', ended_by: null, ended_at: null })
      : null;
  if (speaks) await tell(tx, speaks, 'adaptation speaks again', given.personId, given.atMs);
  await ring(tx, given.cameraId);
  return { ended, speaks };
}

const ShadowSum = z.object({
  hours: z.number(),
  looks: z.number(),
  bothHazard: z.number(),
  onlySaid: z.number(),
  onlyShadow: z.number(),
  hoursOnlyShadow: z.number(),
});
export type ShadowSum = z.infer<typeof ShadowSum>;

/** A correction alone calls a hazard in an hour when it does so at this many looks: fewer would never be raised. */
const looksToRaise = 3;

/** What a correction did beside: hours with looks, looks, and how often the words differed. */
export async function shadowSum(db: Db, modelId: string): Promise<ShadowSum> {
  const [row] = await db.rows(
    ShadowSum,
    sql`select count(distinct hour_at) as hours, coalesce(sum(looks), 0) as looks, coalesce(sum(both_hazard), 0) as both_hazard,
          coalesce(sum(only_said), 0) as only_said, coalesce(sum(only_shadow), 0) as only_shadow,
          count(*) filter (where only_shadow >= ${looksToRaise}::integer) as hours_only_shadow
        from adapt_shadow where model_id = ${modelId}`,
  );
  return row ?? { hours: 0, looks: 0, bothHazard: 0, onlySaid: 0, onlyShadow: 0, hoursOnlyShadow: 0 };
}
