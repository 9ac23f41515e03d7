ALTER TABLE runs
  -- Of scripts: when the run got one of the slots of runs at once. Until then it is queued, in the order of its creation.
  ADD COLUMN admitted_at timestamptz,
  -- How long the run may take from its beginning; null: no limit.
  ADD COLUMN time_limit_ms bigint,
  -- Whether results of other runs may be used: {ttlMs: milliseconds | null}; null: no.
  ADD COLUMN reuse jsonb;
UPDATE runs SET admitted_at = created_at WHERE kind = 'script';
CREATE INDEX runs_queued ON runs (created_at, id) WHERE kind = 'script' AND status = 'running' AND admitted_at IS NULL;

ALTER TABLE nodes
  -- Ids of the phases, parallel() and pipeline() with a budget that an agent's call is counted to.
  ADD COLUMN scopes text[],
  -- Hash of all that decides an agent's result, for runs that use results of others; null: its result is for its run alone.
  ADD COLUMN reuse_key text;
CREATE INDEX nodes_reuse_keys ON nodes (reuse_key, ended_at DESC) WHERE reuse_key IS NOT NULL;
-- Agents of scripts that were paid for, the newest first.
CREATE INDEX nodes_paid ON nodes (ended_at DESC) WHERE kind = 'agent' AND call IS NOT NULL AND reused_from IS NULL;

-- What the person who decides should know beside the arguments.
ALTER TABLE approvals ADD COLUMN about text;
