-- Handing out and health: what was due and what was done of it, what holds the whole site up, and each camera's health as facts.

create table look_cover (
  hour_at timestamptz not null,
  hazard text not null,
  due integer not null default 0,
  put integer not null default 0,
  shed integer not null default 0,
  missed integer not null default 0,
  done integer not null default 0,
  seen integer not null default 0,
  primary key (hour_at, hazard)
);
comment on table look_cover is 'Coverage by hour of the planned moment: how many looks were due and how many were done. Five rows an hour.';
comment on column look_cover.hour_at is 'Beginning of the hour in which the looks were due.';
comment on column look_cover.hazard is 'Hazard that the cameras watch for; empty: all cameras, each look once.';
comment on column look_cover.due is 'Moments at which a camera was to be looked at: put, left out and missed.';
comment on column look_cover.put is 'Handed out to the workers.';
comment on column look_cover.shed is 'Left out because more was due than can be done.';
comment on column look_cover.missed is 'Gone by before anybody could plan them.';
comment on column look_cover.done is 'Looks of that hour that are saved, with a picture or without.';
comment on column look_cover.seen is 'Those of them whose picture could be judged.';

create table site_incident (
  id bigint generated always as identity primary key,
  kind text not null,
  since_at timestamptz not null,
  last_at timestamptz not null,
  until_at timestamptz,
  cameras integer not null default 0,
  detail text not null default ''
);
create unique index site_incident_open on site_incident (kind) where until_at is null;
create index site_incident_since on site_incident (since_at);
comment on table site_incident is 'One row for what held up many cameras at once, or ourselves: a network, our clock, our database, our host.';
comment on column site_incident.kind is '`cameras`, `clock`, `database`, `host` or `workers` (core/site-incident.ts).';
comment on column site_incident.last_at is 'When it was last seen to be so.';
comment on column site_incident.cameras is 'How many cameras it took, at most.';

create table camera_notice (
  camera_id text not null,
  since_at timestamptz not null,
  told_at timestamptz not null,
  until_at timestamptz,
  state text not null,
  detail text not null,
  site_incident bigint,
  primary key (camera_id, since_at)
);
create index camera_notice_open on camera_notice (camera_id) where until_at is null;
create index camera_notice_told on camera_notice (told_at);
comment on table camera_notice is 'A camera by which nothing can be judged for longer than a minute, as it was told to people.';
comment on column camera_notice.since_at is 'Since when nothing can be judged by it.';
comment on column camera_notice.told_at is 'When the health page and the feed told it.';
comment on column camera_notice.until_at is 'When it could be judged again; null while it cannot.';
comment on column camera_notice.state is 'Why not, as of the newest look (core/camera.ts); `unknown` where nobody looked at all.';
comment on column camera_notice.site_incident is 'The incident of the whole site that it is part of: then people were told that one.';

alter table camera_health
  add column blind_at timestamptz,
  add column good jsonb not null default '{}',
  add column facts jsonb not null default '{}';
comment on column camera_health.blind_at is 'Since when no look could be judged; null while they can.';
comment on column camera_health.good is 'By hazard: when the last look at a zone of it could be judged, epoch milliseconds.';
comment on column camera_health.facts is 'Health as facts, each with its word and since when (core/health-facts.ts).';
update camera_health set blind_at = since_at where state <> 'ok';
