import { field, header, noField, noKeyword, noStream, noSystem, onlyPlain } from '../demands.ts';
import type { Row } from '../row.ts';
import { calling, done, look, text, tool } from '../words.ts';

const extra = (name: string) => ({
  error: { message: `${name}: Extra inputs are not permitted`, type: 'invalid_request_error' },
});
const unknown = (keyword: string) => ({
  error: {
    code: 400,
    message: `Invalid JSON payload received. Unknown name "${keyword}" at 'tools[0].function_declarations[0].parameters.properties[0].value': Cannot find field.`,
    status: 'INVALID_ARGUMENT',
  },
});
const rich = tool('look', {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  additionalProperties: false,
  properties: {
    path: { type: 'string', pattern: '^a', default: 'a' },
    count: { type: 'integer', exclusiveMinimum: 0 },
    pattern: { type: 'string' },
  },
  required: ['path'],
});
const twice = [
  { kind: 'text' as const, text: 'done' },
  { kind: 'text' as const, text: 'done' },
];

/** What is asked for, and what is left out once it was refused. */
export const requests: readonly Row[] = [
  {
    dialect: 'general',
    oddity: 'stream_options refused: left out, and remembered',
    seen: 'case stream-options-refused',
    demands: [noField('stream_options', 422, extra('stream_options'))],
    later: ['again'],
    expect: { requests: 3, said: twice, unsent: ['stream_options'] },
  },
  {
    dialect: 'general',
    oddity: 'the same in the words of FastAPI',
    demands: [
      noField('stream_options', 422, {
        detail: [{ type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: 'Extra inputs are not permitted' }],
      }),
    ],
    expect: { requests: 2 },
  },
  {
    dialect: 'general',
    oddity: 'the same, in an event at status 200',
    demands: [
      noField('stream_options', 200, {
        error: { message: 'Unrecognized request argument supplied: stream_options', code: 400 },
      }),
    ],
    expect: { requests: 2 },
  },
  {
    dialect: 'general',
    oddity: 'the same, without naming it',
    demands: [noField('stream_options', 400, { error: { message: 'Unknown parameter in request body' } })],
    expect: { requests: 2 },
  },
  {
    dialect: 'general',
    oddity: 'the same, said beforehand',
    client: { omit: ['stream_options'] },
    demands: [noField('stream_options', 422, extra('stream_options'))],
    expect: { requests: 1 },
  },
  {
    dialect: 'mistral',
    oddity: 'stream_options is not sent at all',
    demands: [noField('stream_options', 422, extra('stream_options'))],
    expect: { requests: 1 },
  },
  {
    dialect: 'general',
    oddity: 'reasoning_effort refused: left out, and remembered',
    effort: 'high',
    demands: [
      noField('reasoning_effort', 400, {
        error: {
          message: "Unsupported parameter: 'reasoning_effort' is not supported with this model.",
          param: 'reasoning_effort',
        },
      }),
    ],
    later: ['again'],
    expect: { requests: 3, said: twice },
  },
  {
    dialect: 'general',
    oddity: 'an effort that is too high: lowered',
    effort: 'max',
    demands: [
      {
        name: 'effort',
        isBroken: ({ reasoning_effort: effort }) => effort === 'xhigh',
        status: 400,
        body: {
          error: {
            message: "Invalid value for reasoning_effort: 'xhigh'. Supported values are: 'low', 'medium', and 'high'.",
          },
        },
      },
    ],
    expect: { requests: 2, sent: { reasoning_effort: 'high' } },
  },
  {
    dialect: 'deepseek',
    oddity: 'effort in its own words',
    effort: 'xhigh',
    demands: [field('reasoning_effort', 'max')],
    expect: { requests: 1 },
  },
  {
    dialect: 'openrouter',
    oddity: 'effort in its own field',
    effort: 'high',
    demands: [field('reasoning', { effort: 'high' })],
    expect: { requests: 1 },
  },
  {
    dialect: 'general',
    oddity: 'max_tokens refused: renamed',
    seen: 'https://github.com/decolua/9router/issues/560',
    client: { maxTokens: 100 },
    demands: [
      noField('max_tokens', 400, {
        error: {
          message:
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
          param: 'max_tokens',
        },
      }),
    ],
    later: ['again'],
    expect: { requests: 3, sent: { max_completion_tokens: 100 } },
  },
  {
    dialect: 'openai',
    oddity: 'max_completion_tokens from the start',
    client: { maxTokens: 100 },
    demands: [field('max_completion_tokens', 100)],
    expect: { requests: 1 },
  },
  {
    dialect: 'general',
    oddity: 'temperature refused: left out',
    seen: 'https://github.com/pickle-com/glass/pull/227',
    client: { temperature: 0.2 },
    demands: [
      noField('temperature', 400, {
        error: {
          message:
            "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
        },
      }),
    ],
    expect: { requests: 2 },
  },
  {
    dialect: 'general',
    oddity: 'both refused, one after the other',
    seen: 'https://github.com/NousResearch/hermes-agent/pull/78305',
    client: { temperature: 0.2, maxTokens: 9 },
    demands: [
      noField('temperature', 400, { error: { message: "Unsupported parameter: 'temperature'" } }),
      noField('max_tokens', 400, { error: { message: "Unsupported parameter: 'max_tokens'" } }),
    ],
    expect: { requests: 3, sent: { max_completion_tokens: 9 } },
  },
  {
    dialect: 'general',
    oddity: 'a limit that is too large is an error',
    client: { maxTokens: 999_999 },
    demands: [field('max_tokens', 1)],
    expect: { requests: 1, error: { code: 'model_unavailable' } },
  },
  {
    dialect: 'gemini',
    oddity: 'a keyword of schemas refused: left out',
    seen: 'https://github.com/ahmadrosid/nakama/issues/292',
    tools: [rich],
    demands: [noKeyword('exclusiveMinimum', 400, unknown('exclusiveMinimum'))],
    later: ['again'],
    expect: {
      requests: 3,
      said: twice,
      sent: {
        tools: [
          { function: { parameters: { additionalProperties: false, properties: { count: { type: 'integer' } } } } },
        ],
      },
    },
  },
  {
    dialect: 'general',
    oddity: 'additionalProperties, through a gateway',
    seen: 'https://github.com/tashfeenahmed/freellmapi/issues/97',
    tools: [rich],
    demands: [
      noKeyword('additionalProperties', 502, {
        error: {
          message: 'Provider error (Gemini): Google API error 400: Unknown name "additionalProperties" at tools[0]',
        },
      }),
    ],
    expect: { requests: 2 },
  },
  {
    dialect: 'general',
    oddity: 'a keyword that is a word of English, and a property of that name',
    tools: [rich],
    demands: [
      {
        name: 'no pattern',
        isBroken: ({ tools }) => JSON.stringify(tools).includes('"pattern":"^a"'),
        status: 400,
        body: { error: { message: "Invalid schema for function 'look': 'pattern' is not permitted" } },
      },
    ],
    expect: {
      requests: 2,
      sent: { tools: [{ function: { parameters: { properties: { pattern: { type: 'string' } } } } }] },
    },
  },
  {
    dialect: 'llama.cpp',
    oddity: 'a schema refused without a name: the plain one',
    tools: [rich],
    demands: [
      onlyPlain(['default', '$schema', 'exclusiveMinimum'], 400, {
        error: { message: 'failed to convert JSON schema to grammar' },
      }),
    ],
    expect: { requests: 2 },
  },
  {
    dialect: 'general',
    oddity: 'keywords left out beforehand',
    tools: [rich],
    client: { omit: ['$schema', 'additionalProperties'] },
    demands: [noKeyword('$schema', 400, unknown('$schema'))],
    expect: { requests: 1 },
  },
  {
    dialect: 'vllm',
    oddity: 'a template without a system role',
    seen: 'https://github.com/huggingface/chat-ui/issues/1386',
    system: 'be brief',
    demands: [
      noSystem(400, {
        object: 'error',
        message: 'System role not supported',
        type: 'BadRequestError',
        param: null,
        code: 400,
      }),
    ],
    answers: [calling(), done],
    expect: { requests: 3, sent: { messages: [{ role: 'user', content: 'be brief\n\ngo' }, {}, {}] } },
  },
  {
    dialect: 'general',
    oddity: 'streams refused: asked as a whole',
    demands: [noStream],
    answers: [{ body: { choices: [{ message: { content: 'done' }, finish_reason: 'stop' }] } }],
    expect: { requests: 2, said: [{ kind: 'text', text: 'done' }], sent: { stream: false } },
  },
  {
    dialect: 'general',
    oddity: 'headers of everturn.yaml',
    client: { headers: { 'X-Title': 'Everturn', Authorization: 'Basic abc' } },
    demands: [header('x-title', 'Everturn'), header('authorization', 'Basic abc')],
    expect: { requests: 1 },
  },
  {
    dialect: 'general',
    oddity: 'fields of everturn.yaml',
    client: { temperature: 0.5, body: { provider: { order: ['x'] }, top_p: 0.9 } },
    demands: [field('provider', { order: ['x'] }), field('top_p', 0.9), field('temperature', 0.5)],
    expect: { requests: 1 },
  },
  {
    dialect: 'general',
    oddity: 'a refusal of something else is not tried around',
    tools: [look],
    demands: [field('model', 'other')],
    expect: { requests: 1, error: { code: 'model_unavailable' } },
  },
  {
    dialect: 'general',
    oddity: 'an overflow is not taken for a refused option',
    effort: 'high',
    answers: [
      {
        status: 400,
        body: {
          error: {
            message: "This model's maximum context length is 4096 tokens; unsupported parameters: reasoning_effort",
          },
        },
      },
    ],
    expect: { requests: 1, error: { code: 'model_refused', kind: 'overflow' } },
  },
  {
    dialect: 'general',
    oddity: 'what is stable comes first in the body',
    tools: [rich],
    demands: [
      {
        name: 'messages last',
        isBroken: (asked) => Object.keys(asked).at(-1) !== 'messages' || Object.keys(asked).indexOf('tools') < 0,
        status: 409,
        body: {},
      },
    ],
    answers: [{ stream: [text('done', 'stop')] }],
    expect: { requests: 1 },
  },
];
