import pg from 'pg';
import type { Servers } from '../../servers.ts';
import { floorSchema } from './steps.ts';

/** A database with the floor's one table; gives its URL. */
export const createFloorDatabase = async (servers: Servers, name: string): Promise<string> => {
  const url = await servers.createDatabase(name);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(floorSchema);
  await client.end();
  return url;
};
