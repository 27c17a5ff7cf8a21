-- Accounts: sessions that a person can read and end, seats that are known, one-time links, second factors, acts that take two
-- people, and each person's own choices. Breaks nothing older: new columns have defaults.

alter table session
  add column id text not null unique default gen_random_uuid()::text,
  add column made_at timestamptz not null default now(),
  add column seen_at timestamptz not null default now(),
  add column address text not null default '',
  add column way text not null default 'password';
comment on column session.id is 'What people name it by when they end it; the token is never shown.';
comment on column session.way is 'password, link or provider.';

alter table sign_in_failure add column device_hash text;
comment on column sign_in_failure.device_hash is 'The known seat from which it came; null for any other.';
create index sign_in_failure_address on sign_in_failure (address, at);

create table known_device (
  token_hash text not null,
  person_id text not null references person on delete cascade,
  seen_at timestamptz not null,
  primary key (token_hash, person_id)
);
create index known_device_person on known_device (person_id);
comment on table known_device is 'Browsers in which a person has signed in: strangers'' wrong passwords never close these.';

create table invitation (
  token_hash text primary key,
  person_id text not null references person on delete cascade,
  made_by text not null,
  made_at timestamptz not null,
  expires_at timestamptz not null
);
create index invitation_person on invitation (person_id);
comment on table invitation is 'One-time links with which a person sets a password; the token itself is nowhere but in the link.';

create table second_factor (
  person_id text primary key references person on delete cascade,
  sealed text not null,
  made_at timestamptz not null,
  confirmed_at timestamptz,
  last_step bigint not null default 0
);
comment on table second_factor is 'Secrets of one-time codes, encrypted with a key that is not in the database.';
comment on column second_factor.last_step is 'Number of the last half minute whose code was used; an older one is never taken again.';

create table recovery_code (
  code_hash text primary key,
  person_id text not null references person on delete cascade
);
create index recovery_code_person on recovery_code (person_id);
comment on table recovery_code is 'What lets a person in once without the one-time code; a used one is deleted.';

create table proposal (
  id text primary key,
  act jsonb not null,
  reason text not null,
  made_by text not null,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  decision text
);
create index proposal_open on proposal (made_at) where decision is null;
comment on table proposal is 'Acts that give access: proposed by one person and published by another.';

create table person_choice (
  person_id text primary key references person on delete cascade,
  choices jsonb not null,
  at timestamptz not null
);
comment on table person_choice is 'How a person wants the screens: keys, sound, theme, size of text.';

create table provider_attempt (
  token_hash text primary key,
  state text not null,
  nonce text not null,
  verifier text not null,
  expires_at timestamptz not null
);
comment on table provider_attempt is 'Sign-ins that went to the OpenID provider and have not come back.';
