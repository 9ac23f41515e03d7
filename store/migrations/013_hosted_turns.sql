-- The workflow that runs the turn, where it has none of its own.
ALTER TABLE turns ADD COLUMN workflow text;
