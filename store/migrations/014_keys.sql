-- Keys of providers that are not to be asked for a while, for all sessions and workers.
CREATE TABLE key_marks (
  -- Its name in everturn.yaml. The key itself is kept nowhere.
  key text NOT NULL,
  -- The model that alone is affected; empty: all that are asked with the key.
  model text NOT NULL,
  -- Of the address and the key together: a mark does not count for another key of the same name.
  fingerprint text NOT NULL,
  reason text NOT NULL,
  code text NOT NULL,
  status integer,
  -- The model that was asked, by its name in everturn.yaml.
  asked text NOT NULL,
  -- What the provider said.
  said text NOT NULL,
  -- Whether the provider has told until when.
  is_told boolean NOT NULL,
  -- Failures in a row.
  failures integer NOT NULL,
  marked_at timestamptz NOT NULL,
  until timestamptz NOT NULL,
  PRIMARY KEY (key, model)
);

-- Each time that everturn.yaml was read again while the stack ran.
CREATE TABLE config_changes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Why the file was not taken; null where it was.
  fault text,
  -- The fields that changed, and those that wait for a restart.
  changed text[] NOT NULL,
  needs_restart text[] NOT NULL
);
