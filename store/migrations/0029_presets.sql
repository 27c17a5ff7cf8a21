-- Several fixed views of one camera that turns: a zone, a reference picture and a look belong to one of them. A camera that is here
-- already has one view, `main`, and so have its zones and references.

alter table camera add column presets jsonb check (jsonb_array_length(presets) between 1 and 8);
comment on column camera.presets is 'Its views in their order, `main` among them; null where it has that one only.';

alter table zone add column preset text not null default 'main';
comment on column zone.preset is 'The view that it is drawn on.';

alter table past_reference add column preset text not null default 'main';
comment on column past_reference.preset is 'The view that it shows.';

alter table past_pick add column preset text not null default 'main';
comment on column past_pick.preset is 'The view that it shows.';
drop index past_pick_one;
create unique index past_pick_one on past_pick (camera_id, preset, kind) where state <> 'retired';

alter table look add column preset text;
comment on column look.preset is 'Which view of a camera with several it showed; null of cameras with one, and where it showed none of them.';
