import type { EventSourceMessage } from 'eventsource-parser';
import { parseJson } from '../../contracts/parse-json.ts';
import type { Answer } from './connect.ts';
import type { Provider } from './errors.ts';
import { streamError, UnreadableShape, UnreadableStream } from './failures.ts';
import { asFacts, type Facts, isError } from './words.ts';

/** One chunk of a provider's stream: nothing in it is certain. */
export type ProviderChunk = { choices: Facts[]; usage: unknown };

const sample = (data: string): string => (data.length > 120 ? `${data.slice(0, 119)}…` : data);

/** Several objects in one event (the blank line between them is missing), or `data:` written twice. */
const parseAll = (data: string): unknown[] => {
  const whole = parseJson(data);
  if (whole !== undefined) return [whole];
  const lines = data.split('\n').map((line) => line.replace(/^(\s*data:)+/, '').trim());
  const values = lines.filter((line) => line !== '' && !line.startsWith('[DONE]')).map(parseJson);
  if (values.length > 0 && values.every((value) => value !== undefined)) return values;
  throw new UnreadableStream(`the stream holds a line that is not JSON: ${sample(data)}`);
};

/** Whether an event only says that the connection is alive. */
const isHeartbeat = ({ event, data }: EventSourceMessage): boolean =>
  event === 'ping' ||
  event === 'heartbeat' ||
  // A comment that a gateway has passed on as data.
  data.trimStart().startsWith(':') ||
  /^\W*(ping|pong|heart-?beat|keep-?alive|processing|ok)\W*$/i.test(data);

/** Names under which other APIs send what a model says: an event with one of them carries content. */
const spoken = [
  'delta',
  'content',
  'text',
  'message',
  'output',
  'response',
  'candidates',
  'completion',
  'generated_text',
];

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

const choicesOf = (chunk: Facts, data: string): Facts[] => {
  const { choices } = chunk;
  if (Array.isArray(choices)) return choices.map(asFacts);
  if (typeof choices === 'object' && choices !== null) return Object.values(choices).map(asFacts);
  if (spoken.some((name) => !isEmpty(chunk[name]))) {
    throw new UnreadableShape(
      `the reply is not in the form of chat completions, for it has no "choices": ${sample(data)}`,
    );
  }
  return [];
};

/** llama.cpp counts unasked, beside how long it took. */
const timedIn = ({ timings }: Facts): unknown => {
  const { prompt_n, cache_n = 0, predicted_n } = asFacts(timings);
  if (typeof prompt_n !== 'number' || typeof predicted_n !== 'number') return null;
  const cached = Number(cache_n);
  return {
    prompt_tokens: prompt_n + cached,
    completion_tokens: predicted_n,
    prompt_tokens_details: { cached_tokens: cached },
  };
};

/** Kimi reports usage within the choice, Groq within a field of its own. */
const usageIn = (chunk: Facts, choices: readonly Facts[]): unknown =>
  [chunk.usage, choices[0]?.usage, asFacts(chunk.x_groq).usage, timedIn(chunk)].find((usage) => !isEmpty(usage));

/** Some gateways put the whole answer into a field `data`. */
const unwrapped = (chunk: Facts): Facts =>
  chunk.choices === undefined && asFacts(chunk.data).choices ? asFacts(chunk.data) : chunk;

type From = { answer: Pick<Answer, 'headers'>; provider: Provider };

/** Throws what the event says if it is an error: by its name, by a key, or by its shape. */
export const toChunks = (message: EventSourceMessage, { answer, provider }: From): ProviderChunk[] => {
  if (message.event === 'error') {
    throw streamError(provider, answer, parseJson(message.data) ?? message.data);
  }
  if (isHeartbeat(message)) return [];
  return parseAll(message.data).map((value) => {
    if (typeof value !== 'object' || value === null) {
      throw new UnreadableStream('the stream holds an event that is not a JSON object');
    }
    if (isError(value)) throw streamError(provider, answer, value);
    const chunk = unwrapped(asFacts(value));
    const choices = choicesOf(chunk, message.data);
    const failed = choices.find((choice) => !isEmpty(choice.error));
    if (failed) throw streamError(provider, answer, failed);
    return { choices, usage: usageIn(chunk, choices) };
  });
};
