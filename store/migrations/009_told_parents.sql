ALTER TABLE runs
  -- Whether the session that started this run has been told how it ended.
  ADD COLUMN parent_told boolean NOT NULL DEFAULT false;

UPDATE runs SET parent_told = true WHERE ended_at IS NOT NULL;

CREATE INDEX runs_parent_untold ON runs (ended_at)
  WHERE parent_session IS NOT NULL AND ended_at IS NOT NULL AND NOT parent_told;
