import type { EventText } from '../../store/streams.ts';

/** One message of an event stream. JSON text has no line breaks, so its data is one line. */
const message = (event: string, id: number, json: string): string => `id: ${id}\nevent: ${event}\ndata: ${json}\n\n`;

export const eventMessages = (events: readonly EventText[]): string =>
  events.map(({ position, json }) => message('event', position, json)).join('');

export const snapshotMessage = (position: number, data: object): string =>
  message('snapshot', position, JSON.stringify(data));
