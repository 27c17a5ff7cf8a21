-- The camera's own past: what each camera looks like when nothing is wrong, and the stills that are still to be learned from.

create table past_reference (
  id text primary key,
  camera_id text not null references camera on delete cascade,
  light text not null,
  ground text not null,
  state text not null check (state in ('draft', 'active')),
  origin text not null check (origin in ('quiet', 'rejected', 'verified')),
  incident_id text,
  zones text not null,
  network text not null,
  seen_at timestamptz not null,
  learned_at timestamptz not null,
  bytes bytea not null check (octet_length(bytes) <= 40960)
);
create index past_reference_camera on past_reference (camera_id, state, light);
create index past_reference_incident on past_reference (incident_id) where incident_id is not null;
comment on table past_reference is 'Reference looks of a camera by light; a few drafts of quiet hours make one that is active.';
comment on column past_reference.light is 'day, dusk, night or infra-red, by the picture itself.';
comment on column past_reference.ground is 'bare, wet or snow: what most of the zones'' ground was.';
comment on column past_reference.zones is 'Digest of the camera''s zones when it was learned: with other zones it is of no use.';
comment on column past_reference.network is 'Name and version of the network whose features it holds; those of another cannot be compared.';
comment on column past_reference.seen_at is 'When its newest frame came.';
comment on column past_reference.bytes is 'The look, packed (detector/past-pack.ts); at most 40 KiB.';

create table past_study (
  id bigint generated always as identity primary key,
  camera_id text not null references camera on delete cascade,
  incident_id text not null,
  origin text not null check (origin in ('rejected', 'verified')),
  still_sha256 text not null,
  seen_at timestamptz not null,
  due_at timestamptz not null,
  actor text not null,
  unique (incident_id, origin)
);
create index past_study_due on past_study (due_at);
comment on table past_study is 'Stills of incidents that a person rejected or that were verified as done: to be learned from as references.';
comment on column past_study.seen_at is 'When the still was taken.';
comment on column past_study.due_at is 'Not before: until then the verdict can be taken back.';
