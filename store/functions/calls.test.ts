import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createTestDatabase } from '../../test/support/database.ts';
import { type Database, openDatabase } from '../database.ts';
import { openRace, type Race, type SqlCall } from '../testing/race.ts';
import { eventsOf, newRun, type TestRun } from '../testing/rows.ts';

let database: Database;
let race: Race;
beforeAll(async () => {
  const url = await createTestDatabase(inject('postgresUrl'));
  database = openDatabase({ url, patienceMs: 5000 });
  race = openRace(url);
});
afterAll(async () => {
  await race.close();
  await database.close();
});

const call = (ordinal: number, fields: object = {}) => ({
  id: `c${ordinal}`,
  kind: 'agent',
  label: null,
  phase: null,
  ordinal,
  call: { ordinal },
  ...fields,
});
const put = (run: TestRun, calls: object[]): SqlCall => ['put_calls', run.id, calls];
const stored = (run: TestRun) =>
  database.query<{ step: string; status: string; label: string; output: unknown; started: boolean; ended: boolean }>(
    `SELECT step, status, label, output, reused_from AS "reusedFrom", started_at IS NOT NULL AS started,
       ended_at IS NOT NULL AS ended FROM nodes WHERE run_id = $1 ORDER BY ordinal`,
    [run.id],
  );

test('a call is pending, a sleep runs, a reused result has ended', async () => {
  const run = await newRun(database);
  const result = { from: 'r_earlier', output: '"text"', outputHash: 'h' };
  await race.all([put(run, [call(0), call(1, { kind: 'sleep' }), call(2, { result }), call(3, { result: null })])]);
  expect(await stored(run)).toMatchObject([
    { status: 'pending', started: false, ended: false },
    { status: 'running', started: true, ended: false },
    { status: 'completed', started: true, ended: true, output: 'text', reusedFrom: 'r_earlier' },
    { status: 'pending', started: false, ended: false },
  ]);
});

test('batches that overlap, from several connections at once: one node and one event for each call', async () => {
  for (let round = 0; round < 3; round++) {
    const run = await newRun(database);
    // Each batch has 200 of 400 calls, in its own order: without the lock on the run, batches wait for each other.
    const batches = Array.from({ length: 16 }, (_, batch) => {
      const calls = Array.from({ length: 200 }, (_, index) =>
        call((batch * 25 + index) % 400, { label: `batch ${batch}` }),
      );
      return batch % 2 ? calls : calls.toReversed();
    });
    await race.all(batches.map((calls) => put(run, calls)));
    const nodes = await stored(run);
    expect(nodes.map(({ step }) => step)).toEqual(Array.from({ length: 400 }, (_, ordinal) => `c${ordinal}`));
    const events = await eventsOf(database, run.stream);
    expect(events.map(({ position }) => position)).toEqual(nodes.map((_, index) => index + 1));
    expect(events.map(({ data }) => data.node?.key).toSorted()).toEqual(
      nodes.map(({ step }) => run.key(step)).toSorted(),
    );
    // A call stays as the first batch put it, and a batch's events follow the order of its calls.
    expect(new Map(events.map(({ data }) => [data.node?.key, data.node]))).toEqual(
      new Map(nodes.map(({ step, label }) => [run.key(step), expect.objectContaining({ label })])),
    );
    for (const [batch, calls] of batches.entries()) {
      const own = new Set(nodes.filter(({ label }) => label === `batch ${batch}`).map(({ step }) => run.key(step)));
      const order = events.map(({ data }) => data.node?.key ?? '').filter((key) => own.has(key));
      expect(order).toEqual(calls.map(({ id }) => run.key(id)).filter((key) => own.has(key)));
    }
  }
});

test('a call that is put again while it goes on keeps what it has', async () => {
  const run = await newRun(database);
  const calls = Array.from({ length: 10 }, (_, ordinal) => call(ordinal));
  const end = ({ id }: { id: string }): SqlCall => [
    'put_node',
    run.id,
    run.key(id),
    { step: id, kind: 'agent', status: 'completed', output: `"of ${id}"` },
  ];
  await race.all([put(run, calls)]);
  await race.all(calls.flatMap((one) => [end(one), put(run, calls)]));
  expect(await stored(run)).toMatchObject(calls.map(({ id }) => ({ status: 'completed', output: `of ${id}` })));
  expect(await eventsOf(database, run.stream)).toHaveLength(20);
});

test('put_lines, with lines that overlap: each is appended once, in one event', async () => {
  const run = await newRun(database);
  const lines = Array.from({ length: 600 }, (_, n) => ({ n, kind: 'log', text: `line ${n}` }));
  const parts = Array.from({ length: 16 }, (_, part) => lines.slice(part * 25, part * 25 + 225));
  await race.all(parts.map((part, index): SqlCall => ['put_lines', run.id, index % 2 ? part : part.toReversed()]));
  const appended = await database.query<{ n: number }>(
    `SELECT (l -> 'n')::integer AS n FROM events, jsonb_array_elements(data -> 'lines') AS l WHERE stream = $1 ORDER BY n`,
    [run.stream],
  );
  expect(appended.map(({ n }) => n)).toEqual(lines.map(({ n }) => n));
});
