-- Made by `npm run schema` from the migrations and the functions; compared by `npm test`.

CREATE SEQUENCE audit_id_seq AS bigint INCREMENT 1 MINVALUE 1 MAXVALUE 9223372036854775807 START 1 CACHE 1 OWNED BY audit.id;

CREATE SEQUENCE command_inputs_n_seq AS bigint INCREMENT 1 MINVALUE 1 MAXVALUE 9223372036854775807 START 1 CACHE 1 OWNED BY command_inputs.n;

CREATE SEQUENCE config_changes_id_seq AS bigint INCREMENT 1 MINVALUE 1 MAXVALUE 9223372036854775807 START 1 CACHE 1 OWNED BY config_changes.id;

CREATE SEQUENCE messages_place_seq AS bigint INCREMENT 1 MINVALUE 1 MAXVALUE 9223372036854775807 START 1 CACHE 1 OWNED BY messages.place;

CREATE SEQUENCE requests_id_seq AS bigint INCREMENT 1 MINVALUE 1 MAXVALUE 9223372036854775807 START 1 CACHE 1 OWNED BY requests.id;

CREATE SEQUENCE subagents_place_seq AS bigint INCREMENT 1 MINVALUE 1 MAXVALUE 9223372036854775807 START 1 CACHE 1 OWNED BY subagents.place;

CREATE SEQUENCE turn_words_place_seq AS bigint INCREMENT 1 MINVALUE 1 MAXVALUE 9223372036854775807 START 1 CACHE 1 OWNED BY turn_words.place;

CREATE TABLE approvals (
  id text NOT NULL,
  session_id text NOT NULL,
  turn integer NOT NULL,
  step integer NOT NULL,
  call integer NOT NULL,
  tool text NOT NULL,
  arguments text NOT NULL,
  arguments_hash text NOT NULL,
  status text NOT NULL DEFAULT 'pending'::text,
  decision text,
  note text,
  answered_by text,
  asked_at timestamp with time zone NOT NULL DEFAULT now(),
  answered_at timestamp with time zone,
  delivered_at timestamp with time zone,
  about text,
  because jsonb,
  question jsonb,
  fields jsonb,
  deadline timestamp with time zone,
  late_by text,
  late_at timestamp with time zone,
  late_used text,
  CONSTRAINT approvals_decision_check CHECK ((decision = ANY (ARRAY['approve'::text, 'deny'::text]))),
  CONSTRAINT approvals_pkey PRIMARY KEY (id),
  CONSTRAINT approvals_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE,
  CONSTRAINT approvals_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'answered'::text, 'closed'::text])))
);

CREATE TABLE artifacts (
  run_id text NOT NULL,
  name text NOT NULL,
  media_type text NOT NULL,
  size integer NOT NULL,
  hash text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT artifacts_hash_fkey FOREIGN KEY (hash) REFERENCES blobs(hash),
  CONSTRAINT artifacts_pkey PRIMARY KEY (run_id, name),
  CONSTRAINT artifacts_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs(id) ON DELETE CASCADE
);

CREATE TABLE attachment_refs (
  session_id text NOT NULL,
  attachment_id text NOT NULL,
  CONSTRAINT attachment_refs_attachment_id_fkey FOREIGN KEY (attachment_id) REFERENCES attachments(id),
  CONSTRAINT attachment_refs_pkey PRIMARY KEY (session_id, attachment_id),
  CONSTRAINT attachment_refs_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE
);

CREATE TABLE attachments (
  id text NOT NULL,
  kind text NOT NULL,
  media_type text NOT NULL,
  bytes bigint NOT NULL,
  width integer,
  height integer,
  pages integer,
  text text,
  characters integer,
  touched_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT attachments_id_check CHECK ((id ~ '^[0-9a-f]{64}$'::text)),
  CONSTRAINT attachments_kind_check CHECK ((kind = ANY (ARRAY['image'::text, 'file'::text]))),
  CONSTRAINT attachments_pkey PRIMARY KEY (id)
);

CREATE TABLE audit (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  key text NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  user_name text NOT NULL,
  role text NOT NULL,
  action text NOT NULL,
  target text NOT NULL,
  detail jsonb NOT NULL,
  CONSTRAINT audit_key_key UNIQUE (key),
  CONSTRAINT audit_pkey PRIMARY KEY (id)
);

CREATE TABLE blobs (
  hash text NOT NULL,
  bytes bytea NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT blobs_pkey PRIMARY KEY (hash)
);

CREATE TABLE checks (
  session_id text NOT NULL,
  turn integer NOT NULL,
  step integer NOT NULL,
  command text[] NOT NULL,
  status text NOT NULL,
  output text NOT NULL,
  duration_ms integer NOT NULL,
  ended_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT checks_pkey PRIMARY KEY (session_id, turn, step),
  CONSTRAINT checks_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE,
  CONSTRAINT checks_status_check CHECK ((status = ANY (ARRAY['ok'::text, 'failed'::text, 'timed_out'::text, 'skipped'::text])))
);

CREATE TABLE chunks (
  session_id text NOT NULL,
  seq bigint NOT NULL,
  turn integer NOT NULL,
  step integer NOT NULL,
  ordinal integer NOT NULL,
  kind text NOT NULL,
  body jsonb NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT chunks_kind_check CHECK ((kind = ANY (ARRAY['text'::text, 'thinking'::text, 'tool_call'::text, 'tool_result'::text, 'image'::text, 'file'::text, 'error'::text, 'system'::text, 'usage'::text]))),
  CONSTRAINT chunks_pkey PRIMARY KEY (session_id, seq),
  CONSTRAINT chunks_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE,
  CONSTRAINT chunks_session_id_turn_step_ordinal_key UNIQUE (session_id, turn, step, ordinal)
);

CREATE TABLE command_inputs (
  id text NOT NULL,
  command_id text NOT NULL,
  n bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  text text NOT NULL,
  closes boolean NOT NULL,
  taken_at timestamp with time zone,
  CONSTRAINT command_inputs_command_id_fkey FOREIGN KEY (command_id) REFERENCES commands(id) ON DELETE CASCADE,
  CONSTRAINT command_inputs_pkey PRIMARY KEY (id)
);

CREATE TABLE commands (
  id text NOT NULL,
  session_id text NOT NULL,
  worker_id text NOT NULL,
  argv jsonb NOT NULL,
  description text,
  status text NOT NULL DEFAULT 'running'::text,
  exit_code integer,
  signal text,
  output text NOT NULL DEFAULT ''::text,
  output_from bigint NOT NULL DEFAULT 0,
  stop_asked boolean NOT NULL DEFAULT false,
  started_at timestamp with time zone NOT NULL DEFAULT now(),
  ended_at timestamp with time zone,
  CONSTRAINT commands_pkey PRIMARY KEY (id),
  CONSTRAINT commands_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE,
  CONSTRAINT commands_status_check CHECK ((status = ANY (ARRAY['running'::text, 'exited'::text, 'stopped'::text, 'lost'::text])))
);

CREATE TABLE config_changes (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  fault text,
  changed text[] NOT NULL,
  needs_restart text[] NOT NULL,
  CONSTRAINT config_changes_pkey PRIMARY KEY (id)
);

CREATE TABLE contents (
  run_id text NOT NULL,
  hash text NOT NULL,
  value bytea NOT NULL,
  CONSTRAINT contents_pkey PRIMARY KEY (run_id, hash),
  CONSTRAINT contents_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs(id) ON DELETE CASCADE
);

CREATE TABLE context_epochs (
  session_id text NOT NULL,
  epoch integer NOT NULL,
  id text NOT NULL,
  kind text NOT NULL,
  turn integer NOT NULL,
  step integer NOT NULL,
  summary text,
  reason text NOT NULL,
  failed text,
  made_turn integer NOT NULL,
  made_step integer NOT NULL,
  predicted jsonb NOT NULL,
  usage jsonb,
  stamped_by text,
  reported jsonb,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT context_epochs_kind_check CHECK ((kind = ANY (ARRAY['prune'::text, 'compact'::text]))),
  CONSTRAINT context_epochs_pkey PRIMARY KEY (session_id, epoch),
  CONSTRAINT context_epochs_reason_check CHECK ((reason = ANY (ARRAY['mark'::text, 'window'::text, 'overflow'::text, 'asked'::text]))),
  CONSTRAINT context_epochs_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE
);

CREATE TABLE credentials (
  hash text NOT NULL,
  kind text NOT NULL,
  user_name text NOT NULL,
  role text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  CONSTRAINT credentials_kind_check CHECK ((kind = ANY (ARRAY['token'::text, 'login'::text]))),
  CONSTRAINT credentials_pkey PRIMARY KEY (hash),
  CONSTRAINT credentials_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'operator'::text, 'admin'::text])))
);

CREATE TABLE events (
  stream text NOT NULL,
  "position" bigint NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  type text NOT NULL,
  data jsonb NOT NULL,
  from_seq bigint,
  to_seq bigint,
  operation text,
  batch integer,
  CONSTRAINT events_pkey PRIMARY KEY (stream, "position"),
  CONSTRAINT events_stream_fkey FOREIGN KEY (stream) REFERENCES streams(id) ON DELETE CASCADE
);

CREATE TABLE file_change_sets (
  key text NOT NULL,
  session_id text NOT NULL,
  kind text NOT NULL,
  state text NOT NULL,
  changes text[] NOT NULL DEFAULT '{}'::text[],
  steps jsonb,
  words text,
  reason text,
  asked_by text,
  asked_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamp with time zone,
  CONSTRAINT file_change_sets_kind_check CHECK ((kind = ANY (ARRAY['stage'::text, 'apply'::text, 'undo'::text]))),
  CONSTRAINT file_change_sets_pkey PRIMARY KEY (key),
  CONSTRAINT file_change_sets_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE,
  CONSTRAINT file_change_sets_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'applying'::text, 'done'::text, 'refused'::text])))
);

CREATE TABLE file_changes (
  id text NOT NULL,
  session_id text NOT NULL,
  number integer NOT NULL,
  turn integer NOT NULL,
  step integer NOT NULL,
  call integer NOT NULL,
  agent text NOT NULL,
  tool text NOT NULL,
  kind text NOT NULL,
  path text NOT NULL,
  from_path text,
  base_hash text,
  disk_hash text,
  after_hash text,
  mode integer,
  diff text NOT NULL,
  added integer NOT NULL,
  removed integer NOT NULL,
  hunks integer NOT NULL,
  notes text[] NOT NULL,
  state text NOT NULL,
  reason text,
  chosen integer[],
  approval_id text,
  set_key text,
  steps jsonb,
  decided_by text,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  decided_at timestamp with time zone,
  CONSTRAINT file_changes_kind_check CHECK ((kind = ANY (ARRAY['create'::text, 'edit'::text, 'delete'::text, 'rename'::text]))),
  CONSTRAINT file_changes_pkey PRIMARY KEY (id),
  CONSTRAINT file_changes_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE,
  CONSTRAINT file_changes_session_id_number_key UNIQUE (session_id, number),
  CONSTRAINT file_changes_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'applying'::text, 'applied'::text, 'rejected'::text, 'conflict'::text, 'failed'::text, 'undone'::text, 'withdrawn'::text])))
);

CREATE TABLE file_contents (
  session_id text NOT NULL,
  hash text NOT NULL,
  bytes bytea NOT NULL,
  CONSTRAINT file_contents_pkey PRIMARY KEY (session_id, hash),
  CONSTRAINT file_contents_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE
);

CREATE TABLE function_sources (
  sha256 text NOT NULL,
  names text[] NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now()
);

CREATE TABLE key_marks (
  key text NOT NULL,
  model text NOT NULL,
  fingerprint text NOT NULL,
  reason text NOT NULL,
  code text NOT NULL,
  status integer,
  asked text NOT NULL,
  said text NOT NULL,
  is_told boolean NOT NULL,
  failures integer NOT NULL,
  marked_at timestamp with time zone NOT NULL,
  until timestamp with time zone NOT NULL,
  CONSTRAINT key_marks_pkey PRIMARY KEY (key, model)
);

CREATE TABLE messages (
  id text NOT NULL,
  session_id text NOT NULL,
  text text NOT NULL,
  when_busy text NOT NULL,
  status text NOT NULL DEFAULT 'accepted'::text,
  turn integer,
  accepted_at timestamp with time zone NOT NULL DEFAULT now(),
  place bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL DEFAULT 'text'::text,
  attachments jsonb NOT NULL DEFAULT '[]'::jsonb,
  CONSTRAINT messages_kind_check CHECK ((kind = ANY (ARRAY['text'::text, 'prune'::text, 'compact'::text]))),
  CONSTRAINT messages_pkey PRIMARY KEY (id),
  CONSTRAINT messages_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE,
  CONSTRAINT messages_status_check CHECK ((status = ANY (ARRAY['accepted'::text, 'delivered'::text, 'withdrawn'::text]))),
  CONSTRAINT messages_when_busy_check CHECK ((when_busy = ANY (ARRAY['enqueue'::text, 'interrupt'::text, 'reject'::text])))
);

CREATE TABLE migrations (
  name text NOT NULL,
  sha256 text NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT migrations_pkey PRIMARY KEY (name)
);

CREATE TABLE model_windows (
  key text NOT NULL,
  model text NOT NULL,
  tokens integer NOT NULL,
  is_exact boolean NOT NULL,
  learned_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT model_windows_pkey PRIMARY KEY (key, model)
);

CREATE TABLE nodes (
  key text NOT NULL,
  run_id text NOT NULL,
  step text NOT NULL,
  index integer,
  kind text NOT NULL,
  status text NOT NULL,
  attempt integer NOT NULL DEFAULT 0,
  item jsonb,
  total integer,
  chosen integer,
  input_hash text,
  reused_from text,
  output json,
  output_hash text,
  code text,
  reason text,
  session_id text,
  child_run text,
  usage jsonb,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  call json,
  label text,
  phase text,
  ordinal integer,
  input_parts jsonb,
  fresh_because text,
  queued_at timestamp with time zone,
  admitted_at timestamp with time zone,
  told_at timestamp with time zone,
  scopes text[],
  reuse_key text,
  CONSTRAINT nodes_pkey PRIMARY KEY (key),
  CONSTRAINT nodes_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs(id) ON DELETE CASCADE,
  CONSTRAINT nodes_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'running'::text, 'waiting'::text, 'completed'::text, 'failed'::text, 'skipped'::text, 'excluded'::text, 'cancelled'::text, 'timed_out'::text])))
) WITH (fillfactor=70);

CREATE TABLE operations (
  key text NOT NULL,
  session_id text NOT NULL,
  turn integer NOT NULL,
  step integer NOT NULL,
  call integer,
  name text NOT NULL,
  state text NOT NULL,
  fence integer NOT NULL,
  failures integer NOT NULL DEFAULT 0,
  result jsonb,
  content_hash text,
  worker_id text NOT NULL,
  task_token bytea,
  workflow_id text NOT NULL,
  run_id text NOT NULL,
  started_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamp with time zone,
  purpose text,
  CONSTRAINT operations_pkey PRIMARY KEY (key),
  CONSTRAINT operations_purpose_check CHECK ((purpose = 'compaction'::text)),
  CONSTRAINT operations_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE,
  CONSTRAINT operations_state_check CHECK ((state = ANY (ARRAY['open'::text, 'failed'::text, 'sealed'::text, 'abandoned'::text])))
);

CREATE TABLE permission_rules (
  id text NOT NULL,
  session_id text,
  workspace text,
  rule jsonb NOT NULL,
  approval text,
  created_by text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT permission_rules_check CHECK (((session_id IS NULL) <> (workspace IS NULL))),
  CONSTRAINT permission_rules_pkey PRIMARY KEY (id),
  CONSTRAINT permission_rules_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE
);

CREATE TABLE questions (
  id text NOT NULL,
  run_id text NOT NULL,
  node text NOT NULL,
  step text NOT NULL,
  prompt text NOT NULL,
  form jsonb NOT NULL,
  approvers text[],
  deadline timestamp with time zone,
  status text NOT NULL DEFAULT 'pending'::text,
  decision text,
  fields jsonb,
  note text,
  answered_by text,
  asked_at timestamp with time zone NOT NULL DEFAULT now(),
  answered_at timestamp with time zone,
  delivered_at timestamp with time zone,
  CONSTRAINT questions_decision_check CHECK ((decision = ANY (ARRAY['approve'::text, 'deny'::text]))),
  CONSTRAINT questions_node_fkey FOREIGN KEY (node) REFERENCES nodes(key) ON DELETE CASCADE,
  CONSTRAINT questions_pkey PRIMARY KEY (id),
  CONSTRAINT questions_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs(id) ON DELETE CASCADE,
  CONSTRAINT questions_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'answered'::text, 'expired'::text, 'closed'::text])))
);

CREATE TABLE read_roots (
  id text NOT NULL,
  session_id text NOT NULL,
  path text NOT NULL,
  granted_by text NOT NULL,
  granted_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT read_roots_pkey PRIMARY KEY (id),
  CONSTRAINT read_roots_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE,
  CONSTRAINT read_roots_session_id_path_key UNIQUE (session_id, path)
);

CREATE TABLE requests (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  at timestamp with time zone NOT NULL DEFAULT now(),
  session_id text NOT NULL,
  run_id text,
  turn integer NOT NULL,
  step integer NOT NULL,
  agent text NOT NULL,
  model text NOT NULL,
  key text,
  purpose text NOT NULL,
  messages integer,
  noted_tokens bigint,
  input bigint NOT NULL,
  output bigint NOT NULL,
  cache_read bigint NOT NULL,
  cache_write bigint NOT NULL,
  reasoning bigint NOT NULL,
  cost double precision,
  is_estimated boolean NOT NULL,
  CONSTRAINT requests_pkey PRIMARY KEY (id),
  CONSTRAINT requests_purpose_check CHECK ((purpose = ANY (ARRAY['reply'::text, 'compaction'::text, 'sampling'::text])))
);

