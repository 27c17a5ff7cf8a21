-- The database after all migrations, on the native way of time series. Written by a test; read it, do not run it.

-- What a person said of one sample, apart from any incident.
create table adapt_mark (
  camera_id text not null,
  zone_id text not null,
  hazard text not null,
  seen_at timestamp with time zone not null,  -- The moment of the sample.
  person_id text not null,
  is_hazard boolean not null,
  at timestamp with time zone not null,
  PRIMARY KEY (camera_id, zone_id, hazard, seen_at, person_id),
);

-- Corrections of a camera's levels: fitted, in shadow, offered, active by two people's word, rolled back.
create table adapt_model (
  id text not null,
  number bigint not null generated as identity,  -- The short number that people say.
  camera_id text,  -- Null: of all cameras that have none of their own.
  hazard text not null,
  kind text not null,
  parameters jsonb not null,
  network text not null,
  state text not null,
  fitted_from timestamp with time zone not null,
  fitted_to timestamp with time zone not null,  -- The newest moment that it learned from; its hold-out begins after it.
  figures jsonb not null,  -- What was measured on the hold-out when it was made.
  made_at timestamp with time zone not null,
  shadow_until timestamp with time zone not null,
  proposed_by text,
  proposed_at timestamp with time zone,
  promoted_by text,
  promoted_at timestamp with time zone,
  ended_by text,
  ended_at timestamp with time zone,
  replaces text,  -- What spoke before it, and speaks again when it is rolled back.
  PRIMARY KEY (id),
  UNIQUE (number),
  FOREIGN KEY (replaces) REFERENCES adapt_model(id),
  CHECK ((state = ANY (ARRAY['shadow'::text, 'offered'::text, 'active'::text, 'replaced'::text, 'rolled-back'::text, 'dropped'::text]))),
);
CREATE UNIQUE INDEX adapt_model_beside ON adapt_model USING btree (COALESCE(camera_id, ''::text), hazard) WHERE (state = ANY (ARRAY['shadow'::text, 'offered'::text]));
CREATE UNIQUE INDEX adapt_model_speaks ON adapt_model USING btree (COALESCE(camera_id, ''::text), hazard) WHERE (state = 'active'::text);

-- Looks that can teach: those that called a hazard and a few calm ones a day, with the network's pooled features.
create table adapt_sample (
  camera_id text not null,
  zone_id text not null,
  hazard text not null,
  seen_at timestamp with time zone not null,
  word text not null,  -- What the networks alone say.
  said text not null,  -- What the look said, after the correction that speaks.
  level real not null,  -- How much, 0..1, by the networks alone.
  margin real not null,  -- Log-odds by which the networks alone lie above the point where a look says "hazard".
  network text not null,  -- Names and versions of the networks; features of others cannot be compared.
  features real[],  -- 32 numbers, each about N(0, 1) over all pictures.
  facts jsonb not null,
  still_sha256 text,
  shadow_id text,  -- The correction that ran beside and never spoke.
  shadow_word text,
  shadow_level real,  -- How much, 0..1, by the correction that ran beside.
  PRIMARY KEY (camera_id, zone_id, hazard, seen_at),
);
CREATE INDEX adapt_sample_hazard ON adapt_sample USING btree (hazard, camera_id, seen_at);
CREATE INDEX adapt_sample_seen ON adapt_sample USING brin (seen_at);

-- Looks at which a correction ran beside, by hour: how often it and the word that was said agreed.
create table adapt_shadow (
  model_id text not null,
  camera_id text not null,
  hour_at timestamp with time zone not null,  -- Beginning of the hour.
  looks integer not null,
  both_hazard integer not null,
  only_said integer not null,  -- Looks that said "hazard" where the correction would not have.
  only_shadow integer not null,  -- Looks at which only the correction would have said "hazard".
  PRIMARY KEY (model_id, camera_id, hour_at),
  FOREIGN KEY (model_id) REFERENCES adapt_model(id) ON DELETE CASCADE,
);

-- Bodies that receive tasks.
create table agency (
  id text not null,
  kind text not null,
  name jsonb not null,
  ways text[] not null,
  email text,
  webhook text,
  duty text not null,  -- Who answers at night and on days off.
  PRIMARY KEY (id),
);

-- Appeals of citizens without the citizen: Ahual links them to incidents, their answers go out through the service.
create table appeal (
  id text not null,
  source text not null,  -- Name of the service that has it; its token said so.
  external_id text not null,  -- Number of the appeal in the service that has it.
  channel text not null,
  topic text not null,
  hazard text,
  language text not null,
  lon double precision,  -- WGS 84, degrees east.
  lat double precision,  -- WGS 84, degrees north.
  address text not null,
  text text not null,  -- Telephones, personal numbers and names are covered before it comes here; emptied at the end of its term.
  made_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  state text not null,
  asked_cameras text[] not null,
  PRIMARY KEY (id),
  UNIQUE (source, external_id),
  CHECK (((lon IS NULL) = (lat IS NULL))),
);
CREATE INDEX appeal_near ON appeal USING btree (hazard, lat, lon) WHERE ((hazard IS NOT NULL) AND (lat IS NOT NULL));
CREATE INDEX appeal_received ON appeal USING btree (received_at);
CREATE INDEX appeal_waiting ON appeal USING btree (made_at) WHERE (state = ANY (ARRAY['looking'::text, 'no-camera'::text]));

-- Which appeal belongs to which incident; a link that was wrong is undone and stays to be read.
create table appeal_link (
  number bigint not null generated as identity,
  appeal_id text not null,
  incident_id text not null,
  linked_at timestamp with time zone not null,
  linked_by text not null,
  reason text not null,
  undone_at timestamp with time zone,
  undone_by text,
  PRIMARY KEY (number),
  FOREIGN KEY (appeal_id) REFERENCES appeal(id) ON DELETE CASCADE,
);
CREATE INDEX appeal_link_appeal ON appeal_link USING btree (appeal_id);
CREATE INDEX appeal_link_incident ON appeal_link USING btree (incident_id) WHERE (undone_at IS NULL);
CREATE UNIQUE INDEX appeal_link_now ON appeal_link USING btree (appeal_id, incident_id) WHERE (undone_at IS NULL);

-- What the appeal service is to be told, written with the change itself and sent until it is taken or refused.
create table appeal_notice (
  id uuid not null default gen_random_uuid(),  -- The same on every try, so that the service can tell a second sending.
  number bigint not null generated as identity,  -- The order in which one appeal's notices are told.
  appeal_id text not null,
  incident_id text not null,
  news text not null,
  made_at timestamp with time zone not null,
  state text not null,  -- `withdrawn`: taken back before it was ever tried.
  due_at timestamp with time zone not null,
  leased_until_at timestamp with time zone,
  attempts integer not null,
  receipt text not null,
  last_error text not null,
  PRIMARY KEY (id),
  UNIQUE (number),
  FOREIGN KEY (appeal_id) REFERENCES appeal(id) ON DELETE CASCADE,
  CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'refused'::text, 'withdrawn'::text]))),
);
CREATE INDEX appeal_notice_appeal ON appeal_notice USING btree (appeal_id);
CREATE INDEX appeal_notice_due ON appeal_notice USING btree (due_at) WHERE (state = 'waiting'::text);
CREATE INDEX appeal_notice_waiting ON appeal_notice USING btree (appeal_id, number) WHERE (state = 'waiting'::text);

