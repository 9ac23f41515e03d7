import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { EverturnError, isStorageFull } from '../contracts/errors.ts';
import { createLanes } from './lanes.ts';

const int8 = 20;
const types: pg.CustomTypesConfig = {
  // Positions and seqs stay far below 2^53.
  getTypeParser: (oid, format) => (oid === int8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format)),
};

/** Our functions raise it if a session does not exist. */
const noSuchSession = 'P0002';

/** Errors that say the server is gone or coming back, so that the same statement can be given again. */
const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  '57P01',
  '57P02',
  '57P03',
  // More clients than it takes.
  '53300',
]);

export const isConnectionError = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    connectionCodes.has(code) ||
    code.startsWith('08') ||
    /Connection terminated|timeout expired|timeout exceeded when trying to connect|not queryable/.test(error.message)
  );
};

/** A connection keeps the statements it has prepared, so it is worth keeping. */
const idleTimeoutMillis = 600_000;

const names = new Map<string, string>();

/** Every statement is prepared once on each connection: parsing and planning cost more than most of them do. */
const prepared = (text: string, values: unknown[] = []): pg.QueryConfig => {
  const name = names.get(text) ?? `statement_${names.size}`;
  names.set(text, name);
  return { name, text, values };
};

export type DatabaseOptions = {
  url: string;
  /** Milliseconds for which a statement is tried again while the server is away. */
  patienceMs: number;
  /** Connections at most. Default 10. */
  max?: number;
  /**
   * Plan each statement once and not for its values. For processes that query only by key: lists with optional filters
   * need plans for their values. Default false.
   */
  byKey?: boolean;
};

export type Database = {
  /**
   * Every statement must be safe to give twice: its acknowledgement can be lost. `lane`: what all that wait for one
   * lock name; they are given one at a time, so that a burst holds one connection and not those that others need. It
   * means nothing in a transaction.
   */
  query<Row extends object>(text: string, values?: unknown[], lane?: string): Promise<Row[]>;
  /** Reads that must see one moment, in a read-only transaction. */
  snapshot<Result>(read: (query: Database['query']) => Promise<Result>): Promise<Result>;
  /**
   * Statements that are committed together. `work` must be safe to give twice, as a whole. The database it is given must
   * not be used after it.
   */
  transaction<Result>(work: (within: Database) => Promise<Result>): Promise<Result>;
  /** A connection of its own, outside the pool, for LISTEN and migrations. The caller ends it. */
  connect(): Promise<pg.Client>;
  close(): Promise<void>;
};

const connectMs = 5_000;
/** How long to wait for a free connection. */
const queueMs = 20_000;

/** pg applies the pool's limit to both waiting and connecting. */
class QuickClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super({ ...config, connectionTimeoutMillis: connectMs });
  }
}

export const openDatabase = ({ url, patienceMs, max = 10, byKey = false }: DatabaseOptions): Database => {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    types,
    connectionTimeoutMillis: queueMs,
    Client: QuickClient,
    keepAlive: true,
    idleTimeoutMillis,
    ...(byKey ? { options: '-c plan_cache_mode=force_generic_plan' } : {}),
  });
  // A lost idle connection is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {});
  // So is one that is lost between two statements of a transaction: the next statement says so.
  pool.on('connect', (client) => client.on('error', () => {}));

  const inLane = createLanes(isConnectionError);

  const patiently = async <Result>(attempt: () => Promise<Result>): Promise<Result> => {
    const deadline = Date.now() + patienceMs;
    for (let pause = 20; ; pause = Math.min(pause * 2, 500)) {
      try {
        return await attempt();
      } catch (error) {
        if (error instanceof pg.DatabaseError && error.code === noSuchSession) {
          throw new EverturnError('session_not_found', `Cannot write: ${error.message}`, { cause: error });
        }
        const isFull = isStorageFull(error);
        if (!isFull && !isConnectionError(error)) throw error;
        if (Date.now() + pause > deadline) {
          if (isFull) {
            throw new EverturnError(
              'storage_full',
              'Cannot write: the disk of Postgres is full. Make room and try again',
              {
                cause: error,
              },
            );
          }
          throw new EverturnError('database_unavailable', 'Cannot reach Postgres: try again when it is up', {
            cause: error,
          });
        }
        await delay(pause);
      }
    }
  };

  const onConnection = <Result>(begin: string, work: (query: Database['query']) => Promise<Result>): Promise<Result> =>
    patiently(async () => {
      const client = await pool.connect();
      let failure: Error | undefined;
      try {
        await client.query(begin);
        const result = await work(
          async <Row extends object>(text: string, values?: unknown[]) =>
            (await client.query<Row>(prepared(text, values))).rows,
        );
        await client.query('COMMIT');
        return result;
      } catch (error) {
        // A connection whose transaction cannot be ended is thrown away, not reused.
        await client.query('ROLLBACK').catch((broken: Error) => {
          failure = broken;
        });
        throw error;
      } finally {
        client.release(failure);
      }
    });

  const database: Database = {
    query: <Row extends object>(text: string, values?: unknown[], lane?: string) => {
      const give = async () => (await pool.query<Row>(prepared(text, values))).rows;
      return patiently(lane === undefined ? give : () => inLane(lane, give));
    },
    snapshot: (read) => onConnection('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', read),
    transaction: (work) => onConnection('BEGIN', (query) => work(inside(query))),
    connect: async () => {
      const client = new pg.Client({ connectionString: url, types, connectionTimeoutMillis: 10_000, keepAlive: true });
      client.on('error', () => {});
      await client.connect();
      return client;
    },
    close: () => pool.end(),
  };

  /** What is begun within a transaction is part of it. */
  const inside = (query: Database['query']): Database => {
    const within: Database = {
      ...database,
      query,
      snapshot: (read) => read(query),
      transaction: (work) => work(within),
    };
    return within;
  };

  return database;
};
