-- What people and tools attach. The bytes are files beside the database, named by the id: the SHA-256 of them.
CREATE TABLE attachments (
  id text PRIMARY KEY CHECK (id ~ '^[0-9a-f]{64}$'),
  kind text NOT NULL CHECK (kind IN ('image', 'file')),
  media_type text NOT NULL,
  bytes bigint NOT NULL,
  -- Of an image, as it is shown.
  width integer,
  height integer,
  -- Of a file: what a model reads of it, and the characters of the whole.
  pages integer,
  text text,
  characters integer,
  -- When somebody attached it last: who did is about to send it.
  touched_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX attachments_touched ON attachments (touched_at);

-- The sessions that need an attachment. One that no session needs is removed a day after it was attached last.
CREATE TABLE attachment_refs (
  session_id text NOT NULL REFERENCES sessions ON DELETE CASCADE,
  attachment_id text NOT NULL REFERENCES attachments,
  PRIMARY KEY (session_id, attachment_id)
);
CREATE INDEX attachment_refs_attachment ON attachment_refs (attachment_id);

-- [{id, name}] of what is attached.
ALTER TABLE messages ADD COLUMN attachments jsonb NOT NULL DEFAULT '[]';

ALTER TABLE chunks DROP CONSTRAINT chunks_kind_check,
  ADD CONSTRAINT chunks_kind_check CHECK (kind IN ('text', 'thinking', 'tool_call', 'tool_result', 'image', 'file', 'error', 'system', 'usage'));

-- For traces of tools.
CREATE INDEX chunks_calls ON chunks (session_id, seq) WHERE kind = 'tool_call';
