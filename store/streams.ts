import type { StreamEvent } from '../contracts/events.ts';
import { streamOfSession } from '../contracts/ids.ts';
import type { Database } from './database.ts';

/** What a reader wants of one stream: the events after a position. */
export type Want = { stream: string; after: number };

/** An event as JSON text, in the shape of its contract: readers pass it on without reading it. */
export type EventText = { position: number; json: string };

type Row = { want: number; position: number; at: string; type: string; data: string };

/** `data` is the text of a JSON object that our own functions wrote in the shape of the contract. */
const toJsonText = ({ position, at, type, data }: Row): string => {
  const fields = data.slice(1, -1);
  return `{"position":${position},"at":"${at}","event":{"type":"${type}"${fields && ','}${fields}}}`;
};

export const streamQueries = (database: Database) => {
  /** For each want its events in order, `limit` at most, each fact with the chunks it carries; of sessions and runs alike. */
  const readAfter = async (wants: readonly Want[], limit: number): Promise<EventText[][]> => {
    const rows = await database.query<Row>('SELECT want, position, at, type, data FROM read_events($1, $2, $3)', [
      wants.map(({ stream }) => stream),
      wants.map(({ after }) => after),
      limit,
    ]);
    const events = wants.map((): EventText[] => []);
    for (const row of rows) events[row.want - 1]?.push({ position: row.position, json: toJsonText(row) });
    return events;
  };

  /** Where streams end; those that do not exist are left out. */
  const positions = async (streams: readonly string[]): Promise<Map<string, number>> => {
    const rows = await database.query<{ id: string; position: number }>(
      'SELECT id, position FROM streams WHERE id = ANY($1::text[])',
      [streams],
    );
    return new Map(rows.map(({ id, position }) => [id, position]));
  };

  return {
    readAfter,
    positions,
    /** One session's events, read. */
    async read(sessionId: string, after: number, limit = 500): Promise<StreamEvent[]> {
      const [events = []] = await readAfter([{ stream: streamOfSession(sessionId), after }], limit);
      return events.map(({ json }) => JSON.parse(json) as StreamEvent);
    },
  };
};
