-- What an MCP server asked of the model has a purpose of its own.
ALTER TABLE requests DROP CONSTRAINT requests_purpose_check;
ALTER TABLE requests ADD CONSTRAINT requests_purpose_check CHECK (purpose IN ('reply', 'compaction', 'sampling'));
