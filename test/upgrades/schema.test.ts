import { execFile, execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { exitCodes } from '../../cli/exit.ts';
import { checkVersion } from '../../store/check-version.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { dumpSchema } from '../../store/dump-schema.ts';
import { earlierTexts } from '../../store/earlier-texts.ts';
import { migrate } from '../../store/migrate.ts';
import { readMigrations, sha256 } from '../../store/sql-files.ts';
import { createEmptyDatabase, restoreDatabase } from './restore.ts';
import { recordedCommits } from './state.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const commits = recordedCommits();
const exec = promisify(execFile);

let current: string;
beforeAll(async () => {
  current = await readFile(new URL('../../store/schema.sql', import.meta.url), 'utf8');
});

const opened: Database[] = [];
const restored = async (commit: string): Promise<{ url: string; database: Database }> => {
  const one = await restoreDatabase(commit);
  opened.push(one.database);
  return one;
};
afterEach(async () => {
  await Promise.all(opened.splice(0).map((database) => database.close()));
});

const migrationRows = (database: Database) =>
  database.query<{ name: string; sha256: string }>('SELECT name, sha256 FROM migrations ORDER BY name');

/** Every row but those of the migrator's own tables. */
const contents = async (database: Database): Promise<Record<string, string>> => {
  const tables = ['sessions', 'chunks', 'messages', 'turns', 'operations', 'approvals', 'events', 'streams', 'spans'];
  const sums: Record<string, string> = {};
  for (const table of tables) {
    const [row] = await database.query<{ sum: string }>(
      `SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) AS sum FROM ${table} t`,
    );
    sums[table] = row?.sum ?? '';
  }
  return sums;
};

/** What a failed upgrade must leave as it was. */
const everything = async (database: Database) => [
  await dumpSchema(database),
  await migrationRows(database),
  await contents(database),
];

describe.each(commits)('data of %s', (commit) => {
  test('gets the schema of a new database, and the present hashes', async () => {
    const { database } = await restored(commit);
    const chunks = () => database.query('SELECT session_id, seq, kind, body FROM chunks ORDER BY session_id, seq');
    const before = await chunks();
    expect(before.length).toBeGreaterThan(0);
    await migrate(database);
    expect(await dumpSchema(database)).toBe(current);
    const files = await readMigrations();
    expect(await migrationRows(database)).toEqual(files.map(({ name, sha256: sum }) => ({ name, sha256: sum })));
    expect(await chunks()).toEqual(before);
    await checkVersion(database);
  });
});

test('a migration that a branch brought behind later ones is applied then (004 came after 005)', async () => {
  const empty = openDatabase({ url: await createEmptyDatabase(), patienceMs: 10_000 });
  opened.push(empty);
  const client = await empty.connect();
  await client.query(
    'CREATE TABLE migrations (name text PRIMARY KEY, sha256 text NOT NULL, at timestamptz DEFAULT now() NOT NULL)',
  );
  for (const { name, sql, sha256: sum } of (await readMigrations()).filter((file) => /^00[1235]/.test(file.name))) {
    await client.query(sql);
    await client.query('INSERT INTO migrations (name, sha256) VALUES ($1, $2)', [name, sum]);
  }
  await client.end();
  await migrate(empty);
  expect(await dumpSchema(empty)).toBe(current);
});

test('runs that the first 010_mailbox found are begun anew, though it found no message', async () => {
  const { database } = await restored('85372e7');
  const asked = () => database.query('SELECT name FROM upgrades WHERE done_at IS NULL');
  // As if the commit had run it on data of a commit before, in which no session had a message.
  await database.query(`UPDATE migrations SET at = now() WHERE name = '010_mailbox.sql'`);
  expect(await asked()).toEqual([]);
  await migrate(database);
  expect(await asked()).toEqual([{ name: 'sessions_without_workflows' }]);
});

test('events of nodes get what they had before: the status that the event of the node before it gave', async () => {
  const { database } = await restored('c13809b');
  const events = () =>
    database.query<{ stream: string; position: number; data: unknown }>(
      `SELECT stream, position, data FROM events WHERE type = 'node.changed' ORDER BY stream, position`,
    );
  const before = await events();
  expect(before.some(({ data }) => JSON.stringify(data).includes('"was":"running"'))).toBe(true);
  await database.query(`UPDATE events SET data = data - 'was' WHERE type = 'node.changed'`);
  await migrate(database);
  const added = { label: null, phase: null, ordinal: null, freshBecause: null };
  expect(await events()).toEqual(
    before.map(({ data, ...event }) => {
      const { node, ...rest } = data as { node: object };
      return { ...event, data: { ...rest, node: { ...node, ...added } } };
    }),
  );
});

test('the recorded states have every text that a migration ever had', async () => {
  const seen = new Set<string>();
  for (const commit of commits) {
    const { database } = await restored(commit);
    for (const { name, sha256: sum } of await migrationRows(database)) seen.add(`${name} ${sum}`);
  }
  for (const { name, sha256: sum } of earlierTexts) expect(seen).toContain(`${name} ${sum}`);
});

/** A source archive has no history: there the recorded states, which hold hashes too, must do. */
const hasHistory = (): boolean => {
  try {
    const isShallow = execFileSync('git', ['-C', root, 'rev-parse', '--is-shallow-repository'], { stdio: 'pipe' });
    return isShallow.toString().trim() === 'false';
  } catch {
    return false;
  }
};

test.runIf(hasHistory())(
  'no committed migration was edited: git has no text that is not the present one or a known earlier one',
  async () => {
    const git = (...args: string[]): string => execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' });
    const known = new Set((await readMigrations()).map((file) => `${file.name} ${file.sha256}`));
    for (const { name, sha256: sum } of earlierTexts) known.add(`${name} ${sum}`);
    const raw = git('log', '--raw', '--no-abbrev', '--no-renames', '-m', '--format=', '--', 'store/migrations/*.sql');
    const texts = raw.split('\n').flatMap((line) => {
      const [, , , blob = '', , file = ''] = line.split(/\s+/);
      return /^0*$/.test(blob) ? [] : [`${file.split('/').at(-1)} ${sha256(git('cat-file', 'blob', blob))}`];
    });
    expect(texts.length).toBeGreaterThan(10);
    expect([...new Set(texts)].filter((text) => !known.has(text))).toEqual([]);
  },
);

test('two processes bring the same data forward at once', async () => {
  const { url, database } = await restored('7bca81e');
  const env = { ...process.env, DATABASE_URL: url, TEMPORAL_ADDRESS: inject('temporalAddress') };
  const prepare = () => exec(process.execPath, ['cli/everturn.js', 'prepare'], { cwd: root, env });
  await Promise.all([prepare(), prepare()]);
  expect(await dumpSchema(database)).toBe(current);
});

test('an upgrade that Postgres refuses names the migration, and leaves everything as it was', async () => {
  const { database } = await restored('27c6166');
  // In the way of one of the last migrations; earlier ones, and a repair, run before it.
  await database.query('CREATE TABLE upgrades (theirs integer)');
  const before = await everything(database);
  await expect(migrate(database)).rejects.toMatchObject({
    code: 'migration_failed',
    message: expect.stringMatching(
      /migration 010_mailbox\.sql failed: .*"upgrades" already exists\. Nothing was changed/,
    ),
  });
  expect(await everything(database)).toEqual(before);
  await database.query('DROP TABLE upgrades');
  await migrate(database);
  expect(await dumpSchema(database)).toBe(current);
});

test.each([
  ['a text that nobody committed', `UPDATE migrations SET sha256 = 'x' WHERE name = '003_flows.sql'`, '003_flows.sql'],
  [
    'a removed migration with another text',
    `INSERT INTO migrations (name, sha256) VALUES ('010_call_results.sql', 'x')`,
    '010_call_results.sql',
  ],
  [
    'a migration of a newer release',
    `INSERT INTO migrations (name, sha256) VALUES ('999_future.sql', 'x')`,
    '999_future.sql',
  ],
])('%s is refused before anything is changed, though other migrations are missing', async (_what, change, name) => {
  const { database } = await restored('27c6166');
  await database.query(change);
  const before = await everything(database);
  const refusal = { code: 'data_version', message: expect.stringContaining(name) };
  await expect(migrate(database)).rejects.toMatchObject(refusal);
  await expect(checkVersion(database)).rejects.toMatchObject(refusal);
  expect(await everything(database)).toEqual(before);
});

test('an older release says so on data of a newer one, with an exit code of its own', async () => {
  const { url, database } = await restored('a812b01');
  await migrate(database);
  await database.query(`INSERT INTO migrations (name, sha256) VALUES ('999_future.sql', 'x')`);
  const before = await everything(database);
  const env = { ...process.env, DATABASE_URL: url, TEMPORAL_ADDRESS: inject('temporalAddress') };
  await expect(exec(process.execPath, ['cli/everturn.js', 'prepare'], { cwd: root, env })).rejects.toMatchObject({
    code: exitCodes.machine,
    stderr: expect.stringContaining('999_future.sql, which this release does not know'),
  });
  expect(await everything(database)).toEqual(before);
});

describe('a process refuses data that are not of its release', () => {
  const start = async (script: string, url: string): Promise<string> => {
    const env = {
      ...process.env,
      DATABASE_URL: url,
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      EVERTURN_TOKEN: 'a token of sixteen characters',
      EVERTURN_API_PORT: '0',
      EVERTURN_LOG_LEVEL: 'fatal',
    };
    const outcome = exec(process.execPath, [script], { cwd: root, env, timeout: 60_000 });
    return await outcome.then(
      () => 'it ended without an error',
      (error: { stderr: string }) => error.stderr,
    );
  };

  test.each(['api/main.ts', 'worker/main.ts', 'worker/scripts.ts'])('%s', async (script) => {
    const { url, database } = await restored('7bca81e');
    expect(await start(script, url)).toMatch(/it needs migration 009_told_parents\.sql .* Run "npx everturn prepare"/);
    await migrate(database);
    await database.query(`INSERT INTO migrations (name, sha256) VALUES ('999_future.sql', 'x')`);
    expect(await start(script, url)).toContain('999_future.sql, which this release does not know');
    await database.query(`DELETE FROM migrations WHERE name = '999_future.sql'`);
    await database.query(`UPDATE function_sources SET sha256 = 'of other files'`);
    expect(await start(script, url)).toContain('its functions are of another release');
  });
});
