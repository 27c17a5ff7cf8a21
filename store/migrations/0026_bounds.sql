-- Access bounded by groups of cameras and by time. Breaks nothing older: without bounds roles hold for all cameras and at once.

create table camera_group (
  id text primary key,
  name jsonb not null,
  rule jsonb not null
);
comment on table camera_group is 'Groups of cameras by which access is bounded: by district, by owner, or by name.';
comment on column camera_group.rule is 'kind districts, owners or list, with the ids that it names.';

alter table person add column bounds jsonb;
comment on column person.bounds is 'Groups of cameras, from and until when, and from when on things of before are shown; null: the whole city at once.';
