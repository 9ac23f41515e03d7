-- A session has no workflow any more: its queue is its accepted messages, decided under the lock of its stream.
DROP INDEX messages_waiting, messages_undelivered;

-- The order of acceptance within a session.
ALTER TABLE messages ADD COLUMN place bigint;
UPDATE messages m SET place = o.place
FROM (SELECT id, row_number() OVER (ORDER BY accepted_at, id) AS place FROM messages) AS o WHERE o.id = m.id;
ALTER TABLE messages
  ALTER COLUMN place SET NOT NULL,
  ALTER COLUMN place ADD GENERATED ALWAYS AS IDENTITY,
  DROP COLUMN acknowledged_at;
SELECT setval(pg_get_serial_sequence('messages', 'place'), coalesce((SELECT max(place) FROM messages), 0) + 1, false);
CREATE INDEX messages_waiting ON messages (session_id, place) WHERE status = 'accepted';

ALTER TABLE turns
  -- When somebody asked for the turn to be cancelled. It begins no further step.
  ADD COLUMN cancel_asked_at timestamptz,
  -- When a process of the API last looked whether its workflow runs.
  ADD COLUMN watched_at timestamptz;

ALTER TABLE sessions
  -- The turn that gave a step its result. Until it is set, the workflow of the step runs the turns of its session.
  ADD COLUMN result_turn integer;

-- What has to be done once with the workflows of an earlier release.
CREATE TABLE upgrades (
  name text PRIMARY KEY,
  done_at timestamptz
);
INSERT INTO upgrades (name) SELECT 'sessions_without_workflows'
WHERE EXISTS (SELECT FROM messages) OR EXISTS (SELECT FROM runs WHERE ended_at IS NULL);
