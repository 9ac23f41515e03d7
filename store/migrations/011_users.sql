-- What lets users in beside the stack's own token and those of everturn.yaml: tokens, and logins at an identity provider.
CREATE TABLE credentials (
  -- SHA-256 of the secret, in hexadecimal digits. The secret itself is kept nowhere.
  hash text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('token', 'login')),
  user_name text NOT NULL,
  role text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz,
  revoked_at timestamptz
);
CREATE UNIQUE INDEX credentials_of_users ON credentials (user_name) WHERE kind = 'token' AND revoked_at IS NULL;
CREATE INDEX credentials_by_name ON credentials (user_name) WHERE revoked_at IS NULL;

-- Who did what to what. Rows are never changed or deleted: a trigger refuses it (functions/audit.sql).
CREATE TABLE audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- An act that is given twice is written once.
  key text NOT NULL UNIQUE,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  user_name text NOT NULL,
  role text NOT NULL,
  action text NOT NULL,
  target text NOT NULL,
  detail jsonb NOT NULL
);
CREATE INDEX audit_by_user ON audit (user_name, id);
CREATE INDEX audit_by_target ON audit (target, id);
