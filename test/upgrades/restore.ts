import { inject } from 'vitest';
import { type Database, openDatabase } from '../../store/database.ts';
import { createTestDatabase } from '../support/database.ts';
import { unpacked } from './state.ts';

/** Returns its URL. */
export const createEmptyDatabase = (): Promise<string> => {
  const template = new URL(inject('postgresUrl'));
  template.pathname = '/template1';
  return createTestDatabase(template.href);
};

/** A database as the commit left it, before anything of this release has seen it. */
export const restoreDatabase = async (commit: string): Promise<{ url: string; database: Database }> => {
  const url = await createEmptyDatabase();
  const database = openDatabase({ url, patienceMs: 10_000, max: 4 });
  const client = await database.connect();
  await client.query(unpacked(commit, 'postgres.sql').toString());
  await client.end();
  return { url, database };
};
