-- How often a single camera is looked at, hazards of a camera that a person put off, and reference pictures picked by hand.

alter table camera add column look_every_s integer check (look_every_s between 30 and 1200);
comment on column camera.look_every_s is 'Looked at every so many seconds; null: as often as the city''s settings say.';

create table camera_quiet (
  camera_id text not null references camera on delete cascade,
  hazard text not null,
  since_at timestamptz not null,
  until_at timestamptz not null check (until_at > since_at),
  reason text not null,
  actor text not null,
  primary key (camera_id, hazard)
);
comment on table camera_quiet is 'Until when a hazard of a whole camera is not raised, because a person put it off; what threatens life is raised all the same.';

create table past_pick (
  id text primary key,
  camera_id text not null,
  kind text not null check (kind in ('day', 'night', 'winter')),
  still_sha256 text not null,
  seen_at timestamptz not null,
  picked_at timestamptz not null,
  picked_by text not null,
  state text not null check (state in ('waiting', 'learned', 'useless', 'retired')),
  due_at timestamptz not null,
  why text not null default ''
);
create unique index past_pick_one on past_pick (camera_id, kind) where state <> 'retired';
create index past_pick_due on past_pick (due_at) where state = 'waiting';
create index past_pick_still on past_pick (still_sha256) where state <> 'retired';
comment on table past_pick is 'Pictures of the clean place that a person picked as references; their stills are kept until they are taken back.';
comment on column past_pick.state is 'waiting: an eye is to learn it; useless: nothing could be learned from it, see why; retired: taken back, its still may go.';
comment on column past_pick.due_at is 'Not before: whoever learns it moves this on, so that it is tried again when nobody finished.';

alter table past_reference drop constraint past_reference_origin_check;
alter table past_reference add constraint past_reference_origin_check check (origin in ('quiet', 'rejected', 'verified', 'picked'));
