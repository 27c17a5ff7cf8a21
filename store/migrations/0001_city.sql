-- The city: cameras with their zones, agencies and their things, the dated rows, and the people who work with them.
-- Why one file: everything else refers to these tables, and none of them refers to anything else.

create table camera (
  id text primary key,
  name jsonb not null,
  lon double precision not null check (lon between -180 and 180),
  lat double precision not null check (lat between -90 and 90),
  bearing_deg double precision not null,
  fov_deg double precision not null,
  height_m double precision not null,
  district text not null,
  rtsp text,
  sub_rtsp text,
  snapshot text,
  credential text,
  watch boolean not null,
  restricted boolean not null,
  indoor boolean not null,
  near_sensitive boolean not null
);
comment on table camera is 'The city''s cameras as the list names them; the id is the city''s own number.';
comment on column camera.name is 'Texts in kk, ru, en.';
comment on column camera.lon is 'WGS 84, degrees east.';
comment on column camera.lat is 'WGS 84, degrees north.';
comment on column camera.bearing_deg is 'Direction of the picture''s middle, degrees clockwise from north.';
comment on column camera.fov_deg is 'Horizontal angle of view, degrees.';
comment on column camera.height_m is 'Height above the ground, metres.';
comment on column camera.credential is 'Name of a secret, never the secret itself; the addresses carry no password either.';
comment on column camera.restricted is 'Nothing of this camera is shown outside until somebody has classified it.';

create table zone (
  camera_id text not null references camera on delete cascade,
  id text not null,
  place integer not null,
  kind text not null,
  polygon jsonb not null,
  hazards text[] not null check (cardinality(hazards) > 0),
  street_class text not null,
  district text,
  owner text,
  area_m2 double precision,
  primary key (camera_id, id)
);
comment on table zone is 'A part of a camera''s picture with a meaning, and the hazards that may be raised there.';
comment on column zone.place is 'Order in the camera''s list, from 0.';
comment on column zone.polygon is 'Points [x, y] in fractions of the picture, x to the right, y down.';
comment on column zone.area_m2 is 'Ground under the polygon, square metres, when measured.';

create table camera_health (
  camera_id text primary key references camera on delete cascade,
  state text not null,
  since_at timestamptz not null,
  last_look_at timestamptz,
  last_good_at timestamptz,
  detail text not null,
  width_px integer,
  height_px integer,
  fails integer not null
) with (fillfactor = 70);
comment on table camera_health is 'What the last look says of a camera. One row a camera, changed by every look (hence the free room in its pages).';
comment on column camera_health.since_at is 'When the state became what it is.';
comment on column camera_health.fails is 'Looks in a row that could not be judged.';
comment on column camera_health.width_px is 'Pixels of the last frame.';
comment on column camera_health.height_px is 'Pixels of the last frame.';

create table camera_plan (
  camera_id text primary key references camera on delete cascade,
  due_at timestamptz not null,
  reason text not null default ''
) with (fillfactor = 70);
create index camera_plan_due on camera_plan (due_at);
comment on table camera_plan is 'When each camera is to be looked at next. The moment is part of the look''s identity.';
comment on column camera_plan.reason is 'Why sooner than usual; empty for the usual round.';

create table agency (
  id text primary key,
  kind text not null,
  name jsonb not null,
  ways text[] not null,
  email text,
  webhook text,
  duty text not null
);
comment on table agency is 'Bodies that receive tasks.';
comment on column agency.duty is 'Who answers at night and on days off.';

create table asset (
  id text primary key,
  kind text not null,
  owner text not null,
  lon double precision not null,
  lat double precision not null,
  valid_from date not null,
  valid_to date
);
create index asset_place on asset (lat, lon);
comment on table asset is 'Registered things on the ground with an owner: covers, gullies, chambers.';
comment on column asset.lon is 'WGS 84, degrees east.';
comment on column asset.lat is 'WGS 84, degrees north.';
comment on column asset.valid_to is 'Last local day on which the row held; empty while it holds.';

