import type { BackgroundCommand } from '../contracts/command-result.ts';
import type { Database } from './database.ts';
import { storable, toJson } from './json.ts';

/** Characters of its output that are kept of a command. */
export const maxOutput = 200_000;

export type NewCommand = Pick<BackgroundCommand, 'id' | 'sessionId' | 'argv' | 'description'> & { workerId: string };

/** What others ask of the one that keeps a command. `isOver`: its session has ended. */
export type CommandOrders = {
  id: string;
  isOver: boolean;
  isStopping: boolean;
  inputs: { text: string; closes: boolean }[];
};

/** Commands in the background. */
export const commandQueries = (database: Database) => ({
  /** False: the session has as many as it may. */
  async add({ id, sessionId, argv, description, workerId }: NewCommand, most: number): Promise<boolean> {
    const rows = await database.query(
      `INSERT INTO commands (id, session_id, worker_id, argv, description)
       SELECT $1, $2, $3, $4, $5 WHERE (SELECT count(*) FROM commands WHERE session_id = $2 AND status = 'running') < $6 RETURNING id`,
      [id, sessionId, workerId, toJson(argv), description && storable(description), most],
    );
    return rows.length > 0;
  },

  async find(id: string): Promise<BackgroundCommand | undefined> {
    const [row] = await database.query<{ command: BackgroundCommand }>(
      'SELECT command_json(c) AS command FROM commands c WHERE id = $1',
      [id],
    );
    return row?.command;
  },

  async ofSession(sessionId: string): Promise<BackgroundCommand[]> {
    const rows = await database.query<{ command: BackgroundCommand }>(
      'SELECT command_json(c) AS command FROM commands c WHERE session_id = $1 ORDER BY started_at, id LIMIT 200',
      [sessionId],
    );
    return rows.map(({ command }) => command);
  },

  /** `skipped`: characters before the text that are no longer kept. */
  async append(id: string, text: string, skipped: number): Promise<void> {
    await database.query('SELECT append_command_output($1, $2, $3, $4)', [id, storable(text), skipped, maxOutput]);
  },

  async end(
    id: string,
    { status, exitCode, signal }: Pick<BackgroundCommand, 'status' | 'exitCode' | 'signal'>,
  ): Promise<void> {
    await database.query(
      `UPDATE commands SET status = $2, exit_code = $3, signal = $4, ended_at = now() WHERE id = $1 AND status = 'running'`,
      [id, status, exitCode, signal],
    );
  },

  /** Takes the inputs that wait. */
  async orders(ids: readonly string[]): Promise<CommandOrders[]> {
    return await database.query<CommandOrders>(
      'SELECT id, is_over AS "isOver", is_stopping AS "isStopping", inputs FROM command_orders($1)',
      [ids],
    );
  },

  /** Idempotent by the input's id. */
  async write(id: string, input: { id: string; text: string; closes: boolean }): Promise<void> {
    await database.query(
      'INSERT INTO command_inputs (id, command_id, text, closes) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING',
      [input.id, id, storable(input.text), input.closes],
    );
  },

  /** Those of every session that run, the newest first. */
  async running(): Promise<BackgroundCommand[]> {
    const rows = await database.query<{ command: BackgroundCommand }>(
      `SELECT command_json(c) AS command FROM commands c WHERE status = 'running' ORDER BY started_at DESC, id LIMIT 1000`,
    );
    return rows.map(({ command }) => command).filter(({ status }) => status === 'running');
  },

  /** False: it has ended, or was asked to before. */
  async askToStop(id: string): Promise<boolean> {
    const rows = await database.query(
      `UPDATE commands SET stop_asked = true WHERE id = $1 AND status = 'running' AND NOT stop_asked RETURNING id`,
      [id],
    );
    return rows.length > 0;
  },
});
