import { noLists, noMessageField, reasoningBack, signatureBack } from '../demands.ts';
import type { Asked, Row } from '../row.ts';
import {
  afterCall,
  called,
  calling,
  done,
  elsewhere,
  end,
  event,
  here,
  piece,
  said,
  stream,
  text,
  thought,
  user,
} from '../words.ts';

const withReasoning = (field: string) =>
  stream(event({ [field]: 'I ' }), event({ [field]: 'look.' }), ...(calling().stream ?? []));
const assistant = (fields: Record<string, unknown>) => [
  { role: 'assistant', ...fields },
  { role: 'tool', content: 'ok' },
];
const must = 'The `reasoning_content` in the thinking mode must be passed back to the API.';

const details = [
  { type: 'reasoning.text', text: 'Let', format: 'anthropic-claude-v1', index: 0 },
  { type: 'reasoning.text', text: ' me compute.', format: 'anthropic-claude-v1', index: 0 },
  { type: 'reasoning.text', signature: 'Et8BCmUI', format: 'anthropic-claude-v1', index: 0 },
];
const merged = [
  { type: 'reasoning.text', text: 'Let me compute.', format: 'anthropic-claude-v1', index: 0, signature: 'Et8BCmUI' },
];

const notSigned = {
  error: { message: 'messages.1.content.0: Invalid `signature` in `thinking` block', type: 'invalid_request_error' },
};

const signature = { extra_content: { google: { thought_signature: 'SIG==' } } };
const signedCall = (id: string, index: number, extra: object) =>
  piece({ index, id, type: 'function', function: { name: 'look', arguments: '{"path":"a"}' }, ...extra });

const noOldSignature = {
  ...signatureBack,
  name: 'no signature of its own',
  isBroken: ({ messages }: Asked) => JSON.stringify(messages).includes('SIG=='),
  body: { error: { code: 400, message: 'Thought signature is not valid.', status: 'INVALID_ARGUMENT' } },
};

