-- Known items among the real ones, blind second looks, what is reported beyond the hazards, and several views of one camera.

create table planted (
  id text primary key,
  number bigint not null unique,
  version integer not null default 1 check (version > 0),
  source_id text not null references incident on delete cascade,
  person_id text not null,
  item jsonb not null,
  strip jsonb not null,
  history jsonb not null,
  known_kind text not null check (known_kind in ('confirm', 'reject')),
  known_hazard text not null,
  asked_from timestamptz not null,
  asked_until timestamptz not null,
  told_at timestamptz,
  verdict_id text unique,
  answered_at timestamptz,
  answer_kind text check (answer_kind in ('confirm', 'reject', 'unsure')),
  answer_hazard text,
  agreed boolean,
  pictures_gone boolean not null default false,
  unique (source_id, person_id)
);
create index planted_asked on planted (person_id, asked_from) where answered_at is null;
create index planted_at on planted (answered_at) where answered_at is not null;
comment on table planted is 'Known pictures put among the real ones to measure attention. They are no incidents: no list, count, map, task or feed knows them.';
comment on column planted.source_id is 'The settled incident of which two people said the same.';
comment on column planted.item is 'What is shown: the incident as it waited, under a new name, number, moment and picture.';
comment on column planted.told_at is 'When it was told over the socket, as any new item is; before that it is on no desk.';
comment on column planted.agreed is 'The person said what the two before said; null where unsure or not answered.';

alter table second_looks add column number bigint;
alter table second_looks add column told_at timestamptz;
update second_looks set number = nextval(pg_get_serial_sequence('incident', 'number')), told_at = asked_from;
alter table second_looks alter column number set not null;
alter table second_looks add constraint second_looks_number unique (number);
comment on column second_looks.number is 'The number shown with it: never that of the incident.';
