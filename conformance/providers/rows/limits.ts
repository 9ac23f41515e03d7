import { field, noField, onlyPlain } from '../demands.ts';
import type { Asked, Demand, Row } from '../row.ts';
import { afterCall, called, done, look, tool } from '../words.ts';

const refused = (message: string) => ({ error: { message, type: 'invalid_request_error' } });

const above = (most: number, message: string, status = 400): Demand => ({
  name: `at most ${most} tokens`,
  isBroken: ({ max_tokens, max_completion_tokens }) => Number(max_tokens ?? max_completion_tokens ?? 0) > most,
  status,
  body: refused(message),
});

const twice = [
  { kind: 'text' as const, text: 'done' },
  { kind: 'text' as const, text: 'done' },
];

const lowered = (dialect: Row['dialect'], oddity: string, most: number, message: string, seen?: string): Row => ({
  dialect,
  oddity,
  ...(seen ? { seen } : {}),
  client: { maxTokens: 65_536 },
  demands: [above(most, message)],
  later: ['again'],
  expect: { requests: 3, said: twice },
});

const describedAs = (tools: Asked['tools'] = []): number =>
  Math.max(0, ...tools.map((each) => each.function.description.length));

const long = { ...look, function: { ...look.function, description: `Looks. ${'x'.repeat(3000)}` } };

const isList = (tools: Asked['tools']): boolean => JSON.stringify(tools).includes('"type":[');
const proto = (says: string) => [{ error: { code: 400, message: says, status: 'INVALID_ARGUMENT' } }];
const at = 'tools[0].function_declarations[0].parameters.properties';

const withTools: Demand = {
  name: 'tools',
  isBroken: ({ tools, messages }) => !tools && messages.some((message) => message.role === 'tool'),
  status: 400,
  body: refused('The toolConfig field must be defined when using toolUse and toolResult content blocks.'),
};

