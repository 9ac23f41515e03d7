import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { createTestDatabase } from '../test/support/database.ts';
import { applyFunctions } from './apply-functions.ts';
import { type Database, openDatabase } from './database.ts';
import { dumpSchema } from './dump-schema.ts';
import { migrate } from './migrate.ts';
import { readSqlFiles } from './sql-files.ts';

let database: Database;
beforeEach(async () => {
  database = openDatabase({ url: await createTestDatabase(inject('postgresUrl')), patienceMs: 5000 });
});
afterEach(() => database.close());

/** As if another release had applied other files. */
const outdate = () => database.query(`UPDATE function_sources SET sha256 = 'of other files'`);
const schemaFile = () => readFile(new URL('schema.sql', import.meta.url), 'utf8');
const functionNames = async () =>
  (await database.query<{ proname: string }>('SELECT proname FROM pg_proc')).map(({ proname }) => proname);

/** Everything outside functions that needs one of ours: DROP FUNCTION would fail on it, at every start. Triggers are dropped first. */
const dependents = () =>
  database.query<{ dependent: string; needs: string }>(
    `SELECT pg_describe_object(d.classid, d.objid, d.objsubid) AS dependent, p.oid::regprocedure::text AS needs
     FROM pg_depend d JOIN pg_proc p ON d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid
     WHERE p.pronamespace = 'public'::regnamespace AND d.classid <> 'pg_trigger'::regclass`,
  );

describe('functions are applied from their files', () => {
  test('over any earlier definition: other results, other arguments, overloads, functions that are gone', async () => {
    await database.query('DROP FUNCTION pause_run');
    await database.query('CREATE FUNCTION pause_run(other text) RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$');
    await database.query(
      'CREATE FUNCTION pause_run(p_run text, a runs) RETURNS text LANGUAGE sql AS $$ SELECT p_run $$',
    );
    await database.query('CREATE FUNCTION of_an_earlier_release() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$');
    await database.query(`UPDATE function_sources SET names = names || '{of_an_earlier_release}'`);
    await outdate();
    await migrate(database);
    expect(await dumpSchema(database)).toBe(await schemaFile());
  });

  test('over those of migrations that no file has any more', async () => {
    const sql = 'CREATE FUNCTION of_a_migration() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$';
    await database.query(sql);
    const client = await database.connect();
    await client.query('BEGIN');
    await applyFunctions(client, [{ name: '000_earlier.sql', sql, sha256: '' }]);
    await client.query('COMMIT');
    await client.end();
    expect(await dumpSchema(database)).toBe(await schemaFile());
  });

  test('in a database that only has migrations', async () => {
    await database.query('DROP TABLE function_sources');
    await database.query('DROP FUNCTION pause_run');
    await migrate(database);
    expect(await dumpSchema(database)).toBe(await schemaFile());
  });

  test('only when a file has changed', async () => {
    const oids = () => database.query('SELECT oid FROM pg_proc ORDER BY oid');
    const before = await oids();
    await migrate(database);
    expect(await oids()).toEqual(before);
    await outdate();
    await migrate(database);
    expect(await oids()).not.toEqual(before);
  });

  test('by several processes at once', async () => {
    await outdate();
    await Promise.all(Array.from({ length: 4 }, () => migrate(database)));
    expect(await dumpSchema(database)).toBe(await schemaFile());
    expect(await database.query('SELECT FROM function_sources')).toHaveLength(1);
  });

  test('by several processes at once that find an empty database', async () => {
    const empty = new URL(inject('postgresUrl'));
    empty.pathname = '/template1';
    const fresh = openDatabase({ url: await createTestDatabase(empty.href), patienceMs: 5000 });
    await Promise.all(Array.from({ length: 4 }, () => migrate(fresh)));
    expect(await dumpSchema(fresh)).toBe(await schemaFile());
    await fresh.close();
  });

  test('all or none: a failure at the end leaves the functions as they were', async () => {
    const before = await functionNames();
    await database.query(
      `ALTER TABLE function_sources ADD CONSTRAINT refuse CHECK (sha256 = 'of other files') NOT VALID`,
    );
    await outdate();
    await expect(migrate(database)).rejects.toThrow('refuse');
    expect(await functionNames()).toEqual(before);
    await database.query('ALTER TABLE function_sources DROP CONSTRAINT refuse');
    await migrate(database);
    expect(await dumpSchema(database)).toBe(await schemaFile());
  });

  test('functions of others stay', async () => {
    await database.query('CREATE FUNCTION of_others() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$');
    await outdate();
    await migrate(database);
    expect(await functionNames()).toContain('of_others');
  });

  test('but not in a database that a newer release wrote', async () => {
    await database.query(`INSERT INTO migrations (name, sha256) VALUES ('999_future.sql', 'x')`);
    await database.query('DROP FUNCTION pause_run');
    await outdate();
    await expect(migrate(database)).rejects.toMatchObject({ code: 'data_version' });
    expect(await functionNames()).not.toContain('pause_run');
  });
});

test('nothing in the schema depends on a function', async () => {
  expect(await dependents()).toEqual([]);
  await database.query('CREATE TABLE bad (at text DEFAULT iso(now()))');
  expect(await dependents()).toMatchObject([{ needs: 'iso(timestamp with time zone)' }]);
});

test('every body compiles: the migrator leaves that unchecked', async () => {
  const functions = await database.query<{ definition: string }>(
    `SELECT pg_get_functiondef(oid) AS definition FROM pg_proc WHERE pronamespace = 'public'::regnamespace`,
  );
  expect(functions.length).toBeGreaterThan(0);
  for (const { definition } of functions) await database.query(definition);
});

test('a function lives in one file, and no migration after 009 creates one', async () => {
  const created = (sql: string) => [...sql.matchAll(/\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE)\s+(\w+)/gi)];
  const functions = await readSqlFiles(new URL('functions/', import.meta.url));
  const names = functions.flatMap(({ sql }) => created(sql).map(([, name]) => name));
  expect(names).toEqual([...new Set(names)]);
  expect(names.toSorted()).toEqual(
    (await database.query<{ names: string[] }>('SELECT names FROM function_sources'))[0]?.names.toSorted(),
  );
  const migrations = await readSqlFiles(new URL('migrations/', import.meta.url));
  const offenders = migrations.filter(({ name, sql }) => name >= '010' && created(sql).length);
  expect(offenders.map(({ name }) => name)).toEqual([]);
  expect(created('create or  replace function\n f()')).toHaveLength(1);
});
