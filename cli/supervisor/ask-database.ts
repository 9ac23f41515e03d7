import { EverturnError } from '../../contracts/errors.ts';
import { openDatabase } from '../../store/database.ts';

export const hostOf = (url: string): string => new URL(url).host;

/** Throws `database_unavailable` that names the host and the reason, never the password. */
export const askDatabase = async (url: string): Promise<void> => {
  const database = openDatabase({ url, patienceMs: 2000, max: 1 });
  try {
    await database.query('SELECT 1');
  } catch (cause) {
    // The cause of the cause is what the driver said.
    const { message } = ((cause as Error).cause ?? cause) as Error;
    throw new EverturnError(
      'database_unavailable',
      `Cannot use the database on ${hostOf(url)} (DATABASE_URL): ${message || 'no answer'}. See that it runs and that the name, the password and the database are right`,
      { cause },
    );
  } finally {
    await database.close();
  }
};

/** What Postgres says of a database that is not there. */
const noSuchDatabase = '3D000';

const isMissing = (error: unknown): boolean => {
  const { cause } = error as { cause?: unknown };
  return (
    (error as { code?: unknown }).code === noSuchDatabase || (cause !== undefined && cause !== null && isMissing(cause))
  );
};

/**
 * As {@link askDatabase}, and makes the database that the URL names where the server has none. Gives whether it did. Throws
 * `database_unavailable` where it may not.
 */
export const ensureDatabase = async (url: string): Promise<boolean> => {
  try {
    await askDatabase(url);
    return false;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  const database = openDatabase({ url: maintenance.href, patienceMs: 2000, max: 1 });
  try {
    await database.query(`CREATE DATABASE "${name.replaceAll('"', '""')}"`);
  } catch (cause) {
    const { message } = ((cause as Error).cause ?? cause) as Error;
    throw new EverturnError(
      'database_unavailable',
      `Cannot make the database ${name} on ${hostOf(url)} (DATABASE_URL): ${message}. Make it as a user who may: createdb ${name}`,
      { cause },
    );
  } finally {
    await database.close();
  }
  await askDatabase(url);
  return true;
};
