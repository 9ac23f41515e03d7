import type { Row } from '../row.ts';
import { call, calling, done, end, event, piece, stream, text, usage } from '../words.ts';

const halves = [text('Keep the backup. '), text('Delete nothing.')];
const whole = { kind: 'text' as const, text: 'Keep the backup. Delete nothing.' };
const half = '{"path":"READ';

/** How a reply ends, and what it is then. */
export const ends: readonly Row[] = [
  {
    dialect: 'vllm',
    oddity: 'a reason that is empty until the end',
    seen: 'case empty-finish-reason',
    answers: [stream(text('Keep the backup. ', ''), text('Delete nothing.', ''), end())],
    expect: { said: [whole], finish: 'stop' },
  },
  {
    dialect: 'vllm',
    oddity: 'the same, cut off',
    seen: 'case empty-finish-reason',
    answers: [{ stream: [text('Keep the backup. ', '')], end: 'cut' }],
    expect: { error: { code: 'model_stream_cut', kind: 'cut' } },
  },
  {
    dialect: 'general',
    oddity: 'an end without any reason is a cut',
    answers: [{ stream: halves, end: 'close' }],
    expect: { error: { code: 'model_stream_cut' } },
  },
  {
    dialect: 'general',
    oddity: 'no reason, but usage and [DONE]',
    answers: [stream(...halves, usage({ prompt_tokens: 1, completion_tokens: 1 }))],
    expect: { said: [whole], finish: 'stop' },
  },
  {
    dialect: 'general',
    oddity: 'no reason after whole calls',
    seen: 'https://github.com/openclaw/openclaw/pull/98575',
    answers: [stream(call('x', 'look', '{"path":"a"}')), done],
    expect: { said: [{ kind: 'tool_call' }, { kind: 'text' }], requests: 2 },
  },
  {
    dialect: 'general',
    oddity: 'no reason and no [DONE] after whole calls',
    seen: 'https://github.com/earendil-works/pi/pull/6225',
    answers: [{ stream: [call('x', 'look', '{"path":"a"}')], end: 'close' }, done],
    expect: { said: [{ kind: 'tool_call' }, { kind: 'text' }], requests: 2 },
  },
  {
    dialect: 'general',
    oddity: 'no reason after half a call',
    answers: [stream(call('x', 'look', half))],
    expect: { error: { code: 'model_stream_cut' } },
  },
  {
    dialect: 'gemini',
    oddity: 'stop after calls',
    seen: 'https://github.com/BerriAI/litellm/issues/12862',
    answers: [stream(call('x', 'look', '{"path":"a"}'), end('stop')), done],
    expect: { requests: 2 },
  },
  {
    dialect: 'anthropic',
    oddity: 'end_turn',
    seen: 'https://github.com/BerriAI/litellm/issues/12481',
    answers: [stream(...halves, end('end_turn'))],
    expect: { said: [whole], finish: 'stop' },
  },
  {
    dialect: 'gemini',
    oddity: 'STOP in capitals',
    answers: [stream(...halves, end('STOP'))],
    expect: { finish: 'stop' },
  },
  {
    dialect: 'general',
    oddity: 'tool_calls after none',
    answers: [stream(...halves, end('tool_calls'))],
    expect: { finish: 'stop' },
  },
  {
    dialect: 'general',
    oddity: 'cut by the limit of tokens',
    seen: 'case cut-reply-counts-as-complete',
    answers: [stream(text('half'), end('length'))],
    expect: { said: [{ kind: 'text', text: 'half' }], finish: 'length' },
  },
  {
    dialect: 'anthropic',
    oddity: 'max_tokens',
    answers: [stream(text('half'), end('max_tokens'))],
    expect: { finish: 'length' },
  },
  {
    dialect: 'mistral',
    oddity: 'model_length',
    answers: [stream(text('half'), end('model_length'))],
    expect: { finish: 'length' },
  },
  {
    dialect: 'general',
    oddity: 'a call cut by the limit must not run',
    answers: [stream(call('x', 'look', half), end('length')), done],
    expect: { said: [{ kind: 'tool_call', arguments: half, isWhole: false }, { kind: 'text' }] },
  },
  {
    dialect: 'general',
    oddity: 'a call whose arguments never began',
    answers: [stream(call('x', 'look', '{"path":"a"}', 0), call('y', 'look', '', 1), end('length')), done],
    expect: {
      said: [
        { kind: 'tool_call', arguments: '{"path":"a"}' },
        { kind: 'tool_call', arguments: '', isWhole: false },
        { kind: 'text' },
      ],
    },
  },
  {
    dialect: 'openai',
    oddity: 'content_filter',
    answers: [stream(text('half'), end('content_filter'))],
    expect: { finish: 'content_filter' },
  },
  {
    dialect: 'gemini',
    oddity: 'SAFETY',
    answers: [stream(end('SAFETY'))],
    expect: { finish: 'content_filter', said: [] },
  },
  {
    dialect: 'general',
    oddity: 'sensitive',
    seen: 'https://github.com/anomalyco/opencode/issues/44092',
    answers: [stream(text('half'), end('sensitive'))],
    expect: { finish: 'content_filter' },
  },
  {
    dialect: 'anthropic',
    oddity: 'refusal',
    answers: [stream(text('no'), end('refusal'))],
    expect: { finish: 'refusal' },
  },
  {
    dialect: 'deepseek',
    oddity: 'insufficient_system_resource',
    answers: [stream(text('half'), end('insufficient_system_resource'))],
    expect: { error: { code: 'model_unavailable', says: 'insufficient_system_resource' } },
  },
  {
    dialect: 'openrouter',
    oddity: 'error as the last word',
    seen: 'https://github.com/gethouston/houston/pull/1211',
    answers: [stream(text('half'), end('error'))],
    expect: { error: { code: 'model_unavailable', says: '"error"' } },
  },
  {
    dialect: 'openrouter',
    oddity: 'a normal end that its provider calls an error',
    seen: 'https://github.com/OleksandrChekhovskyi/hax/pull/15',
    answers: [
      stream(text('half'), {
        choices: [{ index: 0, delta: { content: '' }, finish_reason: 'stop', native_finish_reason: 'network_error' }],
      }),
    ],
    expect: { error: { code: 'model_unavailable', says: 'network_error' } },
  },
  {
    dialect: 'openrouter',
    oddity: 'a normal end that its provider calls a cut',
    answers: [
      stream(...halves, {
        choices: [{ index: 0, delta: { content: '' }, finish_reason: 'stop', native_finish_reason: 'MAX_TOKENS' }],
      }),
    ],
    expect: { finish: 'length' },
  },
  {
    dialect: 'openrouter',
    oddity: 'a normal end in the words of its provider',
    answers: [
      stream(...halves, {
        choices: [{ index: 0, delta: { content: '' }, finish_reason: 'stop', native_finish_reason: 'completed' }],
      }),
    ],
    expect: { said: [whole], finish: 'stop' },
  },
  {
    dialect: 'gemini',
    oddity: 'malformed_function_call',
    answers: [stream(end('MALFORMED_FUNCTION_CALL'))],
    expect: { error: { code: 'model_unavailable', says: 'MALFORMED_FUNCTION_CALL' } },
  },
  {
    dialect: 'gemini',
    oddity: 'what stopped it, then why',
    answers: [stream(end('function_call_filter: MALFORMED_FUNCTION_CALL'))],
    expect: { error: { code: 'model_unavailable', says: 'MALFORMED_FUNCTION_CALL' } },
  },
  {
    dialect: 'gemini',
    oddity: 'a filter, then which',
    answers: [stream(text('half'), end('content_filter: RECITATION'))],
    expect: { finish: 'content_filter' },
  },
  {
    dialect: 'gemini',
    oddity: 'more calls than it allows',
    seen: 'https://github.com/mozilla-ai/any-llm/pull/1202',
    answers: [stream(end('TOO_MANY_TOOL_CALLS'))],
    expect: { error: { code: 'model_unavailable', says: 'TOO_MANY_TOOL_CALLS' } },
  },
  {
    dialect: 'gemini',
    oddity: 'stopped by a guard of its platform',
    seen: 'https://github.com/theopenco/llmgateway/pull/2218',
    answers: [stream(end('MODEL_ARMOR'))],
    expect: { finish: 'content_filter' },
  },
  {
    dialect: 'general',
    oddity: 'a word that nobody knows',
    answers: [stream(...halves, end('because'))],
    expect: { said: [whole], finish: 'other' },
  },
  {
    dialect: 'general',
    oddity: 'a reason that is no word',
    answers: [stream(...halves, end({ type: 'stop' }))],
    expect: { error: { code: 'model_unreadable', says: 'not a word' } },
  },
  {
    dialect: 'general',
    oddity: 'an empty reply',
    answers: [stream(event({ role: 'assistant', content: '' }), end())],
    expect: { said: [], finish: 'stop' },
  },
  {
    dialect: 'general',
    oddity: 'broken after its last word: it is whole',
    answers: [{ stream: [...halves, end()], end: 'cut' }],
    expect: { said: [whole], requests: 1 },
  },
  {
    dialect: 'general',
    oddity: 'broken in the middle of arguments',
    answers: [{ stream: [call('x', 'look', half)], end: 'cut' }],
    expect: { error: { code: 'model_stream_cut' } },
  },
  {
    dialect: 'general',
    oddity: 'the reason before the last pieces',
    answers: [
      stream(
        piece({ index: 0, id: 'x', function: { name: 'look', arguments: '{"path"' } }, 'tool_calls'),
        piece({ index: 0, function: { arguments: ':"a"}' } }),
      ),
      done,
    ],
    expect: { said: [{ kind: 'tool_call', arguments: '{"path":"a"}' }, { kind: 'text' }] },
  },
  {
    dialect: 'general',
    oddity: 'an unknown end of a reply with calls',
    answers: [{ ...calling(), stream: [call('x', 'look', '{"path":"a"}'), end('because')] }, done],
    expect: { requests: 2 },
  },
];
