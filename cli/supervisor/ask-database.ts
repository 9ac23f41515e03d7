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