-- Dated candidate articles of law with their tests; a person chooses.
create table article (
  id text not null,
  title jsonb not null,
  test jsonb not null,
  hazards text[] not null,
  subs text[] not null,
  fine jsonb not null,
  who_draws_up jsonb not null,
  valid_from date not null,
  valid_to date,
  source text not null,
  certainty text not null,
  PRIMARY KEY (id),
);

-- Registered things on the ground with an owner: covers, gullies, chambers.
create table asset (
  id text not null,
  kind text not null,
  owner text not null,
  lon double precision not null,  -- WGS 84, degrees east.
  lat double precision not null,  -- WGS 84, degrees north.
  valid_from date not null,
  valid_to date,  -- Last local day on which the row held; empty while it holds.
  PRIMARY KEY (id),
);
CREATE INDEX asset_place ON asset USING btree (lat, lon);

-- Who did what to which thing, append-only: the application's role may not change or delete a row.
create table audit (
  number bigint not null generated as identity,
  at timestamp with time zone not null,
  actor text not null,
  act text not null,
  object_kind text not null,
  object_id text not null,
  facts jsonb not null,
  PRIMARY KEY (number),
);
CREATE INDEX audit_at ON audit USING brin (at);
CREATE INDEX audit_object ON audit USING btree (object_kind, object_id, number);

-- What the judge holds of a hazard in a zone; its form belongs to the hazard.
create table belief (
  camera_id text not null,
  zone_id text not null,
  hazard text not null,
  belief jsonb not null,
  at timestamp with time zone not null,
  PRIMARY KEY (camera_id, zone_id, hazard),
);

-- The city's cameras as the list names them; the id is the city's own number.
create table camera (
  id text not null,
  name jsonb not null,  -- Texts in kk, ru, en.
  lon double precision not null,  -- WGS 84, degrees east.
  lat double precision not null,  -- WGS 84, degrees north.
  bearing_deg double precision not null,  -- Direction of the picture's middle, degrees clockwise from north.
  fov_deg double precision not null,  -- Horizontal angle of view, degrees.
  height_m double precision not null,  -- Height above the ground, metres.
  district text not null,
  rtsp text,
  sub_rtsp text,
  snapshot text,
  credential text,  -- Name of a secret, never the secret itself; the addresses carry no password either.
  watch boolean not null,
  restricted boolean not null,  -- Nothing of this camera is shown outside until somebody has classified it.
  indoor boolean not null,
  near_sensitive boolean not null,
  tilt_deg double precision,  -- How far below the horizon the picture's middle looks, degrees; null where nobody measured it.
  aspect double precision,  -- Width of the picture over its height as it is meant to be seen; null for 16:9.
  ladder jsonb,  -- Marks {y, distanceM} from near to far: row of the picture in fractions, metres of ground ahead. Overrules tilt_deg.
  look_every_s integer,  -- Looked at every so many seconds; null: as often as the city's settings say.
  presets jsonb,  -- Its views in their order, `main` among them; null where it has that one only.
  PRIMARY KEY (id),
  CHECK ((aspect > (0)::double precision)),
  CHECK (((lat >= ('-90'::integer)::double precision) AND (lat <= (90)::double precision))),
  CHECK (((lon >= ('-180'::integer)::double precision) AND (lon <= (180)::double precision))),
  CHECK (((look_every_s >= 30) AND (look_every_s <= 1200))),
  CHECK (((jsonb_array_length(presets) >= 1) AND (jsonb_array_length(presets) <= 8))),
  CHECK (((tilt_deg >= ('-10'::integer)::double precision) AND (tilt_deg <= (90)::double precision))),
);

-- Groups of cameras by which access is bounded: by district, by owner, or by name.
create table camera_group (
  id text not null,
  name jsonb not null,
  rule jsonb not null,  -- kind districts, owners or list, with the ids that it names.
  PRIMARY KEY (id),
);

-- What the last look says of a camera. One row a camera, changed by every look (hence the free room in its pages).
create table camera_health (
  camera_id text not null,
  state text not null,
  since_at timestamp with time zone not null,  -- When the state became what it is.
  last_look_at timestamp with time zone,
  last_good_at timestamp with time zone,
  detail text not null,
  width_px integer,  -- Pixels of the last frame.
  height_px integer,  -- Pixels of the last frame.
  fails integer not null,  -- Looks in a row that could not be judged.
  blind_at timestamp with time zone,  -- Since when no look could be judged; null while they can.
  good jsonb not null default '{}'::jsonb,  -- By hazard: when the last look at a zone of it could be judged, epoch milliseconds.
  facts jsonb not null default '{}'::jsonb,  -- Health as facts, each with its word and since when (core/health-facts.ts).
  PRIMARY KEY (camera_id),
  FOREIGN KEY (camera_id) REFERENCES camera(id) ON DELETE CASCADE,
);

-- What the list of cameras of the settings said last of a camera, and whether a person changed the camera since: then only what changes in the list is taken from it.
create table camera_listed (
  camera_id text not null,
  row jsonb,  -- Nothing for a camera that a person added.
  edited boolean not null,
  PRIMARY KEY (camera_id),
);

-- A camera by which nothing can be judged for longer than a minute, as it was told to people.
create table camera_notice (
  camera_id text not null,
  since_at timestamp with time zone not null,  -- Since when nothing can be judged by it.
  told_at timestamp with time zone not null,  -- When the health page and the feed told it.
  until_at timestamp with time zone,  -- When it could be judged again; null while it cannot.
  state text not null,  -- Why not, as of the newest look (core/camera.ts); `unknown` where nobody looked at all.
  detail text not null,
  site_incident bigint,  -- The incident of the whole site that it is part of: then people were told that one.
  PRIMARY KEY (camera_id, since_at),
);
CREATE INDEX camera_notice_open ON camera_notice USING btree (camera_id) WHERE (until_at IS NULL);
CREATE INDEX camera_notice_told ON camera_notice USING btree (told_at);

-- When each camera is to be looked at next. The moment is part of the look's identity.
create table camera_plan (
  camera_id text not null,
  due_at timestamp with time zone not null,
  reason text not null default ''::text,  -- Why sooner than usual; empty for the usual round.
  handed timestamp with time zone[] not null default '{}'::timestamp with time zone[],  -- Planned moments of the looks that were handed out lately: what the queue lost is put again.
  PRIMARY KEY (camera_id),
  FOREIGN KEY (camera_id) REFERENCES camera(id) ON DELETE CASCADE,
);
CREATE INDEX camera_plan_due ON camera_plan USING btree (due_at);

