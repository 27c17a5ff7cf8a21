-- The map's day: states between two moments. Changes are only appended, so a few pages of an index over ranges do.
create index incident_change_at on incident_change using brin (at);
