-- The city edited in the browser: every version of a camera and an agency, what the list of cameras said last, and dated rows that
-- one person proposes and another publishes.

create table place_version (
  number bigint generated always as identity primary key,
  kind text not null check (kind in ('camera', 'agency')),
  id text not null,
  version integer not null,
  at timestamptz not null,
  author text not null,
  act text not null,
  why text not null,
  row jsonb,
  unique (kind, id, version)
);
comment on table place_version is 'Every version of a camera with its zones and of an agency, append-only: compared with and restored from.';
comment on column place_version.version is 'Counted from 1 for each camera and agency.';
comment on column place_version.act is 'found (as it was before the first edit, or as a list of the settings made it), added, changed, zones, restored, removed.';
comment on column place_version.row is 'All of it as it became; nothing where it was removed.';

create table camera_listed (
  camera_id text primary key,
  row jsonb,
  edited boolean not null
);
comment on table camera_listed is 'What the list of cameras of the settings said last of a camera, and whether a person changed the camera since: then only what changes in the list is taken from it.';
comment on column camera_listed.row is 'Nothing for a camera that a person added.';

create table rule_draft (
  id text primary key,
  kind text not null check (kind in ('policy', 'routing')),
  state text not null check (state in ('proposed', 'published', 'withdrawn')),
  base text not null,
  rows jsonb not null,
  note text not null,
  proposed_by text not null,
  proposed_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  check (state <> 'published' or decided_by <> proposed_by)
);
create index rule_draft_open on rule_draft (kind) where state = 'proposed';
comment on table rule_draft is 'Sets of dated rows as one person proposes them; another person publishes.';
comment on column rule_draft.base is 'Digest of the published set that it was made from: with another one it is to be made anew.';