CREATE TABLE runs (
  id text NOT NULL,
  stream text NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  origin text NOT NULL,
  file text NOT NULL,
  source text NOT NULL,
  definition jsonb NOT NULL,
  input json NOT NULL,
  workspace text NOT NULL,
  allow text[] NOT NULL,
  trigger text NOT NULL,
  parent_node text,
  parent_run text,
  depth integer NOT NULL DEFAULT 0,
  rerun_of text,
  from_step text,
  status text NOT NULL DEFAULT 'running'::text,
  paused boolean NOT NULL DEFAULT false,
  code text,
  reason text,
  output json,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamp with time zone,
  acknowledged_at timestamp with time zone,
  has_input boolean NOT NULL DEFAULT true,
  budget jsonb,
  concurrency integer,
  fresh_agents text[] NOT NULL DEFAULT '{}'::text[],
  parent_session text,
  watched_at timestamp with time zone,
  parent_told boolean NOT NULL DEFAULT false,
  allow_empty boolean NOT NULL DEFAULT false,
  warnings text[] NOT NULL DEFAULT '{}'::text[],
  admitted_at timestamp with time zone,
  time_limit_ms bigint,
  reuse jsonb,
  CONSTRAINT runs_kind_check CHECK ((kind = ANY (ARRAY['flow'::text, 'script'::text]))),
  CONSTRAINT runs_pkey PRIMARY KEY (id),
  CONSTRAINT runs_status_check CHECK ((status = ANY (ARRAY['running'::text, 'completed'::text, 'failed'::text, 'cancelled'::text]))),
  CONSTRAINT runs_stream_fkey FOREIGN KEY (stream) REFERENCES streams(id),
  CONSTRAINT runs_stream_key UNIQUE (stream),
  CONSTRAINT runs_trigger_check CHECK ((trigger = ANY (ARRAY['manual'::text, 'schedule'::text, 'webhook'::text, 'flow'::text, 'agent'::text])))
);

CREATE TABLE scheduled_flows (
  project text NOT NULL,
  flow text NOT NULL,
  origin text NOT NULL,
  file text NOT NULL,
  source text NOT NULL,
  definition jsonb NOT NULL,
  workspace text NOT NULL,
  CONSTRAINT scheduled_flows_pkey PRIMARY KEY (project, flow)
);

CREATE TABLE script_lines (
  run_id text NOT NULL,
  n integer NOT NULL,
  kind text NOT NULL,
  text text NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT script_lines_kind_check CHECK ((kind = ANY (ARRAY['phase'::text, 'log'::text]))),
  CONSTRAINT script_lines_pkey PRIMARY KEY (run_id, n),
  CONSTRAINT script_lines_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs(id) ON DELETE CASCADE
);

CREATE TABLE session_usage (
  session_id text NOT NULL,
  input bigint NOT NULL,
  output bigint NOT NULL,
  cache_read bigint NOT NULL,
  cache_write bigint NOT NULL,
  reasoning bigint NOT NULL,
  cost double precision,
  requests integer NOT NULL,
  estimated integer NOT NULL,
  unpriced integer NOT NULL,
  dropped integer NOT NULL,
  last jsonb NOT NULL,
  CONSTRAINT session_usage_pkey PRIMARY KEY (session_id),
  CONSTRAINT session_usage_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE
) WITH (fillfactor=50);

CREATE TABLE sessions (
  id text NOT NULL,
  stream text NOT NULL,
  title text NOT NULL,
  workspace text NOT NULL,
  agent text NOT NULL,
  model text NOT NULL,
  allow text[] NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  definition jsonb,
  schema json,
  run_id text,
  node text,
  direct jsonb,
  forked_from text,
  forked_turn integer,
  result_turn integer,
  archived_at timestamp with time zone,
  budget jsonb,
  change_mode text NOT NULL DEFAULT 'ask'::text,
  auto_fix text,
  CONSTRAINT sessions_auto_fix_check CHECK ((auto_fix = ANY (ARRAY['off'::text, 'on'::text]))),
  CONSTRAINT sessions_change_mode_check CHECK ((change_mode = ANY (ARRAY['ask'::text, 'auto'::text, 'stage'::text]))),
  CONSTRAINT sessions_pkey PRIMARY KEY (id),
  CONSTRAINT sessions_stream_fkey FOREIGN KEY (stream) REFERENCES streams(id),
  CONSTRAINT sessions_stream_key UNIQUE (stream)
);

CREATE TABLE spans (
  id text NOT NULL,
  session_id text NOT NULL,
  turn integer NOT NULL,
  step integer NOT NULL,
  call integer,
  kind text NOT NULL,
  name text NOT NULL,
  attempt integer NOT NULL,
  status text NOT NULL,
  started_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone NOT NULL,
  attributes jsonb NOT NULL,
  CONSTRAINT spans_kind_check CHECK ((kind = ANY (ARRAY['model'::text, 'tool'::text, 'compaction'::text]))),
  CONSTRAINT spans_pkey PRIMARY KEY (id),
  CONSTRAINT spans_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE,
  CONSTRAINT spans_status_check CHECK ((status = ANY (ARRAY['ok'::text, 'error'::text, 'interrupted'::text, 'cancelled'::text])))
);

CREATE TABLE streams (
  id text NOT NULL,
  "position" bigint NOT NULL DEFAULT 0,
  last_seq bigint NOT NULL DEFAULT 0,
  CONSTRAINT streams_pkey PRIMARY KEY (id)
) WITH (fillfactor=50);

CREATE TABLE subagents (
  id text NOT NULL,
  place bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  parent_session text NOT NULL,
  turn integer NOT NULL,
  session_id text,
  parent_run text,
  parent_node text,
  parent_subagent text,
  label text NOT NULL,
  agent text NOT NULL,
  model text NOT NULL,
  depth integer NOT NULL,
  on_parent_end text NOT NULL,
  status text NOT NULL DEFAULT 'queued'::text,
  code text,
  reason text,
  result text,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  acknowledged_at timestamp with time zone,
  admitted_at timestamp with time zone,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  cancel_asked_at timestamp with time zone,
  told_at timestamp with time zone,
  watched_at timestamp with time zone,
  metadata jsonb,
  attempt integer NOT NULL DEFAULT 1,
  retry_of text,
  CONSTRAINT subagents_check CHECK (((ended_at IS NULL) = (status = ANY (ARRAY['queued'::text, 'running'::text])))),
  CONSTRAINT subagents_on_parent_end_check CHECK ((on_parent_end = ANY (ARRAY['leave'::text, 'cancel'::text]))),
  CONSTRAINT subagents_pkey PRIMARY KEY (id),
  CONSTRAINT subagents_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE SET NULL,
  CONSTRAINT subagents_session_id_key UNIQUE (session_id),
  CONSTRAINT subagents_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'completed'::text, 'failed'::text, 'cancelled'::text, 'crashed'::text])))
);

CREATE TABLE tool_sources (
  kind text NOT NULL,
  name text NOT NULL,
  digest text NOT NULL,
  fault text,
  offers json NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT tool_sources_pkey PRIMARY KEY (kind, name)
);

CREATE TABLE turn_words (
  place bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  session_id text NOT NULL,
  turn integer NOT NULL,
  words tsvector NOT NULL,
  CONSTRAINT turn_words_pkey PRIMARY KEY (place),
  CONSTRAINT turn_words_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE,
  CONSTRAINT turn_words_session_id_turn_key UNIQUE (session_id, turn)
);

CREATE TABLE turns (
  session_id text NOT NULL,
  turn integer NOT NULL,
  message_id text NOT NULL,
  status text NOT NULL DEFAULT 'running'::text,
  code text,
  started_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamp with time zone,
  cancel_asked_at timestamp with time zone,
  watched_at timestamp with time zone,
  workflow text,
  CONSTRAINT turns_message_id_fkey FOREIGN KEY (message_id) REFERENCES messages(id) ON DELETE CASCADE,
  CONSTRAINT turns_message_id_key UNIQUE (message_id),
  CONSTRAINT turns_pkey PRIMARY KEY (session_id, turn),
  CONSTRAINT turns_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE,
  CONSTRAINT turns_status_check CHECK ((status = ANY (ARRAY['running'::text, 'completed'::text, 'failed'::text, 'cancelled'::text])))
);

CREATE TABLE upgrades (
  name text NOT NULL,
  done_at timestamp with time zone,
  CONSTRAINT upgrades_pkey PRIMARY KEY (name)
);

CREATE TABLE workers (
  id text NOT NULL,
  kind text NOT NULL,
  pid integer NOT NULL,
  host text NOT NULL,
  started_at timestamp with time zone NOT NULL DEFAULT now(),
  heartbeat_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT workers_pkey PRIMARY KEY (id)
);

CREATE INDEX approvals_deadline ON public.approvals USING btree (deadline) WHERE ((status = 'pending'::text) AND (deadline IS NOT NULL));

CREATE INDEX approvals_of_session ON public.approvals USING btree (session_id) WHERE (status = 'pending'::text);

CREATE INDEX approvals_pending ON public.approvals USING btree (asked_at) WHERE (status = 'pending'::text);

CREATE INDEX approvals_undelivered ON public.approvals USING btree (answered_at) WHERE ((status = 'answered'::text) AND (delivered_at IS NULL));

CREATE INDEX artifacts_of_blob ON public.artifacts USING btree (hash);

CREATE INDEX attachment_refs_attachment ON public.attachment_refs USING btree (attachment_id);

CREATE INDEX attachments_touched ON public.attachments USING btree (touched_at);

CREATE INDEX audit_by_target ON public.audit USING btree (target, id);

CREATE INDEX audit_by_user ON public.audit USING btree (user_name, id);

CREATE INDEX chunks_calls ON public.chunks USING btree (session_id, seq) WHERE (kind = 'tool_call'::text);

CREATE INDEX chunks_conversation ON public.chunks USING btree (session_id, seq) WHERE (kind <> 'usage'::text);

CREATE INDEX command_inputs_waiting ON public.command_inputs USING btree (command_id, n) WHERE (taken_at IS NULL);

CREATE INDEX commands_running ON public.commands USING btree (worker_id) WHERE (status = 'running'::text);

CREATE INDEX commands_session ON public.commands USING btree (session_id, started_at);

CREATE INDEX credentials_by_name ON public.credentials USING btree (user_name) WHERE (revoked_at IS NULL);

CREATE INDEX file_change_sets_of_session ON public.file_change_sets USING btree (session_id);

CREATE INDEX file_change_sets_open ON public.file_change_sets USING btree (asked_at) WHERE (state = ANY (ARRAY['asked'::text, 'applying'::text]));

CREATE INDEX file_changes_of_approval ON public.file_changes USING btree (approval_id) WHERE (approval_id IS NOT NULL);

CREATE INDEX file_changes_of_set ON public.file_changes USING btree (set_key);

CREATE INDEX file_changes_of_turn ON public.file_changes USING btree (session_id, turn);

CREATE INDEX file_changes_pending ON public.file_changes USING btree (session_id, path) WHERE (state = ANY (ARRAY['pending'::text, 'conflict'::text, 'failed'::text]));

CREATE INDEX messages_waiting ON public.messages USING btree (session_id, place) WHERE (status = 'accepted'::text);

CREATE INDEX nodes_admitted ON public.nodes USING btree (admitted_at) WHERE ((admitted_at IS NOT NULL) AND (ended_at IS NULL));

CREATE INDEX nodes_paid ON public.nodes USING btree (ended_at DESC) WHERE ((kind = 'agent'::text) AND (call IS NOT NULL) AND (reused_from IS NULL));

CREATE INDEX nodes_queued ON public.nodes USING btree (queued_at) WHERE ((queued_at IS NOT NULL) AND (admitted_at IS NULL) AND (ended_at IS NULL));

CREATE INDEX nodes_reusable ON public.nodes USING btree (run_id, input_hash) WHERE (status = 'completed'::text);

CREATE INDEX nodes_reuse_keys ON public.nodes USING btree (reuse_key, ended_at DESC) WHERE (reuse_key IS NOT NULL);

CREATE INDEX operations_of_turn ON public.operations USING btree (session_id, turn);

CREATE INDEX operations_open ON public.operations USING btree (worker_id) WHERE (state = 'open'::text);

CREATE INDEX permission_rules_session ON public.permission_rules USING btree (session_id) WHERE (session_id IS NOT NULL);

CREATE INDEX permission_rules_workspace ON public.permission_rules USING btree (workspace) WHERE (workspace IS NOT NULL);

CREATE INDEX questions_of_run ON public.questions USING btree (run_id) WHERE (status = 'pending'::text);

CREATE INDEX questions_pending ON public.questions USING btree (asked_at) WHERE (status = 'pending'::text);

CREATE INDEX questions_undelivered ON public.questions USING btree (answered_at) WHERE ((status = 'answered'::text) AND (delivered_at IS NULL));

CREATE INDEX requests_at ON public.requests USING btree (at);

CREATE INDEX requests_of_session ON public.requests USING btree (session_id, id);

CREATE INDEX runs_parent_untold ON public.runs USING btree (ended_at) WHERE ((parent_session IS NOT NULL) AND (ended_at IS NOT NULL) AND (NOT parent_told));

CREATE INDEX runs_queued ON public.runs USING btree (created_at, id) WHERE ((kind = 'script'::text) AND (status = 'running'::text) AND (admitted_at IS NULL));

CREATE INDEX runs_recent ON public.runs USING btree (created_at DESC, id DESC);

CREATE INDEX runs_running ON public.runs USING btree (watched_at) WHERE (status = 'running'::text);

CREATE INDEX runs_unacknowledged ON public.runs USING btree (created_at) WHERE (acknowledged_at IS NULL);

CREATE INDEX sessions_archived ON public.sessions USING btree (updated_at DESC, id DESC) WHERE (archived_at IS NOT NULL);

CREATE INDEX sessions_listed ON public.sessions USING btree (updated_at DESC, id DESC) WHERE ((run_id IS NULL) AND (archived_at IS NULL));

CREATE INDEX sessions_of_node ON public.sessions USING btree (node) WHERE (node IS NOT NULL);

CREATE INDEX sessions_of_run ON public.sessions USING btree (run_id) WHERE (run_id IS NOT NULL);

CREATE INDEX sessions_recent ON public.sessions USING btree (updated_at DESC, id DESC);

CREATE INDEX spans_of_session ON public.spans USING btree (session_id, started_at, id);

CREATE INDEX subagents_of_parent ON public.subagents USING btree (parent_session, place);

CREATE INDEX subagents_open ON public.subagents USING btree (parent_session, place) WHERE (ended_at IS NULL);

CREATE INDEX subagents_recent ON public.subagents USING btree (created_at DESC, id DESC);

CREATE INDEX subagents_without_session ON public.subagents USING btree (parent_session) WHERE (session_id IS NULL);

CREATE INDEX turn_words_words ON public.turn_words USING gin (words);

CREATE INDEX turns_running ON public.turns USING btree (session_id) WHERE (status = 'running'::text);

CREATE UNIQUE INDEX approvals_pkey ON public.approvals USING btree (id);

CREATE UNIQUE INDEX artifacts_pkey ON public.artifacts USING btree (run_id, name);

CREATE UNIQUE INDEX attachment_refs_pkey ON public.attachment_refs USING btree (session_id, attachment_id);

CREATE UNIQUE INDEX attachments_pkey ON public.attachments USING btree (id);

CREATE UNIQUE INDEX audit_key_key ON public.audit USING btree (key);

CREATE UNIQUE INDEX audit_pkey ON public.audit USING btree (id);

CREATE UNIQUE INDEX blobs_pkey ON public.blobs USING btree (hash);

CREATE UNIQUE INDEX checks_pkey ON public.checks USING btree (session_id, turn, step);

CREATE UNIQUE INDEX chunks_pkey ON public.chunks USING btree (session_id, seq);

CREATE UNIQUE INDEX chunks_session_id_turn_step_ordinal_key ON public.chunks USING btree (session_id, turn, step, ordinal);

CREATE UNIQUE INDEX command_inputs_pkey ON public.command_inputs USING btree (id);

CREATE UNIQUE INDEX commands_pkey ON public.commands USING btree (id);

CREATE UNIQUE INDEX config_changes_pkey ON public.config_changes USING btree (id);

CREATE UNIQUE INDEX contents_pkey ON public.contents USING btree (run_id, hash);

CREATE UNIQUE INDEX context_epochs_pkey ON public.context_epochs USING btree (session_id, epoch);

CREATE UNIQUE INDEX credentials_of_users ON public.credentials USING btree (user_name) WHERE ((kind = 'token'::text) AND (revoked_at IS NULL));

CREATE UNIQUE INDEX credentials_pkey ON public.credentials USING btree (hash);

CREATE UNIQUE INDEX events_ephemeral ON public.events USING btree (operation, batch) WHERE (operation IS NOT NULL);

CREATE UNIQUE INDEX events_pkey ON public.events USING btree (stream, "position");

CREATE UNIQUE INDEX file_change_sets_pkey ON public.file_change_sets USING btree (key);

CREATE UNIQUE INDEX file_changes_pkey ON public.file_changes USING btree (id);

CREATE UNIQUE INDEX file_changes_session_id_number_key ON public.file_changes USING btree (session_id, number);

CREATE UNIQUE INDEX file_contents_pkey ON public.file_contents USING btree (session_id, hash);

CREATE UNIQUE INDEX key_marks_pkey ON public.key_marks USING btree (key, model);

CREATE UNIQUE INDEX messages_pkey ON public.messages USING btree (id);

