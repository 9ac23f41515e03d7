import type { EventSourceMessage } from 'eventsource-parser';
import type { Answer } from './connect.ts';
import type { Provider } from './errors.ts';
import { streamError, UnreadableStream } from './failures.ts';
import type { ProviderDelta } from './reply.ts';

/** One chunk of a provider's stream: nothing in it is certain, so nothing is required. */
export type ProviderChunk = {
  choices?: { delta?: ProviderDelta | null; finish_reason?: string | null }[] | null;
  usage?: unknown;
};

const parse = (data: string): ProviderChunk & { error?: unknown } => {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw new UnreadableStream('the stream holds a line that is not JSON');
  }
  if (typeof value === 'object' && value !== null) return value;
  throw new UnreadableStream('the stream holds an event that is not a JSON object');
};

/** Throws what the event says if it is an error: by its name, or by the key `error` of its data. */
export const toChunk = (
  { event, data }: EventSourceMessage,
  answer: Pick<Answer, 'headers'>,
  provider: Provider,
): ProviderChunk => {
  const chunk = parse(data);
  if (event === 'error' || chunk.error) throw streamError(provider, answer, chunk.error ?? chunk);
  return chunk;
};
