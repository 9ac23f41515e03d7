-- What a dead worker had sealed is found by the sessions that changed since (store/workers.ts): one index entry less for each
-- model request and tool call.
DROP INDEX operations_sealed;
