-- Before 7d9dd4b the migration asked for the upgrade of workflows only where there was a message. Runs that it found have
-- workflows of an earlier release too.
INSERT INTO upgrades (name) SELECT 'sessions_without_workflows'
WHERE EXISTS (SELECT FROM runs WHERE ended_at IS NULL
  AND created_at < (SELECT at FROM migrations WHERE name = '010_mailbox.sql'))
ON CONFLICT DO NOTHING;
