-- How far a camera sees: what its picture's rows are in metres of ground.

alter table camera add column tilt_deg double precision check (tilt_deg between -10 and 90);
alter table camera add column aspect double precision check (aspect > 0);
alter table camera add column ladder jsonb;
comment on column camera.tilt_deg is 'How far below the horizon the picture''s middle looks, degrees; null where nobody measured it.';
comment on column camera.aspect is 'Width of the picture over its height as it is meant to be seen; null for 16:9.';
comment on column camera.ladder is 'Marks {y, distanceM} from near to far: row of the picture in fractions, metres of ground ahead. Overrules tilt_deg.';