-- What a camera said when it was asked for itself, the last time.
create table camera_probe (
  camera_id text not null,
  at timestamp with time zone not null,
  snapshot text,  -- The address whose still picture was judged; of another address nothing is known.
  still text not null,  -- Whether its still picture is of now; a stale one is not looked at.
  facts jsonb not null,  -- Streams, still picture and clock as they were measured, for people.
  PRIMARY KEY (camera_id),
  FOREIGN KEY (camera_id) REFERENCES camera(id) ON DELETE CASCADE,
  CHECK ((still = ANY (ARRAY['none'::text, 'fresh'::text, 'stale'::text, 'unsure'::text]))),
);

-- Until when a hazard of a whole camera is not raised, because a person put it off; what threatens life is raised all the same.
create table camera_quiet (
  camera_id text not null,
  hazard text not null,
  since_at timestamp with time zone not null,
  until_at timestamp with time zone not null,
  reason text not null,
  actor text not null,
  PRIMARY KEY (camera_id, hazard),
  FOREIGN KEY (camera_id) REFERENCES camera(id) ON DELETE CASCADE,
  CHECK ((until_at > since_at)),
);

-- The last number of the change feed. Its one row is locked from the number to the commit, so numbers appear in order.
create table change_count (
  only_one boolean not null default true,
  last bigint not null,
  PRIMARY KEY (only_one),
  CHECK (only_one),
);

-- What changed, numbered without gaps: a browser asks for everything after its last number.
create table change_feed (
  number bigint not null,
  topic text not null,
  id text not null,
  at timestamp with time zone not null,
  PRIMARY KEY (number),
);

-- Sealed seconds of original stream around an act.
create table clip (
  id text not null,
  incident_id text not null,
  camera_id text not null,
  state text not null,
  from_at timestamp with time zone not null,  -- What was asked for, from.
  to_at timestamp with time zone not null,  -- What was asked for, to.
  starts_at timestamp with time zone,  -- What the file holds begins here: at the key frame at or before from_at.
  duration_ms double precision,  -- What the file holds, milliseconds.
  sha256 text,
  bytes bigint,  -- Length of the file, bytes.
  cut_by text,
  sealed_at timestamp with time zone,
  previous_seal text,
  seal text,
  seal_number bigint,  -- Place in the chain of seals, from 1, without gaps.
  detail text not null,
  on_hold boolean not null default false,  -- Legal hold: nothing of it is deleted while this is set.
  PRIMARY KEY (id),
  UNIQUE (seal),
  UNIQUE (seal_number),
  FOREIGN KEY (incident_id) REFERENCES incident(id),
);
CREATE INDEX clip_file ON clip USING hash (sha256);
CREATE INDEX clip_incident ON clip USING btree (incident_id);
CREATE INDEX clip_planned ON clip USING btree (to_at) WHERE (state = 'planned'::text);

-- Who touched evidence and why: append-only, each clip's rows chained by hash (the first has an empty `previous`).
create table custody (
  number bigint not null generated as identity,
  clip_id text not null,
  at timestamp with time zone not null,
  who text not null,
  role text not null,
  act text not null,
  purpose text not null,
  object_sha256 text not null,
  previous text not null,
  hash text not null,
  PRIMARY KEY (number),
  UNIQUE (clip_id, previous),
  UNIQUE (hash),
  FOREIGN KEY (clip_id) REFERENCES clip(id),
);

-- Proof of deletion: the hash of a kept file, when it went and by which rule. Frames of the 48 h ring are not listed; their look rows say it.
create table deleted_file (
  number bigint not null generated as identity,
  sha256 text not null,
  kind text not null,
  at timestamp with time zone not null,
  reason text not null,
  PRIMARY KEY (number),
);
CREATE INDEX deleted_file_sha256 ON deleted_file USING hash (sha256);

-- One way on which a task reaches its agency; each is tried again alone.
create table delivery (
  id text not null,
  task_id text not null,
  way text not null,
  address text not null,
  state text not null,
  not_before_at timestamp with time zone not null,
  attempts integer not null,
  last_error text not null,
  delivered_at timestamp with time zone,
  receipt text not null,
  leased_until_at timestamp with time zone,  -- Until when a courier has it in hand; afterwards another may take it.
  PRIMARY KEY (id),
  FOREIGN KEY (task_id) REFERENCES task(id),
);
CREATE INDEX delivery_due ON delivery USING btree (not_before_at) WHERE (state = 'waiting'::text);
CREATE INDEX delivery_task ON delivery USING btree (task_id);

-- What a person found by themselves, as a label for training, and what the machine had said of the same ground.
create table hand_label (
  incident_id text not null,
  category text not null,
  person_id text not null,
  at timestamp with time zone not null,
  camera_id text,
  zone_id text,
  hazard text not null,
  still_sha256 text,
  box jsonb,
  judged boolean not null,  -- Was this ground judged for this hazard within the hour before?
  judged_at timestamp with time zone,
  word text,  -- What the machine said then: hazard, clear or cannot-see.
  level real,  -- The level of that word, 0..1.
  PRIMARY KEY (incident_id),
  FOREIGN KEY (incident_id) REFERENCES incident(id) ON DELETE CASCADE,
);
CREATE INDEX hand_label_at ON hand_label USING btree (at DESC);
CREATE INDEX hand_label_still ON hand_label USING hash (still_sha256);

-- A shift handed over: what the product wrote of it, who gave it and who took it.
create table handover (
  id text not null,
  written_at timestamp with time zone not null,
  given_by text not null,
  line text not null,
  note jsonb not null,
  taken_by text,
  taken_at timestamp with time zone,
  withdrawn_at timestamp with time zone,
  PRIMARY KEY (id),
  CHECK ((taken_by IS DISTINCT FROM given_by)),
);
CREATE INDEX handover_written ON handover USING btree (written_at DESC);
CREATE UNIQUE INDEX handover_waits ON handover USING btree ((true)) WHERE ((taken_at IS NULL) AND (withdrawn_at IS NULL));

-- What was seen and not put before people, and by which rule; one row an episode.
create table held (
  camera_id text not null,
  zone_id text not null,
  hazard text not null,
  rule text not null,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  looks integer not null,
  level real not null,  -- The greatest level of these looks, 0..1.
  still_sha256 text,
  incident_id text,
  PRIMARY KEY (camera_id, zone_id, hazard, rule, first_at),
  CHECK ((looks > 0)),
);
CREATE INDEX held_last ON held USING btree (last_at DESC);
CREATE INDEX held_still ON held USING hash (still_sha256);

-- Days off and working days that were moved.
create table holiday (
  date date not null,
  kind text not null,
  name_kk text not null,
  name_ru text not null,
  certainty text not null,
  PRIMARY KEY (date, kind),
);

