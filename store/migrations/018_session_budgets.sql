-- {turn, session}, each {tokens, dollars}: what the turns of a session may take. Null: what everturn.yaml says.
ALTER TABLE sessions ADD COLUMN budget jsonb;
