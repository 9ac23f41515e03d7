import pg from 'pg';

/** A call of one of our SQL functions. Objects and arrays are passed as jsonb. */
export type SqlCall = readonly [name: string, ...args: unknown[]];

const atMost = 0.003;

/** Calls functions from several connections at once, each call in a transaction that dawdles before and after it. */
export const openRace = (url: string, connections = 8) => {
  const pool = new pg.Pool({ connectionString: url, max: connections });

  /** The value of each row that the function returns. */
  const rows = async <Value>([name, ...args]: SqlCall): Promise<Value[]> => {
    const client = await pool.connect();
    let failure: Error | undefined;
    try {
      await client.query('BEGIN');
      await client.query('SELECT pg_sleep($1)', [Math.random() * atMost]);
      const values = args.map((arg) => (typeof arg === 'object' && arg !== null ? JSON.stringify(arg) : arg));
      const result = await client.query<{ value: Value }>(
        `SELECT ${name}(${values.map((_, index) => `$${index + 1}`)}) AS value`,
        values,
      );
      await client.query('SELECT pg_sleep($1)', [Math.random() * atMost]);
      await client.query('COMMIT');
      return result.rows.map(({ value }) => value);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      // A connection whose transaction failed is closed, not reused.
      client.release(failure);
    }
  };

  const one = async <Value>(call: SqlCall): Promise<Value> => {
    const [value] = await rows<Value>(call);
    if (value === undefined) throw new Error(`${call[0]} returned no row`);
    return value;
  };

  return {
    rows,
    one,
    /** All at once, as far as there are connections; values in the order of the calls. */
    all: <Value>(calls: readonly SqlCall[]): Promise<Value[]> => Promise.all(calls.map((call) => one<Value>(call))),
    close: () => pool.end(),
  };
};

export type Race = ReturnType<typeof openRace>;
