-- What a camera said when it was asked for itself: kept so that looks take the cheapest way that tells the truth.

create table camera_probe (
  camera_id text primary key references camera on delete cascade,
  at timestamptz not null,
  snapshot text,
  still text not null check (still in ('none', 'fresh', 'stale', 'unsure')),
  facts jsonb not null
);
comment on table camera_probe is 'What a camera said when it was asked for itself, the last time.';
comment on column camera_probe.snapshot is 'The address whose still picture was judged; of another address nothing is known.';
comment on column camera_probe.still is 'Whether its still picture is of now; a stale one is not looked at.';
comment on column camera_probe.facts is 'Streams, still picture and clock as they were measured, for people.';