-- One hazard held to be present at one place over a stretch of time.
create table incident (
  id text not null,
  number bigint not null generated as identity,  -- The short number that people say over the radio.
  hazard text not null,
  sub text not null,
  state text not null,
  severity text not null,
  version integer not null,  -- Grows with every change; a change of an older version is refused.
  camera_id text,
  zone_id text,
  lon double precision not null,  -- WGS 84, degrees east.
  lat double precision not null,  -- WGS 84, degrees north.
  district text not null,
  origin text not null,
  opened_at timestamp with time zone not null,
  raised_at timestamp with time zone,
  decided_at timestamp with time zone,
  closed_at timestamp with time zone,
  last_seen_at timestamp with time zone not null,
  until_at timestamp with time zone,  -- When the state changes by itself.
  level double precision not null,  -- How much, 0..1.
  why jsonb not null,
  mark jsonb,
  still_sha256 text,
  before_sha256 text,
  before_at timestamp with time zone,
  reject_reason text,
  merged_into text,
  decided_by text,
  note text not null,
  reopens integer not null,
  mass_id text,
  PRIMARY KEY (id),
  UNIQUE (number),
  FOREIGN KEY (mass_id) REFERENCES mass_incident(id),
  CHECK ((version > 0)),
);
CREATE INDEX incident_before ON incident USING hash (before_sha256);
CREATE INDEX incident_decided ON incident USING btree (decided_at) WHERE (decided_at IS NOT NULL);
CREATE INDEX incident_mass ON incident USING btree (mass_id) WHERE (mass_id IS NOT NULL);
CREATE INDEX incident_merged ON incident USING btree (merged_into) WHERE (merged_into IS NOT NULL);
CREATE INDEX incident_near ON incident USING btree (hazard, lat, lon) WHERE (state = ANY (ARRAY['candidate'::text, 'pending_review'::text, 'escalated'::text, 'shelved'::text, 'confirmed'::text, 'in_work'::text, 'verifying'::text, 'reopened'::text]));
CREATE INDEX incident_open ON incident USING btree (state, opened_at) WHERE (state = ANY (ARRAY['candidate'::text, 'pending_review'::text, 'escalated'::text, 'shelved'::text, 'confirmed'::text, 'in_work'::text, 'verifying'::text, 'reopened'::text]));
CREATE INDEX incident_opened ON incident USING btree (opened_at);
CREATE INDEX incident_opened_of ON incident USING btree (hazard, opened_at);
CREATE INDEX incident_place ON incident USING btree (camera_id, zone_id, hazard);
CREATE INDEX incident_raised ON incident USING btree (raised_at) WHERE (raised_at IS NOT NULL);
CREATE INDEX incident_still ON incident USING hash (still_sha256);
CREATE INDEX incident_until ON incident USING btree (until_at) WHERE (until_at IS NOT NULL);

-- An incident's history, append-only.
create table incident_change (
  incident_id text not null,
  version integer not null,
  at timestamp with time zone not null,
  from_state text,
  to_state text not null,
  actor text not null,
  reason text not null,
  severity text,  -- Severity from then on; null of changes that are older than the column.
  PRIMARY KEY (incident_id, version),
  FOREIGN KEY (incident_id) REFERENCES incident(id),
);
CREATE INDEX incident_change_at ON incident_change USING brin (at);

-- One-time links with which a person sets a password; the token itself is nowhere but in the link.
create table invitation (
  token_hash text not null,
  person_id text not null,
  made_by text not null,
  made_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  PRIMARY KEY (token_hash),
  FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE,
);
CREATE INDEX invitation_person ON invitation USING btree (person_id);

-- Observations that wait for the judge; a row goes in the transaction that judged it.
create table judge_inbox (
  id bigint not null generated as identity,
  camera_id text not null,
  observation jsonb not null,
  PRIMARY KEY (id),
);

-- Browsers in which a person has signed in: strangers' wrong passwords never close these.
create table known_device (
  token_hash text not null,
  person_id text not null,
  seen_at timestamp with time zone not null,
  PRIMARY KEY (token_hash, person_id),
  FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE,
);
CREATE INDEX known_device_person ON known_device USING btree (person_id);

-- The last row of `observation` for each zone and hazard, so that a look can tell at once what is new.
create table last_word (
  camera_id text not null,
  zone_id text not null,
  hazard text not null,
  sub text not null,
  word text not null,
  level real not null,  -- How much, 0..1.
  seen_at timestamp with time zone not null,
  PRIMARY KEY (camera_id, zone_id, hazard),
);

-- Live views that go on now. A row whose dashboard gives no beat any more gets its end in the audit and goes.
create table live_view (
  id text not null,  -- The view's id, as in the facts of its audit rows.
  actor text not null,  -- Who looks.
  camera_id text not null,
  since_at timestamp with time zone not null,  -- When it began.
  last_at timestamp with time zone not null,  -- Last beat of the dashboard that shows it.
  facts jsonb not null default '{}'::jsonb,  -- What both audit rows of the view say besides its id: restricted, and the reason given.
  PRIMARY KEY (id),
);
CREATE INDEX live_view_last ON live_view USING btree (last_at);

-- One row a look for 48 h: its identity, so that the same look saved twice counts once, and the kept frame.
create table look (
  camera_id text not null,
  due_at timestamp with time zone not null,  -- Planned moment: identity together with the camera, equal on every redelivery.
  seen_at timestamp with time zone not null,  -- When the frame came, by our clock; of the look's end where none came.
  state text not null,  -- `ok` or why nothing could be judged (core/camera.ts, healthStates).
  detail text not null,
  took_ms integer not null,  -- From the start of the look to its end, milliseconds.
  still_sha256 text,  -- Content hash of the kept frame; the file itself goes after 48 h unless an incident keeps it.
  source text,  -- The address that gave the picture, or was asked first where none did; null for watched cameras and for looks of before.
  cpu_ms real,  -- CPU of the look as its eye measured it, where it was alone in its process; milliseconds.
  preset text,  -- Which view of a camera with several it showed; null of cameras with one, and where it showed none of them.
  PRIMARY KEY (camera_id, due_at),
  CHECK ((source = ANY (ARRAY['still'::text, 'sub-stream'::text, 'main-stream'::text, 'file'::text]))),
) partition by RANGE (due_at);
CREATE INDEX look_seen ON ONLY look USING brin (seen_at);
CREATE INDEX look_still ON ONLY look USING hash (still_sha256);

