import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
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

const put = (run: TestRun, step: string, node: object): SqlCall => [
  'put_node',
  run.id,
  run.key(step),
  { step, kind: 'agent', ...node },
];
const stored = async (run: TestRun, step: string) => {
  const [node] = await database.query<Record<string, unknown>>('SELECT * FROM nodes WHERE key = $1', [run.key(step)]);
  return node;
};

const goesOn = ['pending', 'running', 'waiting'];
const ends = ['completed', 'failed', 'skipped', 'excluded', 'cancelled', 'timed_out'];

describe('put_node, called from several connections at once', () => {
  test('one event per change, each of which knows the status before it', async () => {
    const run = await newRun(database);
    const calls = Array.from({ length: 50 }, (_, attempt) => put(run, 'a', { status: goesOn[attempt % 3], attempt }));
    await race.all(calls);
    const events = await eventsOf(database, run.stream);
    expect(events.map(({ position }) => position)).toEqual(calls.map((_, index) => index + 1));
    expect(events.map(({ data }) => data.was)).toEqual([
      null,
      ...events.slice(0, -1).map(({ data }) => data.node?.status),
    ]);
    const attempts = events.map(({ data }) => data.node?.attempt ?? -1);
    expect(attempts.toSorted((a, b) => a - b)).toEqual(calls.map((_, attempt) => attempt));
    expect(await stored(run, 'a')).toMatchObject({
      status: events.at(-1)?.data.node?.status,
      attempt: events.at(-1)?.data.node?.attempt,
    });
  });

  test('the first end is kept, with all it brought; later writes change nothing and append nothing', async () => {
    for (let round = 0; round < 6; round++) {
      const run = await newRun(database);
      const statuses = [...ends, ...goesOn, ...ends, ...goesOn];
      const returned = await race.all<string>(
        statuses.map((status, index) =>
          put(run, 'a', { status, attempt: index, output: { of: index }, reason: `reason ${index}` }),
        ),
      );
      const node = await stored(run, 'a');
      const winner = Number(node?.attempt);
      expect(ends).toContain(statuses[winner]);
      expect(node).toMatchObject({ status: statuses[winner], output: { of: winner }, reason: `reason ${winner}` });

      const events = await eventsOf(database, run.stream);
      const written = events.map(({ data }) => data.node?.attempt ?? -1);
      expect(written.at(-1)).toBe(winner);
      expect(events.filter(({ data }) => ends.includes(data.node?.status ?? ''))).toHaveLength(1);
      // Each caller hears what is stored: its own write, or the end that came before it.
      expect(returned).toEqual(statuses.map((status, index) => (written.includes(index) ? status : statuses[winner])));

      await race.all(statuses.map((status) => put(run, 'a', { status, attempt: 99 })));
      expect(await stored(run, 'a')).toEqual(node);
      expect(await eventsOf(database, run.stream)).toEqual(events);
    }
  });

  test('writers of different fields do not undo each other', async () => {
    const run = await newRun(database);
    const fields = {
      sessionId: 's',
      childRun: 'r',
      inputHash: 'i',
      outputHash: 'o',
      reusedFrom: 'e',
      total: 7,
      chosen: 2,
      output: [1],
      code: 'timed_out',
      reason: 'why',
      usage: { input: 1 },
    };
    await race.all(Object.entries(fields).map(([name, value]) => put(run, 'a', { status: 'running', [name]: value })));
    const kept = {
      session_id: 's',
      child_run: 'r',
      input_hash: 'i',
      output_hash: 'o',
      reused_from: 'e',
      total: 7,
      chosen: 2,
      output: [1],
      usage: { input: 1 },
    };
    expect(await stored(run, 'a')).toMatchObject({ ...kept, code: 'timed_out', reason: 'why' });
    await race.all([put(run, 'a', { status: 'running', code: null, reason: null })]);
    expect(await stored(run, 'a')).toMatchObject({ ...kept, code: null, reason: null });
  });

  test('the end of a node closes its question, and no other', async () => {
    const run = await newRun(database);
    await race.all(['a', 'b'].map((step) => put(run, step, { status: 'waiting' })));
    await race.all(
      ['a', 'b'].map((step) => ['ask_question', `${step}${run.id}`, run.id, run.key(step), step, '?', {}, null, null]),
    );
    await race.all(ends.map((status) => put(run, 'a', { status })));
    const questions = await database.query('SELECT step, status FROM questions WHERE run_id = $1 ORDER BY step', [
      run.id,
    ]);
    expect(questions).toEqual([
      { step: 'a', status: 'closed' },
      { step: 'b', status: 'pending' },
    ]);
  });
});

test('skip_steps, called from several connections at once, creates each node with one event', async () => {
  const run = await newRun(database);
  const nodes = Array.from({ length: 300 }, (_, index) => ({
    step: `s${index}`,
    kind: 'agent',
    status: 'skipped',
    reason: 'r',
  }));
  await race.all(
    Array.from({ length: 16 }, (_, index) => ['skip_steps', run.id, index % 2 ? nodes : nodes.toReversed()]),
  );
  const events = await eventsOf(database, run.stream);
  expect(events.map(({ data }) => data.node?.key).toSorted()).toEqual(
    nodes.map(({ step }) => run.key(step)).toSorted(),
  );
  expect(events.map(({ position }) => position)).toEqual(nodes.map((_, index) => index + 1));
});

test('put_items, called from several connections at once, creates each item once', async () => {
  for (let round = 0; round < 40; round++) {
    const run = await newRun(database);
    const items = Array.from({ length: 5 }, (_, index) => ({ item: index }));
    await race.all(Array.from({ length: 8 }, () => ['put_items', run.id, run.key('map'), 'map', 'agent', items]));
    const stored = await database.query<{ key: string; item: object }>(
      'SELECT key, item FROM nodes WHERE run_id = $1 ORDER BY index',
      [run.id],
    );
    expect(stored).toEqual(items.map((item, index) => ({ key: `${run.key('map')}/item/${index}`, item })));
  }
});
