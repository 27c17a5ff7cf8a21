-- What was rejected several times in a row asks people ever more seldom.
alter table mass_incident add column rejections integer not null default 0 check (rejections >= 0);
alter table mass_incident alter column rejections drop default;
comment on column mass_incident.rejections is 'Rejections in a row; a confirmation ends the row.';