-- Coverage by hour of the planned moment: how many looks were due and how many were done. Five rows an hour.
create table look_cover (
  hour_at timestamp with time zone not null,  -- Beginning of the hour in which the looks were due.
  hazard text not null,  -- Hazard that the cameras watch for; empty: all cameras, each look once.
  due integer not null default 0,  -- Moments at which a camera was to be looked at: put, left out and missed.
  put integer not null default 0,  -- Handed out to the workers.
  shed integer not null default 0,  -- Left out because more was due than can be done.
  missed integer not null default 0,  -- Gone by before anybody could plan them.
  done integer not null default 0,  -- Looks of that hour that are saved, with a picture or without.
  seen integer not null default 0,  -- Those of them whose picture could be judged.
  PRIMARY KEY (hour_at, hazard),
);

-- Looks of the whole city by UTC day and hazard, rolled up from look_sum.
create table look_day (
  day_at timestamp with time zone not null,
  hazard text not null,
  looks bigint not null,
  hazard_looks bigint not null,
  clear_looks bigint not null,
  cannot_see bigint not null,
  PRIMARY KEY (day_at, hazard),
);

-- look_sum of the whole city by hour, of hours that are over; an hour that is missing is counted from look_sum.
create table look_hour (
  hour_at timestamp with time zone not null,
  hazard text not null,
  looks bigint not null,
  judged bigint not null,  -- Looks that said hazard or clear.
  PRIMARY KEY (hour_at, hazard),
);

-- Looks by hour, camera and hazard: what stays of looks that said nothing new.
create table look_sum (
  hour_at timestamp with time zone not null,  -- Beginning of the hour.
  camera_id text not null,
  hazard text not null,
  looks integer not null,  -- Count; the sum of the three columns after it.
  hazard_looks integer not null,
  clear_looks integer not null,
  cannot_see integer not null,
  PRIMARY KEY (camera_id, hazard, hour_at),
) partition by RANGE (hour_at);
CREATE INDEX look_sum_hour ON ONLY look_sum USING btree (hour_at);

-- Small named facts of the installation.
create table mark (
  name text not null,
  value jsonb not null,
  at timestamp with time zone not null default now(),
  PRIMARY KEY (name),
);

-- Many incidents of one hazard in one district from one cause: one line for people.
create table mass_incident (
  id text not null,
  number bigint not null generated as identity,
  hazard text not null,
  district text not null,
  cause text not null,
  since_at timestamp with time zone not null,  -- When the cause began.
  state text not null,
  severity text not null,
  version integer not null,
  opened_at timestamp with time zone not null,
  last_joined_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  decision text,
  decided_at timestamp with time zone,
  decided_by text,
  reject_reason text,
  quiet_until_at timestamp with time zone,
  rejections integer not null,  -- Rejections in a row; a confirmation ends the row.
  PRIMARY KEY (id),
  UNIQUE (number),
  CHECK ((rejections >= 0)),
  CHECK ((version > 0)),
);
CREATE INDEX mass_incident_open ON mass_incident USING btree (hazard, district) WHERE (state = 'open'::text);

-- The files of store/migrations that were applied, with their hashes.
create table migration (
  name text not null,
  sha256 text not null,
  at timestamp with time zone not null default now(),
  PRIMARY KEY (name),
);

-- What looks said of a hazard in a zone, only where it differs from the look before: the word, or the level by 0.1.
create table observation (
  camera_id text not null,
  zone_id text not null,
  hazard text not null,
  seen_at timestamp with time zone not null,  -- When the frame came, by our clock.
  due_at timestamp with time zone not null,  -- Planned moment of its look.
  sub text not null,
  word text not null,
  level real not null,  -- How much, 0..1, as the hazard defines it.
  support jsonb not null,
  still_sha256 text,
  PRIMARY KEY (camera_id, zone_id, hazard, seen_at),
) partition by RANGE (seen_at);
CREATE INDEX observation_look ON ONLY observation USING btree (camera_id, due_at);

-- Pictures of the clean place that a person picked as references; their stills are kept until they are taken back.
create table past_pick (
  id text not null,
  camera_id text not null,
  kind text not null,
  still_sha256 text not null,
  seen_at timestamp with time zone not null,
  picked_at timestamp with time zone not null,
  picked_by text not null,
  state text not null,  -- waiting: an eye is to learn it; useless: nothing could be learned from it, see why; retired: taken back, its still may go.
  due_at timestamp with time zone not null,  -- Not before: whoever learns it moves this on, so that it is tried again when nobody finished.
  why text not null default ''::text,
  preset text not null default 'main'::text,  -- The view that it shows.
  PRIMARY KEY (id),
  CHECK ((kind = ANY (ARRAY['day'::text, 'night'::text, 'winter'::text]))),
  CHECK ((state = ANY (ARRAY['waiting'::text, 'learned'::text, 'useless'::text, 'retired'::text]))),
);
CREATE INDEX past_pick_due ON past_pick USING btree (due_at) WHERE (state = 'waiting'::text);
CREATE INDEX past_pick_still ON past_pick USING btree (still_sha256) WHERE (state <> 'retired'::text);
CREATE UNIQUE INDEX past_pick_one ON past_pick USING btree (camera_id, preset, kind) WHERE (state <> 'retired'::text);

-- Reference looks of a camera by light; a few drafts of quiet hours make one that is active.
create table past_reference (
  id text not null,
  camera_id text not null,
  light text not null,  -- day, dusk, night or infra-red, by the picture itself.
  ground text not null,  -- bare, wet or snow: what most of the zones' ground was.
  state text not null,
  origin text not null,
  incident_id text,
  zones text not null,  -- Digest of the camera's zones when it was learned: with other zones it is of no use.
  network text not null,  -- Name and version of the network whose features it holds; those of another cannot be compared.
  seen_at timestamp with time zone not null,  -- When its newest frame came.
  learned_at timestamp with time zone not null,
  bytes bytea not null,  -- The look, packed (detector/past-pack.ts); at most 40 KiB.
  preset text not null default 'main'::text,  -- The view that it shows.
  PRIMARY KEY (id),
  FOREIGN KEY (camera_id) REFERENCES camera(id) ON DELETE CASCADE,
  CHECK ((octet_length(bytes) <= 40960)),
  CHECK ((origin = ANY (ARRAY['quiet'::text, 'rejected'::text, 'verified'::text, 'picked'::text]))),
  CHECK ((state = ANY (ARRAY['draft'::text, 'active'::text]))),
);
CREATE INDEX past_reference_camera ON past_reference USING btree (camera_id, state, light);
CREATE INDEX past_reference_incident ON past_reference USING btree (incident_id) WHERE (incident_id IS NOT NULL);

-- Stills of incidents that a person rejected or that were verified as done: to be learned from as references.
create table past_study (
  id bigint not null generated as identity,
  camera_id text not null,
  incident_id text not null,
  origin text not null,
  still_sha256 text not null,
  seen_at timestamp with time zone not null,  -- When the still was taken.
  due_at timestamp with time zone not null,  -- Not before: until then the verdict can be taken back.
  actor text not null,
  PRIMARY KEY (id),
  UNIQUE (incident_id, origin),
  FOREIGN KEY (camera_id) REFERENCES camera(id) ON DELETE CASCADE,
  CHECK ((origin = ANY (ARRAY['rejected'::text, 'verified'::text]))),
);
CREATE INDEX past_study_due ON past_study USING btree (due_at);

