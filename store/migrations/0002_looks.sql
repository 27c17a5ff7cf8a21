-- Looks and what they say. Three tables are time series: `series` after a table tells the migration how it is cut by time,
-- into a hypertable where the server has TimescaleDB and into native range partitions elsewhere (store/series).

create table look (
  camera_id text not null,
  due_at timestamptz not null,
  seen_at timestamptz not null,
  state text not null,
  detail text not null,
  took_ms integer not null,
  still_sha256 text,
  primary key (camera_id, due_at)
) /* series due_at 1 day */;
create index look_seen on look using brin (seen_at);
create index look_still on look using hash (still_sha256);
comment on table look is 'One row a look for 48 h: its identity, so that the same look saved twice counts once, and the kept frame.';
comment on column look.due_at is 'Planned moment: identity together with the camera, equal on every redelivery.';
comment on column look.seen_at is 'When the frame came, by our clock; of the look''s end where none came.';
comment on column look.state is '`ok` or why nothing could be judged (core/camera.ts, healthStates).';
comment on column look.took_ms is 'From the start of the look to its end, milliseconds.';
comment on column look.still_sha256 is 'Content hash of the kept frame; the file itself goes after 48 h unless an incident keeps it.';

create table observation (
  camera_id text not null,
  zone_id text not null,
  hazard text not null,
  seen_at timestamptz not null,
  due_at timestamptz not null,
  sub text not null,
  word text not null,
  level real not null,
  support jsonb not null,
  still_sha256 text,
  primary key (camera_id, zone_id, hazard, seen_at)
) /* series seen_at 1 day */;
create index observation_look on observation (camera_id, due_at);
comment on table observation is 'What looks said of a hazard in a zone, only where it differs from the look before: the word, or the level by 0.1.';
comment on column observation.level is 'How much, 0..1, as the hazard defines it.';
comment on column observation.due_at is 'Planned moment of its look.';
comment on column observation.seen_at is 'When the frame came, by our clock.';

create table last_word (
  camera_id text not null,
  zone_id text not null,
  hazard text not null,
  sub text not null,
  word text not null,
  level real not null,
  seen_at timestamptz not null,
  primary key (camera_id, zone_id, hazard)
) with (fillfactor = 80);
comment on table last_word is 'The last row of `observation` for each zone and hazard, so that a look can tell at once what is new.';
comment on column last_word.level is 'How much, 0..1.';

create table look_sum (
  hour_at timestamptz not null,
  camera_id text not null,
  hazard text not null,
  looks integer not null,
  hazard_looks integer not null,
  clear_looks integer not null,
  cannot_see integer not null,
  primary key (camera_id, hazard, hour_at)
) /* series hour_at 1 month */;
create index look_sum_hour on look_sum using brin (hour_at);
comment on table look_sum is 'Looks by hour, camera and hazard: what stays of looks that said nothing new.';
comment on column look_sum.hour_at is 'Beginning of the hour.';
comment on column look_sum.looks is 'Count; the sum of the three columns after it.';

create table judge_inbox (
  id bigint generated always as identity primary key,
  camera_id text not null,
  observation jsonb not null
);
comment on table judge_inbox is 'Observations that wait for the judge; a row goes in the transaction that judged it.';

create table weather (
  district text not null,
  at timestamptz not null,
  temperature_c real not null,
  rain_mm_h real not null,
  snowfall_cm_h real not null,
  snow_depth_m real not null,
  wind_m_s real not null,
  is_day boolean not null,
  source text not null,
  primary key (district, at)
);
comment on table weather is 'Weather of a district at a moment.';
comment on column weather.temperature_c is 'Degrees Celsius.';
comment on column weather.rain_mm_h is 'Millimetres an hour.';
comment on column weather.snowfall_cm_h is 'Centimetres an hour.';
comment on column weather.snow_depth_m is 'Metres.';
comment on column weather.wind_m_s is 'Metres a second.';

create table snowfall (
  district text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  source text not null,
  primary key (district, started_at)
);
comment on table snowfall is 'Snowfalls with their end; without an end no snow deadline runs.';
