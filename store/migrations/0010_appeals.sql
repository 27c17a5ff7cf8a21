-- Citizens' appeals: place, time and topic as the city's service sends them, their links to incidents, and what the service is told.

create table appeal (
  id text primary key,
  source text not null,
  external_id text not null,
  channel text not null,
  topic text not null,
  hazard text,
  language text not null,
  lon double precision,
  lat double precision,
  address text not null,
  text text not null,
  made_at timestamptz not null,
  received_at timestamptz not null,
  state text not null,
  asked_cameras text[] not null,
  unique (source, external_id),
  check ((lon is null) = (lat is null))
);
create index appeal_received on appeal (received_at);
create index appeal_near on appeal (hazard, lat, lon) where hazard is not null and lat is not null;
create index appeal_waiting on appeal (made_at) where state in ('looking', 'no-camera');
comment on table appeal is 'Appeals of citizens without the citizen: Ahual links them to incidents, their answers go out through the service.';
comment on column appeal.source is 'Name of the service that has it; its token said so.';
comment on column appeal.external_id is 'Number of the appeal in the service that has it.';
comment on column appeal.lon is 'WGS 84, degrees east.';
comment on column appeal.lat is 'WGS 84, degrees north.';
comment on column appeal.text is 'Telephones, personal numbers and names are covered before it comes here; emptied at the end of its term.';

create table appeal_link (
  number bigint generated always as identity primary key,
  appeal_id text not null references appeal on delete cascade,
  incident_id text not null,
  linked_at timestamptz not null,
  linked_by text not null,
  reason text not null,
  undone_at timestamptz,
  undone_by text
);
create unique index appeal_link_now on appeal_link (appeal_id, incident_id) where undone_at is null;
create index appeal_link_incident on appeal_link (incident_id) where undone_at is null;
create index appeal_link_appeal on appeal_link (appeal_id);
comment on table appeal_link is 'Which appeal belongs to which incident; a link that was wrong is undone and stays to be read.';

create table appeal_notice (
  id uuid primary key default gen_random_uuid(),
  number bigint generated always as identity unique,
  appeal_id text not null references appeal on delete cascade,
  incident_id text not null,
  news text not null,
  made_at timestamptz not null,
  state text not null check (state in ('waiting', 'sent', 'refused', 'withdrawn')),
  due_at timestamptz not null,
  leased_until_at timestamptz,
  attempts integer not null,
  receipt text not null,
  last_error text not null
);
create index appeal_notice_waiting on appeal_notice (appeal_id, number) where state = 'waiting';
create index appeal_notice_due on appeal_notice (due_at) where state = 'waiting';
create index appeal_notice_appeal on appeal_notice (appeal_id);
comment on table appeal_notice is 'What the appeal service is to be told, written with the change itself and sent until it is taken or refused.';
comment on column appeal_notice.id is 'The same on every try, so that the service can tell a second sending.';
comment on column appeal_notice.number is 'The order in which one appeal''s notices are told.';
comment on column appeal_notice.state is '`withdrawn`: taken back before it was ever tried.';

create index incident_merged on incident (merged_into) where merged_into is not null;
