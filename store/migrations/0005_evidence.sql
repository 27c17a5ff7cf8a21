-- Evidence: clips with their seals, who touched them, and what the police made of them.

create table clip (
  id text primary key,
  incident_id text not null references incident,
  camera_id text not null,
  state text not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  starts_at timestamptz,
  duration_ms double precision,
  sha256 text,
  bytes bigint,
  cut_by text,
  sealed_at timestamptz,
  previous_seal text,
  seal text unique,
  seal_number bigint unique,
  detail text not null,
  on_hold boolean not null default false
);
create index clip_incident on clip (incident_id);
create index clip_planned on clip (to_at) where state = 'planned';
create index clip_file on clip using hash (sha256);
comment on table clip is 'Sealed seconds of original stream around an act.';
comment on column clip.from_at is 'What was asked for, from.';
comment on column clip.to_at is 'What was asked for, to.';
comment on column clip.starts_at is 'What the file holds begins here: at the key frame at or before from_at.';
comment on column clip.duration_ms is 'What the file holds, milliseconds.';
comment on column clip.bytes is 'Length of the file, bytes.';
comment on column clip.seal_number is 'Place in the chain of seals, from 1, without gaps.';
comment on column clip.on_hold is 'Legal hold: nothing of it is deleted while this is set.';

create table violation (
  id text primary key,
  number text not null unique,
  incident_id text not null references incident,
  clip_id text not null references clip,
  state text not null,
  version integer not null check (version > 0),
  track text not null,
  article_id text,
  chosen_by text,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  note text not null
);
create index violation_clip on violation (clip_id);
comment on table violation is 'What a police reviewer makes of a clip; the number restarts each year.';

create table violation_count (
  year integer primary key,
  last integer not null
);
comment on table violation_count is 'The last number of each year.';

create table custody (
  number bigint generated always as identity primary key,
  clip_id text not null references clip,
  at timestamptz not null,
  who text not null,
  role text not null,
  act text not null,
  purpose text not null,
  object_sha256 text not null,
  previous text not null,
  hash text not null unique,
  unique (clip_id, previous)
);
comment on table custody is 'Who touched evidence and why: append-only, each clip''s rows chained by hash (the first has an empty `previous`).';

create table deleted_file (
  number bigint generated always as identity primary key,
  sha256 text not null,
  kind text not null,
  at timestamptz not null,
  reason text not null
);
create index deleted_file_sha256 on deleted_file using hash (sha256);
comment on table deleted_file is 'Proof of deletion: the hash of a kept file, when it went and by which rule. Frames of the 48 h ring are not listed; their look rows say it.';
