import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createTestDatabase } from '../../test/support/database.ts';
import { type Database, openDatabase } from '../database.ts';
import { openRace, type Race, type SqlCall } from '../testing/race.ts';
import { eventsOf, newRun } from '../testing/rows.ts';

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

const steps = Array.from({ length: 12 }, (_, index) => `s${index}`);
const statuses = ['completed', 'failed', 'cancelled'];

/** A run whose steps have begun, each with a question. */
const newRunWithSteps = async () => {
  const run = await newRun(database);
  const put = (step: string, status: string): SqlCall => [
    'put_node',
    run.id,
    run.key(step),
    { step, kind: 'approval', status },
  ];
  await race.all(steps.map((step) => put(step, 'waiting')));
  await race.all(
    steps.map((step): SqlCall => {
      return ['ask_question', `${run.id}/${step}`, run.id, run.key(step), step, '?', {}, '{somebody}', null];
    }),
  );
  return { run, put };
};

test('settle_run, while its nodes end and it is paused: the first end is kept, and everything ends with it', async () => {
  for (let round = 0; round < 4; round++) {
    const { run, put } = await newRunWithSteps();
    const settles = [...statuses, ...statuses].map(
      (status, index): SqlCall => ['settle_run', run.id, status, `code ${index}`, `reason ${index}`, { of: index }],
    );
    const ends = steps.map((step) => put(step, 'completed'));
    const answers = steps.map(
      (step): SqlCall => ['answer_question', `${run.id}/${step}`, run.id, 'approve', {}, null, 'somebody'],
    );
    const pauses = [true, false, true].map((paused): SqlCall => ['pause_run', run.id, paused]);
    const mixed = [...ends.slice(0, 6), ...settles, ...answers, ...pauses, ...ends.slice(6)];
    const returned = await race.all<unknown>(mixed);
    const settled = new Set(returned.filter((_, index) => mixed[index]?.[0] === 'settle_run'));

    const [row] = await database.query<Record<string, unknown>>('SELECT * FROM runs WHERE id = $1', [run.id]);
    expect([...settled]).toEqual([row?.status]);
    const winner = settles.findIndex(([, , , code]) => code === row?.code);
    expect(row).toMatchObject({ reason: `reason ${winner}`, output: { of: winner }, paused: false });

    const events = await eventsOf(database, run.stream);
    expect(events.filter(({ type }) => type === 'run.settled')).toHaveLength(1);
    // Nothing happens in a run that has ended.
    expect(events.at(-1)?.type).toBe('run.settled');
    const nodes = await database.query<{ key: string; status: string; ended: boolean }>(
      'SELECT key, status, ended_at IS NOT NULL AS ended FROM nodes WHERE run_id = $1',
      [run.id],
    );
    const completed = events.flatMap(({ data }) => (data.node?.status === 'completed' ? data.node.key : []));
    expect(new Map(nodes.map(({ key, status }) => [key, status]))).toEqual(
      new Map(steps.map((step) => [run.key(step), completed.includes(run.key(step)) ? 'completed' : 'cancelled'])),
    );
    expect(nodes.filter(({ ended }) => !ended)).toEqual([]);
    expect(await database.query(`SELECT FROM questions WHERE run_id = $1 AND status = 'pending'`, [run.id])).toEqual(
      [],
    );

    expect(await race.all([...settles, ['pause_run', run.id, true]])).toEqual([
      ...settles.map(() => row?.status),
      false,
    ]);
    expect(await eventsOf(database, run.stream)).toEqual(events);
  }
});

test('a run that completes leaves the items that never ran; one that fails or is cancelled ends them', async () => {
  for (const status of statuses) {
    const { run } = await newRunWithSteps();
    await race.all([['put_items', run.id, run.key('map'), 'map', 'agent', [1, 2, 3]]]);
    await race.all([['settle_run', run.id, status, null, null, null]]);
    const open = await database.query('SELECT index FROM nodes WHERE run_id = $1 AND ended_at IS NULL ORDER BY index', [
      run.id,
    ]);
    expect(open).toEqual(status === 'completed' ? [{ index: 0 }, { index: 1 }, { index: 2 }] : []);
  }
});

test('pause_run: every change is one event, and they take turns; a run that has ended is not paused', async () => {
  const { run } = await newRunWithSteps();
  const changed = await race.all<boolean>(
    Array.from({ length: 40 }, (_, index) => ['pause_run', run.id, index % 2 === 0]),
  );
  const paused = await database.query<{ paused: boolean }>(
    `SELECT (data -> 'paused')::boolean AS paused FROM events WHERE stream = $1 AND type = 'run.paused' ORDER BY position`,
    [run.stream],
  );
  expect(paused).toHaveLength(changed.filter(Boolean).length);
  expect(paused.map((event) => event.paused)).toEqual(paused.map((_, index) => index % 2 === 0));

  await race.one(['pause_run', run.id, true]);
  await race.one(['settle_run', run.id, 'failed', null, null, null]);
  expect(await database.query('SELECT paused FROM runs WHERE id = $1', [run.id])).toEqual([{ paused: false }]);
});
