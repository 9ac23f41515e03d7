-- What changes how a transcript is sent, in the order in which it was decided. The transcript itself keeps every row: what a
-- request holds is a function of it and of these.
CREATE TABLE context_epochs (
  session_id text NOT NULL REFERENCES sessions ON DELETE CASCADE,
  epoch integer NOT NULL,
  -- Stamped on the usage of the next request that is answered, and on no other.
  id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('prune', 'compact')),
  -- Up to the end of this step: a prune leaves out long tool results, a compaction sends the summary instead.
  turn integer NOT NULL,
  step integer NOT NULL,
  summary text,
  reason text NOT NULL CHECK (reason IN ('mark', 'window', 'overflow', 'asked')),
  -- Why it came to nothing; null: it is in force.
  failed text,
  -- The step that made it.
  made_turn integer NOT NULL,
  made_step integer NOT NULL,
  -- {before, after, reread, cost}: tokens of the request without and with it, those to be read again, and what that costs.
  predicted jsonb NOT NULL,
  -- Of the model call that wrote the summary.
  usage jsonb,
  -- The operation whose usage has the stamp, and what its provider counted.
  stamped_by text,
  reported jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (session_id, epoch)
);

-- How many tokens a model takes, as its refusals have said.
CREATE TABLE model_windows (
  key text NOT NULL,
  model text NOT NULL,
  tokens integer NOT NULL,
  -- False: an estimate, of a refusal that named no number.
  is_exact boolean NOT NULL,
  learned_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (key, model)
);

-- What a message asks for: an answer of the agent, or an epoch of the context.
ALTER TABLE messages ADD COLUMN kind text NOT NULL DEFAULT 'text' CHECK (kind IN ('text', 'prune', 'compact'));
-- 'compaction': the operation writes a summary. Null: it is the model request of its step, or a tool call.
ALTER TABLE operations ADD COLUMN purpose text CHECK (purpose = 'compaction');
ALTER TABLE spans DROP CONSTRAINT spans_kind_check,
  ADD CONSTRAINT spans_kind_check CHECK (kind IN ('model', 'tool', 'compaction'));