CREATE UNIQUE INDEX migrations_pkey ON public.migrations USING btree (name);

CREATE UNIQUE INDEX model_windows_pkey ON public.model_windows USING btree (key, model);

CREATE UNIQUE INDEX nodes_of_run ON public.nodes USING btree (run_id, step, index) NULLS NOT DISTINCT;

CREATE UNIQUE INDEX nodes_pkey ON public.nodes USING btree (key);

CREATE UNIQUE INDEX operations_pkey ON public.operations USING btree (key);

CREATE UNIQUE INDEX permission_rules_pkey ON public.permission_rules USING btree (id);

CREATE UNIQUE INDEX questions_pkey ON public.questions USING btree (id);

CREATE UNIQUE INDEX read_roots_pkey ON public.read_roots USING btree (id);

CREATE UNIQUE INDEX read_roots_session_id_path_key ON public.read_roots USING btree (session_id, path);

CREATE UNIQUE INDEX requests_pkey ON public.requests USING btree (id);

CREATE UNIQUE INDEX runs_pkey ON public.runs USING btree (id);

CREATE UNIQUE INDEX runs_stream_key ON public.runs USING btree (stream);

CREATE UNIQUE INDEX scheduled_flows_pkey ON public.scheduled_flows USING btree (project, flow);

CREATE UNIQUE INDEX script_lines_pkey ON public.script_lines USING btree (run_id, n);

CREATE UNIQUE INDEX session_usage_pkey ON public.session_usage USING btree (session_id);

CREATE UNIQUE INDEX sessions_pkey ON public.sessions USING btree (id);

CREATE UNIQUE INDEX sessions_stream_key ON public.sessions USING btree (stream);

CREATE UNIQUE INDEX spans_pkey ON public.spans USING btree (id);

CREATE UNIQUE INDEX streams_pkey ON public.streams USING btree (id);

CREATE UNIQUE INDEX subagents_pkey ON public.subagents USING btree (id);

CREATE UNIQUE INDEX subagents_session_id_key ON public.subagents USING btree (session_id);

CREATE UNIQUE INDEX tool_sources_pkey ON public.tool_sources USING btree (kind, name);

CREATE UNIQUE INDEX turn_words_pkey ON public.turn_words USING btree (place);

CREATE UNIQUE INDEX turn_words_session_id_turn_key ON public.turn_words USING btree (session_id, turn);

CREATE UNIQUE INDEX turns_message_id_key ON public.turns USING btree (message_id);

CREATE UNIQUE INDEX turns_pkey ON public.turns USING btree (session_id, turn);

CREATE UNIQUE INDEX upgrades_pkey ON public.upgrades USING btree (name);

CREATE UNIQUE INDEX workers_pkey ON public.workers USING btree (id);

CREATE TRIGGER audit_only_grows BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

CREATE OR REPLACE FUNCTION public.accept_message(p_id text, p_session text, p_text text, p_when_busy text, p_limit integer, p_kind text DEFAULT 'text'::text, p_attachments jsonb DEFAULT '[]'::jsonb)
 RETURNS TABLE(outcome text, turn integer, starts integer, agent text, model text, cancels integer)
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
DECLARE
  v_stream text := lock_session(p_session); v_session sessions; v_message messages; v_running integer; v_waiting integer;
