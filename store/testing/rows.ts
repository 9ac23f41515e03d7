import { randomUUID } from 'node:crypto';
import type { Database } from '../database.ts';

export type TestRun = { id: string; stream: string; key(step: string): string };

/** A running run without nodes. */
export const newRun = async (database: Database): Promise<TestRun> => {
  const id = `r_${randomUUID()}`;
  const stream = `run/${id}`;
  await database.query('INSERT INTO streams (id) VALUES ($1)', [stream]);
  await database.query(
    `INSERT INTO runs (id, stream, kind, name, origin, file, source, definition, input, workspace, allow, trigger)
     VALUES ($1, $2, 'script', 'test', 'project', 'test.js', '', '{}', '{}', '/', '{}', 'manual')`,
    [id, stream],
  );
  return { id, stream, key: (step) => `run/${id}/step/${step}` };
};

export type StoredEvent = {
  position: number;
  type: string;
  data: { node?: { key: string; status: string; attempt: number; ordinal: number | null }; was?: string | null };
};

/** The events of a stream, in order. */
export const eventsOf = (database: Database, stream: string): Promise<StoredEvent[]> =>
  database.query('SELECT position, type, data FROM events WHERE stream = $1 ORDER BY position', [stream]);
