-- What users and models write keeps the order of its keys: jsonb sorts them, json does not.
ALTER TABLE runs ALTER COLUMN input TYPE json, ALTER COLUMN output TYPE json;
ALTER TABLE nodes ALTER COLUMN output TYPE json, ALTER COLUMN call TYPE json;
ALTER TABLE sessions ALTER COLUMN schema TYPE json;

ALTER TABLE runs
  -- Whether a script may complete where none of its agents ran. Runs of earlier releases may.
  ADD COLUMN allow_empty boolean NOT NULL DEFAULT true,
  -- What did not stop the run and its user should know.
  ADD COLUMN warnings text[] NOT NULL DEFAULT '{}';
ALTER TABLE runs ALTER COLUMN allow_empty SET DEFAULT false;
