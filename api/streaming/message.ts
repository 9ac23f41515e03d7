import type { Problem } from '../../contracts/api.ts';
import type { ListChange } from '../../contracts/changes.ts';
import type { EventText } from '../../store/streams.ts';

/** One message of an event stream. JSON text has no line breaks, so its data is one line. */
const message = (event: string, id: number, json: string): string => `id: ${id}\nevent: ${event}\ndata: ${json}\n\n`;

export const eventMessages = (events: readonly EventText[]): string =>
  events.map(({ position, json }) => message('event', position, json)).join('');

export const snapshotMessage = (position: number, data: object): string =>
  message('snapshot', position, JSON.stringify(data));

/** Messages after it are of this stream, until the next one. */
export const placeMessage = (index: number): string => `event: place\ndata: ${index}\n\n`;

/** Nothing comes of this stream. */
export const refusedMessage = (problem: Problem): string => `event: refused\ndata: ${JSON.stringify(problem)}\n\n`;

export const changedMessage = (change: ListChange): string => `event: changed\ndata: ${JSON.stringify(change)}\n\n`;
