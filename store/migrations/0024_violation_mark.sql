-- Officers' marks: a possible violation of another article that an officer saw on a sealed clip.

alter table violation add column mark jsonb;
comment on column violation.mark is 'Seen by an officer on the clip beside what it was cut for: who, when, at which millisecond of the file, and the box in fractions of the picture. Null where the violation came of an incident.';
