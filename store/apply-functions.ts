import type { ClientBase } from 'pg';
import { readSqlFiles, type SqlFile, sha256 } from './sql-files.ts';

const folder = new URL('./functions/', import.meta.url);

/** The names of the functions that a file creates. */
const functionsOf = ({ sql }: SqlFile): string[] =>
  [...sql.matchAll(/^CREATE (?:OR REPLACE )?FUNCTION (\w+)/gm)].map(([, name = '']) => name);

const hashOf = (migrations: readonly SqlFile[], functions: readonly SqlFile[]): string =>
  sha256([...migrations, ...functions].map((file) => `${file.sha256}  ${file.name}\n`).join(''));

/** What `function_sources` says once the functions of this release are applied. */
export const hashOfFunctions = async (migrations: readonly SqlFile[]): Promise<string> =>
  hashOf(migrations, await readSqlFiles(folder));

/**
 * Makes the database's functions those of `functions/`: drops all our functions and creates them again, because
 * CREATE OR REPLACE cannot change a return type or the name of an argument. Does nothing if the database already has the
 * functions of exactly these files and migrations. (A migration may drop a function, so the hash covers both.) The caller
 * holds the lock of migrations, in a transaction.
 */
export const applyFunctions = async (client: ClientBase, migrations: SqlFile[]): Promise<void> => {
  const files = await readSqlFiles(folder);
  const hash = hashOf(migrations, files);
  await client.query(
    'CREATE TABLE IF NOT EXISTS function_sources (sha256 text NOT NULL, names text[] NOT NULL, at timestamptz NOT NULL DEFAULT now())',
  );
  const applied = await client.query<{ sha256: string; names: string[] }>('SELECT sha256, names FROM function_sources');
  if (applied.rows[0]?.sha256 === hash) return;

  const names = files.flatMap(functionsOf);
  // What migrations and earlier releases created may be gone from the files. Functions of others stay.
  const ours = [...names, ...migrations.flatMap(functionsOf), ...applied.rows.flatMap((row) => row.names)];
  const { rows: old } = await client.query<{ signature: string }>(
    `SELECT p.oid::regprocedure::text AS signature FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE n.nspname = current_schema() AND p.proname = ANY ($1)`,
    [ours],
  );
  // Our triggers are in the same files as their functions.
  const { rows: triggers } = await client.query<{ name: string; on: string }>(
    `SELECT quote_ident(t.tgname) AS name, t.tgrelid::regclass::text AS on FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
     JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE n.nspname = current_schema() AND p.proname = ANY ($1) AND NOT t.tgisinternal`,
    [ours],
  );
  for (const trigger of triggers) await client.query(`DROP TRIGGER ${trigger.name} ON ${trigger.on}`);
  if (old.length) await client.query(`DROP FUNCTION ${old.map(({ signature }) => signature).join(', ')}`);
  // A body may call a function of a later file.
  await client.query('SET LOCAL check_function_bodies = off');
  for (const { sql } of files) await client.query(sql);
  await client.query('DELETE FROM function_sources');
  await client.query('INSERT INTO function_sources (sha256, names) VALUES ($1, $2)', [hash, names]);
};
