import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openDatabase } from '../../store/database.ts';
import { openLink } from './link.ts';
import { createStatementObserver } from './statements.ts';

let link: Awaited<ReturnType<typeof openLink>>;
let heard: string[] = [];
let hold: Promise<void> = Promise.resolve();
const proxied = new URL(inject('postgresUrl'));

beforeAll(async () => {
  const port = Number(proxied.port);
  const observe = (clientPort: number) =>
    createStatementObserver(clientPort, async (name, side) => {
      heard.push(`${side} ${name}`);
      if (side === 'after') await hold;
    });
  link = await openLink(() => port, observe);
  proxied.port = String(link.port);
});
afterAll(() => link.close());

const connect = async (): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: proxied.href });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

test('a prepared statement is named before and after it, each time it is executed', async () => {
  heard = [];
  const client = await connect();
  const statement = { name: 'one', text: 'SELECT to_regclass($1)', values: ['runs'] };
  await client.query(statement);
  await client.query(statement);
  await client.query('BEGIN');
  await client.query(statement);
  expect(heard.at(-1)).toBe('before to_regclass');
  await client.query('COMMIT');
  await client.end();
  expect(heard).toEqual([
    'before to_regclass',
    'after to_regclass',
    'before to_regclass',
    'after to_regclass',
    'before to_regclass',
    'after to_regclass',
  ]);
});

test('what is held back after a commit is committed, and its asker has not heard so', async () => {
  const [client, other] = [await connect(), new pg.Client({ connectionString: inject('postgresUrl') })];
  await other.connect();
  await other.query('CREATE TABLE IF NOT EXISTS link_test (n integer)');
  const gate = Promise.withResolvers<void>();
  hold = gate.promise;
  let isAnswered = false;
  // Any call of a function named with an underscore will do.
  const asking = client
    .query('INSERT INTO link_test SELECT * FROM jsonb_array_length($1::jsonb)', ['[1, 2]'])
    .then(() => {
      isAnswered = true;
    });
  const stored = async (): Promise<number> => (await other.query('SELECT n FROM link_test')).rowCount ?? 0;
  while ((await stored()) === 0) await new Promise(setImmediate);
  expect(isAnswered).toBe(false);
  gate.resolve();
  await asking;
  expect(isAnswered).toBe(true);
  await other.query('DROP TABLE link_test');
  await Promise.all([client.end(), other.end()]);
});

test('a link that is cut resets its connections and refuses new ones until it is open', async () => {
  const client = await connect();
  const ended = new Promise<void>((resolve) => client.once('end', resolve));
  link.set({ kind: 'cut' });
  await ended;
  await expect(connect()).rejects.toThrow();
  link.set({ kind: 'open' });
  const again = await connect();
  expect((await again.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await again.end();
});

test('a link that is held keeps its connections and passes nothing until it is open', async () => {
  const client = await connect();
  link.set({ kind: 'held' });
  let isAnswered = false;
  const asking = client.query('SELECT 1').then(() => {
    isAnswered = true;
  });
  for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
  expect(isAnswered).toBe(false);
  link.set({ kind: 'open' });
  await asking;
  await client.end();
});

test('a connection lost between two statements ends the attempt, not the process, and the work is done again', async () => {
  const database = openDatabase({ url: proxied.href, patienceMs: 5000, max: 1 });
  let attempts = 0;
  const pid = await database.transaction(async (within) => {
    attempts += 1;
    const [row] = await within.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    if (attempts > 1) return row?.pid;
    link.set({ kind: 'cut' });
    // Until the lost connection has been noticed, while no statement is under way.
    for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
    link.set({ kind: 'open' });
    await within.query('SELECT 1');
    return row?.pid;
  });
  expect(attempts).toBe(2);
  expect(pid).toBeGreaterThan(0);
  await database.close();
});
