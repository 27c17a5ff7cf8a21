-- The desk: who sits at it, handing a shift over, second looks, guided patrol, and what people found by themselves.

create table seat (
  person_id text primary key,
  taken_at timestamptz not null,
  beat_at timestamptz not null,
  paused_at timestamptz,
  item_id text
);
comment on table seat is 'Who sits at a desk now; a seat that was not heard of for a while is empty.';
comment on column seat.item_id is 'The incident on its screen.';

create table handover (
  id text primary key,
  written_at timestamptz not null,
  given_by text not null,
  line text not null,
  note jsonb not null,
  taken_by text,
  taken_at timestamptz,
  withdrawn_at timestamptz,
  check (taken_by is distinct from given_by)
);
create unique index handover_waits on handover ((true)) where taken_at is null and withdrawn_at is null;
create index handover_written on handover (written_at desc);
comment on table handover is 'A shift handed over: what the product wrote of it, who gave it and who took it.';

create table second_looks (
  id text primary key,
  version integer not null default 1 check (version > 0),
  incident_id text not null references incident on delete cascade,
  first_verdict_id text not null unique,
  hazard text not null,
  incident_before jsonb not null,
  first_person_id text not null,
  first_at timestamptz not null,
  first_kind text not null check (first_kind in ('confirm', 'reject')),
  first_hazard text not null,
  asked_from timestamptz not null,
  asked_until timestamptz not null,
  void_at timestamptz,
  second_verdict_id text unique,
  second_person_id text,
  second_at timestamptz,
  second_kind text check (second_kind in ('confirm', 'reject', 'unsure')),
  second_hazard text,
  second_reason text,
  agreed boolean,
  check (second_person_id is distinct from first_person_id)
);
create index second_looks_asked on second_looks (asked_from) where second_at is null and void_at is null;
create index second_looks_at on second_looks (second_at) where second_at is not null;
comment on table second_looks is 'One in twenty verdicts, put blind before another seat. The second answer changes nothing of the incident.';
comment on column second_looks.void_at is 'The first verdict was taken back: nothing is asked any more.';
comment on column second_looks.agreed is 'Both confirmed the same hazard, or both rejected; null where the second was unsure or never answered.';

create table patrol (
  id text primary key,
  camera_id text not null,
  person_id text not null,
  at timestamptz not null,
  still_sha256 text,
  seen_at timestamptz,
  answer text not null check (answer in ('clean', 'found')),
  incident_id text references incident on delete cascade
);
create index patrol_camera on patrol (camera_id, at desc);
create index patrol_at on patrol (at desc);
comment on table patrol is 'Places that a person looked at by themselves because nothing waited.';

create table hand_label (
  incident_id text primary key references incident on delete cascade,
  category text not null,
  person_id text not null,
  at timestamptz not null,
  camera_id text,
  zone_id text,
  hazard text not null,
  still_sha256 text,
  box jsonb,
  judged boolean not null,
  judged_at timestamptz,
  word text,
  level real
);
create index hand_label_still on hand_label using hash (still_sha256);
create index hand_label_at on hand_label (at desc);
comment on table hand_label is 'What a person found by themselves, as a label for training, and what the machine had said of the same ground.';
comment on column hand_label.judged is 'Was this ground judged for this hazard within the hour before?';
comment on column hand_label.word is 'What the machine said then: hazard, clear or cannot-see.';
comment on column hand_label.level is 'The level of that word, 0..1.';
