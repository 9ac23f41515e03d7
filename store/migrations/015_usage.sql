-- One row for each request to a model. It has no reference to its session: what was spent stays when that is deleted.
CREATE TABLE requests (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  session_id text NOT NULL,
  run_id text,
  turn integer NOT NULL,
  step integer NOT NULL,
  agent text NOT NULL,
  model text NOT NULL,
  key text,
  purpose text NOT NULL CHECK (purpose IN ('reply', 'compaction')),
  -- The length that was noted before the request was sent.
  messages integer,
  noted_tokens bigint,
  input bigint NOT NULL,
  output bigint NOT NULL,
  cache_read bigint NOT NULL,
  cache_write bigint NOT NULL,
  reasoning bigint NOT NULL,
  cost double precision,
  is_estimated boolean NOT NULL
);
CREATE INDEX requests_at ON requests (at);
CREATE INDEX requests_of_session ON requests (session_id, id);

-- The sums of a session's requests. It has no row before the first.
CREATE TABLE session_usage (
  session_id text PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
  input bigint NOT NULL,
  output bigint NOT NULL,
  cache_read bigint NOT NULL,
  cache_write bigint NOT NULL,
  reasoning bigint NOT NULL,
  cost double precision,
  requests integer NOT NULL,
  estimated integer NOT NULL,
  unpriced integer NOT NULL,
  dropped integer NOT NULL,
  last jsonb NOT NULL
) WITH (fillfactor = 50);

INSERT INTO requests (at, session_id, run_id, turn, step, agent, model, purpose, input, output, cache_read, cache_write,
  reasoning, cost, is_estimated)
SELECT c.at, c.session_id, coalesce(s.run_id, (SELECT a.parent_run FROM subagents a WHERE a.session_id = s.id)), c.turn, c.step,
  s.agent, coalesce(c.body ->> 'model', s.model), 'reply', coalesce((c.body -> 'usage' ->> 'input')::bigint, 0),
  coalesce((c.body -> 'usage' ->> 'output')::bigint, 0), coalesce((c.body -> 'usage' ->> 'cacheRead')::bigint, 0),
  coalesce((c.body -> 'usage' ->> 'cacheWrite')::bigint, 0), coalesce((c.body -> 'usage' ->> 'reasoning')::bigint, 0),
  (c.body -> 'usage' ->> 'cost')::double precision, false
FROM chunks c JOIN sessions s ON s.id = c.session_id WHERE c.kind = 'usage' ORDER BY c.at, c.session_id, c.seq;

INSERT INTO session_usage
SELECT session_id, sum(input), sum(output), sum(cache_read), sum(cache_write), sum(reasoning), sum(cost), count(*), 0,
  count(*) FILTER (WHERE cost IS NULL), 0,
  (array_agg(jsonb_build_object('input', input, 'output', output, 'cacheRead', cache_read, 'cacheWrite', cache_write)
    ORDER BY id DESC))[1]
FROM requests GROUP BY session_id;
