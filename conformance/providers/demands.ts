import type { WireAssistant, WireToolCall } from '../../contracts/request.ts';
import type { Asked, Demand } from './row.ts';

const invalid = (message: string) => ({ error: { message, type: 'invalid_request_error' } });

const assistants = ({ messages }: Asked): WireAssistant[] => messages.filter((message) => message.role === 'assistant');
const calls = (asked: Asked): WireToolCall[] => assistants(asked).flatMap((message) => message.tool_calls ?? []);
const rolesOf = ({ messages }: Asked) => messages.map(({ role }) => role).filter((role) => role !== 'system');

const demand = (name: string, isBroken: Demand['isBroken'], says: string, status = 400): Demand => ({
  name,
  isBroken,
  status,
  body: invalid(says),
});

const isObject = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

/** Each call is answered right after its message, and no result is without a call. */
const isUnpaired = ({ messages }: Asked): boolean => {
  let open: string[] = [];
  for (const message of messages) {
    if (message.role === 'tool') {
      if (open.shift() !== message.tool_call_id) return true;
    } else {
      if (open.length > 0) return true;
      open = message.role === 'assistant' && message.tool_calls ? message.tool_calls.map(({ id }) => id) : [];
    }
  }
  return open.length > 0;
};

const isBlank = (content: unknown): boolean => typeof content === 'string' && content.trim() === '';

/** What every row's provider asks, as the strictest ones do. */
export const always: readonly Demand[] = [
  demand('pairs', isUnpaired, 'tool_call_ids did not have response messages'),
  demand(
    'roles',
    (asked) => {
      const roles = rolesOf(asked);
      return (
        roles.some((role, at) => role === 'user' && ['user', 'tool'].includes(roles[at - 1] ?? '')) ||
        roles[0] !== 'user'
      );
    },
    'conversation roles must alternate user/assistant/user/assistant/...',
  ),
  demand('last', (asked) => !['user', 'tool'].includes(rolesOf(asked).at(-1) ?? ''), 'Expected last role User or Tool'),
  demand(
    'names',
    (asked) => calls(asked).some((call) => !/^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/.test(call.function.name)),
    "Invalid 'messages[].tool_calls[].function.name': string does not match pattern",
  ),
  demand(
    'arguments',
    (asked) => calls(asked).some((call) => !isObject(call.function.arguments)),
    'invalid function arguments json string',
  ),
  demand(
    'ids',
    (asked) => calls(asked).some(({ id }, at, all) => id === '' || all.findIndex((call) => call.id === id) !== at),
    '`tool_use` ids must be unique',
  ),
  demand(
    'texts',
    ({ messages }) => messages.some(({ content, role }) => isBlank(content) && role !== 'assistant'),
    'messages: text content blocks must be non-empty',
  ),
];

export const ids = (pattern: RegExp, says: string): Demand =>
  demand(`ids ${pattern.source}`, (asked) => calls(asked).some(({ id }) => !pattern.test(id)), says);

export const noField = (field: string, status: number, body: unknown): Demand => ({
  name: `no ${field}`,
  isBroken: (asked) => field in asked,
  status,
  body,
});

export const noMessageField = (field: string, body: unknown): Demand => ({
  name: `no ${field} in messages`,
  isBroken: (asked) =>
    assistants(asked).some((message) => field in message) || calls(asked).some((call) => field in call),
  status: 400,
  body,
});

export const noKeyword = (keyword: string, status: number, body: unknown): Demand => ({
  name: `no ${keyword} in schemas`,
  isBroken: ({ tools = [] }) => JSON.stringify(tools.map((tool) => tool.function.parameters)).includes(`"${keyword}":`),
  status,
  body,
});

export const onlyPlain = (keywords: readonly string[], status: number, body: unknown): Demand => ({
  name: 'plain schemas',
  isBroken: ({ tools = [] }) => {
    const text = JSON.stringify(tools.map((tool) => tool.function.parameters));
    return keywords.some((keyword) => text.includes(`"${keyword}":`));
  },
  status,
  body,
});

export const reasoningBack = (says: string): Demand =>
  demand(
    'reasoning back',
    (asked) => assistants(asked).some((message) => message.tool_calls && !message.reasoning_content),
    says,
  );

export const signatureBack = demand(
  'signature back',
  (asked) =>
    assistants(asked).some((message) => {
      const [first] = message.tool_calls ?? [];
      return first !== undefined && !JSON.stringify(first).includes('"thought_signature":"');
    }),
  'Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly',
);

export const noNull = demand(
  'no null',
  (asked) => assistants(asked).some(({ content }) => content === null),
  "Invalid value for 'content': expected a string, got null.",
);

export const noSystem = (status: number, body: unknown): Demand => ({
  name: 'no system',
  isBroken: ({ messages }) => messages.some(({ role }) => role === 'system'),
  status,
  body,
});

export const noStream = demand(
  'no stream',
  ({ stream }) => stream === true,
  'This model does not support streaming with tools',
);

export const noLists = demand(
  'texts only',
  (asked) => asked.messages.some(({ content }) => Array.isArray(content)),
  'messages.content: content must be a string',
);

export const header = (name: string, value: string): Demand => ({
  name: `header ${name}`,
  isBroken: (_, headers) => headers[name] !== value,
  status: 401,
  body: invalid(`missing header ${name}`),
});

export const field = (name: string, value: unknown): Demand =>
  demand(
    `${name} ${JSON.stringify(value)}`,
    (asked) => JSON.stringify(asked[name]) !== JSON.stringify(value),
    `bad value of ${name}`,
    409,
  );

export const noTrailingBlanks = demand(
  'no blanks at the end',
  (asked) => assistants(asked).some(({ content }) => typeof content === 'string' && content !== content.trimEnd()),
  'messages: final assistant content cannot end with trailing whitespace',
);
