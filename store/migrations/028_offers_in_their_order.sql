-- jsonb puts keys in an order of its own: a tool that was read back would be offered to the model as other bytes than
-- before the worker started again.
ALTER TABLE tool_sources ALTER COLUMN offers TYPE json USING offers::json;
