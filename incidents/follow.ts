// How an incident follows its tasks (domain 3.2, rows 15, 18–20, 22): read from the rows, so a lost nudge costs only time.
import type { Incident, IncidentState } from '#core/incident';
import type { Task, TaskState } from '#core/task';
import { incidents, tasks, type Tx } from '#store';
import { moveIncident, type Actor } from './lifecycle.ts';

const claimed: readonly TaskState[] = ['done_claimed', 'verifying', 'verified'];
const dropped: readonly TaskState[] = ['cancelled', 'rerouted'];

/** Tasks of the present round: after a reopening the old ones no longer count. */
const present = (incident: Incident, all: readonly Task[]): Task[] =>
  all.filter(
    (t) => !dropped.includes(t.state) && (incident.reopens === 0 || t.createdAtMs >= (incident.raisedAtMs ?? 0)),
  );

/**
 * Where the tasks put the incident now, one step at a time; undefined when nothing follows. Work counts as claimed when
 * every primary task is claimed, or when an agency in copy says that it did the work: then the camera looks.
 */
export function nextByTasks(
  incident: Incident,
  all: readonly Task[],
): { to: IncidentState; reason: string } | undefined {
  const work = present(incident, all);
  const primary = work.filter((t) => t.role === 'primary');
  const done = work.filter((t) => claimed.includes(t.state));
  const isClaimed =
    done.some((t) => t.role === 'copy') || (primary.length > 0 && primary.every((t) => claimed.includes(t.state)));
  const sent = work.find((t) => t.sentAtMs !== null);
  if (incident.state === 'confirmed' || incident.state === 'reopened') {
    return sent && { to: 'in_work', reason: `task ${sent.number} sent` };
  }
  if (incident.state === 'in_work' && isClaimed) return { to: 'verifying', reason: 'the work is claimed done' };
  if (incident.state !== 'verifying') return undefined;
  if (done.length > 0 && done.every((t) => t.state === 'verified')) {
    return { to: 'closed', reason: `verified by ${done.find((t) => t.verifiedBy)?.verifiedBy ?? 'person'}` };
  }
  return isClaimed ? undefined : { to: 'in_work', reason: 'the work was returned' };
}

/** Moves an incident as far as its tasks say; returns every state it went through, none when it stays. */
export async function followTasks(
  tx: Tx,
  incidentId: string,
  options: { readonly atMs: number; readonly pace: number },
): Promise<Incident[]> {
  const actor: Actor = { kind: 'system', name: 'judge' };
  let incident = await incidents.lock(tx, incidentId);
  const all = await tasks.byIncident(tx, incidentId);
  const steps: Incident[] = [];
  for (;;) {
    const next = nextByTasks(incident, all);
    if (!next || steps.length > 4) return steps;
    incident = await moveIncident(tx, incident, next.to, {}, { ...options, actor, reason: next.reason });
    steps.push(incident);
  }
}