/** How long a reply may be, what tools may say, and what they may not leave out. */
export const limits: readonly Row[] = [
  lowered(
    'general',
    'Groq: a reply of so many tokens: lowered, and remembered',
    40_960,
    '`max_tokens` must be less than or equal to `40960`, the maximum value for `max_tokens` is less than the `context_window` for this model',
    'https://github.com/RooCodeInc/Roo-Code/issues/5136',
  ),
  lowered(
    'openai',
    'the same in the words of OpenAI',
    16_384,
    'max_tokens is too large: 65536. This model supports at most 16384 completion tokens, whereas you provided 65536.',
  ),
  lowered(
    'anthropic',
    'the same in the words of Anthropic',
    8192,
    'max_tokens: 65536 > 8192, which is the maximum allowed number of output tokens for claude-3-5-sonnet',
  ),
  lowered(
    'general',
    'the same in the words of Bedrock, which are no overflow',
    4096,
    'The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value lower than 4096.',
    'https://github.com/RooCodeInc/Roo-Code/issues/248',
  ),
  lowered(
    'deepseek',
    'the same as a range',
    8192,
    'Invalid max_tokens value, the valid range of max_tokens is [1, 8192]',
  ),
  {
    dialect: 'vllm',
    oddity: 'a reply that the prompt leaves no room for: less, for this request',
    client: { maxTokens: 20_000 },
    seen: 'https://github.com/anthropics/claude-code/issues/42',
    demands: [
      above(
        17_544,
        'input length and `max_tokens` exceed context limit: 187254 + 20000 > 204798, decrease input length or `max_tokens` and try again',
      ),
    ],
    later: ['again'],
    expect: { requests: 4, said: twice, sent: { max_tokens: 17_544 } },
  },
  {
    dialect: 'vllm',
    oddity: 'the same, where the server counts the prompt only as far as it must',
    client: { maxTokens: 65_536 },
    seen: 'https://github.com/NousResearch/hermes-agent/pull/89923',
    demands: [
      above(
        40_000,
        "This model's maximum context length is 102400 tokens. However, you requested 65536 output tokens and your prompt contains at least 36865 input tokens, for a total of at least 102401 tokens.",
      ),
    ],
    expect: { requests: 2, sent: { max_tokens: 32_768 } },
  },
  {
    dialect: 'vllm',
    oddity: 'the same in the older words',
    client: { maxTokens: 6048 },
    seen: 'https://github.com/ogx-ai/ogx/issues/4534',
    demands: [
      above(
        5480,
        "This model's maximum context length is 6048 tokens. However, you requested 6616 tokens (568 in the messages, 6048 in the completion). Please reduce the length of the messages or completion.",
      ),
    ],
    expect: { requests: 2, sent: { max_tokens: 5480 } },
  },
  {
    dialect: 'vllm',
    oddity: 'room for hardly any reply is an overflow',
    client: { maxTokens: 8192 },
    demands: [
      above(
        0,
        "'max_tokens' is too large: 8192. This model's maximum context length is 32768 tokens and your request has 32700 input tokens (8192 > 32768 - 32700).",
      ),
    ],
    expect: { requests: 1, error: { code: 'model_refused', kind: 'overflow' } },
  },
  {
    dialect: 'openai',
    oddity: 'thinking and tools exclude each other: it is switched off',
    seen: 'https://github.com/BerriAI/litellm/pull/34569',
    effort: 'high',
    demands: [
      {
        name: 'effort none',
        isBroken: ({ reasoning_effort: effort }) => effort !== 'none',
        status: 400,
        body: {
          error: {
            message:
              "Function tools with reasoning_effort are not supported for gpt-5.6 in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.",
            type: 'invalid_request_error',
            param: 'reasoning_effort',
          },
        },
      },
    ],
    later: ['again'],
    expect: { requests: 3, said: twice, sent: { reasoning_effort: 'none' } },
  },
  {
    dialect: 'openai',
    oddity: 'the same, of a model that only wants it left out',
    seen: 'https://github.com/pipecat-ai/pipecat/issues/4043',
    effort: 'high',
    demands: [
      noField('reasoning_effort', 400, {
        error: {
          message:
            'Function tools with reasoning_effort are not supported for gpt-5.4 in /v1/chat/completions. Please use /v1/responses instead.',
          param: 'reasoning_effort',
        },
      }),
    ],
    expect: { requests: 2, said: [{ kind: 'text' }] },
  },
  {
    dialect: 'general',
    oddity: 'xAI: the effort by another name is refused',
    seen: 'https://github.com/NousResearch/hermes-agent/issues/23088',
    effort: 'high',
    demands: [
      noField('reasoning_effort', 400, {
        code: 'Client specified an invalid argument',
        error: 'Argument not supported on this model: model grok-4 does not support parameter reasoningEffort',
      }),
    ],
    expect: { requests: 2, said: [{ kind: 'text' }] },
  },
  {
    dialect: 'general',
    oddity: 'Bedrock: calls in a conversation without tools: they are named again',
    seen: 'https://github.com/anomalyco/opencode/issues/34089',
    tools: [],
    history: afterCall(called('call_1', 'look', '{}')),
    demands: [withTools],
    expect: { requests: 2, said: [{ kind: 'text' }], sent: { tools: [{ function: { name: 'look' } }] } },
  },
  {
    dialect: 'general',
    oddity: 'the same in the words of LiteLLM',
    seen: 'https://github.com/BerriAI/litellm/pull/31400',
    tools: [],
    history: afterCall(called('call_1', 'look', '{}')),
    demands: [
      {
        ...withTools,
        body: refused(
          "litellm.UnsupportedParamsError: Bedrock doesn't support tool calling without `tools=` param specified. Pass `tools=` param OR set `litellm.modify_params = True`",
        ),
      },
    ],
    expect: { requests: 2, said: [{ kind: 'text' }] },
  },
  {
    dialect: 'openai',
    oddity: 'a description that is too long: shortened, and remembered',
    seen: 'https://github.com/janwilmake/openapi-mcp-server/issues/23',
    tools: [long],
    demands: [
      {
        name: 'short descriptions',
        isBroken: ({ tools }) => describedAs(tools) > 1024,
        status: 400,
        body: {
          error: {
            message:
              "Invalid 'tools[0].function.description': string too long. Expected a string with maximum length 1024, but got a string with length 3007 instead.",
            param: 'tools[0].function.description',
            code: 'string_above_max_length',
          },
        },
      },
    ],
    later: ['again'],
    expect: { requests: 3, said: twice },
  },
  {
    dialect: 'gemini',
    oddity: 'types in a list: one of them',
    seen: 'https://github.com/nanbingxyz/5ire/issues/218',
    tools: [
      tool('look', { type: 'object', properties: { path: { type: ['string', 'null'] }, count: { type: 'integer' } } }),
    ],
    demands: [
      {
        name: 'one type',
        isBroken: ({ tools }) => isList(tools),
        status: 400,
        body: proto(
          `Invalid JSON payload received. Unknown name "type" at '${at}[0].value': Proto field is not repeating, cannot start list.`,
        ),
      },
    ],
    later: ['again'],
    expect: {
      requests: 3,
      said: twice,
      sent: {
        tools: [{ function: { parameters: { properties: { path: { type: 'string' }, count: { type: 'integer' } } } } }],
      },
    },
  },
  {
    dialect: 'gemini',
    oddity: 'an enum of numbers: left out',
    seen: 'https://github.com/nanbingxyz/5ire/issues/218',
    tools: [
      tool('look', {
        type: 'object',
        properties: { level: { type: 'integer', enum: [1, 2] }, mode: { type: 'string', enum: ['a'] } },
      }),
    ],
    demands: [
      {
        name: 'enums of texts',
        isBroken: ({ tools }) => JSON.stringify(tools).includes('[1,2]'),
        status: 400,
        body: proto(
          'GenerateContentRequest.tools[0].function_declarations[0].parameters.properties[level].enum: only allowed for STRING type',
        ),
      },
    ],
    expect: {
      requests: 2,
      sent: {
        tools: [{ function: { parameters: { properties: { level: { type: 'integer' }, mode: { enum: ['a'] } } } } }],
      },
    },
  },
  {
    dialect: 'gemini',
    oddity: 'a list or nothing, whose items are then missed',
    seen: 'https://github.com/t8y2/dbx/issues/6233',
    tools: [
      tool('look', {
        type: 'object',
        properties: { tables: { anyOf: [{ type: 'array', items: {} }, { type: 'null' }], description: 'which' } },
      }),
    ],
    demands: [
      {
        name: 'items',
        isBroken: ({ tools }) => !JSON.stringify(tools).includes('"items":{"type":"string"}'),
        status: 400,
        body: proto(
          '* GenerateContentRequest.tools[0].function_declarations[27].parameters.properties[tables].items: missing field.\n',
        ),
      },
    ],
    expect: {
      requests: 2,
      sent: {
        tools: [{ function: { parameters: { properties: { tables: { type: 'array', description: 'which' } } } } }],
      },
    },
  },
  {
    dialect: 'general',
    oddity: 'alternatives of one type and null: the type stays when the keyword goes',
    tools: [
      tool('look', {
        type: 'object',
        properties: { path: { anyOf: [{ type: 'string' }, { type: 'null' }], title: 'Path' } },
      }),
    ],
    demands: [onlyPlain(['anyOf', 'title'], 400, refused('Invalid schema for function look'))],
    expect: {
      requests: 2,
      sent: { tools: [{ function: { parameters: { properties: { path: { type: 'string' } } } } }] },
    },
  },
  {
    dialect: 'gemini',
    oddity: 'a limit of the reply that nobody refuses is not touched',
    client: { maxTokens: 9 },
    demands: [field('max_tokens', 9)],
    answers: [done],
    expect: { requests: 1 },
  },
];
