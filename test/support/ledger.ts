// The counts behind "nothing lost, nothing doubled": each names what must not be in the database, and gives what is.
import { z } from 'zod';
import { openIncidentStates } from '#core/incident';
import { sql, type Database } from '#store';

const statements = {
  'looks of one camera and moment': sql`select camera_id, due_at from look group by camera_id, due_at having count(*) > 1`,
  'observations of one look, zone and hazard': sql`select camera_id, due_at, zone_id, hazard, count(*) from observation
        group by camera_id, due_at, zone_id, hazard having count(*) > 1`,
  // A look at a camera that is not watched says one word for each of its hazards: the sums are the looks, none twice, none left out.
  'sums that are not the looks': sql`select camera_id, hazard, summed, looked
        from (select camera_id, hazard, sum(looks) as summed from look_sum group by camera_id, hazard) as s
        join (select camera_id, count(*) as looked from look group by camera_id) as l using (camera_id)
        join camera on camera.id = camera_id
        where not watch and summed <> looked`,
  // An act is an incident of its own beside the heap that was seen and decided on before it (incidents/judge.ts); neither comes twice.
  'incidents open twice at one place': sql`
    select camera_id, zone_id, hazard, array_agg(number) from incident
    where state = any (${openIncidentStates}::text[]) and origin = 'camera'
    group by camera_id, zone_id, hazard, why->>'rule' = 'dumping.act' having count(*) > 1`,
  'tasks of one incident and agency': sql`select incident_id, agency_id, count(*) from task join incident on incident.id = incident_id
        group by incident_id, agency_id having count(*) > 1 + max(reopens)`,
  'confirmed incidents without one primary task': sql`select incident.id, count(task.id) from incident join verdict on verdict.incident_id = incident.id
        left join task on task.incident_id = incident.id and task.role = 'primary'
        where verdict.verdict->>'kind' = 'confirm' and verdict.undone_at is null
        group by incident.id having count(task.id) not between 1 and 1 + max(reopens)`,
  'incidents whose history is not whole': sql`select id, version from incident where version <> (
          select count(*) filter (where n = version and from_state is not distinct from before)
          from (select version, from_state, row_number() over (order by version) as n, lag(to_state) over (order by version) as before
            from incident_change where incident_id = incident.id) as c)`,
  'tasks whose history is not whole': sql`select id, version from task where version <> (
          select count(*) filter (where n = version and from_state is not distinct from before)
          from (select version, from_state, row_number() over (order by version) as n, lag(to_state) over (order by version) as before
            from task_change where task_id = task.id) as c)`,
  'changes without exactly one line of audit': sql`with change as (
          select 'incident' as kind, incident_id as id, version from incident_change
          union all select 'task', task_id, version from task_change)
        select kind, id, version, count(audit.number) from change
        left join audit on object_kind = kind and object_id = id and (facts->>'version')::integer = version
        group by kind, id, version having count(audit.number) <> 1`,
  'numbers of the change feed that are missing or doubled': sql`select count(*), count(distinct number), max(number), (select last from change_count) from change_feed
        having count(*) <> (select last from change_count) or count(distinct number) <> count(*) or max(number) <> count(*)`,
  'messages of one task and way': sql`select task_id, way, address, count(*) from delivery group by task_id, way, address having count(*) > 1`,
  'tasks without a message': sql`select id from task where not exists (select from delivery where task_id = task.id)`,
  'seals that are missing in their chain': sql`select c.id, c.seal_number from clip as c left join clip as p on p.seal_number = c.seal_number - 1
        where c.seal is not null and c.previous_seal is distinct from coalesce(p.seal, c.previous_seal)
          or c.seal_number > (select count(*) from clip where seal is not null)`,
} as const;

/** Whatever is lost or doubled, by its name; nothing when all is as it must be. Each statement sees one moment. */
export async function wrongIn(database: Database): Promise<Record<string, unknown[]>> {
  const wrong: Record<string, unknown[]> = {};
  for (const [name, statement] of Object.entries(statements)) {
    const rows = await database.rows(z.unknown(), statement);
    if (rows.length > 0) wrong[name] = rows.slice(0, 5);
  }
  return wrong;
}
