import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createTestDatabase } from '../test/support/database.ts';
import { type Database, openDatabase } from './database.ts';
import { fileChangeQueries } from './file-changes.ts';
import { nodeQueries } from './nodes.ts';
import { runQueries } from './runs.ts';
import { newRun } from './testing/rows.ts';

let database: Database;
beforeAll(async () => {
  database = openDatabase({ url: await createTestDatabase(inject('postgresUrl')), patienceMs: 5000 });
});
afterAll(() => database.close());

const addSession = async (
  id: string,
  more: { run?: string; model?: string; archived?: boolean } = {},
): Promise<void> => {
  await database.query('INSERT INTO streams (id) VALUES ($1)', [`session/${id}`]);
  await database.query(
    `INSERT INTO sessions (id, stream, title, workspace, agent, model, allow, run_id, archived_at)
     VALUES ($1, $2, $3, '/', 'default', $4, '{}', $5, CASE WHEN $6 THEN now() END)`,
    [id, `session/${id}`, `Title of ${id}`, more.model ?? 'm', more.run ?? null, more.archived ?? false],
  );
};

const addChange = async (session: string, number: number, state: string, approvalId: string | null = null) => {
  await database.query(
    `INSERT INTO file_changes (id, session_id, number, turn, step, call, agent, tool, kind, path, diff, added, removed,
       hunks, notes, state, approval_id, created_at)
     VALUES ($1, $2, $3::int, 1, 1, 0, 'default', 'edit_file', 'edit', $4, '', 2, 1, 1, '{}', $5, $6, now() + $3::int * interval '1 s')`,
    [`${session}/${number}`, session, number, `src/${number}.ts`, state, approvalId],
  );
};

test('staged changes: those that wait and no approval decides, by session, none of archived ones', async () => {
  for (const id of ['late', 'early']) await addSession(id);
  await addSession('gone', { archived: true });
  for (let number = 11; number <= 17; number += 1) await addChange('late', number, 'pending');
  await addChange('early', 1, 'pending');
  await addChange('early', 2, 'applied');
  await addChange('early', 3, 'pending', 'asked');
  await addChange('gone', 1, 'pending');
  const staged = await fileChangeQueries(database).allStaged();
  expect(staged.map(({ sessionId, ids }) => [sessionId, ids.length])).toEqual([
    ['early', 1],
    ['late', 7],
  ]);
  expect(staged[1]).toMatchObject({
    title: 'Title of late',
    paths: [11, 12, 13, 14, 15].map((number) => `src/${number}.ts`),
    added: 14,
    removed: 7,
  });
});

test('runs are narrowed by the model of their sessions, and a step of an agent has its prompt', async () => {
  const [one, other] = [await newRun(database), await newRun(database)];
  await addSession('of-one', { run: one.id, model: 'large' });
  await addSession('of-other', { run: other.id, model: 'small' });
  const runs = runQueries(database);
  const named = async (model: string): Promise<string[]> =>
    (await runs.list({ model, limit: 50 })).runs.map(({ id }) => id);
  expect(await named('large')).toEqual([one.id]);
  expect(await named('small')).toEqual([other.id]);
  expect(await named('none')).toEqual([]);

  await database.query('SELECT put_node($1, $2, $3)', [
    one.id,
    one.key('look'),
    JSON.stringify({ step: 'look', kind: 'agent', status: 'running', sessionId: 'of-one' }),
  ]);
  await database.query(
    `INSERT INTO messages (id, session_id, text, when_busy, kind) VALUES ('m1', 'of-one', 'Look at it', 'enqueue', 'text')`,
  );
  await database.query(
    `INSERT INTO turns (session_id, turn, message_id, status) VALUES ('of-one', 1, 'm1', 'running')`,
  );
  const result = await nodeQueries(database).result({ runId: one.id, step: 'look', index: null });
  expect(result?.prompt).toBe('Look at it');
});