-- Places that a person looked at by themselves because nothing waited.
create table patrol (
  id text not null,
  camera_id text not null,
  person_id text not null,
  at timestamp with time zone not null,
  still_sha256 text,
  seen_at timestamp with time zone,
  answer text not null,
  incident_id text,
  PRIMARY KEY (id),
  FOREIGN KEY (incident_id) REFERENCES incident(id) ON DELETE CASCADE,
  CHECK ((answer = ANY (ARRAY['clean'::text, 'found'::text]))),
);
CREATE INDEX patrol_at ON patrol USING btree (at DESC);
CREATE INDEX patrol_camera ON patrol USING btree (camera_id, at DESC);

-- Those who sign in.
create table person (
  id text not null,
  login text not null,
  name text not null,
  roles text[] not null,
  agency_id text,
  language text not null,
  active boolean not null,
  password_hash text not null,  -- argon2id in its own text form.
  bounds jsonb,  -- Groups of cameras, from and until when, and from when on things of before are shown; null: the whole city at once.
  PRIMARY KEY (id),
  UNIQUE (login),
  CHECK ((cardinality(roles) > 0)),
);

-- How a person wants the screens: keys, sound, theme, size of text.
create table person_choice (
  person_id text not null,
  choices jsonb not null,
  at timestamp with time zone not null,
  PRIMARY KEY (person_id),
  FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE,
);

-- Every version of a camera with its zones and of an agency, append-only: compared with and restored from.
create table place_version (
  number bigint not null generated as identity,
  kind text not null,
  id text not null,
  version integer not null,  -- Counted from 1 for each camera and agency.
  at timestamp with time zone not null,
  author text not null,
  act text not null,  -- found (as it was before the first edit, or as a list of the settings made it), added, changed, zones, restored, removed.
  why text not null,
  row jsonb,  -- All of it as it became; nothing where it was removed.
  PRIMARY KEY (number),
  UNIQUE (kind, id, version),
  CHECK ((kind = ANY (ARRAY['camera'::text, 'agency'::text]))),
);

-- Known pictures put among the real ones to measure attention. They are no incidents: no list, count, map, task or feed knows them.
create table planted (
  id text not null,
  number bigint not null,
  version integer not null default 1,
  source_id text not null,  -- The settled incident of which two people said the same.
  person_id text not null,
  item jsonb not null,  -- What is shown: the incident as it waited, under a new name, number, moment and picture.
  strip jsonb not null,
  history jsonb not null,
  known_kind text not null,
  known_hazard text not null,
  asked_from timestamp with time zone not null,
  asked_until timestamp with time zone not null,
  told_at timestamp with time zone,  -- When it was told over the socket, as any new item is; before that it is on no desk.
  verdict_id text,
  answered_at timestamp with time zone,
  answer_kind text,
  answer_hazard text,
  agreed boolean,  -- The person said what the two before said; null where unsure or not answered.
  pictures_gone boolean not null default false,
  PRIMARY KEY (id),
  UNIQUE (number),
  UNIQUE (source_id, person_id),
  UNIQUE (verdict_id),
  FOREIGN KEY (source_id) REFERENCES incident(id) ON DELETE CASCADE,
  CHECK ((answer_kind = ANY (ARRAY['confirm'::text, 'reject'::text, 'unsure'::text]))),
  CHECK ((known_kind = ANY (ARRAY['confirm'::text, 'reject'::text]))),
  CHECK ((version > 0)),
);
CREATE INDEX planted_asked ON planted USING btree (person_id, asked_from) WHERE (answered_at IS NULL);
CREATE INDEX planted_at ON planted USING btree (answered_at) WHERE (answered_at IS NOT NULL);

-- What the networks read of a number plate: advisory, never decisive. Written once; a correction stands beside it.
create table plate (
  incident_id text not null,
  clip_id text,
  state text not null,
  text text not null,  -- Without spaces; of an unclear plate the best guess, which no screen shows.
  kind text,
  confidence jsonb not null,  -- Chance of each character, 0..1.
  agreeing integer not null,
  why text not null,
  frames jsonb not null,  -- What each single frame gave.
  crop_sha256 text,
  models jsonb not null,
  read_at timestamp with time zone not null,
  PRIMARY KEY (incident_id),
  FOREIGN KEY (incident_id) REFERENCES incident(id) ON DELETE CASCADE,
);
CREATE INDEX plate_crop ON plate USING hash (crop_sha256);

-- What a person says a plate is: append-only, beside the reading and never over it.
create table plate_correction (
  number bigint not null generated as identity,
  incident_id text not null,
  text text not null,
  kind text,
  who text not null,
  at timestamp with time zone not null,
  PRIMARY KEY (number),
  FOREIGN KEY (incident_id) REFERENCES incident(id) ON DELETE CASCADE,
);
CREATE INDEX plate_correction_incident ON plate_correction USING btree (incident_id);

-- Dated deadlines: accept, make safe and fix within how long, from which event.
create table policy (
  id text not null,
  hazard text not null,
  sub text not null,
  severity text,
  street_classes text[] not null,
  event text not null,
  clock text not null,
  accept_h double precision not null,  -- Hours.
  make_safe_h double precision,  -- Hours.
  fix_h double precision not null,  -- Hours.
  valid_from date not null,
  valid_to date,
  source text not null,
  certainty text not null,
  PRIMARY KEY (id),
);

-- When each process last said that it lives, and what it said of itself.
create table process_beat (
  process text not null,
  at timestamp with time zone not null,
  facts jsonb not null,
  PRIMARY KEY (process),
);

-- Acts that give access: proposed by one person and published by another.
create table proposal (
  id text not null,
  act jsonb not null,
  reason text not null,
  made_by text not null,
  made_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  decided_by text,
  decided_at timestamp with time zone,
  decision text,
  PRIMARY KEY (id),
);
CREATE INDEX proposal_open ON proposal USING btree (made_at) WHERE (decision IS NULL);

-- Sign-ins that went to the OpenID provider and have not come back.
create table provider_attempt (
  token_hash text not null,
  state text not null,
  nonce text not null,
  verifier text not null,
  expires_at timestamp with time zone not null,
  PRIMARY KEY (token_hash),
);

-- Until when a rejected hazard of a zone is not raised again.
create table quiet (
  camera_id text not null,
  zone_id text not null,
  hazard text not null,
  until_at timestamp with time zone not null,
  reason text not null,
  light text not null default 'any'::text,  -- A rejection by day says nothing about the night: day, night or any.
  since_at timestamp with time zone not null,  -- When it was rejected: what was never seen clear since is still the same.
  PRIMARY KEY (camera_id, zone_id, hazard, light),
);

