-- Numbers are counted by the moment at which something happened: raised, decided, taken, fixed.

create index incident_raised on incident (raised_at) where raised_at is not null;
create index incident_decided on incident (decided_at) where decided_at is not null;
create index verdict_at on verdict (at);
create index task_accepted on task (accepted_at) where accepted_at is not null;
create index task_verified on task (verified_at) where verified_at is not null;
