import { EverturnError } from '../../contracts/errors.ts';
import { imageTokensIn } from '../../contracts/image-parts.ts';
import type { WireTool } from '../../contracts/request.ts';

/**
 * The bytes of a request: `head`, the messages with commas between them, `tail`. Everything that stays the same within a
 * session comes first, so the bytes of a request extend those of the one before it up to the closing. An image is written
 * by its name, which is the hash of its bytes: where the names are the same, what is sent is.
 */
export type Encoded = {
  head: string;
  messages: readonly string[];
  tail: string;
  /** The bytes of `tools` within the head; empty where none are offered. */
  tools: string;
  /** How many of the first messages are the system prompt. */
  system: number;
  /** Tokens of the images of each message; beside those of its text. */
  images: readonly number[];
};

export type EncodeInput = {
  /** What the body says beside tools and messages, in the order in which it is sent. */
  fields: Readonly<Record<string, unknown> & { model: string }>;
  tools: readonly WireTool[];
  messages: readonly object[];
};

const isSystem = (message: object): boolean =>
  'role' in message && (message.role === 'system' || message.role === 'developer');

/** A request is measured before it is sent, and noted after: its messages are written once. They are never changed. */
const written = new WeakMap<object, string>();
const textOf = (message: object): string => {
  const known = written.get(message);
  if (known !== undefined) return known;
  const text = JSON.stringify(message);
  written.set(message, text);
  return text;
};

/** Throws `config_invalid` for a field of the name of what is given apart. */
export const encode = ({ fields: { model, ...rest }, tools: offered, messages }: EncodeInput): Encoded => {
  const taken = ['tools', 'messages'].find((name) => Object.hasOwn(rest, name));
  if (taken) {
    const why = `"${taken}" comes from the session. Remove it from the body fields of the model "${model}" in everturn.yaml`;
    throw new EverturnError('config_invalid', `Cannot send the body field "${taken}": ${why}`);
  }
  const tools = offered.length > 0 ? JSON.stringify(offered) : '';
  const opening = JSON.stringify({ model }).slice(0, -1);
  const others = JSON.stringify(rest).slice(1, -1);
  const parts = [opening, ...(tools ? [`"tools":${tools}`] : []), ...(others ? [others] : []), '"messages":['];
  const other = messages.findIndex((message) => !isSystem(message));
  return {
    head: parts.join(','),
    messages: messages.map(textOf),
    tail: ']}',
    tools,
    system: other < 0 ? messages.length : other,
    images: messages.map((message) => ('content' in message ? imageTokensIn(message.content) : 0)),
  };
};

export const bodyOf = ({ head, messages, tail }: Encoded): string => `${head}${messages.join(',')}${tail}`;