-- What lets a person in once without the one-time code; a used one is deleted.
create table recovery_code (
  code_hash text not null,
  person_id text not null,
  PRIMARY KEY (code_hash),
  FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE,
);
CREATE INDEX recovery_code_person ON recovery_code USING btree (person_id);

-- Dated routing: the first match by priority says which agency gets a task.
create table routing_rule (
  id text not null,
  priority integer not null,
  hazard text not null,
  sub text not null,
  zone_kinds text[] not null,
  street_classes text[] not null,
  district text,
  severity_min text,
  main_agency text not null,
  copy_agencies text[] not null,
  second_choice text,
  valid_from date not null,
  valid_to date,
  source text not null,
  certainty text not null,
  PRIMARY KEY (id),
);

-- Sets of dated rows as one person proposes them; another person publishes.
create table rule_draft (
  id text not null,
  kind text not null,
  state text not null,
  base text not null,  -- Digest of the published set that it was made from: with another one it is to be made anew.
  rows jsonb not null,
  note text not null,
  proposed_by text not null,
  proposed_at timestamp with time zone not null,
  decided_by text,
  decided_at timestamp with time zone,
  PRIMARY KEY (id),
  CHECK (((state <> 'published'::text) OR (decided_by <> proposed_by))),
  CHECK ((kind = ANY (ARRAY['policy'::text, 'routing'::text]))),
  CHECK ((state = ANY (ARRAY['proposed'::text, 'published'::text, 'withdrawn'::text]))),
);
CREATE INDEX rule_draft_open ON rule_draft USING btree (kind) WHERE (state = 'proposed'::text);

-- Every published set of dated rows in full, append-only: what held at a moment can be read long after.
create table rule_version (
  number bigint not null generated as identity,
  kind text not null,
  at timestamp with time zone not null default now(),
  author text not null,
  rows jsonb not null,
  PRIMARY KEY (number),
);
CREATE INDEX rule_version_kind ON rule_version USING btree (kind, number DESC);

-- A month of agencies' scores that is frozen: its rows in score_task never change.
create table score_month (
  month date not null,  -- First day of the month, in the city's zone.
  as_of timestamp with time zone not null,  -- End of the fifth working day after the month: what the history said until then is counted.
  frozen_at timestamp with time zone not null,
  agencies jsonb not null,  -- The agencies that are in it as they were then: id, kind, name.
  PRIMARY KEY (month),
);

-- The tasks from which a frozen month was counted, each as it was counted (store/scores.ts).
create table score_task (
  month date not null,
  id text not null,  -- The task. Its own row may go at the end of its term; what was counted stays.
  number bigint not null,
  agency_id text not null,
  hazard text not null,
  severity text not null,
  camera_id text,
  lon double precision not null,  -- WGS 84, degrees east.
  lat double precision not null,  -- WGS 84, degrees north.
  fix_by_at timestamp with time zone not null,
  claimed_at timestamp with time zone,  -- The claim that is judged: the first one after the last returning that stands.
  outcome text not null,
  is_counted boolean not null,
  is_good boolean not null,
  is_first boolean not null,
  is_accepted boolean not null,
  is_verified boolean not null,
  is_reopened boolean not null,
  verified_by text,
  PRIMARY KEY (month, id),
  FOREIGN KEY (month) REFERENCES score_month(month),
);

-- Who sits at a desk now; a seat that was not heard of for a while is empty.
create table seat (
  person_id text not null,
  taken_at timestamp with time zone not null,
  beat_at timestamp with time zone not null,
  paused_at timestamp with time zone,
  item_id text,  -- The incident on its screen.
  PRIMARY KEY (person_id),
);

-- Secrets of one-time codes, encrypted with a key that is not in the database.
create table second_factor (
  person_id text not null,
  sealed text not null,
  made_at timestamp with time zone not null,
  confirmed_at timestamp with time zone,
  last_step bigint not null default 0,  -- Number of the last half minute whose code was used; an older one is never taken again.
  PRIMARY KEY (person_id),
  FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE,
);

-- One in twenty verdicts, put blind before another seat. The second answer changes nothing of the incident.
create table second_looks (
  id text not null,
  version integer not null default 1,
  incident_id text not null,
  first_verdict_id text not null,
  hazard text not null,
  incident_before jsonb not null,
  first_person_id text not null,
  first_at timestamp with time zone not null,
  first_kind text not null,
  first_hazard text not null,
  asked_from timestamp with time zone not null,
  asked_until timestamp with time zone not null,
  void_at timestamp with time zone,  -- The first verdict was taken back: nothing is asked any more.
  second_verdict_id text,
  second_person_id text,
  second_at timestamp with time zone,
  second_kind text,
  second_hazard text,
  second_reason text,
  agreed boolean,  -- Both confirmed the same hazard, or both rejected; null where the second was unsure or never answered.
  number bigint not null,  -- The number shown with it: never that of the incident.
  told_at timestamp with time zone,
  PRIMARY KEY (id),
  UNIQUE (first_verdict_id),
  UNIQUE (number),
  UNIQUE (second_verdict_id),
  FOREIGN KEY (incident_id) REFERENCES incident(id) ON DELETE CASCADE,
  CHECK ((second_person_id IS DISTINCT FROM first_person_id)),
  CHECK ((first_kind = ANY (ARRAY['confirm'::text, 'reject'::text]))),
  CHECK ((second_kind = ANY (ARRAY['confirm'::text, 'reject'::text, 'unsure'::text]))),
  CHECK ((version > 0)),
);
CREATE INDEX second_looks_asked ON second_looks USING btree (asked_from) WHERE ((second_at IS NULL) AND (void_at IS NULL));
CREATE INDEX second_looks_at ON second_looks USING btree (second_at) WHERE (second_at IS NOT NULL);

-- Signed-in browsers; the token itself is nowhere but in the browser.
create table session (
  token_hash text not null,
  person_id text not null,
  csrf text not null,
  expires_at timestamp with time zone not null,
  user_agent text not null,
  id text not null default (gen_random_uuid())::text,  -- What people name it by when they end it; the token is never shown.
  made_at timestamp with time zone not null default now(),
  seen_at timestamp with time zone not null default now(),
  address text not null default ''::text,
  way text not null default 'password'::text,  -- password, link or provider.
  PRIMARY KEY (token_hash),
  UNIQUE (id),
  FOREIGN KEY (person_id) REFERENCES person(id) ON DELETE CASCADE,
);
CREATE INDEX session_person ON session USING btree (person_id);

-- Wrong passwords, so that guessing becomes slow.
create table sign_in_failure (
  login text not null,
  at timestamp with time zone not null,
  address text not null,
  device_hash text,  -- The known seat from which it came; null for any other.
);
CREATE INDEX sign_in_failure_address ON sign_in_failure USING btree (address, at);
CREATE INDEX sign_in_failure_login ON sign_in_failure USING btree (login, at);