BEGIN
  SELECT * INTO v_session FROM sessions WHERE id = p_session;
  agent := v_session.agent; model := v_session.model;
  SELECT t.turn INTO v_running FROM turns t WHERE t.session_id = p_session AND t.status = 'running';
  SELECT * INTO v_message FROM messages WHERE id = p_id;
  IF FOUND THEN
    outcome := CASE WHEN v_message.session_id = p_session AND v_message.text = p_text
      AND v_message.attachments = p_attachments THEN 'accepted' ELSE 'mismatch' END;
    turn := v_message.turn;
    starts := CASE WHEN outcome = 'accepted' AND turn = v_running AND NOT is_held(v_session) THEN turn END;
    RETURN NEXT; RETURN;
  END IF;
  SELECT count(*) INTO v_waiting FROM messages m WHERE m.session_id = p_session AND m.status = 'accepted';
  outcome := CASE
    WHEN p_when_busy = 'reject' AND (v_running IS NOT NULL OR v_waiting > 0) THEN 'busy'
    WHEN v_waiting >= p_limit THEN 'full'
    ELSE 'accepted' END;
  IF outcome <> 'accepted' THEN RETURN NEXT; RETURN; END IF;
  IF p_attachments <> '[]' THEN
    -- Locked, so that none is removed before this is committed.
    PERFORM 1 FROM attachments WHERE id IN (SELECT value ->> 'id' FROM jsonb_array_elements(p_attachments))
      ORDER BY id FOR KEY SHARE;
    IF jsonb_array_length(attached_bodies(p_attachments)) < jsonb_array_length(p_attachments) THEN
      outcome := 'unattached'; RETURN NEXT; RETURN;
    END IF;
    PERFORM need_attachments(p_session, ARRAY(SELECT value ->> 'id' FROM jsonb_array_elements(p_attachments)));
  END IF;
  INSERT INTO messages (id, session_id, text, when_busy, kind, attachments)
    VALUES (p_id, p_session, p_text, p_when_busy, p_kind, p_attachments);
  UPDATE sessions SET updated_at = now(), archived_at = NULL,
    title = CASE WHEN title = '' AND p_kind = 'text'
      THEN left(split_part(btrim(coalesce(nullif(p_text, ''), p_attachments #>> '{0,name}', ''), E' \n\t'), E'\n', 1), 80)
      ELSE title END WHERE id = p_session;
  PERFORM append_event(v_stream, 'message.accepted',
    jsonb_build_object('messageId', p_id, 'text', p_text, 'whenBusy', p_when_busy)
      || CASE WHEN p_attachments = '[]' THEN '{}' ELSE jsonb_build_object('attachments', p_attachments) END);
  IF NOT is_held(v_session) THEN starts := assign_turn(p_session, v_stream); END IF;
  IF p_when_busy = 'interrupt' AND v_running IS NOT NULL THEN
    UPDATE turns t SET cancel_asked_at = coalesce(t.cancel_asked_at, clock_timestamp())
      WHERE t.session_id = p_session AND t.turn = v_running;
    cancels := v_running;
  END IF;
  SELECT m.turn INTO turn FROM messages m WHERE m.id = p_id;
  RETURN NEXT;
END $function$;

CREATE OR REPLACE FUNCTION public.add_epoch(p_session text, p_key text, p_fence integer, p_epoch jsonb, p_chunks jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_session(p_session); v_op operations; v_seqs record;
BEGIN
  SELECT * INTO v_op FROM operations WHERE key = p_key AND fence = p_fence AND state = 'open';
  IF NOT FOUND THEN RETURN false; END IF;
  IF EXISTS (SELECT FROM context_epochs WHERE session_id = p_session AND id = p_epoch ->> 'id') THEN RETURN true; END IF;
  SELECT * INTO v_seqs FROM append_chunks(p_session, v_stream, v_op.turn, v_op.step, p_chunks);
  PERFORM write_epoch(p_session, v_stream, v_op.turn, v_op.step, p_epoch, v_seqs.from_seq, v_seqs.to_seq);
  RETURN true;
END $function$;

CREATE OR REPLACE FUNCTION public.add_file_changes(p_session text, p_state text, p_set text, p_changes jsonb)
 RETURNS void
 LANGUAGE sql
AS $function$
  INSERT INTO file_changes (id, session_id, number, turn, step, call, agent, tool, kind, path, from_path, base_hash, disk_hash,
    after_hash, mode, diff, added, removed, hunks, notes, state, approval_id, set_key)
  SELECT c ->> 'id', p_session,
    (SELECT coalesce(max(number), 0) FROM file_changes WHERE session_id = p_session) + row_number() OVER (ORDER BY n),
    (c ->> 'turn')::integer, (c ->> 'step')::integer, (c ->> 'call')::integer,
    (SELECT agent FROM sessions WHERE id = p_session), c ->> 'tool', c ->> 'kind', c ->> 'path', c ->> 'from',
    c ->> 'baseHash', c ->> 'diskHash', c ->> 'afterHash', (c ->> 'mode')::integer, c ->> 'diff', (c ->> 'added')::integer,
    (c ->> 'removed')::integer, (c ->> 'hunks')::integer, ARRAY(SELECT jsonb_array_elements_text(c -> 'notes')), p_state,
    c ->> 'approvalId', p_set
  FROM jsonb_array_elements(p_changes) WITH ORDINALITY AS t (c, n)
  WHERE NOT EXISTS (SELECT FROM file_changes WHERE id = c ->> 'id')
$function$;

CREATE OR REPLACE FUNCTION public.add_span(o operations, p_status text, p_ended timestamp with time zone, p_attributes jsonb)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
  INSERT INTO spans (id, session_id, turn, step, call, kind, name, attempt, status, started_at, ended_at, attributes)
  VALUES (o.key || '#' || o.fence, o.session_id, o.turn, o.step, o.call, operation_kind(o), o.name, o.fence, p_status,
    o.started_at, p_ended, p_attributes)
  ON CONFLICT (id) DO NOTHING;
END $function$;

CREATE OR REPLACE FUNCTION public.admit_agents(p_cap integer)
 RETURNS SETOF text
 LANGUAGE plpgsql
AS $function$
DECLARE v_free integer;
BEGIN
  PERFORM lock_slots('agents of scripts');
  SELECT p_cap - count(*) INTO v_free FROM nodes WHERE admitted_at IS NOT NULL AND ended_at IS NULL;
  UPDATE nodes SET admitted_at = clock_timestamp() WHERE key IN (
    SELECT key FROM nodes WHERE queued_at IS NOT NULL AND admitted_at IS NULL AND ended_at IS NULL
    ORDER BY queued_at LIMIT greatest(v_free, 0));
  RETURN QUERY UPDATE nodes SET told_at = clock_timestamp()
    WHERE admitted_at IS NOT NULL AND ended_at IS NULL AND queued_at IS NOT NULL AND session_id IS NULL
      AND (told_at IS NULL OR told_at < clock_timestamp() - interval '5 s')
    RETURNING key;
END $function$;

CREATE OR REPLACE FUNCTION public.admit_run(p_run text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_run(p_run);
BEGIN
  UPDATE runs SET admitted_at = clock_timestamp() WHERE runs.id = p_run AND kind = 'script' AND status = 'running' AND admitted_at IS NULL;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM append_event(v_stream, 'run.admitted', '{}'::jsonb);
  RETURN true;
END $function$;

CREATE OR REPLACE FUNCTION public.admit_runs(p_cap integer)
 RETURNS SETOF text
 LANGUAGE plpgsql
AS $function$
DECLARE v_free integer; v_run text;
BEGIN
  IF NOT EXISTS (SELECT FROM runs r WHERE r.kind = 'script' AND r.status = 'running' AND r.admitted_at IS NULL) THEN RETURN; END IF;
  PERFORM lock_slots('runs of scripts');
  SELECT p_cap - count(*) INTO v_free FROM runs r WHERE r.status = 'running' AND takes_slot(r);
  FOR v_run IN
    SELECT r.id FROM runs r
    WHERE r.kind = 'script' AND r.status = 'running' AND r.admitted_at IS NULL AND NOT r.paused
    ORDER BY r.created_at, r.id LIMIT greatest(v_free, 0)
  LOOP
    IF admit_run(v_run) THEN RETURN NEXT v_run; END IF;
  END LOOP;
END $function$;

CREATE OR REPLACE FUNCTION public.admit_subagents(p_each integer, p_all integer)
 RETURNS SETOF text
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF NOT EXISTS (SELECT FROM subagents WHERE ended_at IS NULL AND admitted_at IS NULL) THEN RETURN; END IF;
  PERFORM lock_slots('subagents');
  RETURN QUERY
  WITH busy AS (
    SELECT a.parent_session, count(*) AS n, count(*) FILTER (WHERE NOT EXISTS
      (SELECT FROM subagents c WHERE c.parent_session = a.session_id AND c.ended_at IS NULL)) AS counted
    FROM subagents a WHERE a.admitted_at IS NOT NULL AND a.ended_at IS NULL GROUP BY a.parent_session
  ), waiting AS (
    SELECT a.id, a.place, coalesce(b.n, 0) + row_number() OVER (PARTITION BY a.parent_session ORDER BY a.place) AS nth
    FROM subagents a LEFT JOIN busy b USING (parent_session)
    WHERE a.admitted_at IS NULL AND a.ended_at IS NULL AND a.cancel_asked_at IS NULL
  ), next AS (
    SELECT w.id FROM waiting w WHERE w.nth <= p_each ORDER BY w.place
    LIMIT greatest(0, p_all - (SELECT coalesce(sum(counted), 0) FROM busy))
  )
  UPDATE subagents a SET admitted_at = clock_timestamp() FROM next
  WHERE a.id = next.id AND a.admitted_at IS NULL AND a.ended_at IS NULL AND a.cancel_asked_at IS NULL
  RETURNING a.id;
END $function$;

CREATE OR REPLACE FUNCTION public.answer_approval(p_id text, p_session text, p_decision text, p_fields jsonb, p_note text, p_by text)
 RETURNS TABLE(applied boolean, approval jsonb)
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_session(p_session); v_approval approvals;
BEGIN
  UPDATE approvals SET status = 'answered', decision = p_decision, fields = p_fields, note = p_note, answered_by = p_by,
    answered_at = now()
    WHERE id = p_id AND status = 'pending' AND (deadline IS NULL OR deadline > clock_timestamp()) RETURNING * INTO v_approval;
  applied := FOUND;
  IF applied THEN
    PERFORM append_event(v_stream, 'approval.answered', jsonb_build_object('approval', approval_json(v_approval)));
  ELSE
    SELECT * INTO v_approval FROM approvals WHERE id = p_id;
  END IF;
  approval := approval_json(v_approval);
  RETURN NEXT;
END $function$;

CREATE OR REPLACE FUNCTION public.answer_question(p_id text, p_run text, p_decision text, p_fields jsonb, p_note text, p_by text)
 RETURNS TABLE(outcome text, question jsonb)
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_run(p_run); v_question questions;
BEGIN
  SELECT * INTO v_question FROM questions WHERE id = p_id;
  IF v_question.status = 'pending' AND v_question.deadline <= clock_timestamp() THEN outcome := 'expired';
  ELSIF v_question.status <> 'pending' THEN outcome := v_question.status;
  ELSIF NOT (p_by = ANY (v_question.approvers)) THEN outcome := 'refused';
  ELSE
    UPDATE questions SET status = 'answered', decision = p_decision, fields = p_fields, note = p_note, answered_by = p_by,
      answered_at = clock_timestamp() WHERE id = p_id RETURNING * INTO v_question;
    PERFORM append_event(v_stream, 'question.changed', jsonb_build_object('question', question_json(v_question)));
    outcome := 'applied';
  END IF;
  question := question_json(v_question);
  RETURN NEXT;
END $function$;

CREATE OR REPLACE FUNCTION public.append_chunks(p_session text, p_stream text, p_turn integer, p_step integer, p_chunks jsonb)
 RETURNS TABLE(from_seq bigint, to_seq bigint)
 LANGUAGE plpgsql
AS $function$
DECLARE v_count integer := jsonb_array_length(p_chunks);
BEGIN
  IF v_count = 0 THEN RETURN QUERY SELECT NULL::bigint, NULL::bigint; RETURN; END IF;
  UPDATE streams SET last_seq = last_seq + v_count WHERE id = p_stream RETURNING last_seq - v_count + 1, last_seq
    INTO from_seq, to_seq;
  INSERT INTO chunks (session_id, seq, turn, step, ordinal, kind, body)
  SELECT p_session, append_chunks.from_seq - 1 + c.n, p_turn, p_step, (c.value ->> 'ordinal')::integer,
         c.value -> 'body' ->> 'kind', c.value -> 'body'
  FROM jsonb_array_elements(p_chunks) WITH ORDINALITY AS c (value, n);
  IF p_chunks @> '[{"body": {"kind": "usage"}}]' THEN PERFORM record_usage(p_session, p_turn, p_step, p_chunks); END IF;
  IF p_chunks @? '$[*].body.images' THEN PERFORM need_attachments(p_session, attachments_in(p_chunks)); END IF;
  RETURN NEXT;
END $function$;

CREATE OR REPLACE FUNCTION public.append_command_output(p_id text, p_text text, p_skipped bigint, p_max integer)
 RETURNS void
 LANGUAGE sql
AS $function$
  UPDATE commands SET output = right(CASE WHEN p_skipped > 0 THEN '' ELSE output END || p_text, p_max),
    output_from = output_from + CASE WHEN p_skipped > 0 THEN length(output) + p_skipped ELSE 0 END
      + greatest(0, length(CASE WHEN p_skipped > 0 THEN '' ELSE output END || p_text) - p_max)
    WHERE id = p_id $function$;

CREATE OR REPLACE FUNCTION public.append_deltas(p_items jsonb)
 RETURNS text[]
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
DECLARE v_locked text[]; v_outcomes text[];
BEGIN
  SELECT array_agg(id) INTO v_locked FROM (
    SELECT id FROM streams
    WHERE id IN (SELECT 'session/' || (item ->> 'session') FROM jsonb_array_elements(p_items) AS item)
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED) AS locked;
  -- A statement of its own: its snapshot is younger than the locks.
  WITH judged AS MATERIALIZED (
    SELECT i.n, i.key, s.id AS stream, i.batch, i.type, i.data,
      CASE WHEN s.id IS NULL THEN 'lost'
           WHEN s.id <> ALL (coalesce(v_locked, '{}')) THEN 'busy'
           WHEN o.key IS NULL THEN 'lost'
           WHEN e.batch IS NOT NULL THEN 'written'
           ELSE 'new' END AS outcome
    FROM ROWS FROM (jsonb_to_recordset(p_items)
      AS (key text, session text, fence integer, batch integer, type text, data jsonb))
      WITH ORDINALITY AS i (key, session, fence, batch, type, data, n)
    LEFT JOIN streams s ON s.id = 'session/' || i.session
    LEFT JOIN operations o ON o.key = i.key AND o.state = 'open' AND o.fence = i.fence
    LEFT JOIN events e ON e.operation = i.key AND e.batch = i.batch
  ), fresh AS (
    SELECT *, row_number() OVER (PARTITION BY stream ORDER BY n) AS place FROM judged WHERE outcome = 'new'
  ), moved AS (
    UPDATE streams SET position = position + grown.count
    FROM (SELECT stream, count(*) FROM fresh GROUP BY stream) AS grown
    WHERE id = grown.stream RETURNING id, position - grown.count AS before
  ), appended AS (
    INSERT INTO events (stream, position, type, data, operation, batch)
    SELECT f.stream, m.before + f.place, f.type, f.data, f.key, f.batch FROM fresh f JOIN moved m ON m.id = f.stream
  )
  SELECT array_agg(CASE outcome WHEN 'new' THEN 'written' ELSE outcome END ORDER BY n) INTO v_outcomes FROM judged;
  RETURN v_outcomes;
END $function$;

CREATE OR REPLACE FUNCTION public.append_event(p_stream text, p_type text, p_data jsonb, p_from bigint DEFAULT NULL::bigint, p_to bigint DEFAULT NULL::bigint, p_operation text DEFAULT NULL::text, p_at timestamp with time zone DEFAULT clock_timestamp())
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
DECLARE v_position bigint;
BEGIN
  UPDATE streams SET position = position + 1 WHERE id = p_stream RETURNING position INTO v_position;
  IF NOT FOUND THEN RAISE EXCEPTION 'stream % does not exist', p_stream USING ERRCODE = 'P0002'; END IF;
  INSERT INTO events (stream, position, type, data, from_seq, to_seq, operation, at)
  VALUES (p_stream, v_position, p_type, p_data, p_from, p_to, p_operation, p_at);
  RETURN v_position;
END $function$;

CREATE OR REPLACE FUNCTION public.approval_json(a approvals)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  SELECT jsonb_build_object('id', a.id, 'sessionId', a.session_id, 'turn', a.turn, 'step', a.step, 'call', a.call,
    'tool', a.tool, 'arguments', a.arguments, 'argumentsHash', a.arguments_hash, 'status', a.status,
    'decision', a.decision, 'note', a.note, 'answeredBy', a.answered_by, 'askedAt', iso(a.asked_at),
    'answeredAt', iso(a.answered_at), 'because', a.because, 'question', a.question, 'fields', a.fields,
    'deadline', iso(a.deadline), 'lateBy', a.late_by, 'lateAt', iso(a.late_at),
    'changes', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'number', c.number, 'kind', c.kind, 'path', c.path,
      'from', c.from_path, 'diff', left(c.diff, 20000), 'hunks', c.hunks) ORDER BY c.number), '[]')
      FROM file_changes c WHERE c.approval_id = a.id))
    || CASE WHEN a.about IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('about', a.about) END $function$;

CREATE OR REPLACE FUNCTION public.approve_late(p_id text, p_session text, p_by text)
 RETURNS TABLE(outcome text, approval jsonb)
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_session(p_session); v_approval approvals;
BEGIN
  SELECT * INTO v_approval FROM approvals WHERE id = p_id;
  outcome := CASE WHEN v_approval.status = 'pending' THEN 'pending' WHEN v_approval.decision = 'approve' THEN 'approved'
    WHEN v_approval.late_at IS NOT NULL THEN 'late' ELSE 'applied' END;
  IF outcome = 'applied' THEN
    UPDATE approvals SET late_by = p_by, late_at = now() WHERE id = p_id RETURNING * INTO v_approval;
    PERFORM append_event(v_stream, 'approval.answered', jsonb_build_object('approval', approval_json(v_approval)));
  END IF;
  approval := approval_json(v_approval);
  RETURN NEXT;
END $function$;

CREATE OR REPLACE FUNCTION public.ask_file_changes(p_key text, p_session text, p_kind text, p_ids text[], p_chosen integer[], p_by text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
  PERFORM lock_session(p_session);
  INSERT INTO file_change_sets (key, session_id, kind, state, changes, asked_by)
  VALUES (p_key, p_session, p_kind, 'asked', p_ids, p_by) ON CONFLICT DO NOTHING;
  IF FOUND AND p_chosen IS NOT NULL THEN UPDATE file_changes SET chosen = p_chosen WHERE id = ANY(p_ids); END IF;
END $function$;

CREATE OR REPLACE FUNCTION public.ask_question(p_id text, p_run text, p_node text, p_step text, p_prompt text, p_form jsonb, p_approvers text[], p_deadline timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_run(p_run); v_question questions;
BEGIN
  -- A question of an earlier attempt is no longer asked.
  UPDATE questions SET status = 'closed' WHERE node = p_node AND status = 'pending' AND id <> p_id;
  INSERT INTO questions (id, run_id, node, step, prompt, form, approvers, deadline)
  VALUES (p_id, p_run, p_node, p_step, p_prompt, p_form, p_approvers, p_deadline)
  ON CONFLICT (id) DO NOTHING RETURNING * INTO v_question;
  IF FOUND THEN
    PERFORM append_event(v_stream, 'question.changed', jsonb_build_object('question', question_json(v_question)));
    RETURN v_question.deadline;
  END IF;
  RETURN (SELECT deadline FROM questions WHERE id = p_id);
END $function$;

CREATE OR REPLACE FUNCTION public.ask_within_call(p_id text, p_session text, p_turn integer, p_step integer, p_call integer, p_asked jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_session(p_session); v_approval approvals;
BEGIN
  SELECT * INTO v_approval FROM approvals WHERE id = p_id;
  IF FOUND THEN RETURN approval_json(v_approval); END IF;
  IF NOT EXISTS (SELECT FROM turns WHERE session_id = p_session AND turn = p_turn AND status = 'running') THEN RETURN NULL; END IF;
  INSERT INTO approvals (id, session_id, turn, step, call, tool, arguments, arguments_hash, about, because, question, deadline)
  VALUES (p_id, p_session, p_turn, p_step, p_call, p_asked ->> 'tool', p_asked ->> 'arguments', p_asked ->> 'argumentsHash',
    p_asked ->> 'about', nullif(p_asked -> 'because', 'null'), nullif(p_asked -> 'question', 'null'),
    clock_timestamp() + (p_asked ->> 'deadlineMs')::double precision * interval '1 ms')
  RETURNING * INTO v_approval;
  PERFORM append_event(v_stream, 'approval.asked', jsonb_build_object('approval', approval_json(v_approval)), NULL, NULL, NULL);
  RETURN approval_json(v_approval);
END $function$;

CREATE OR REPLACE FUNCTION public.assign_stray(p_session text)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := 'session/' || p_session;
BEGIN
  PERFORM 1 FROM streams WHERE id = v_stream FOR UPDATE;
  IF NOT FOUND OR (SELECT is_held(s) FROM sessions s WHERE id = p_session) THEN RETURN NULL; END IF;
  RETURN assign_turn(p_session, v_stream);
END $function$;

CREATE OR REPLACE FUNCTION public.assign_turn(p_session text, p_stream text)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
DECLARE v_message messages; v_turn integer; v_started timestamptz; v_seqs record; v_bodies jsonb := '[]';
BEGIN
  IF EXISTS (SELECT FROM turns WHERE session_id = p_session AND status = 'running') THEN RETURN NULL; END IF;
  SELECT * INTO v_message FROM messages WHERE session_id = p_session AND status = 'accepted'
    ORDER BY when_busy = 'interrupt' DESC, CASE WHEN when_busy = 'interrupt' THEN -place ELSE place END LIMIT 1;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT coalesce(max(turn), 0) + 1 INTO v_turn FROM turns WHERE session_id = p_session;
  INSERT INTO turns (session_id, turn, message_id) VALUES (p_session, v_turn, v_message.id)
    RETURNING started_at INTO v_started;
  UPDATE messages SET status = 'delivered', turn = v_turn WHERE id = v_message.id;
  -- With an attachment there need be no text.
  IF v_message.text <> '' OR v_message.attachments = '[]' THEN
    v_bodies := jsonb_build_array(CASE WHEN v_message.kind = 'text'
      THEN jsonb_build_object('kind', 'text', 'role', 'user', 'text', v_message.text)
      ELSE jsonb_build_object('kind', 'system', 'label', 'notice', 'text', v_message.text) END);
  END IF;
  IF v_message.attachments <> '[]' THEN v_bodies := v_bodies || attached_bodies(v_message.attachments); END IF;
  SELECT * INTO v_seqs FROM append_chunks(p_session, p_stream, v_turn, 0, (
    SELECT jsonb_agg(jsonb_build_object('ordinal', n - 1, 'body', value) ORDER BY n)
    FROM jsonb_array_elements(v_bodies) WITH ORDINALITY AS body (value, n)));
  PERFORM append_event(p_stream, 'turn.started', jsonb_build_object('turn', v_turn, 'messageId', v_message.id,
    'startedAt', iso(v_started), 'chunks', '[]'::jsonb), v_seqs.from_seq, v_seqs.to_seq, NULL);
  RETURN v_turn;
END $function$;

CREATE OR REPLACE FUNCTION public.attached_bodies(p_attachments jsonb)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  SELECT coalesce(jsonb_agg(jsonb_build_object('kind', a.kind, 'attachmentId', a.id, 'name', given.value -> 'name',
      'mediaType', a.media_type, 'bytes', a.bytes)
    || CASE a.kind WHEN 'image' THEN jsonb_build_object('role', 'user', 'width', a.width, 'height', a.height)
      ELSE jsonb_build_object('pages', a.pages, 'text', a.text, 'characters', a.characters) END ORDER BY given.n), '[]')
  FROM jsonb_array_elements(p_attachments) WITH ORDINALITY AS given (value, n)
    JOIN attachments a ON a.id = given.value ->> 'id' $function$;

CREATE OR REPLACE FUNCTION public.attachments_in(p_chunks jsonb)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE
AS $function$
  SELECT coalesce(array_agg(DISTINCT id #>> '{}'), '{}') FROM (
    SELECT jsonb_path_query(p_chunks, '$[*].body.attachmentId') AS id
    UNION SELECT jsonb_path_query(p_chunks, '$[*].body.images[*].attachmentId')) AS found $function$;

CREATE OR REPLACE FUNCTION public.begin_file_changes(p_key text, p_session text, p_kind text, p_words text, p_steps jsonb, p_changes jsonb, p_ids text[])
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_session(p_session); v_count integer;
BEGIN
  PERFORM FROM file_change_sets WHERE key = p_key AND state <> 'asked';
  IF FOUND THEN RETURN true; END IF;
  PERFORM add_file_changes(p_session, 'pending', NULL, p_changes);
  SELECT count(*) INTO v_count FROM file_changes WHERE id = ANY(p_ids)
    AND CASE p_kind WHEN 'undo' THEN state = 'applied' ELSE state IN ('pending', 'conflict', 'failed', 'undone') END;
  IF v_count <> cardinality(p_ids) THEN RETURN false; END IF;
  UPDATE file_changes SET state = 'applying', set_key = p_key, reason = NULL WHERE id = ANY(p_ids);
  INSERT INTO file_change_sets (key, session_id, kind, state, changes, steps, words)
  VALUES (p_key, p_session, p_kind, 'applying', p_ids, p_steps, p_words)
  ON CONFLICT (key) DO UPDATE SET state = 'applying', changes = p_ids, steps = p_steps;
  PERFORM tell_file_changes(v_stream, p_ids);
  RETURN true;
END $function$;

CREATE OR REPLACE FUNCTION public.begin_operation(p_key text, p_session text, p_turn integer, p_step integer, p_call integer, p_name text, p_worker text, p_token bytea, p_workflow text, p_run text, p_started jsonb, p_purpose text)
 RETURNS TABLE(outcome text, result jsonb, fence integer, failures integer, interrupted boolean, next integer)
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
DECLARE v_stream text := lock_session(p_session); v_op operations; v_turn turns;
BEGIN
  SELECT * INTO v_op FROM operations o WHERE o.key = p_key;
  SELECT * INTO v_turn FROM turns t WHERE t.session_id = p_session AND t.turn = p_turn;
  IF v_turn.status IS DISTINCT FROM 'running' THEN next := turn_after(p_session, p_turn); END IF;
  IF v_op.state = 'sealed' THEN RETURN QUERY SELECT 'sealed', v_op.result, v_op.fence, 0, false, next; RETURN; END IF;
  IF v_turn.status IS DISTINCT FROM 'running' THEN RETURN QUERY SELECT 'closed', NULL::jsonb, 0, 0, false, next; RETURN; END IF;
  IF v_op.state = 'open' AND v_op.worker_id = p_worker AND v_op.task_token = p_token THEN
    RETURN QUERY SELECT 'begun', NULL::jsonb, v_op.fence, v_op.failures, v_op.fence > 1, next; RETURN;
  END IF;
  -- The step's workflow runs the turn, and does this just now: nothing else may do it beside.
  IF v_op.state = 'open' AND v_op.workflow_id = v_turn.workflow AND v_op.workflow_id <> p_workflow THEN
    RETURN QUERY SELECT 'closed', NULL::jsonb, 0, 0, false, next; RETURN;
  END IF;
  IF v_op.key IS NULL THEN
    IF p_call IS NULL AND p_step > 1 AND NOT is_answered(p_session, p_turn, p_step - 1) THEN
      RETURN QUERY SELECT 'closed', NULL::jsonb, 0, 0, false, next; RETURN;
    END IF;
    IF v_turn.cancel_asked_at IS NOT NULL AND p_call IS NULL THEN
      RETURN QUERY SELECT 'cancelled', NULL::jsonb, 0, 0, false, next; RETURN;
    END IF;
    INSERT INTO operations (key, session_id, turn, step, call, name, state, fence, worker_id, task_token, workflow_id, run_id, purpose)
    VALUES (p_key, p_session, p_turn, p_step, p_call, p_name, 'open', 1, p_worker, p_token, p_workflow, p_run, p_purpose)
    RETURNING * INTO v_op;
    interrupted := false;
  ELSE
    IF v_op.state = 'open' THEN
      PERFORM add_span(v_op, 'interrupted', clock_timestamp(), jsonb_build_object('worker', v_op.worker_id));
    END IF;
    DELETE FROM events WHERE operation = p_key;
    UPDATE operations o SET state = 'open', fence = o.fence + 1, name = p_name, worker_id = p_worker, task_token = p_token,
      workflow_id = p_workflow, run_id = p_run, started_at = clock_timestamp()
    WHERE o.key = p_key RETURNING * INTO v_op;
    interrupted := true;
  END IF;
  PERFORM append_event(v_stream, CASE operation_kind(v_op)
    WHEN 'compaction' THEN 'compaction.started' WHEN 'model' THEN 'step.started' ELSE 'tool.started' END,
    p_started || jsonb_build_object('turn', p_turn, 'step', p_step, 'fence', v_op.fence), p_at => v_op.started_at);
  outcome := 'begun'; result := NULL; fence := v_op.fence; failures := v_op.failures;
  RETURN NEXT;
END $function$;

CREATE OR REPLACE FUNCTION public.budget_within(p_above jsonb, p_own jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
AS $function$
  SELECT CASE WHEN p_own IS NULL THEN p_above ELSE coalesce(p_above, '{}') || jsonb_build_object('session', jsonb_strip_nulls(
    jsonb_build_object(
      'tokens', least((p_own ->> 'tokens')::numeric, (p_above #>> '{session,tokens}')::numeric),
      'dollars', least((p_own ->> 'dollars')::numeric, (p_above #>> '{session,dollars}')::numeric)))) END $function$;

CREATE OR REPLACE FUNCTION public.cancel_subagent(p_id text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
DECLARE v_row subagents := lock_subagent(p_id);
BEGIN
  IF v_row.ended_at IS NOT NULL THEN RETURN false; END IF;
  IF v_row.cancel_asked_at IS NULL THEN
    UPDATE subagents SET cancel_asked_at = clock_timestamp() WHERE id = p_id RETURNING * INTO v_row;
    PERFORM tell_subagent(v_row);
  END IF;
  RETURN true;
END $function$;

CREATE OR REPLACE FUNCTION public.cancel_turn(p_session text)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_session(p_session); v_turn integer;
BEGIN
  UPDATE turns SET cancel_asked_at = coalesce(cancel_asked_at, clock_timestamp())
    WHERE session_id = p_session AND status = 'running' RETURNING turn INTO v_turn;
  RETURN v_turn;
END $function$;

CREATE OR REPLACE FUNCTION public.change_session(p_session text, p_change jsonb, p_notices jsonb)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_session(p_session); v_session sessions; v_turn integer; v_step integer; v_ordinal integer; v_seqs record;
BEGIN
  IF p_change <> '{"archived": false}'
    AND (EXISTS (SELECT FROM turns WHERE session_id = p_session AND status = 'running')
      OR EXISTS (SELECT FROM messages WHERE session_id = p_session AND status = 'accepted')
      OR (SELECT is_held(s) FROM sessions s WHERE id = p_session)) THEN
    RETURN 'busy';
  END IF;
  UPDATE sessions SET agent = coalesce(p_change ->> 'agent', agent),
    definition = CASE WHEN p_change ? 'agent' THEN nullif(p_change -> 'definition', 'null') ELSE definition END,
    model = coalesce(p_change ->> 'model', model),
    allow = CASE WHEN p_change ? 'allow' THEN ARRAY(SELECT jsonb_array_elements_text(p_change -> 'allow')) ELSE allow END,
    archived_at = CASE p_change ->> 'archived' WHEN 'true' THEN coalesce(archived_at, now()) WHEN 'false' THEN NULL
      ELSE archived_at END
    WHERE id = p_session RETURNING * INTO v_session;
  SELECT greatest(1, max(turn)) INTO v_turn FROM turns WHERE session_id = p_session;
  SELECT coalesce(max(step), 0) INTO v_step FROM chunks WHERE session_id = p_session AND turn = v_turn;
  -- After what is said at a turn's end.
  SELECT greatest(1000000, max(ordinal)) + 1 INTO v_ordinal FROM chunks
    WHERE session_id = p_session AND turn = v_turn AND step = v_step;
  SELECT * INTO v_seqs FROM append_chunks(p_session, v_stream, v_turn, v_step, coalesce((
    SELECT jsonb_agg(jsonb_build_object('ordinal', v_ordinal + n - 1, 'body', body) ORDER BY n)
    FROM jsonb_array_elements(p_notices) WITH ORDINALITY AS notice (body, n)), '[]'));
  PERFORM append_event(v_stream, 'session.changed', session_changed_json(v_session),
    v_seqs.from_seq, v_seqs.to_seq, NULL);
  RETURN 'changed';
END $function$;

CREATE OR REPLACE FUNCTION public.chunk_json(c chunks)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  SELECT jsonb_build_object('seq', c.seq, 'turn', c.turn, 'step', c.step, 'ordinal', c.ordinal, 'at', iso(c.at),
    'body', c.body) $function$;

CREATE OR REPLACE FUNCTION public.close_turn(p_session text, p_stream text, p_turn integer, p_status text, p_code text, p_chunks jsonb)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
DECLARE v_turn turns; v_seqs record; v_step integer;
BEGIN
  SELECT * INTO STRICT v_turn FROM turns WHERE session_id = p_session AND turn = p_turn;
  IF v_turn.status <> 'running' THEN RETURN v_turn.status; END IF;
  UPDATE turns SET status = p_status, code = p_code, ended_at = clock_timestamp()
    WHERE session_id = p_session AND turn = p_turn RETURNING * INTO v_turn;
  UPDATE sessions SET updated_at = now() WHERE id = p_session;
  DELETE FROM events WHERE operation IN
    (SELECT key FROM operations WHERE session_id = p_session AND turn = p_turn AND state IN ('open', 'failed'));
  UPDATE operations SET state = 'abandoned', task_token = NULL, ended_at = clock_timestamp()
    WHERE session_id = p_session AND turn = p_turn AND state IN ('open', 'failed');
  UPDATE approvals SET status = 'closed' WHERE session_id = p_session AND turn = p_turn AND status = 'pending';
  SELECT coalesce(max(step), 0) INTO v_step FROM chunks WHERE session_id = p_session AND turn = p_turn
    AND jsonb_array_length(p_chunks) > 0;
  SELECT * INTO v_seqs FROM append_chunks(p_session, p_stream, p_turn, v_step, p_chunks);
  PERFORM append_event(p_stream, 'turn.settled', jsonb_build_object('turn', p_turn, 'status', p_status, 'code', p_code,
    'durationMs', round(extract(epoch FROM v_turn.ended_at - v_turn.started_at) * 1000), 'chunks', '[]'::jsonb),
    v_seqs.from_seq, v_seqs.to_seq, NULL);
  PERFORM index_turn(p_session, p_turn);
  IF NOT (SELECT is_held(s) FROM sessions s WHERE id = p_session) THEN PERFORM assign_turn(p_session, p_stream); END IF;
  RETURN p_status;
END $function$;

CREATE OR REPLACE FUNCTION public.close_within_call(p_session text, p_call_key text, p_id text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_session(p_session); v_approval approvals;
BEGIN
  FOR v_approval IN
    UPDATE approvals SET status = 'closed' WHERE session_id = p_session AND status = 'pending'
      AND starts_with(id, p_call_key || '/') AND (p_id IS NULL OR id = p_id) RETURNING *
  LOOP
    PERFORM append_event(v_stream, 'approval.answered', jsonb_build_object('approval', approval_json(v_approval)), NULL, NULL, NULL);
  END LOOP;
END $function$;

CREATE OR REPLACE FUNCTION public.command_json(c commands)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  SELECT jsonb_build_object('id', c.id, 'sessionId', c.session_id, 'argv', c.argv, 'description', c.description,
    'status', CASE WHEN c.status = 'running' AND NOT EXISTS (SELECT FROM workers w
        WHERE w.id = c.worker_id AND w.pid <> 0 AND w.heartbeat_at > now() - interval '15 s') THEN 'lost' ELSE c.status END,
    'exitCode', c.exit_code, 'signal', c.signal, 'output', c.output, 'outputFrom', c.output_from,
    'startedAt', iso(c.started_at), 'endedAt', iso(c.ended_at)) $function$;

CREATE OR REPLACE FUNCTION public.command_orders(p_ids text[])
 RETURNS TABLE(id text, is_over boolean, is_stopping boolean, inputs jsonb)
 LANGUAGE sql
AS $function$
  WITH taken AS (
    UPDATE command_inputs SET taken_at = now() WHERE command_id = ANY (p_ids) AND taken_at IS NULL RETURNING command_id, n, text, closes)
  SELECT wanted.id,
    c.id IS NULL OR s.archived_at IS NOT NULL
      OR EXISTS (SELECT FROM nodes n WHERE n.key = s.node AND n.ended_at IS NOT NULL)
      OR EXISTS (SELECT FROM subagents a WHERE a.session_id = s.id AND a.ended_at IS NOT NULL),
    coalesce(c.stop_asked, true),
    coalesce((SELECT jsonb_agg(jsonb_build_object('text', t.text, 'closes', t.closes) ORDER BY t.n) FROM taken t WHERE t.command_id = wanted.id), '[]')
  FROM unnest(p_ids) AS wanted (id) LEFT JOIN commands c ON c.id = wanted.id LEFT JOIN sessions s ON s.id = c.session_id $function$;

CREATE OR REPLACE FUNCTION public.delete_runs(p_runs text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE v_streams text[] := ARRAY(SELECT 'run/' || run FROM unnest(p_runs) AS run);
BEGIN
  PERFORM 1 FROM streams WHERE id = ANY (v_streams) ORDER BY id FOR UPDATE;
  DELETE FROM runs WHERE id = ANY (p_runs);
  DELETE FROM streams WHERE id = ANY (v_streams);
END $function$;

CREATE OR REPLACE FUNCTION public.delete_session(p_session text)
 RETURNS TABLE(turn integer, workflow text)
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := 'session/' || p_session;
BEGIN
  PERFORM 1 FROM streams WHERE id = v_stream FOR UPDATE;
  RETURN QUERY SELECT t.turn, t.workflow FROM turns t WHERE t.session_id = p_session AND t.status = 'running';
  DELETE FROM sessions WHERE id = p_session;
  DELETE FROM streams WHERE id = v_stream;
END $function$;

CREATE OR REPLACE FUNCTION public.delete_sessions_of(p_runs text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE v_streams text[];
BEGIN
  SELECT array_agg(id) INTO v_streams FROM (
    SELECT id FROM streams WHERE id IN (SELECT stream FROM sessions WHERE run_id = ANY (p_runs)) ORDER BY id FOR UPDATE) AS locked;
  DELETE FROM sessions WHERE stream = ANY (v_streams);
  DELETE FROM streams WHERE id = ANY (v_streams);
END $function$;

CREATE OR REPLACE FUNCTION public.end_file_changes(p_key text, p_session text, p_kind text, p_state text, p_words text, p_reason text, p_add jsonb, p_changes jsonb)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_session(p_session);
BEGIN
  INSERT INTO file_change_sets AS s (key, session_id, kind, state, changes, words, reason, ended_at)
  VALUES (p_key, p_session, p_kind, p_state, ids_of(p_changes), p_words, p_reason, clock_timestamp())
  ON CONFLICT (key) DO UPDATE SET state = p_state, words = coalesce(p_words, s.words), reason = p_reason, ended_at = clock_timestamp()
    WHERE s.state IN ('asked', 'applying');
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM add_file_changes(p_session, 'pending', NULL, p_add);
  UPDATE file_changes f SET state = c ->> 'state', reason = c ->> 'reason', set_key = p_key,
    steps = coalesce(nullif(c -> 'steps', 'null'), f.steps), decided_at = clock_timestamp(),
    after_hash = CASE WHEN c ? 'afterHash' THEN c ->> 'afterHash' ELSE f.after_hash END,
    decided_by = coalesce(c ->> 'by', (SELECT asked_by FROM file_change_sets WHERE key = p_key), f.decided_by)
  FROM jsonb_array_elements(p_changes) AS c WHERE f.id = c ->> 'id';
  PERFORM tell_file_changes(v_stream, ids_of(p_changes));
END $function$;

CREATE OR REPLACE FUNCTION public.enter_agent(p_key text, p_cap integer)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
DECLARE v_admitted timestamptz; v_taken integer;
BEGIN
  PERFORM lock_slots('agents of scripts');
  SELECT admitted_at INTO v_admitted FROM nodes WHERE key = p_key;
  IF v_admitted IS NOT NULL THEN RETURN true; END IF;
  SELECT count(*) INTO v_taken FROM nodes WHERE admitted_at IS NOT NULL AND ended_at IS NULL;
  IF v_taken < p_cap AND NOT EXISTS (
    SELECT FROM nodes WHERE queued_at IS NOT NULL AND admitted_at IS NULL AND ended_at IS NULL AND key <> p_key) THEN
    UPDATE nodes SET admitted_at = clock_timestamp() WHERE key = p_key;
    RETURN true;
  END IF;
  UPDATE nodes SET queued_at = coalesce(queued_at, clock_timestamp()) WHERE key = p_key;
  RETURN false;
END $function$;

CREATE OR REPLACE FUNCTION public.expire_approval(p_id text, p_session text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_session(p_session); v_approval approvals;
BEGIN
  UPDATE approvals SET status = 'answered', answered_by = 'deadline', answered_at = now(),
      decision = CASE WHEN question ? 'default' THEN 'approve' ELSE 'deny' END,
      fields = CASE WHEN question ? 'default' THEN jsonb_build_object('answer', question -> 'default') END
    WHERE id = p_id AND status = 'pending' AND deadline <= clock_timestamp() RETURNING * INTO v_approval;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM append_event(v_stream, 'approval.answered', jsonb_build_object('approval', approval_json(v_approval)));
  RETURN true;
END $function$;

CREATE OR REPLACE FUNCTION public.expire_question(p_id text, p_run text)
 RETURNS jsonb
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_run(p_run); v_question questions;
BEGIN
  UPDATE questions SET status = 'expired' WHERE id = p_id AND status = 'pending' AND deadline <= clock_timestamp()
    RETURNING * INTO v_question;
  IF FOUND THEN
    PERFORM append_event(v_stream, 'question.changed', jsonb_build_object('question', question_json(v_question)));
  ELSE
    SELECT * INTO v_question FROM questions WHERE id = p_id;
  END IF;
  RETURN question_json(v_question);
END $function$;

CREATE OR REPLACE FUNCTION public.fail_operation(p_key text, p_session text, p_turn integer, p_step integer, p_call integer, p_fence integer, p_span jsonb, p_wait jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
DECLARE v_op operations; v_stream text := 'session/' || p_session;
BEGIN
  IF p_wait IS NOT NULL THEN
    PERFORM 1 FROM streams WHERE id = v_stream FOR UPDATE;
    IF NOT FOUND THEN RETURN false; END IF;
  END IF;
  UPDATE operations SET state = 'failed', failures = failures + 1, task_token = NULL, ended_at = clock_timestamp()
    WHERE key = p_key AND fence = p_fence AND state = 'open' RETURNING * INTO v_op;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM add_span(v_op, p_span ->> 'status', v_op.ended_at, p_span -> 'attributes');
  IF p_wait IS NOT NULL THEN
    PERFORM append_event(v_stream, 'step.waiting', p_wait || jsonb_build_object('turn', p_turn, 'step', p_step, 'fence', p_fence),
      NULL, NULL, p_key);
  END IF;
  RETURN true;
END $function$;

CREATE OR REPLACE FUNCTION public.file_change_json(c file_changes)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  SELECT jsonb_build_object('id', c.id, 'sessionId', c.session_id, 'number', c.number, 'turn', c.turn, 'step', c.step,
    'call', c.call, 'agent', c.agent, 'tool', c.tool, 'kind', c.kind, 'path', c.path, 'from', c.from_path,
    'baseHash', c.base_hash, 'afterHash', c.after_hash, 'diff', c.diff, 'added', c.added, 'removed', c.removed,
    'hunks', c.hunks, 'chosen', to_jsonb(c.chosen), 'notes', to_jsonb(c.notes), 'state', file_change_state(c), 'reason', c.reason,
    'approvalId', c.approval_id, 'decidedBy', coalesce(c.decided_by, (SELECT a.answered_by FROM approvals a WHERE a.id = c.approval_id)),
    'createdAt', iso(c.created_at),
    'decidedAt', iso(coalesce(c.decided_at, (SELECT a.answered_at FROM approvals a WHERE a.id = c.approval_id)))) $function$;

CREATE OR REPLACE FUNCTION public.file_change_state(c file_changes)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  SELECT CASE WHEN c.state = 'pending' AND c.approval_id IS NOT NULL THEN coalesce((
      SELECT CASE WHEN a.status = 'closed' THEN 'withdrawn' WHEN a.decision = 'deny' THEN 'rejected' ELSE 'pending' END
      FROM approvals a WHERE a.id = c.approval_id), 'withdrawn')
    ELSE c.state END $function$;

CREATE OR REPLACE FUNCTION public.fork_session(p_from text, p_to text, p_turn integer, p_title text)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := 'session/' || p_to; v_last integer;
BEGIN
  PERFORM 1 FROM streams WHERE id = 'session/' || p_from FOR UPDATE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF EXISTS (SELECT FROM sessions WHERE id = p_to) THEN RETURN p_to; END IF;
  -- A turn after one that is still running does not count as settled.
  SELECT coalesce(max(turn), 0) INTO v_last FROM turns t WHERE session_id = p_from AND turn <= coalesce(p_turn, turn)
    AND NOT EXISTS (SELECT FROM turns r WHERE r.session_id = p_from AND r.status = 'running' AND r.turn <= t.turn);
  INSERT INTO streams (id) VALUES (v_stream);
  INSERT INTO sessions (id, stream, title, workspace, agent, model, allow, definition, budget, schema, forked_from, forked_turn,
      change_mode)
    SELECT p_to, v_stream, coalesce(p_title, title), workspace, agent, model, allow, definition, budget, NULL, p_from, v_last, change_mode
    FROM sessions WHERE id = p_from;
  INSERT INTO messages (id, session_id, text, when_busy, status, turn, accepted_at, kind, attachments)
    SELECT 'fork/' || p_to || '/' || m.turn, p_to, m.text, m.when_busy, 'delivered', m.turn, m.accepted_at, m.kind, m.attachments
    FROM messages m JOIN turns t ON t.message_id = m.id WHERE t.session_id = p_from AND t.turn <= v_last ORDER BY m.turn;
  INSERT INTO turns (session_id, turn, message_id, status, code, started_at, ended_at)
    SELECT p_to, turn, 'fork/' || p_to || '/' || turn, status, code, started_at, ended_at
    FROM turns WHERE session_id = p_from AND turn <= v_last;
  INSERT INTO chunks (session_id, seq, turn, step, ordinal, kind, body, at)
    SELECT p_to, row_number() OVER (ORDER BY seq), turn, step, ordinal, kind, body, at
    FROM chunks WHERE session_id = p_from AND turn <= v_last AND kind <> 'usage';
  PERFORM need_attachments(p_to, attachments_in((SELECT jsonb_agg(jsonb_build_object('body', body)) FROM chunks
    WHERE session_id = p_to AND (kind IN ('image', 'file') OR kind = 'tool_result' AND body ? 'images'))));
  INSERT INTO turn_words (session_id, turn, words)
    SELECT p_to, turn, words FROM turn_words WHERE session_id = p_from AND turn <= v_last ORDER BY turn;
  INSERT INTO context_epochs (session_id, epoch, id, kind, turn, step, summary, reason, failed, made_turn, made_step, predicted,
      stamped_by, created_at)
    SELECT p_to, epoch, id, kind, turn, step, summary, reason, failed, made_turn, made_step, predicted, 'fork', created_at
    FROM context_epochs WHERE session_id = p_from AND made_turn <= v_last;
  UPDATE streams SET last_seq = (SELECT count(*) FROM chunks WHERE session_id = p_to) WHERE id = v_stream;
  RETURN p_to;
END $function$;

CREATE OR REPLACE FUNCTION public.ids_of(p_changes jsonb)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE
AS $function$
  SELECT ARRAY(SELECT c ->> 'id' FROM jsonb_array_elements(p_changes) AS c) $function$;

CREATE OR REPLACE FUNCTION public.index_turn(p_session text, p_turn integer)
 RETURNS void
 LANGUAGE sql
AS $function$
  INSERT INTO turn_words (session_id, turn, words)
  VALUES (p_session, p_turn, to_tsvector('english', search_words(turn_text(p_session, p_turn))))
  ON CONFLICT (session_id, turn) DO UPDATE SET words = excluded.words $function$;

CREATE OR REPLACE FUNCTION public.is_answered(p_session text, p_turn integer, p_step integer)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  SELECT EXISTS (SELECT FROM operations WHERE session_id = p_session AND turn = p_turn AND step = p_step AND call IS NULL
      AND purpose IS NULL AND state = 'sealed')
    AND (SELECT count(*) FROM operations WHERE session_id = p_session AND turn = p_turn AND step = p_step
      AND call IS NOT NULL AND state = 'sealed')
      >= (SELECT count(*) FROM chunks WHERE session_id = p_session AND turn = p_turn AND step = p_step AND kind = 'tool_call')
  $function$;

CREATE OR REPLACE FUNCTION public.is_held(s sessions)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
AS $function$
BEGIN
  RETURN s.node IS NOT NULL AND s.result_turn IS NULL AND coalesce(
      (SELECT ended_at IS NULL FROM nodes WHERE key = s.node),
      EXISTS (SELECT FROM runs WHERE id = s.run_id AND ended_at IS NULL))
    OR EXISTS (SELECT FROM subagents WHERE session_id = s.id AND ended_at IS NULL);
END $function$;

CREATE OR REPLACE FUNCTION public.iso(p timestamp with time zone)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ SELECT to_char(p AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $function$;

CREATE OR REPLACE FUNCTION public.key_pause_ms(p_first bigint, p_max bigint, p_failures integer)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE
AS $function$
  SELECT least(p_max, p_first * 2 ^ least(p_failures - 1, 30))::bigint $function$;

CREATE OR REPLACE FUNCTION public.last_of(p_usage jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
AS $function$
  SELECT jsonb_build_object('input', 0, 'output', 0, 'cacheRead', 0, 'cacheWrite', 0) || jsonb_strip_nulls(jsonb_build_object(
    'input', p_usage -> 'input', 'output', p_usage -> 'output', 'cacheRead', p_usage -> 'cacheRead',
    'cacheWrite', p_usage -> 'cacheWrite')) $function$;

CREATE OR REPLACE FUNCTION public.lock_run(p_run text)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := 'run/' || p_run;
BEGIN
  PERFORM 1 FROM streams WHERE id = v_stream FOR UPDATE;
  IF NOT FOUND THEN RAISE EXCEPTION 'run % does not exist', p_run USING ERRCODE = 'P0002'; END IF;
  RETURN v_stream;
END $function$;

CREATE OR REPLACE FUNCTION public.lock_session(p_session text)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := 'session/' || p_session;
BEGIN
  PERFORM 1 FROM streams WHERE id = v_stream FOR UPDATE;
  IF NOT FOUND THEN RAISE EXCEPTION 'session % does not exist', p_session USING ERRCODE = 'P0002'; END IF;
  RETURN v_stream;
END $function$;

CREATE OR REPLACE FUNCTION public.lock_slots(p_kind text)
 RETURNS void
 LANGUAGE sql
AS $function$
  SELECT pg_advisory_xact_lock(hashtextextended('slots of ' || p_kind, 0)) $function$;

CREATE OR REPLACE FUNCTION public.lock_subagent(p_id text)
 RETURNS subagents
 LANGUAGE plpgsql
AS $function$
DECLARE v_row subagents;
BEGIN
  SELECT * INTO STRICT v_row FROM subagents WHERE id = p_id;
  PERFORM 1 FROM streams WHERE id IN ('session/' || v_row.parent_session, 'session/' || v_row.session_id)
    ORDER BY id FOR UPDATE;
  SELECT * INTO v_row FROM subagents WHERE id = p_id FOR UPDATE;
  RETURN v_row;
END $function$;

CREATE OR REPLACE FUNCTION public.mark_json(m key_marks)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  SELECT jsonb_build_object('key', m.key, 'model', nullif(m.model, ''), 'fingerprint', m.fingerprint, 'reason', m.reason,
    'code', m.code, 'status', m.status, 'asked', m.asked, 'said', m.said, 'isTold', m.is_told, 'failures', m.failures,
    'since', iso(m.marked_at), 'until', iso(m.until),
    'leftMs', greatest(0, ceil(extract(epoch FROM m.until - clock_timestamp()) * 1000))) $function$;

CREATE OR REPLACE FUNCTION public.mark_key(p_mark jsonb, p_told bigint, p_first bigint, p_max bigint, p_elapsed bigint)
 RETURNS jsonb
 LANGUAGE plpgsql
AS $function$
DECLARE v_now timestamptz := clock_timestamp(); v_old key_marks; v_new key_marks; v_pause bigint;
BEGIN
  v_new := jsonb_populate_record(NULL::key_marks, p_mark);
  v_new.marked_at := v_now;
  v_new.is_told := p_told IS NOT NULL;
  v_new.failures := 1;
  v_new.until := v_now;
  INSERT INTO key_marks SELECT (v_new).* ON CONFLICT DO NOTHING;
  IF FOUND THEN
    v_old.failures := 0;
  ELSE
    SELECT * INTO v_old FROM key_marks WHERE key = v_new.key AND model = v_new.model FOR UPDATE;
    IF v_old.key IS NULL OR v_old.fingerprint <> v_new.fingerprint THEN
      v_old.failures := 0;
    ELSIF v_now - make_interval(secs => p_elapsed / 1000.0) < v_old.marked_at THEN
      UPDATE key_marks SET until = greatest(until, v_now + make_interval(secs => p_told / 1000.0)),
        is_told = is_told OR p_told IS NOT NULL
        WHERE key = v_new.key AND model = v_new.model RETURNING * INTO v_new;
      RETURN mark_json(v_new);
    ELSIF v_old.reason <> v_new.reason THEN
      v_old.failures := 0;
    END IF;
  END IF;
  v_new.failures := v_old.failures + 1;
  v_pause := key_pause_ms(p_first, p_max, v_new.failures);
  -- A provider that asks for no wait again and again means none of it.
  IF p_told >= 1000 OR p_told IS NOT NULL AND v_new.failures = 1 THEN v_pause := p_told; END IF;
  v_new.until := v_now + make_interval(secs => v_pause / 1000.0);
  UPDATE key_marks SET fingerprint = v_new.fingerprint, reason = v_new.reason, code = v_new.code, status = v_new.status,
    asked = v_new.asked, said = v_new.said, is_told = v_new.is_told, failures = v_new.failures,
    marked_at = v_new.marked_at, until = v_new.until
    WHERE key = v_new.key AND model = v_new.model RETURNING * INTO v_new;
  RETURN mark_json(v_new);
END $function$;

CREATE OR REPLACE FUNCTION public.need_attachments(p_session text, p_ids text[])
 RETURNS void
 LANGUAGE sql
AS $function$
  INSERT INTO attachment_refs (session_id, attachment_id) SELECT DISTINCT p_session, id FROM unnest(p_ids) AS id
  ON CONFLICT DO NOTHING $function$;

CREATE OR REPLACE FUNCTION public.node_json(n nodes)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  SELECT jsonb_build_object('key', n.key, 'step', n.step, 'index', n.index, 'kind', n.kind, 'status', n.status,
    'attempt', n.attempt, 'total', n.total, 'chosen', n.chosen, 'reusedFrom', n.reused_from, 'label', n.label,
    'phase', n.phase, 'ordinal', n.ordinal, 'freshBecause', n.fresh_because, 'code', n.code, 'reason', n.reason,
    'sessionId', n.session_id, 'childRun', n.child_run, 'startedAt', iso(n.started_at),
    'endedAt', iso(n.ended_at),
    -- Nodes of earlier releases have sums of fewer fields.
    'usage', '{"estimated": 0, "unpriced": 0, "dropped": 0, "last": null}'::jsonb || nullif(n.usage, 'null'::jsonb)) $function$;

CREATE OR REPLACE FUNCTION public.operation_kind(o operations)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  SELECT coalesce(o.purpose, CASE WHEN o.call IS NULL THEN 'model' ELSE 'tool' END) $function$;

CREATE OR REPLACE FUNCTION public.parent_has_ended(a subagents)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  SELECT NOT EXISTS (SELECT FROM sessions WHERE id = a.parent_session)
    OR a.parent_run IS NOT NULL AND NOT EXISTS (SELECT FROM runs WHERE id = a.parent_run AND ended_at IS NULL)
    OR a.parent_node IS NOT NULL AND NOT EXISTS (SELECT FROM nodes WHERE key = a.parent_node AND ended_at IS NULL
      AND (session_id IS NULL OR session_id = a.parent_session))
    OR a.parent_subagent IS NOT NULL
      AND NOT EXISTS (SELECT FROM subagents WHERE id = a.parent_subagent AND ended_at IS NULL) $function$;

CREATE OR REPLACE FUNCTION public.pause_run(p_run text, p_paused boolean)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_run(p_run);
BEGIN
  UPDATE runs SET paused = p_paused WHERE id = p_run AND status = 'running' AND paused <> p_paused;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM append_event(v_stream, 'run.paused', jsonb_build_object('paused', p_paused));
  RETURN true;
END $function$;

CREATE OR REPLACE FUNCTION public.permission_rule_json(r permission_rules)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  SELECT jsonb_build_object('id', r.id, 'sessionId', r.session_id, 'workspace', r.workspace, 'rule', r.rule,
    'approval', r.approval, 'createdBy', r.created_by, 'createdAt', iso(r.created_at)) $function$;

CREATE OR REPLACE FUNCTION public.permissions_json(s sessions)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  SELECT jsonb_build_object('allow', to_jsonb(s.allow),
    'rules', coalesce((SELECT jsonb_agg(permission_rule_json(r) ORDER BY r.created_at, r.id) FROM permission_rules r
      WHERE r.workspace = s.workspace OR r.session_id IN (SELECT id FROM session_line(s.id))), '[]'),
    'roots', coalesce((SELECT jsonb_agg(read_root_json(r) ORDER BY r.granted_at, r.id) FROM read_roots r
      WHERE r.session_id IN (SELECT id FROM session_line(s.id))), '[]'),
    'late', coalesce((SELECT jsonb_agg(jsonb_build_object('id', a.id, 'argumentsHash', a.arguments_hash, 'by', a.late_by) ORDER BY a.late_at)
      FROM approvals a WHERE a.session_id = s.id AND a.late_at IS NOT NULL AND a.late_used IS NULL), '[]')) $function$;

CREATE OR REPLACE FUNCTION public.put_approvals(p_step_key text, p_session text, p_turn integer, p_step integer, p_stream text, p_approvals jsonb)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE v_approval approvals;
BEGIN
  FOR v_approval IN
    INSERT INTO approvals (id, session_id, turn, step, call, tool, arguments, arguments_hash, about, because, question, deadline,
      status, decision, note, answered_by, answered_at, delivered_at)
    SELECT p_step_key || '/' || (a ->> 'call'), p_session, p_turn, p_step, (a ->> 'call')::integer, a ->> 'tool',
      a ->> 'arguments', a ->> 'argumentsHash', a ->> 'about', nullif(a -> 'because', 'null'), nullif(a -> 'question', 'null'),
      clock_timestamp() + (a ->> 'deadlineMs')::double precision * interval '1 ms',
      CASE WHEN a ->> 'decision' IS NULL THEN 'pending' ELSE 'answered' END, a ->> 'decision', a ->> 'note',
      CASE WHEN a ->> 'decision' IS NOT NULL THEN 'rule' END,
      CASE WHEN a ->> 'decision' IS NOT NULL THEN clock_timestamp() END,
      CASE WHEN a ->> 'decision' IS NOT NULL THEN clock_timestamp() END
    FROM jsonb_array_elements(p_approvals) AS a
    RETURNING *
  LOOP
    PERFORM append_event(p_stream, CASE v_approval.status WHEN 'pending' THEN 'approval.asked' ELSE 'approval.answered' END,
      jsonb_build_object('approval', approval_json(v_approval)));
  END LOOP;
  UPDATE approvals o SET late_used = p_step_key || '/' || (a ->> 'call')
    FROM jsonb_array_elements(p_approvals) AS a WHERE o.id = a ->> 'late';
END $function$;

CREATE OR REPLACE FUNCTION public.put_calls(p_run text, p_calls jsonb)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_run(p_run); v_node nodes;
BEGIN
  FOR v_node IN
    INSERT INTO nodes (key, run_id, step, kind, status, call, label, phase, ordinal, input_hash, input_parts, fresh_because,
      reuse_key, scopes, reused_from, output, output_hash, started_at, ended_at)
    SELECT 'run/' || p_run || '/step/' || (c ->> 'id'), p_run, c ->> 'id', c ->> 'kind',
      CASE WHEN c ->> 'kind' = 'sleep' OR (c -> 'runsOn')::boolean THEN 'running' WHEN jsonb_typeof(c -> 'result') = 'object' THEN 'completed' ELSE 'pending' END,
      (c ->> 'call')::json, c ->> 'label', c ->> 'phase', (c ->> 'ordinal')::integer, c ->> 'inputHash', c -> 'inputParts',
      c ->> 'freshBecause', c ->> 'reuseKey',
      CASE WHEN jsonb_typeof(c -> 'scopes') = 'array' THEN ARRAY(SELECT jsonb_array_elements_text(c -> 'scopes')) END,
      c -> 'result' ->> 'from', (c -> 'result' ->> 'output')::json, c -> 'result' ->> 'outputHash',
      CASE WHEN jsonb_typeof(c -> 'result') = 'object' OR c ->> 'kind' = 'sleep' THEN clock_timestamp() END,
      CASE WHEN jsonb_typeof(c -> 'result') = 'object' AND (c -> 'runsOn') IS NULL THEN clock_timestamp() END
    FROM jsonb_array_elements(p_calls) WITH ORDINALITY AS t (c, n) ORDER BY n
    ON CONFLICT (key) DO NOTHING RETURNING *
  LOOP
    PERFORM append_event(v_stream, 'node.changed', jsonb_build_object('node', node_json(v_node), 'was', NULL));
  END LOOP;
END $function$;

CREATE OR REPLACE FUNCTION public.put_items(p_run text, p_key text, p_step text, p_kind text, p_items jsonb)
 RETURNS void
 LANGUAGE sql
AS $function$
  INSERT INTO nodes (key, run_id, step, index, kind, status, item)
  SELECT p_key || '/item/' || (i.n - 1), p_run, p_step, i.n - 1, p_kind, 'pending', i.value
  FROM jsonb_array_elements(p_items) WITH ORDINALITY AS i (value, n)
  ON CONFLICT DO NOTHING $function$;

CREATE OR REPLACE FUNCTION public.put_lines(p_run text, p_lines jsonb)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_run(p_run); v_lines jsonb;
BEGIN
  WITH added AS (
    INSERT INTO script_lines (run_id, n, kind, text)
    SELECT p_run, (l ->> 'n')::integer, l ->> 'kind', l ->> 'text' FROM jsonb_array_elements(p_lines) AS l
    ON CONFLICT DO NOTHING RETURNING n, kind, text, at)
  SELECT jsonb_agg(jsonb_build_object('n', n, 'kind', kind, 'text', text, 'at', iso(at)) ORDER BY n) INTO v_lines FROM added;
  IF v_lines IS NULL THEN RETURN; END IF;
  PERFORM append_event(v_stream, 'script.lines', jsonb_build_object('lines', v_lines));
END $function$;

CREATE OR REPLACE FUNCTION public.put_node(p_run text, p_key text, p_node jsonb)
 RETURNS text
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
DECLARE v_stream text; v_node nodes; v_ends boolean; v_was text;
BEGIN
  v_ends := p_node ->> 'status' IN ('completed', 'failed', 'skipped', 'excluded', 'cancelled', 'timed_out');
  v_stream := lock_run(p_run);
  SELECT status INTO v_was FROM nodes WHERE key = p_key;
  INSERT INTO nodes AS n (key, run_id, step, index, kind, status, attempt, total, chosen, label, input_hash, reused_from, output,
    output_hash, code, reason, session_id, child_run, usage, started_at, ended_at)
  VALUES (p_key, p_run, p_node ->> 'step', (p_node ->> 'index')::integer, p_node ->> 'kind', p_node ->> 'status',
    coalesce((p_node ->> 'attempt')::integer, 0), (p_node ->> 'total')::integer, (p_node ->> 'chosen')::integer,
    p_node ->> 'label', p_node ->> 'inputHash', p_node ->> 'reusedFrom', (p_node ->> 'output')::json, p_node ->> 'outputHash', p_node ->> 'code',
    p_node ->> 'reason', p_node ->> 'sessionId', p_node ->> 'childRun', p_node -> 'usage',
    coalesce((p_node ->> 'startedAt')::timestamptz, clock_timestamp()), CASE WHEN v_ends THEN clock_timestamp() END)
  ON CONFLICT (key) DO UPDATE SET
    status = excluded.status,
    attempt = coalesce((p_node ->> 'attempt')::integer, n.attempt),
    total = coalesce(excluded.total, n.total),
    chosen = coalesce(excluded.chosen, n.chosen),
    label = coalesce(excluded.label, n.label),
    input_hash = coalesce(excluded.input_hash, n.input_hash),
    reused_from = coalesce(excluded.reused_from, n.reused_from),
    output = CASE WHEN p_node ? 'output' THEN excluded.output ELSE n.output END,
    output_hash = coalesce(excluded.output_hash, n.output_hash),
    code = CASE WHEN p_node ? 'code' THEN excluded.code ELSE n.code END,
    reason = CASE WHEN p_node ? 'reason' THEN excluded.reason ELSE n.reason END,
    session_id = coalesce(excluded.session_id, n.session_id),
    child_run = coalesce(excluded.child_run, n.child_run),
    usage = coalesce(excluded.usage, n.usage),
    started_at = coalesce(n.started_at, excluded.started_at),
    ended_at = excluded.ended_at
  WHERE n.ended_at IS NULL
  RETURNING * INTO v_node;
  IF NOT FOUND THEN RETURN (SELECT status FROM nodes WHERE key = p_key); END IF;
  IF v_ends THEN
    UPDATE questions SET status = 'closed' WHERE node = p_key AND status = 'pending';
    -- A turn that the node's workflow took and left must not begin later.
    UPDATE turns t SET cancel_asked_at = coalesce(t.cancel_asked_at, clock_timestamp()) FROM sessions s
      WHERE s.node = p_key AND s.result_turn IS NULL AND t.session_id = s.id AND t.status = 'running';
  END IF;
  PERFORM append_event(v_stream, 'node.changed', jsonb_build_object('node', node_json(v_node), 'was', v_was));
  RETURN v_node.status;
END $function$;

CREATE OR REPLACE FUNCTION public.question_json(q questions)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  SELECT jsonb_build_object('id', q.id, 'runId', q.run_id, 'node', q.node, 'step', q.step, 'prompt', q.prompt,
    'form', q.form, 'approvers', to_jsonb(q.approvers), 'deadline', iso(q.deadline), 'status', q.status,
    'decision', q.decision, 'fields', q.fields, 'note', q.note, 'answeredBy', q.answered_by, 'askedAt', iso(q.asked_at),
    'answeredAt', iso(q.answered_at)) $function$;

CREATE OR REPLACE FUNCTION public.read_events(p_streams text[], p_after bigint[], p_limit integer)
 RETURNS TABLE(want integer, "position" bigint, at text, type text, data text)
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
BEGIN
  RETURN QUERY
  SELECT w.n::integer, e.position, iso(e.at), e.type,
    (CASE WHEN e.from_seq IS NULL THEN e.data ELSE e.data || jsonb_build_object('chunks',
      (SELECT jsonb_agg(chunk_json(c) ORDER BY c.seq) FROM chunks c
       WHERE c.session_id = substr(w.stream, length('session/') + 1) AND c.seq BETWEEN e.from_seq AND e.to_seq))
    END)::text
  FROM unnest(p_streams, p_after) WITH ORDINALITY AS w (stream, after, n)
  CROSS JOIN LATERAL (SELECT * FROM events WHERE events.stream = w.stream AND events.position > w.after
    ORDER BY events.position LIMIT p_limit) AS e
  ORDER BY w.n, e.position;
END $function$;

CREATE OR REPLACE FUNCTION public.read_root_json(r read_roots)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  SELECT jsonb_build_object('id', r.id, 'sessionId', r.session_id, 'path', r.path, 'grantedBy', r.granted_by,
    'grantedAt', iso(r.granted_at)) $function$;

CREATE OR REPLACE FUNCTION public.record_config_change(p_fault text, p_changed text[], p_restart text[])
 RETURNS SETOF config_changes
 LANGUAGE plpgsql
AS $function$
DECLARE v_row config_changes;
BEGIN
  LOCK TABLE config_changes IN SHARE ROW EXCLUSIVE MODE;
  SELECT * INTO v_row FROM config_changes ORDER BY id DESC LIMIT 1;
  IF v_row.id IS NULL OR v_row.at < clock_timestamp() - interval '10 s'
    OR (v_row.fault, v_row.changed, v_row.needs_restart) IS DISTINCT FROM (p_fault, p_changed, p_restart) THEN
    INSERT INTO config_changes (fault, changed, needs_restart) VALUES (p_fault, p_changed, p_restart) RETURNING * INTO v_row;
  END IF;
  RETURN NEXT v_row;
END $function$;

CREATE OR REPLACE FUNCTION public.record_usage(p_session text, p_turn integer, p_step integer, p_chunks jsonb)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE v_body jsonb; v_usage jsonb; v_session sessions; v_run text;
BEGIN
  SELECT * INTO v_session FROM sessions WHERE id = p_session;
  v_run := coalesce(v_session.run_id, (SELECT parent_run FROM subagents WHERE session_id = p_session));
  FOR v_body IN SELECT c -> 'body' FROM jsonb_array_elements(p_chunks) AS c WHERE c -> 'body' ->> 'kind' = 'usage' LOOP
    v_usage := v_body -> 'usage';
    INSERT INTO requests (session_id, run_id, turn, step, agent, model, key, purpose, messages, noted_tokens,
      input, output, cache_read, cache_write, reasoning, cost, is_estimated)
    VALUES (p_session, v_run, p_turn, p_step, v_session.agent, v_body ->> 'model', v_body ->> 'key',
      coalesce(v_body ->> 'purpose', 'reply'), (v_body -> 'noted' ->> 'messages')::integer,
      (v_body -> 'noted' ->> 'tokens')::bigint, coalesce((v_usage ->> 'input')::bigint, 0), coalesce((v_usage ->> 'output')::bigint, 0),
      coalesce((v_usage ->> 'cacheRead')::bigint, 0), coalesce((v_usage ->> 'cacheWrite')::bigint, 0), coalesce((v_usage ->> 'reasoning')::bigint, 0),
      (v_usage ->> 'cost')::double precision, v_usage ? 'isEstimated');
    INSERT INTO session_usage AS u (session_id, input, output, cache_read, cache_write, reasoning, cost, requests,
      estimated, unpriced, dropped, last)
    VALUES (p_session, coalesce((v_usage ->> 'input')::bigint, 0), coalesce((v_usage ->> 'output')::bigint, 0), coalesce((v_usage ->> 'cacheRead')::bigint, 0),
      coalesce((v_usage ->> 'cacheWrite')::bigint, 0), coalesce((v_usage ->> 'reasoning')::bigint, 0), (v_usage ->> 'cost')::double precision, 1,
      (v_usage ? 'isEstimated')::integer, ((v_usage ->> 'cost') IS NULL)::integer, coalesce((v_body ->> 'dropped')::integer, 0),
      last_of(v_usage))
    ON CONFLICT (session_id) DO UPDATE SET input = u.input + excluded.input, output = u.output + excluded.output,
      cache_read = u.cache_read + excluded.cache_read, cache_write = u.cache_write + excluded.cache_write,
      reasoning = u.reasoning + excluded.reasoning,
      cost = CASE WHEN u.cost IS NULL THEN excluded.cost ELSE u.cost + coalesce(excluded.cost, 0) END,
      requests = u.requests + 1, estimated = u.estimated + excluded.estimated, unpriced = u.unpriced + excluded.unpriced,
      dropped = u.dropped + excluded.dropped,
      last = CASE WHEN v_body ->> 'purpose' IN ('compaction', 'sampling') THEN u.last ELSE excluded.last END;
  END LOOP;
END $function$;

CREATE OR REPLACE FUNCTION public.refuse_audit_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION 'the audit log only grows: % is refused', TG_OP USING ERRCODE = '42501';
END $function$;

CREATE OR REPLACE FUNCTION public.reject_file_changes(p_session text, p_ids text[], p_by text)
 RETURNS SETOF text
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_session(p_session); v_ids text[];
BEGIN
  WITH rejected AS (
    UPDATE file_changes SET state = 'rejected', decided_by = p_by, decided_at = clock_timestamp()
    WHERE session_id = p_session AND id = ANY(p_ids) AND (approval_id IS NULL OR state <> 'pending')
      AND state IN ('pending', 'conflict', 'failed')
    RETURNING id)
  SELECT array_agg(id) INTO v_ids FROM rejected;
  PERFORM tell_file_changes(v_stream, v_ids);
  RETURN QUERY SELECT unnest(v_ids);
END $function$;

CREATE OR REPLACE FUNCTION public.retry_subagent(p_id text, p_new text, p_session text)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
DECLARE v_old subagents; v_row subagents; v_prompt text; v_words text;
BEGIN
  SELECT * INTO STRICT v_old FROM subagents WHERE id = p_id;
  PERFORM lock_subagent(p_id);
  IF EXISTS (SELECT FROM subagents WHERE id = p_new) THEN RETURN 'retried'; END IF;
  SELECT * INTO v_old FROM subagents WHERE id = p_id;
  IF v_old.status NOT IN ('failed', 'crashed', 'cancelled') THEN RETURN v_old.status; END IF;
  SELECT text INTO v_prompt FROM messages WHERE id = 'subagent/' || p_id || '/prompt';
  IF v_prompt IS NULL OR NOT EXISTS (SELECT FROM sessions WHERE id = v_old.parent_session) THEN RETURN 'deleted'; END IF;
  v_words := format(E'\n\n[This is attempt %s of the same work. Attempt %s, %s, ended as %s: %s. What it did to files is still there: look before you do it again.]',
    v_old.attempt + 1, v_old.attempt, p_id, v_old.status, coalesce(v_old.reason, v_old.code, 'no reason was kept'));
  INSERT INTO streams (id) VALUES ('session/' || p_session);
  INSERT INTO sessions (id, stream, title, workspace, agent, model, allow, definition, run_id, budget,
    change_mode)
  SELECT p_session, 'session/' || p_session, format('%s (attempt %s)', v_old.label, v_old.attempt + 1), workspace, agent, model, allow,
    definition, run_id, budget, change_mode FROM sessions WHERE id = v_old.session_id;
  IF NOT FOUND THEN RAISE EXCEPTION 'the session of % is gone', p_id; END IF;
  INSERT INTO subagents (id, parent_session, turn, session_id, parent_run, parent_node, parent_subagent, label, agent, model,
    depth, metadata, on_parent_end, attempt, retry_of)
  SELECT p_new, v_old.parent_session, v_old.turn, p_session, CASE WHEN l.lives THEN v_old.parent_run END,
    CASE WHEN l.lives THEN v_old.parent_node END, CASE WHEN l.lives THEN v_old.parent_subagent END, v_old.label, v_old.agent,
    v_old.model, v_old.depth, v_old.metadata, CASE WHEN l.lives THEN v_old.on_parent_end ELSE 'leave' END, v_old.attempt + 1, p_id
  FROM (SELECT NOT parent_has_ended(v_old) AS lives) AS l
  RETURNING * INTO v_row;
  PERFORM accept_message('subagent/' || p_new || '/prompt', p_session, regexp_replace(v_prompt, E'\n\n\\[This is attempt [^]]*\\]$', '') || v_words, 'enqueue', NULL);
  PERFORM tell_subagent(v_row);
  RETURN 'retried';
END $function$;

CREATE OR REPLACE FUNCTION public.seal_context(p_session text, p_stream text, p_op operations, p_context jsonb, p_from bigint, p_to bigint)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF p_context ? 'epoch' THEN
    PERFORM write_epoch(p_session, p_stream, p_op.turn, p_op.step, p_context -> 'epoch', p_from, p_to);
  END IF;
  UPDATE context_epochs SET stamped_by = p_op.key, reported = nullif(p_context -> 'reported', 'null')
    WHERE session_id = p_session AND stamped_by IS NULL AND p_context -> 'stamps' @> to_jsonb(id);
END $function$;

CREATE OR REPLACE FUNCTION public.seal_operation(p_key text, p_session text, p_turn integer, p_step integer, p_call integer, p_fence integer, p_result jsonb, p_hash text, p_chunks jsonb, p_approvals jsonb, p_span jsonb, p_calls jsonb, p_settle text, p_code text, p_context jsonb)
 RETURNS TABLE(outcome text, next integer)
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
DECLARE v_stream text := lock_session(p_session); v_op operations; v_token bytea; v_seqs record; v_call jsonb; v_at timestamptz;
BEGIN
  SELECT * INTO STRICT v_op FROM operations WHERE key = p_key;
  v_token := v_op.task_token;
  IF v_op.fence <> p_fence OR v_op.state NOT IN ('open', 'sealed')
    OR v_op.state = 'sealed' AND v_op.content_hash <> p_hash THEN
    RETURN QUERY SELECT 'superseded', NULL::integer; RETURN;
  END IF;
  IF v_op.state = 'sealed' THEN RETURN QUERY SELECT 'sealed', turn_after(p_session, p_turn); RETURN; END IF;
  SELECT * INTO v_seqs FROM append_chunks(p_session, v_stream, p_turn, p_step, p_chunks);
  UPDATE operations SET state = 'sealed', result = p_result, content_hash = p_hash, task_token = NULL,
    ended_at = clock_timestamp() WHERE key = p_key RETURNING * INTO v_op;
  DELETE FROM events WHERE operation = p_key;
  PERFORM add_span(v_op, p_span ->> 'status', v_op.ended_at, p_span -> 'attributes');
  IF v_op.purpose IS NULL THEN
    PERFORM append_event(v_stream, CASE WHEN p_call IS NULL THEN 'step.sealed' ELSE 'tool.sealed' END,
      jsonb_build_object('turn', p_turn, 'step', p_step, 'chunks', '[]'::jsonb)
        || CASE WHEN p_call IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('call', p_call) END,
      v_seqs.from_seq, v_seqs.to_seq, NULL);
  END IF;
  IF p_context IS NOT NULL THEN
    PERFORM seal_context(p_session, v_stream, v_op, p_context, v_seqs.from_seq, v_seqs.to_seq);
  END IF;
  -- Before its approval, which tells viewers of it.
  PERFORM add_file_changes(p_session, 'pending', NULL, (SELECT coalesce(jsonb_agg(c ORDER BY n, m), '[]')
    FROM jsonb_array_elements(p_approvals) WITH ORDINALITY AS asked (a, n),
      jsonb_array_elements(coalesce(a -> 'changes', '[]')) WITH ORDINALITY AS t (c, m)));
  PERFORM put_approvals(p_key, p_session, p_turn, p_step, v_stream, p_approvals);
  FOR v_call IN SELECT * FROM jsonb_array_elements(p_calls) LOOP
    INSERT INTO operations (key, session_id, turn, step, call, name, state, fence, worker_id, task_token, workflow_id, run_id)
    VALUES (v_call ->> 'key', p_session, p_turn, p_step, (v_call ->> 'call')::integer, v_call ->> 'tool', 'open', 1,
      v_op.worker_id, v_token, v_op.workflow_id, v_op.run_id)
    RETURNING started_at INTO v_at;
    PERFORM append_event(v_stream, 'tool.started', (v_call - 'key') || jsonb_build_object('turn', p_turn, 'step', p_step,
      'fence', 1), p_at => v_at);
  END LOOP;
  outcome := 'sealed';
  IF p_settle IS NOT NULL THEN
    PERFORM close_turn(p_session, v_stream, p_turn, p_settle, p_code, '[]'::jsonb);
    next := turn_after(p_session, p_turn);
  END IF;
  RETURN NEXT;
END $function$;

CREATE OR REPLACE FUNCTION public.search_query(p_text text)
 RETURNS tsquery
 LANGUAGE sql
 IMMUTABLE
AS $function$
  WITH parts AS (
    SELECT coalesce(part[1], '') AS minus, part[2] AS typed, btrim(regexp_replace(search_words(part[2]), '\s+', ' ', 'g')) AS words, n
    FROM regexp_matches(p_text, '(-(?=[^\s-]))?("[^"]*"?|[^\s"]+)', 'g') WITH ORDINALITY AS m (part, n)),
  asked AS (
    SELECT search_query_of(string_agg(CASE WHEN words = typed THEN minus || words ELSE minus || '"' || words || '"' END, ' ' ORDER BY n)
        FILTER (WHERE words <> ''), p_text) AS apart, search_query_of(p_text, p_text) AS typed FROM parts)
  SELECT CASE WHEN apart = typed OR typed IS NULL OR typed::text LIKE '%!%' THEN apart WHEN apart IS NULL THEN typed ELSE apart || typed END
  FROM asked $function$;

CREATE OR REPLACE FUNCTION public.search_query_of(p_words text, p_text text)
 RETURNS tsquery
 LANGUAGE sql
 IMMUTABLE
AS $function$
  SELECT CASE WHEN q = '' THEN NULL WHEN right(q, 1) = '''' AND p_text ~ '[[:alnum:]]$' THEN (q || ':*')::tsquery ELSE q::tsquery END
  FROM (SELECT websearch_to_tsquery('english', p_words)::text AS q) AS asked $function$;

CREATE OR REPLACE FUNCTION public.search_turns(p_query tsquery, p_archived boolean, p_enough integer, p_ranked integer, p_patience interval)
 RETURNS TABLE(session_id text, turn integer, rank real)
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
DECLARE
  v_started timestamptz := clock_timestamp();
  v_top bigint := (SELECT max(place) FROM turn_words);
  v_bottom bigint := (SELECT min(place) FROM turn_words);
  v_size bigint := 2048;
  v_new integer;
  v_found integer := 0;
  v_begun timestamptz;
  v_ms double precision;
BEGIN
  WHILE v_top >= v_bottom AND v_found < p_enough LOOP
    v_begun := clock_timestamp();
    RETURN QUERY
    WITH fitting AS MATERIALIZED (
      SELECT w.session_id, w.turn, w.words FROM turn_words w
      WHERE w.place <= v_top AND w.place > v_top - v_size AND w.words @@ p_query),
    newest AS (
      SELECT f.*, row_number() OVER (PARTITION BY f.session_id ORDER BY f.turn DESC) AS n
      FROM fitting f JOIN sessions s ON s.id = f.session_id WHERE p_archived OR s.archived_at IS NULL)
    SELECT DISTINCT ON (b.session_id) b.session_id, b.turn, b.rank
    FROM (SELECT n.session_id, n.turn, ts_rank_cd(n.words, p_query) AS rank FROM newest n WHERE n.n <= p_ranked) AS b
    ORDER BY b.session_id, b.rank DESC, b.turn DESC;
    GET DIAGNOSTICS v_new = ROW_COUNT;
    v_found := v_found + v_new;
    v_top := v_top - v_size;
    IF clock_timestamp() - v_started > p_patience AND v_top >= v_bottom AND v_found < p_enough THEN
      RETURN QUERY SELECT NULL::text, NULL::integer, NULL::real;
      RETURN;
    END IF;
    v_ms := greatest(1, extract(epoch FROM clock_timestamp() - v_begun) * 1000);
    v_size := v_size * least(8, greatest(2, 100 / v_ms), greatest(1, p_enough::double precision / greatest(v_found, 1)));
  END LOOP;
END $function$;

CREATE OR REPLACE FUNCTION public.search_words(p_text text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  SELECT CASE WHEN octet_length(plain) = length(plain) THEN plain ELSE
    regexp_replace(regexp_replace(plain,
      '[\u0080-\u00A9\u00AB-\u00B4\u00B6-\u00B9\u00BB-\u00BF\u00D7\u00F7\u2000-\u206F\u20A0-\u20CF\u2190-\u2BFF\u2E00-\u2E7F\u3000-\u3004\u3008-\u3020\u30FB\uE000-\uF8FF\uFE10-\uFE6F\uFF00-\uFF0F\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFF65\U0001F000-\U0001FAFF]+', ' ', 'g'),
      '([\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u2E80-\u2FDF\u3005-\u3007\u3040-\u30FA\u30FC-\u9FFF\uF900-\uFAFF\uFF66-\uFF9F\U00020000-\U0003FFFF])', ' \1 ', 'g') END
  FROM (SELECT translate(p_text, '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 32)) AS plain) AS spaced $function$;

CREATE OR REPLACE FUNCTION public.send_to_subagent(p_id text, p_message text, p_text text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
DECLARE v_row subagents := lock_subagent(p_id);
BEGIN
  IF EXISTS (SELECT FROM messages WHERE id = p_message) THEN RETURN true; END IF;
  IF v_row.ended_at IS NOT NULL OR v_row.session_id IS NULL THEN RETURN false; END IF;
  PERFORM accept_message(p_message, v_row.session_id, p_text, 'enqueue', NULL);
  RETURN true;
END $function$;

CREATE OR REPLACE FUNCTION public.session_changed_json(s sessions)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  SELECT jsonb_build_object('agent', s.agent, 'model', s.model, 'allow', to_jsonb(s.allow), 'archivedAt', iso(s.archived_at),
    'chunks', '[]'::jsonb) $function$;

CREATE OR REPLACE FUNCTION public.session_line(p_session text)
 RETURNS TABLE(id text)
 LANGUAGE sql
 STABLE
AS $function$
  WITH RECURSIVE line AS (
    SELECT p_session AS id
    UNION SELECT a.parent_session FROM line l JOIN subagents a ON a.session_id = l.id)
  SELECT id FROM line $function$;

CREATE OR REPLACE FUNCTION public.set_allowed(p_session text, p_allow text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_session(p_session); v_session sessions;
BEGIN
  UPDATE sessions SET allow = p_allow WHERE id = p_session RETURNING * INTO v_session;
  PERFORM append_event(v_stream, 'session.changed', session_changed_json(v_session));
END $function$;

CREATE OR REPLACE FUNCTION public.set_change_mode(p_session text, p_mode text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_session(p_session); v_session sessions;
BEGIN
  UPDATE sessions SET change_mode = p_mode WHERE id = p_session RETURNING * INTO v_session;
  PERFORM append_event(v_stream, 'session.changed', session_changed_json(v_session));
END $function$;

CREATE OR REPLACE FUNCTION public.settle_run(p_run text, p_status text, p_code text, p_reason text, p_output json)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_run(p_run); v_run runs; v_ended text[];
BEGIN
  UPDATE runs SET status = p_status, code = p_code, reason = p_reason, output = p_output, paused = false,
    ended_at = clock_timestamp() WHERE id = p_run AND status = 'running' RETURNING * INTO v_run;
  IF NOT FOUND THEN RETURN (SELECT status FROM runs WHERE id = p_run); END IF;
  UPDATE questions SET status = 'closed' WHERE run_id = p_run AND status = 'pending';
  WITH ended AS (
    UPDATE nodes SET status = 'cancelled', ended_at = clock_timestamp()
    WHERE run_id = p_run AND ended_at IS NULL AND (p_status <> 'completed' OR index IS NULL) RETURNING key)
  SELECT array_agg(key) INTO v_ended FROM ended;
  -- Turns that their workflows took and left must not begin later.
  UPDATE turns t SET cancel_asked_at = coalesce(t.cancel_asked_at, clock_timestamp()) FROM sessions s
    WHERE s.run_id = p_run AND s.result_turn IS NULL AND t.session_id = s.id AND t.status = 'running'
      AND (s.node = ANY (v_ended) OR s.node IS NOT NULL AND NOT EXISTS (SELECT FROM nodes WHERE key = s.node));
  PERFORM append_event(v_stream, 'run.settled', jsonb_build_object('status', p_status, 'code', p_code, 'reason', p_reason,
    'endedAt', iso(v_run.ended_at)));
  RETURN p_status;
END $function$;

CREATE OR REPLACE FUNCTION public.settle_subagent(p_id text, p_status text, p_code text, p_reason text, p_result text, p_message text)
 RETURNS TABLE(status text, starts jsonb)
 LANGUAGE plpgsql
AS $function$
DECLARE v_row subagents := lock_subagent(p_id); v_unread text; v_turn integer;
BEGIN
  IF v_row.ended_at IS NULL THEN
    FOR v_unread IN SELECT m.id FROM messages m WHERE m.session_id = v_row.session_id AND m.status = 'accepted' LOOP
      IF p_status IN ('completed', 'failed') THEN RETURN QUERY SELECT 'more', NULL::jsonb; RETURN; END IF;
      PERFORM withdraw_message(v_unread, v_row.session_id, 'subagent_ended');
    END LOOP;
    UPDATE subagents a SET status = p_status, code = p_code, reason = p_reason, result = p_result,
      ended_at = clock_timestamp() WHERE a.id = p_id RETURNING * INTO v_row;
    -- A turn that its workflow took and left must not begin later.
    IF v_row.session_id IS NOT NULL THEN PERFORM cancel_turn(v_row.session_id); END IF;
    PERFORM tell_subagent(v_row);
  END IF;
  status := v_row.status;
  IF NOT parent_has_ended(v_row) THEN
    SELECT m.starts INTO v_turn
      FROM accept_message('subagent/' || p_id || '/end', v_row.parent_session, p_message, 'enqueue', NULL) AS m;
    SELECT jsonb_build_object('sessionId', s.id, 'turn', v_turn, 'agent', s.agent, 'model', s.model) INTO starts
      FROM sessions s WHERE s.id = v_row.parent_session AND v_turn IS NOT NULL;
  END IF;
  RETURN NEXT;
END $function$;

CREATE OR REPLACE FUNCTION public.settle_turn(p_session text, p_turn integer, p_status text, p_code text, p_chunks jsonb)
 RETURNS TABLE(status text, next integer)
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
DECLARE v_stream text := lock_session(p_session);
BEGIN
  status := close_turn(p_session, v_stream, p_turn, p_status, p_code, p_chunks);
  next := turn_after(p_session, p_turn);
  RETURN NEXT;
END $function$;

CREATE OR REPLACE FUNCTION public.skip_steps(p_run text, p_nodes jsonb)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_run(p_run); v_node nodes;
BEGIN
  FOR v_node IN
    INSERT INTO nodes (key, run_id, step, kind, status, reason, ended_at)
    SELECT 'run/' || p_run || '/step/' || (n ->> 'step'), p_run, n ->> 'step', n ->> 'kind', n ->> 'status', n ->> 'reason',
      clock_timestamp()
    FROM jsonb_array_elements(p_nodes) AS n
    ON CONFLICT (key) DO NOTHING RETURNING *
  LOOP
    PERFORM append_event(v_stream, 'node.changed', jsonb_build_object('node', node_json(v_node), 'was', NULL));
  END LOOP;
END $function$;

CREATE OR REPLACE FUNCTION public.spawn_subagent(p_id text, p_parent text, p_turn integer, p_session text, p_row jsonb, p_prompt text, p_max_depth integer, p_max_open integer)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_session(p_parent); v_parent sessions; v_above subagents; v_row subagents; v_node text; v_run text;
BEGIN
  IF EXISTS (SELECT FROM subagents WHERE id = p_id) THEN RETURN 'spawned'; END IF;
  SELECT * INTO STRICT v_parent FROM sessions WHERE id = p_parent;
  SELECT * INTO v_above FROM subagents WHERE session_id = p_parent;
  IF coalesce(v_above.depth, 0) >= p_max_depth THEN RETURN 'too_deep'; END IF;
  IF (SELECT count(*) FROM subagents WHERE parent_session = p_parent AND ended_at IS NULL) >= p_max_open THEN
    RETURN 'too_many';
  END IF;
  SELECT id INTO v_run FROM runs WHERE id = v_parent.run_id AND ended_at IS NULL;
  SELECT key INTO v_node FROM nodes WHERE key = v_parent.node AND ended_at IS NULL;
  INSERT INTO streams (id) VALUES ('session/' || p_session);
  INSERT INTO sessions (id, stream, title, workspace, agent, model, allow, definition, run_id, budget,
    change_mode)
  VALUES (p_session, 'session/' || p_session, p_row ->> 'label', v_parent.workspace, p_row ->> 'agent', p_row ->> 'model',
    ARRAY(SELECT jsonb_array_elements_text(p_row -> 'allow')), nullif(p_row -> 'definition', 'null'), v_parent.run_id,
    budget_within(v_parent.budget, nullif(p_row -> 'budget', 'null')), v_parent.change_mode);
  INSERT INTO subagents (id, parent_session, turn, session_id, parent_run, parent_node, parent_subagent, label, agent, model,
    depth, metadata, on_parent_end)
  VALUES (p_id, p_parent, p_turn, p_session, v_run, v_node, CASE WHEN v_above.ended_at IS NULL THEN v_above.id END,
    p_row ->> 'label', p_row ->> 'agent', p_row ->> 'model', coalesce(v_above.depth, 0) + 1, nullif(p_row -> 'metadata', 'null'),
    coalesce(p_row ->> 'onParentEnd',
      CASE WHEN v_run IS NULL AND (v_above.id IS NULL OR v_above.ended_at IS NOT NULL) THEN 'leave' ELSE 'cancel' END))
  RETURNING * INTO v_row;
  -- Not before the row: it holds the session.
  PERFORM accept_message('subagent/' || p_id || '/prompt', p_session, p_prompt, 'enqueue', NULL);
  PERFORM tell_subagent(v_row);
  RETURN 'spawned';
END $function$;

CREATE OR REPLACE FUNCTION public.stage_file_changes(p_key text, p_session text, p_words text, p_changes jsonb)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_session(p_session);
BEGIN
  INSERT INTO file_change_sets (key, session_id, kind, state, changes, words, ended_at)
  VALUES (p_key, p_session, 'stage', 'done', ids_of(p_changes), p_words, clock_timestamp()) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM add_file_changes(p_session, 'pending', NULL, p_changes);
  PERFORM tell_file_changes(v_stream, ids_of(p_changes));
END $function$;

CREATE OR REPLACE FUNCTION public.start_subagent(p_id text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE v_row subagents := lock_subagent(p_id);
BEGIN
  UPDATE subagents SET status = 'running', started_at = clock_timestamp()
    WHERE id = p_id AND status = 'queued' RETURNING * INTO v_row;
  IF FOUND THEN PERFORM tell_subagent(v_row); END IF;
END $function$;

CREATE OR REPLACE FUNCTION public.subagent_json(a subagents)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  SELECT jsonb_build_object('id', a.id, 'sessionId', a.session_id, 'parentSessionId', a.parent_session, 'turn', a.turn,
    'label', a.label, 'agent', a.agent, 'model', a.model, 'depth', a.depth, 'onParentEnd', a.on_parent_end,
    'status', a.status, 'code', a.code, 'reason', a.reason, 'cancelling', a.cancel_asked_at IS NOT NULL AND a.ended_at IS NULL,
    'ahead', CASE WHEN a.admitted_at IS NULL AND a.ended_at IS NULL THEN
      (SELECT count(*) FROM subagents o WHERE o.parent_session = a.parent_session AND o.ended_at IS NULL
         AND o.admitted_at IS NULL AND o.place < a.place) END,
    'deliveredTurn', (SELECT m.turn FROM messages m WHERE m.id = 'subagent/' || a.id || '/end'),
    'createdAt', iso(a.created_at), 'startedAt', iso(a.started_at), 'endedAt', iso(a.ended_at),
    'metadata', a.metadata, 'attempt', a.attempt, 'retryOf', a.retry_of) $function$;

CREATE OR REPLACE FUNCTION public.take_turn(p_session text, p_release boolean, p_workflow text)
 RETURNS integer
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
DECLARE v_stream text := lock_session(p_session); v_turn integer;
BEGIN
  IF (SELECT result_turn FROM sessions WHERE id = p_session) IS NOT NULL THEN RETURN NULL; END IF;
  SELECT turn INTO v_turn FROM turns WHERE session_id = p_session AND status = 'running';
  v_turn := coalesce(v_turn, assign_turn(p_session, v_stream));
  UPDATE turns SET workflow = p_workflow WHERE session_id = p_session AND turn = v_turn AND workflow IS DISTINCT FROM p_workflow;
  IF v_turn IS NULL AND p_release THEN
    UPDATE sessions SET result_turn = (SELECT coalesce(max(turn), 0) FROM turns WHERE session_id = p_session) WHERE id = p_session;
  END IF;
  RETURN v_turn;
END $function$;

CREATE OR REPLACE FUNCTION public.takes_slot(r runs)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  SELECT r.kind = 'script' AND r.status = 'running' AND r.admitted_at IS NOT NULL AND NOT r.paused
    AND (NOT EXISTS (SELECT FROM questions q WHERE q.run_id = r.id AND q.status = 'pending')
      OR EXISTS (SELECT FROM nodes n WHERE n.run_id = r.id AND n.kind = 'agent' AND n.ended_at IS NULL)) $function$;

CREATE OR REPLACE FUNCTION public.tell_file_changes(p_stream text, p_ids text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE v_changes jsonb;
BEGIN
  SELECT jsonb_agg(jsonb_build_object('id', c.id, 'number', c.number, 'kind', c.kind, 'path', c.path,
    'state', file_change_state(c)) ORDER BY c.number) INTO v_changes FROM file_changes c WHERE c.id = ANY(p_ids);
  IF v_changes IS NULL THEN RETURN; END IF;
  PERFORM append_event(p_stream, 'change.changed', jsonb_build_object('changes', v_changes));
END $function$;

CREATE OR REPLACE FUNCTION public.tell_subagent(a subagents)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := 'session/' || a.parent_session;
BEGIN
  IF EXISTS (SELECT FROM streams WHERE id = v_stream) THEN
    PERFORM append_event(v_stream, 'subagent.changed', jsonb_build_object('subagent', subagent_json(a)));
  END IF;
END $function$;

CREATE OR REPLACE FUNCTION public.turn_after(p_session text, p_turn integer)
 RETURNS integer
 LANGUAGE sql
 STABLE
AS $function$
  SELECT t.turn FROM turns t JOIN sessions s ON s.id = t.session_id
  WHERE t.session_id = p_session AND t.status = 'running' AND t.turn > p_turn AND NOT is_held(s) $function$;

CREATE OR REPLACE FUNCTION public.turn_text(p_session text, p_turn integer)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  SELECT left(coalesce(string_agg(left(concat_ws(E'\n', body ->> 'name', body ->> 'text'), CASE kind WHEN 'tool_result' THEN 2000 ELSE 20000 END), E'\n'
    ORDER BY seq), ''), 60000)
  FROM chunks WHERE session_id = p_session AND turn = p_turn AND kind IN ('text', 'image', 'file', 'tool_result') $function$;

CREATE OR REPLACE FUNCTION public.warn_run(p_run text, p_warning text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_run(p_run);
BEGIN
  UPDATE runs SET warnings = warnings || p_warning WHERE id = p_run AND NOT p_warning = ANY (warnings) AND cardinality(warnings) < 100;
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM append_event(v_stream, 'run.warned', jsonb_build_object('warning', p_warning));
END $function$;

CREATE OR REPLACE FUNCTION public.withdraw_message(p_id text, p_session text, p_code text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
DECLARE v_stream text := lock_session(p_session);
BEGIN
  UPDATE messages SET status = 'withdrawn' WHERE id = p_id AND status = 'accepted';
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM append_event(v_stream, 'message.withdrawn', jsonb_build_object('messageId', p_id, 'code', p_code));
  RETURN true;
END $function$;

CREATE OR REPLACE FUNCTION public.write_epoch(p_session text, p_stream text, p_turn integer, p_step integer, p_epoch jsonb, p_from bigint, p_to bigint)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE v_epoch integer;
BEGIN
  INSERT INTO context_epochs (session_id, epoch, id, kind, turn, step, summary, reason, failed, made_turn, made_step, predicted, usage)
  SELECT p_session, (SELECT coalesce(max(epoch), 0) + 1 FROM context_epochs WHERE session_id = p_session), p_epoch ->> 'id',
    p_epoch ->> 'kind', (p_epoch ->> 'turn')::integer, (p_epoch ->> 'step')::integer, p_epoch ->> 'summary', p_epoch ->> 'reason',
    p_epoch ->> 'failed', p_turn, p_step, p_epoch -> 'predicted', nullif(p_epoch -> 'usage', 'null')
  RETURNING epoch INTO v_epoch;
  PERFORM append_event(p_stream, CASE WHEN p_epoch ->> 'failed' IS NULL THEN 'compacted' ELSE 'compaction.failed' END,
    jsonb_build_object('turn', p_turn, 'step', p_step, 'epoch', v_epoch, 'kind', p_epoch ->> 'kind', 'chunks', '[]'::jsonb),
    p_from, p_to, NULL);
END $function$;

-- extension plpgsql 1.0 in pg_catalog