/** What a provider attached to a reply comes back to it, and to nobody else. */
export const roundTrip: readonly Row[] = [
  {
    dialect: 'deepseek',
    oddity: 'reasoning_content must come back with a call',
    seen: 'case reasoning-not-sent-back',
    demands: [reasoningBack(must)],
    answers: [withReasoning('reasoning_content'), done],
    expect: {
      said: [{ kind: 'thinking', text: 'I look.' }, { kind: 'tool_call' }, { kind: 'text', text: 'done' }],
      requests: 2,
      messages: assistant({ reasoning_content: 'I look.' }),
    },
  },
  {
    dialect: 'general',
    oddity: 'reasoning_content must come back, unknown provider',
    seen: 'https://github.com/qwersyk/Newelle/issues/404',
    demands: [reasoningBack(must)],
    answers: [withReasoning('reasoning_content'), done],
    expect: { requests: 2, messages: assistant({ reasoning_content: 'I look.' }) },
  },
  {
    dialect: 'deepseek',
    oddity: 'a call of another provider has no reasoning to bring',
    seen: 'https://github.com/abhigyanpatwari/GitNexus/issues/43',
    history: afterCall(called('call_x', 'look', '{}', { from: elsewhere })),
    demands: [reasoningBack('Missing `reasoning_content` field in the assistant message at message index 1')],
    expect: { said: [{ kind: 'text', text: 'done' }], requests: 1 },
  },
  {
    dialect: 'general',
    oddity: 'reasoning of another model is asked for: learned',
    history: afterCall(called('call_x', 'look', '{}', { from: elsewhere })),
    demands: [reasoningBack('Missing `reasoning_content` field in the assistant message at message index 1')],
    later: ['again'],
    expect: {
      said: [
        { kind: 'text', text: 'done' },
        { kind: 'text', text: 'done' },
      ],
      requests: 3,
    },
  },
  {
    dialect: 'ollama',
    oddity: 'reasoning in the field `reasoning`',
    answers: [withReasoning('reasoning'), done],
    expect: {
      said: [{ kind: 'thinking', text: 'I look.' }, { kind: 'tool_call' }, { kind: 'text' }],
      messages: assistant({ reasoning: 'I look.' }),
    },
  },
  {
    dialect: 'vllm',
    oddity: 'reasoning in both fields at once is one',
    answers: [stream(event({ reasoning: 'hm', reasoning_content: 'hm' }), ...(calling().stream ?? [])), done],
    expect: {
      said: [{ kind: 'thinking', text: 'hm' }, { kind: 'tool_call' }, { kind: 'text' }],
      messages: assistant({ reasoning_content: 'hm', content: '' }),
    },
  },
  {
    dialect: 'openrouter',
    oddity: 'reasoning_details in pieces come back as one, signed',
    seen: 'https://github.com/agno-agi/agno/issues/8794',
    answers: [
      stream(...details.map((detail) => event({ reasoning_details: [detail] })), ...(calling().stream ?? [])),
      done,
    ],
    expect: {
      said: [{ kind: 'thinking', text: 'Let me compute.' }, { kind: 'tool_call' }, { kind: 'text' }],
      messages: assistant({ reasoning_details: merged }),
    },
  },
  {
    dialect: 'openrouter',
    oddity: 'encrypted reasoning_details without any text come back',
    seen: 'https://github.com/langchain-ai/langchainjs/issues/11699',
    answers: [
      stream(
        event({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'abc', id: 'r1', index: 0 }] }),
        ...(calling().stream ?? []),
      ),
      done,
    ],
    expect: {
      messages: assistant({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'abc', id: 'r1', index: 0 }] }),
    },
  },
  {
    dialect: 'openrouter',
    oddity: 'two encrypted details of different indexes stay two',
    answers: [
      stream(
        event({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'a', index: 0 }] }),
        event({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'b', index: 1 }] }),
        ...(calling().stream ?? []),
      ),
      done,
    ],
    expect: { messages: assistant({ reasoning_details: [{ data: 'a' }, { data: 'b' }] }) },
  },
  {
    dialect: 'gemini',
    oddity: 'the signature of a call must come back',
    seen: 'https://github.com/securo-finance/securo/issues/884',
    demands: [signatureBack],
    answers: [stream(signedCall('call_1', 0, signature), end('tool_calls')), done],
    expect: { requests: 2, messages: assistant({ tool_calls: [signature] }) },
  },
  {
    dialect: 'gemini',
    oddity: 'of parallel calls only the first is signed',
    demands: [signatureBack],
    answers: [stream(signedCall('call_1', 0, signature), signedCall('call_2', 1, {}), end('tool_calls')), done],
    expect: { requests: 2, said: [{ kind: 'tool_call' }, { kind: 'tool_call' }, { kind: 'text' }] },
  },
  {
    dialect: 'gemini',
    oddity: 'a call of another provider has no signature',
    seen: 'https://github.com/Gitlawb/openclaude/issues/67',
    history: afterCall(called('call_x', 'look', '{}', { from: elsewhere })),
    demands: [signatureBack],
    expect: { requests: 1, said: [{ kind: 'text', text: 'done' }] },
  },
  {
    dialect: 'general',
    oddity: 'Gemini behind a gateway misses a signature: learned',
    seen: 'https://github.com/lbjlaq/Antigravity-Manager/issues/938',
    history: afterCall(called('call_x', 'look', '{}', { from: elsewhere })),
    demands: [signatureBack],
    expect: { requests: 2, said: [{ kind: 'text', text: 'done' }] },
  },
  {
    dialect: 'openrouter',
    oddity: 'thinking that another model of the family has signed is refused: left out',
    seen: 'https://github.com/vybestack/llxprt-code/issues/2335',
    history: afterCall(
      thought('Let me look.', { from: here, message: { reasoning_details: merged } }),
      called('call_x', 'look', '{}', { from: here }),
    ),
    demands: [noMessageField('reasoning_details', notSigned)],
    expect: { requests: 2, said: [{ kind: 'text', text: 'done' }], unsent: ['Et8BCmUI'] },
  },
  {
    dialect: 'gemini',
    oddity: 'a signature that is not valid any more is refused: the call goes without it',
    seen: 'https://github.com/RooCodeInc/Roo-Code/issues/10461',
    history: afterCall(called('call_x', 'look', '{}', { from: here, call: signature })),
    demands: [noOldSignature, signatureBack],
    expect: { requests: 3, said: [{ kind: 'text', text: 'done' }], unsent: ['SIG=='] },
  },
  {
    dialect: 'general',
    oddity: 'unknown fields of a message come back',
    answers: [stream(event({ whatever_comes_next: { token: 'abc' } }), ...(calling().stream ?? [])), done],
    expect: { messages: assistant({ whatever_comes_next: { token: 'abc' } }) },
  },
  {
    dialect: 'general',
    oddity: 'unknown fields within `function` come back',
    answers: [
      stream(
        piece({ index: 0, id: 'a', type: 'function', function: { name: 'look', arguments: '{}', seal: 'x' } }),
        end('tool_calls'),
      ),
      done,
    ],
    expect: { messages: assistant({ tool_calls: [{ function: { seal: 'x', name: 'look' } }] }) },
  },
  {
    dialect: 'general',
    oddity: 'what another key attached is not sent',
    history: afterCall(
      thought('secret thought', { from: elsewhere, as: 'reasoning_content', message: { opaque: 'secret field' } }),
      called('call_x', 'look', '{}', { from: elsewhere, call: { extra_content: 'secret signature' } }),
    ),
    expect: { requests: 1, unsent: ['secret'] },
  },
  {
    dialect: 'openrouter',
    oddity: 'what another family of models attached is not sent',
    model: 'google/gemini-3-pro',
    history: afterCall(
      thought('secret thought', {
        from: 'probe/anthropic/claude',
        message: { reasoning_details: [{ data: 'secret field' }] },
      }),
      called('call_x', 'look', '{}', { from: 'probe/anthropic/claude' }),
    ),
    expect: { requests: 1, unsent: ['secret'] },
  },
  {
    dialect: 'openrouter',
    oddity: 'a newer model of the family gets it',
    model: 'anthropic/claude-opus-4.5',
    history: afterCall(
      thought('kept thought', { from: 'probe/anthropic/claude', as: 'reasoning' }),
      called('call_x', 'look', '{}', { from: 'probe/anthropic/claude' }),
    ),
    expect: { requests: 1, messages: [{ role: 'assistant', reasoning: 'kept thought' }, { role: 'tool' }] },
  },
  {
    dialect: 'general',
    oddity: 'Groq refuses the reasoning it sent: learned',
    seen: 'https://github.com/janhq/jan/issues/8136',
    demands: [
      noMessageField('reasoning', {
        error: {
          message:
            "'messages.1' : for 'role:assistant' the following must be satisfied[('messages.1' : property 'reasoning' is unsupported)]",
          type: 'invalid_request_error',
        },
      }),
    ],
    answers: [withReasoning('reasoning'), done],
    expect: { requests: 3, said: [{ kind: 'thinking' }, { kind: 'tool_call' }, { kind: 'text', text: 'done' }] },
  },
  {
    dialect: 'general',
    oddity: 'reasoning is left out where `omit` says so',
    client: { omit: ['reasoning_content'] },
    answers: [withReasoning('reasoning_content'), done],
    expect: { requests: 2, unsent: ['I look.'] },
  },
  {
    dialect: 'mistral',
    oddity: 'thinking as a part of content goes back as it came',
    answers: [
      stream(
        text([{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }]),
        text([{ type: 'text', text: 'so' }]),
        ...(calling('abcdefghi').stream ?? []),
      ),
      done,
    ],
    expect: {
      said: [
        { kind: 'thinking', text: 'hm' },
        { kind: 'text', text: 'so' },
        { kind: 'tool_call' },
        { kind: 'text', text: 'done' },
      ],
      messages: assistant({
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
          { type: 'text', text: 'so' },
        ],
      }),
    },
  },
  {
    dialect: 'mistral',
    oddity: 'its lists are refused by its own template: learned',
    demands: [noLists],
    answers: [stream(text([{ type: 'thinking', thinking: 'hm' }]), ...(calling('abcdefghi').stream ?? [])), done],
    expect: { requests: 3, said: [{ kind: 'thinking', text: 'hm' }, { kind: 'tool_call' }, { kind: 'text' }] },
  },
  {
    dialect: 'general',
    oddity: 'MiniMax: <think> in content goes back with it',
    answers: [stream(text('<think>\nhm'), text('</think>\n\n'), text('so'), ...(calling().stream ?? [])), done],
    expect: {
      said: [{ kind: 'thinking', text: '\nhm' }, { kind: 'text', text: 'so' }, { kind: 'tool_call' }, { kind: 'text' }],
      messages: assistant({ content: '<think>\nhm</think>\n\nso' }),
    },
  },
  {
    dialect: 'general',
    oddity: 'reasoning of a turn before stays: nothing sent is changed',
    later: ['more'],
    answers: [stream(event({ reasoning_content: 'hm' }), text('one'), end()), stream(text('two'), end())],
    expect: {
      requests: 2,
      messages: [
        { role: 'assistant', content: 'one', reasoning_content: 'hm' },
        { role: 'user', content: 'more' },
      ],
    },
  },
  {
    dialect: 'general',
    oddity: 'thinking of a cancelled turn is not sent',
    history: [
      [[user('one')], [thought('half a thou'), said('half'), { kind: 'error', code: 'turn_cancelled', message: '' }]],
      [[user('two')]],
    ],
    expect: { requests: 1, unsent: ['half a thou'] },
  },
  {
    dialect: 'general',
    oddity: 'what this family attached comes back after another one spoke',
    history: [
      [[user('one')], [thought('mine', { from: here, as: 'reasoning_content' }), said('a')]],
      [[user('two')], [thought('theirs', { from: elsewhere, as: 'reasoning_content' }), said('b')]],
      [[user('three')]],
    ],
    expect: {
      requests: 1,
      sent: { messages: [{}, { reasoning_content: 'mine' }, {}, { content: 'b' }, {}] },
      unsent: ['theirs'],
    },
  },
];
