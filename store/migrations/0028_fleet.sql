-- A queue that lost its jobs, live views whose dashboard was killed, and two more things that hold up the whole site.

alter table camera_plan add column handed timestamptz[] not null default '{}';
comment on column camera_plan.handed is 'Planned moments of the looks that were handed out lately: what the queue lost is put again.';

create table live_view (
  id text primary key,
  actor text not null,
  camera_id text not null,
  since_at timestamptz not null,
  last_at timestamptz not null,
  facts jsonb not null default '{}'
);
create index live_view_last on live_view (last_at);
comment on table live_view is 'Live views that go on now. A row whose dashboard gives no beat any more gets its end in the audit and goes.';
comment on column live_view.id is 'The view''s id, as in the facts of its audit rows.';
comment on column live_view.actor is 'Who looks.';
comment on column live_view.since_at is 'When it began.';
comment on column live_view.last_at is 'Last beat of the dashboard that shows it.';
comment on column live_view.facts is 'What both audit rows of the view say besides its id: restricted, and the reason given.';

comment on column site_incident.kind is '`cameras`, `clock`, `database`, `host`, `queue`, `ring` or `workers` (core/site-incident.ts).';