-- One row for what held up many cameras at once, or ourselves: a network, our clock, our database, our host.
create table site_incident (
  id bigint not null generated as identity,
  kind text not null,  -- `cameras`, `clock`, `database`, `host`, `queue`, `ring` or `workers` (core/site-incident.ts).
  since_at timestamp with time zone not null,
  last_at timestamp with time zone not null,  -- When it was last seen to be so.
  until_at timestamp with time zone,
  cameras integer not null default 0,  -- How many cameras it took, at most.
  detail text not null default ''::text,
  PRIMARY KEY (id),
);
CREATE INDEX site_incident_since ON site_incident USING btree (since_at);
CREATE UNIQUE INDEX site_incident_open ON site_incident USING btree (kind) WHERE (until_at IS NULL);

-- Snowfalls with their end; without an end no snow deadline runs.
create table snowfall (
  district text not null,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  source text not null,
  PRIMARY KEY (district, started_at),
);

-- A task for one agency because of one incident, with the deadlines that held when it was made.
create table task (
  id text not null,
  number bigint not null generated as identity,
  incident_id text not null,
  incident_number bigint not null,
  agency_id text not null,
  role text not null,
  state text not null,
  version integer not null,
  hazard text not null,
  sub text not null,
  severity text not null,
  lon double precision not null,  -- WGS 84, degrees east.
  lat double precision not null,  -- WGS 84, degrees north.
  district text not null,
  place_name jsonb not null,
  routed_by text not null,
  policy_id text not null,
  created_at timestamp with time zone not null,
  not_before_at timestamp with time zone not null,  -- End of the grace in which the verdict can be taken back.
  sent_at timestamp with time zone,
  accept_by_at timestamp with time zone not null,
  make_safe_by_at timestamp with time zone,
  fix_by_at timestamp with time zone not null,
  accepted_at timestamp with time zone,
  claimed_at timestamp with time zone,
  verified_at timestamp with time zone,
  verified_by text,
  made_safe_at timestamp with time zone,
  decline_reason text,
  note text not null,
  photo_sha256 text,
  returns integer not null,
  PRIMARY KEY (id),
  UNIQUE (number),
  FOREIGN KEY (incident_id) REFERENCES incident(id),
  CHECK ((version > 0)),
);
CREATE INDEX task_accepted ON task USING btree (accepted_at) WHERE (accepted_at IS NOT NULL);
CREATE INDEX task_agency ON task USING btree (agency_id, created_at DESC);
CREATE INDEX task_fix_by ON task USING btree (fix_by_at);
CREATE INDEX task_incident ON task USING btree (incident_id);
CREATE INDEX task_open ON task USING btree (state, fix_by_at) WHERE (state = ANY (ARRAY['created'::text, 'sent'::text, 'accepted'::text, 'in_progress'::text, 'done_claimed'::text, 'verifying'::text, 'declined'::text, 'returned'::text]));
CREATE INDEX task_photo ON task USING hash (photo_sha256);
CREATE INDEX task_verified ON task USING btree (verified_at) WHERE (verified_at IS NOT NULL);

-- Answers of agencies by their key: the same answer sent twice counts once.
create table task_answer (
  key text not null,
  task_id text not null,
  at timestamp with time zone not null,
  PRIMARY KEY (key),
  FOREIGN KEY (task_id) REFERENCES task(id),
);

-- Work that a person held done while the camera still said hazard: what the camera gave back before does not count.
create table task_camera_wrong (
  task_id text not null,
  at timestamp with time zone not null,
  PRIMARY KEY (task_id),
  FOREIGN KEY (task_id) REFERENCES task(id) ON DELETE CASCADE,
);

-- A task's history, append-only.
create table task_change (
  task_id text not null,
  version integer not null,
  at timestamp with time zone not null,
  from_state text,
  to_state text not null,
  actor text not null,
  reason text not null,
  PRIMARY KEY (task_id, version),
  FOREIGN KEY (task_id) REFERENCES task(id),
);

-- What a person decided; the id is made in the browser, so the same verdict sent twice is one.
create table verdict (
  id text not null,
  incident_id text not null,
  person_id text not null,
  at timestamp with time zone not null,
  verdict jsonb not null,
  incident_before jsonb not null,  -- The incident as it was, for taking the verdict back.
  task_ids text[] not null,
  undone_at timestamp with time zone,
  PRIMARY KEY (id),
  FOREIGN KEY (incident_id) REFERENCES incident(id),
);
CREATE INDEX verdict_at ON verdict USING btree (at);
CREATE INDEX verdict_incident ON verdict USING btree (incident_id);
CREATE INDEX verdict_person ON verdict USING btree (person_id, at DESC);

-- What a police reviewer makes of a clip; the number restarts each year.
create table violation (
  id text not null,
  number text not null,
  incident_id text not null,
  clip_id text not null,
  state text not null,
  version integer not null,
  track text not null,
  article_id text,
  chosen_by text,
  created_at timestamp with time zone not null,
  changed_at timestamp with time zone not null,
  note text not null,
  mark jsonb,  -- Seen by an officer on the clip beside what it was cut for: who, when, at which millisecond of the file, and the box in fractions of the picture. Null where the violation came of an incident.
  PRIMARY KEY (id),
  UNIQUE (number),
  FOREIGN KEY (clip_id) REFERENCES clip(id),
  FOREIGN KEY (incident_id) REFERENCES incident(id),
  CHECK ((version > 0)),
);
CREATE INDEX violation_clip ON violation USING btree (clip_id);

-- The last number of each year.
create table violation_count (
  year integer not null,
  last integer not null,
  PRIMARY KEY (year),
);

-- Weather of a district at a moment.
create table weather (
  district text not null,
  at timestamp with time zone not null,
  temperature_c real not null,  -- Degrees Celsius.
  rain_mm_h real not null,  -- Millimetres an hour.
  snowfall_cm_h real not null,  -- Centimetres an hour.
  snow_depth_m real not null,  -- Metres.
  wind_m_s real not null,  -- Metres a second.
  is_day boolean not null,
  source text not null,
  PRIMARY KEY (district, at),
);

-- A part of a camera's picture with a meaning, and the hazards that may be raised there.
create table zone (
  camera_id text not null,
  id text not null,
  place integer not null,  -- Order in the camera's list, from 0.
  kind text not null,
  polygon jsonb not null,  -- Points [x, y] in fractions of the picture, x to the right, y down.
  hazards text[] not null,
  street_class text not null,
  district text,
  owner text,
  area_m2 double precision,  -- Ground under the polygon, square metres, when measured.
  segment text,  -- Segment of the street in the city's GIS: one hazard along one segment is one incident.
  preset text not null default 'main'::text,  -- The view that it is drawn on.
  PRIMARY KEY (camera_id, id),
  FOREIGN KEY (camera_id) REFERENCES camera(id) ON DELETE CASCADE,
  CHECK ((cardinality(hazards) > 0)),
);
