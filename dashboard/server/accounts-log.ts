// The log of acts: everything for the auditor, what was done to accounts and settings for who keeps them, one's own for everybody.
import { z } from 'zod';
import type { Person } from '#core/person';
import { audit } from '#store';
import type { Log, LogLine } from '../contract.ts';
import type { Glass } from './glass.ts';
import { serve } from './serve.ts';

/** Of these a system administrator reads: accounts and settings, nothing of incidents, clips or violations (domain 3.6). */
const settingKinds = [
  'person',
  'proposal',
  'session',
  'camera',
  'camera-group',
  'agency',
  'routing',
  'rules',
  'settings',
];

const reachOf = ({ roles }: Person): Log['reach'] =>
  roles.includes('auditor') ? 'all' : roles.includes('system_admin') ? 'accounts' : 'own';

const Plain = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** The facts of a line that are plain values; what is more is for machines. */
function plainFacts(facts: Readonly<Record<string, unknown>>): LogLine['facts'] {
  const plain: LogLine['facts'] = {};
  for (const [name, value] of Object.entries(facts)) {
    const parsed = Plain.safeParse(value);
    if (parsed.success) plain[name] = parsed.data;
  }
  return plain;
}

/** The route of the log. */
export function openLog(glass: Glass): void {
  const { app, door, database, clock, register } = glass;

  serve(app, door, 'log', async ({ query, session }) => {
    const { person } = session;
    const reach = reachOf(person);
    const rows = await audit.page(database, {
      before: query.before,
      objectId: query.about,
      limit: query.limit,
      ...(reach === 'own' || query.own === '1' ? { actor: person.id } : {}),
      ...(reach === 'accounts' ? { kinds: settingKinds } : {}),
    });
    const numbers = await audit.numbersOf(database, [...new Set(rows.map((row) => row.objectId))]);
    const nameOf = ({ objectKind, objectId, facts }: audit.AuditRow): string => {
      const number = numbers.get(objectId);
      if (number !== undefined) return `#${number}`;
      if (objectKind === 'person') return register.nameOf(objectId);
      if (objectKind === 'adaptation') return `#${String(facts['number'])}`;
      if (objectKind === 'camera') return objectId;
      if (objectKind === 'agency') return register.nameOf(objectId);
      const about = facts['about'];
      return typeof about === 'string' ? register.nameOf(about) : '';
    };
    return {
      nowMs: clock.nowMs(),
      reach,
      lines: rows.map((row) => ({
        number: row.number,
        atMs: row.atMs,
        actor: row.actor,
        who: register.nameOf(row.actor),
        act: row.act,
        objectKind: row.objectKind,
        objectId: row.objectId,
        object: nameOf(row),
        facts: plainFacts(row.facts),
      })),
      next: rows.length < query.limit ? null : (rows.at(-1)?.number ?? null),
    };
  });
}
