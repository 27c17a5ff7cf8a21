-- Months of agencies' scores, looks of the whole city by hour, what a look costs, and the severity of each step of an incident.

create table score_month (
  month date primary key,
  as_of timestamptz not null,
  frozen_at timestamptz not null,
  agencies jsonb not null
);
comment on table score_month is 'A month of agencies'' scores that is frozen: its rows in score_task never change.';
comment on column score_month.month is 'First day of the month, in the city''s zone.';
comment on column score_month.as_of is 'End of the fifth working day after the month: what the history said until then is counted.';
comment on column score_month.agencies is 'The agencies that are in it as they were then: id, kind, name.';

create table score_task (
  month date not null references score_month,
  id text not null,
  number bigint not null,
  agency_id text not null,
  hazard text not null,
  severity text not null,
  camera_id text,
  lon double precision not null,
  lat double precision not null,
  fix_by_at timestamptz not null,
  claimed_at timestamptz,
  outcome text not null,
  is_counted boolean not null,
  is_good boolean not null,
  is_first boolean not null,
  is_accepted boolean not null,
  is_verified boolean not null,
  is_reopened boolean not null,
  verified_by text,
  primary key (month, id)
);
comment on table score_task is 'The tasks from which a frozen month was counted, each as it was counted (store/scores.ts).';
comment on column score_task.id is 'The task. Its own row may go at the end of its term; what was counted stays.';
comment on column score_task.lon is 'WGS 84, degrees east.';
comment on column score_task.lat is 'WGS 84, degrees north.';
comment on column score_task.claimed_at is 'The claim that is judged: the first one after the last returning that stands.';

create table task_camera_wrong (
  task_id text primary key references task on delete cascade,
  at timestamptz not null
);
comment on table task_camera_wrong is 'Work that a person held done while the camera still said hazard: what the camera gave back before does not count.';

create index task_fix_by on task (fix_by_at);

create table look_hour (
  hour_at timestamptz not null,
  hazard text not null,
  looks bigint not null,
  judged bigint not null,
  primary key (hour_at, hazard)
);
comment on table look_hour is 'look_sum of the whole city by hour, of hours that are over; an hour that is missing is counted from look_sum.';
comment on column look_hour.judged is 'Looks that said hazard or clear.';

-- The hour that runs is read from the rows of each camera: a range of blocks finds it only where the planner trusts the range.
drop index look_sum_hour;
create index look_sum_hour on look_sum (hour_at);

alter table look add column cpu_ms real;
comment on column look.cpu_ms is 'CPU of the look as its eye measured it, where it was alone in its process; milliseconds.';

alter table incident_change add column severity text;
comment on column incident_change.severity is 'Severity from then on; null of changes that are older than the column.';
