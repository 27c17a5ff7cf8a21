-- Number plates of vehicles that were seen dumping: what the networks read, and what people say it is.

create table plate (
  incident_id text primary key references incident on delete cascade,
  clip_id text,
  state text not null,
  text text not null,
  kind text,
  confidence jsonb not null,
  agreeing integer not null,
  why text not null,
  frames jsonb not null,
  crop_sha256 text,
  models jsonb not null,
  read_at timestamptz not null
);
create index plate_crop on plate using hash (crop_sha256);
comment on table plate is 'What the networks read of a number plate: advisory, never decisive. Written once; a correction stands beside it.';
comment on column plate.text is 'Without spaces; of an unclear plate the best guess, which no screen shows.';
comment on column plate.confidence is 'Chance of each character, 0..1.';
comment on column plate.frames is 'What each single frame gave.';

create table plate_correction (
  number bigint generated always as identity primary key,
  incident_id text not null references incident on delete cascade,
  text text not null,
  kind text,
  who text not null,
  at timestamptz not null
);
create index plate_correction_incident on plate_correction (incident_id);
comment on table plate_correction is 'What a person says a plate is: append-only, beside the reading and never over it.';
