import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A database of its own, made from the template that the run's setup has prepared. Returns its URL. */
export const createTestDatabase = async (
  templateUrl: string,
  name = `test_${randomBytes(6).toString('hex')}`,
): Promise<string> => {
  const url = new URL(templateUrl);
  const template = url.pathname.slice(1);
  const admin = new URL(url);
  admin.pathname = '/postgres';
  const client = new pg.Client({ connectionString: admin.href });
  await client.connect();
  await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  await client.end();
  url.pathname = `/${name}`;
  return url.href;
};