create table policy (
  id text primary key,
  hazard text not null,
  sub text not null,
  severity text,
  street_classes text[] not null,
  event text not null,
  clock text not null,
  accept_h double precision not null,
  make_safe_h double precision,
  fix_h double precision not null,
  valid_from date not null,
  valid_to date,
  source text not null,
  certainty text not null
);
comment on table policy is 'Dated deadlines: accept, make safe and fix within how long, from which event.';
comment on column policy.accept_h is 'Hours.';
comment on column policy.make_safe_h is 'Hours.';
comment on column policy.fix_h is 'Hours.';

create table routing_rule (
  id text primary key,
  priority integer not null,
  hazard text not null,
  sub text not null,
  zone_kinds text[] not null,
  street_classes text[] not null,
  district text,
  severity_min text,
  main_agency text not null,
  copy_agencies text[] not null,
  second_choice text,
  valid_from date not null,
  valid_to date,
  source text not null,
  certainty text not null
);
comment on table routing_rule is 'Dated routing: the first match by priority says which agency gets a task.';

create table article (
  id text primary key,
  title jsonb not null,
  test jsonb not null,
  hazards text[] not null,
  subs text[] not null,
  fine jsonb not null,
  who_draws_up jsonb not null,
  valid_from date not null,
  valid_to date,
  source text not null,
  certainty text not null
);
comment on table article is 'Dated candidate articles of law with their tests; a person chooses.';

create table holiday (
  date date not null,
  kind text not null,
  name_kk text not null,
  name_ru text not null,
  certainty text not null,
  primary key (date, kind)
);
comment on table holiday is 'Days off and working days that were moved.';

create table rule_version (
  number bigint generated always as identity primary key,
  kind text not null,
  at timestamptz not null default now(),
  author text not null,
  rows jsonb not null
);
create index rule_version_kind on rule_version (kind, number desc);
comment on table rule_version is 'Every published set of dated rows in full, append-only: what held at a moment can be read long after.';

create table person (
  id text primary key,
  login text not null unique,
  name text not null,
  roles text[] not null check (cardinality(roles) > 0),
  agency_id text,
  language text not null,
  active boolean not null,
  password_hash text not null
);
comment on table person is 'Those who sign in.';
comment on column person.password_hash is 'argon2id in its own text form.';

create table session (
  token_hash text primary key,
  person_id text not null references person on delete cascade,
  csrf text not null,
  expires_at timestamptz not null,
  user_agent text not null
);
create index session_person on session (person_id);
comment on table session is 'Signed-in browsers; the token itself is nowhere but in the browser.';

create table sign_in_failure (
  login text not null,
  at timestamptz not null,
  address text not null
);
create index sign_in_failure_login on sign_in_failure (login, at);
comment on table sign_in_failure is 'Wrong passwords, so that guessing becomes slow.';

create table mark (
  name text primary key,
  value jsonb not null,
  at timestamptz not null default now()
);
comment on table mark is 'Small named facts of the installation.';

create table process_beat (
  process text primary key,
  at timestamptz not null,
  facts jsonb not null
);
comment on table process_beat is 'When each process last said that it lives, and what it said of itself.';

create table audit (
  number bigint generated always as identity primary key,
  at timestamptz not null,
  actor text not null,
  act text not null,
  object_kind text not null,
  object_id text not null,
  facts jsonb not null
);
create index audit_object on audit (object_kind, object_id, number);
create index audit_at on audit using brin (at);
comment on table audit is 'Who did what to which thing, append-only: the application''s role may not change or delete a row.';

create table change_count (
  only_one boolean primary key default true check (only_one),
  last bigint not null
);
insert into change_count (last) values (0);
comment on table change_count is 'The last number of the change feed. Its one row is locked from the number to the commit, so numbers appear in order.';

create table change_feed (
  number bigint primary key,
  topic text not null,
  id text not null,
  at timestamptz not null
);
comment on table change_feed is 'What changed, numbered without gaps: a browser asks for everything after its last number.';
