import { ids, noMessageField, noNull, noTrailingBlanks } from '../demands.ts';
import type { Row } from '../row.ts';
import {
  afterCall,
  called,
  calling,
  done,
  elsewhere,
  end,
  event,
  failed,
  here,
  piece,
  refusal,
  result,
  said,
  stream,
  text,
  user,
} from '../words.ts';

const mistralIds = ids(/^[a-zA-Z0-9]{9}$/, 'Tool call id was call_1 but must be a-z, A-Z, 0-9, with a length of 9.');
const openaiIds = ids(
  /^.{1,64}$/,
  "Invalid 'messages[1].tool_calls[0].id': string too long. Expected a string with maximum length 64",
);
const long = `call_${'x'.repeat(80)}`;
const oneCall = [{ kind: 'tool_call' as const }, { kind: 'text' as const, text: 'done' }];

/** A transcript that any provider takes, whatever was said before and by whom. */
export const history: readonly Row[] = [
  {
    dialect: 'general',
    oddity: 'a name that no provider takes again',
    seen: 'case illegal-tool-name-bricks-session',
    answers: [calling('call_1', 'read_file<|channel|>json'), done],
    expect: {
      requests: 2,
      said: [{ kind: 'tool_call', tool: 'read_file<|channel|>json' }, { kind: 'text' }],
      messages: [{ tool_calls: [{ function: { name: 'read_file__channel__json' } }] }, {}],
    },
  },
  {
    dialect: 'general',
    oddity: 'a call without a name',
    seen: 'case illegal-tool-name-bricks-session',
    answers: [calling('call_1', ''), done],
    expect: { requests: 2, said: [{ kind: 'tool_call', tool: '' }, { kind: 'text' }] },
  },
  {
    dialect: 'openai',
    oddity: 'a name of 100 characters',
    answers: [calling('call_1', 'n'.repeat(100)), done],
    expect: { requests: 2, said: oneCall },
  },
  {
    dialect: 'gemini',
    oddity: 'a name that begins with a digit',
    answers: [calling('call_1', '7zip'), done],
    expect: { requests: 2, messages: [{ tool_calls: [{ function: { name: '_7zip' } }] }, {}] },
  },
  {
    dialect: 'general',
    oddity: 'a name in another script',
    answers: [calling('call_1', 'прочитать файл'), done],
    expect: { requests: 2, said: oneCall },
  },
  {
    dialect: 'mistral',
    oddity: 'ids of nine letters and digits, after another provider',
    seen: 'case fallback-foreign-call-ids',
    history: afterCall(called(long, 'look', '{}', { from: elsewhere })),
    demands: [mistralIds],
    expect: { requests: 1, said: [{ kind: 'text', text: 'done' }] },
  },
  {
    dialect: 'general',
    oddity: 'the same at an address that is not known',
    seen: 'case fallback-foreign-call-ids',
    history: afterCall(
      called(long, 'look', '{}', { from: elsewhere }),
      called('toolu_01', 'look', '{}', { from: elsewhere }),
    ),
    demands: [mistralIds],
    expect: { requests: 1 },
  },
  {
    dialect: 'openai',
    oddity: 'ids of at most 64 characters',
    history: afterCall(called(long, 'look', '{}')),
    demands: [openaiIds],
    expect: { requests: 1 },
  },
  {
    dialect: 'general',
    oddity: 'ids that nobody knows the giver of are refused: learned',
    history: afterCall(called('call_1', 'look', '{}')),
    demands: [mistralIds],
    later: ['again'],
    expect: { requests: 3 },
  },
  {
    dialect: 'general',
    oddity: 'its own id comes back as it is, however long',
    seen: 'LiteLLM writes signatures into ids',
    answers: [calling(long), done],
    expect: { requests: 2, messages: [{ tool_calls: [{ id: long }] }, { tool_call_id: long }] },
  },
  {
    dialect: 'mistral',
    oddity: 'its own id that does not fit is rewritten',
    demands: [mistralIds],
    answers: [calling('call_1'), done],
    expect: { requests: 2, said: [{ kind: 'tool_call', callId: 'call_1' }, { kind: 'text' }] },
  },
  {
    dialect: 'anthropic',
    oddity: 'ids that begin anew with each reply',
    answers: [calling('call_0'), calling('call_0'), done],
    expect: {
      requests: 3,
      said: [{ kind: 'tool_call', callId: 'call_0' }, { kind: 'tool_call', callId: 'call_0' }, { kind: 'text' }],
    },
  },
  {
    dialect: 'anthropic',
    oddity: 'ids with characters that it refuses',
    history: afterCall(called('functions.look:0', 'look', '{}', { from: elsewhere })),
    demands: [ids(/^[a-zA-Z0-9_-]+$/, "tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'")],
    expect: { requests: 1 },
  },
  {
    dialect: 'general',
    oddity: 'two messages in a row after a failed turn',
    seen: 'case consecutive-roles',
    later: ['two', 'three'],
    answers: [refusal(400, { error: { message: 'refused once' } }), done],
    expect: {
      requests: 3,
      messages: [
        { role: 'user', content: 'go' },
        { role: 'assistant', content: '[The turn failed before I answered: model_refused.]' },
        { role: 'user', content: 'two' },
        { role: 'assistant', content: 'done' },
        { role: 'user', content: 'three' },
      ],
    },
  },
  {
    dialect: 'vllm',
    oddity: 'a message straight after the result of a tool',
    seen: 'https://github.com/NousResearch/hermes-agent/issues/20154',
    history: [[[user('one')], [called('a', 'look'), result('a', 'seen'), failed('turn_cancelled')]], [[user('two')]]],
    expect: {
      requests: 1,
      messages: [
        { role: 'tool' },
        { role: 'assistant', content: '[The turn was cancelled before I answered.]' },
        { role: 'user', content: 'two' },
      ],
    },
  },
  {
    dialect: 'mistral',
    oddity: 'a turn cancelled in the middle of a call',
    seen: 'https://github.com/charmbracelet/crush/issues/279',
    history: [
      [[user('one')], [called('a', 'look'), called('b', 'look'), result('b', 'seen'), failed('turn_cancelled')]],
      [[user('two')]],
    ],
    expect: {
      requests: 1,
      messages: [
        { role: 'tool', content: 'No result: the turn ended before this call finished.' },
        { role: 'tool', content: 'seen' },
        { role: 'assistant' },
        { role: 'user' },
      ],
    },
  },
  {
    dialect: 'llama.cpp',
    oddity: 'several messages at once',
    seen: 'https://github.com/vllm-project/vllm/issues/6862',
    history: [[[user('one'), user('two')]]],
    expect: { requests: 1, messages: [{ role: 'user', content: 'one\n\ntwo' }] },
  },
  {
    dialect: 'general',
    oddity: 'a transcript that begins with a reply',
    history: [[[], [said('a summary')]], [[user('go on')]]],
    expect: {
      requests: 1,
      messages: [{ role: 'user' }, { role: 'assistant', content: 'a summary' }, { role: 'user' }],
    },
  },
  {
    dialect: 'general',
    oddity: 'a word of ours within a turn, after a result',
    history: [[[user('go')], [called('a', 'look'), result('a', 'seen')], [user('Go on.')]]],
    expect: {
      requests: 1,
      messages: [{ role: 'tool' }, { role: 'assistant', content: '[Noted.]' }, { role: 'user', content: 'Go on.' }],
    },
  },
  {
    dialect: 'general',
    oddity: 'arguments that are not JSON',
    seen: 'https://github.com/ResearAI/DeepScientist/issues/48',
    answers: [calling('call_1', 'look', '{"path": oops'), done],
    expect: {
      requests: 2,
      said: [{ kind: 'tool_call', arguments: '{"path": oops' }, { kind: 'text' }],
      messages: [{ tool_calls: [{ function: { arguments: '{}' } }] }, {}],
    },
  },
  {
    dialect: 'openai',
    oddity: 'arguments that are a list, a text, or nothing',
    answers: [
      stream(
        piece({ index: 0, id: 'a', function: { name: 'look', arguments: '[]' } }),
        piece({ index: 1, id: 'b', function: { name: 'look', arguments: '"x"' } }),
        piece({ index: 2, id: 'c', function: { name: 'look' } }),
        end('tool_calls'),
      ),
      done,
    ],
    expect: {
      requests: 2,
      said: [
        { kind: 'tool_call', arguments: '[]' },
        { kind: 'tool_call', arguments: '"x"' },
        { kind: 'tool_call', arguments: '{}' },
        { kind: 'text' },
      ],
    },
  },
  {
    dialect: 'anthropic',
    oddity: 'an empty result of a tool',
    seen: 'https://github.com/BerriAI/litellm/pull/22979',
    history: [[[user('go')], [called('a', 'look'), result('a', '')]]],
    expect: { requests: 1, messages: [{ role: 'tool', content: '(empty)' }] },
  },
  {
    dialect: 'anthropic',
    oddity: 'text of blanks beside a call',
    seen: 'https://github.com/anomalyco/opencode/issues/31259',
    answers: [stream(text('\n\n'), ...(calling().stream ?? [])), done],
    expect: { requests: 2, messages: [{ role: 'assistant', content: null }, {}] },
  },
  {
    dialect: 'anthropic',
    oddity: 'a reply that ends in blanks',
    demands: [noTrailingBlanks],
    later: ['more'],
    answers: [stream(text('one \n'), end()), done],
    expect: {
      requests: 2,
      said: [
        { kind: 'text', text: 'one \n' },
        { kind: 'text', text: 'done' },
      ],
    },
  },
  {
    dialect: 'llama.cpp',
    oddity: 'a template that cannot join null',
    demands: [noNull],
    answers: [calling(), done],
    expect: { requests: 2 },
  },
  {
    dialect: 'general',
    oddity: 'null content is refused: learned',
    demands: [noNull],
    later: ['again'],
    answers: [calling(), done],
    expect: { requests: 4, said: [{ kind: 'tool_call' }, { kind: 'text' }, { kind: 'text' }] },
  },
  {
    dialect: 'general',
    oddity: 'its own call among those of another',
    history: [[[user('one')], [called('mine:0', 'look', '{}', { from: here }), result('mine:0', 'x')]]],
    expect: { requests: 1, messages: [{ tool_calls: [{ id: 'mine:0' }] }, { tool_call_id: 'mine:0' }] },
  },
  {
    dialect: 'general',
    oddity: 'two replies in a row',
    history: [[[user('one')], [said('half of ')], [said('the answer')]], [[user('two')]]],
    expect: {
      requests: 1,
      sent: { messages: [{}, { content: 'half of ' }, { role: 'user' }, { content: 'the answer' }, {}] },
    },
  },
  {
    dialect: 'mistral',
    oddity: 'a message after a turn that ended with a call',
    history: [[[user('one')], [called('aaaaaaaaa', 'hand_in'), result('aaaaaaaaa', 'Taken.')]], [[user('two')]]],
    expect: { requests: 1, messages: [{ role: 'tool' }, { role: 'assistant', content: '[Done.]' }, { role: 'user' }] },
  },
  {
    dialect: 'vllm',
    oddity: 'arguments that are an object, written as a text',
    seen: 'https://github.com/vllm-project/vllm/pull/54964',
    answers: [calling('call_1', 'look', JSON.stringify('{"path":"a"}')), done],
    expect: {
      requests: 2,
      messages: [{ tool_calls: [{ function: { arguments: '{"path":"a"}' } }] }, {}],
    },
  },
  {
    dialect: 'anthropic',
    oddity: 'half of a surrogate pair in arguments',
    seen: 'https://github.com/anthropics/claude-code/issues/68325',
    answers: [calling('call_1', 'look', '{"path":"\\ud99c a \\ud83d\\udc22 \\\\ud99c"}'), done],
    expect: {
      requests: 2,
      messages: [{ tool_calls: [{ function: { arguments: '{"path":"\\ufffd a \\ud83d\\udc22 \\\\ud99c"}' } }] }, {}],
    },
  },
  {
    dialect: 'general',
    oddity: 'Cerebras refuses the reasoning it sent: learned',
    seen: 'https://github.com/egoist/chatwise-releases/issues/1442',
    demands: [
      noMessageField('reasoning_content', {
        message:
          "messages.1.assistant.reasoning_content: property 'messages.1.assistant.reasoning_content' is unsupported",
        type: 'invalid_request_error',
        param: 'validation_error',
        code: 'wrong_api_format',
      }),
    ],
    answers: [stream(event({ reasoning_content: 'hm' }), ...(calling().stream ?? [])), done],
    expect: { requests: 3, said: [{ kind: 'thinking' }, { kind: 'tool_call' }, { kind: 'text' }] },
  },
  {
    dialect: 'general',
    oddity: 'the same with the reasoning quoted, whatever it says',
    seen: 'https://github.com/BerriAI/litellm/issues/30835',
    demands: [
      noMessageField('reasoning_content', {
        detail: [
          {
            type: 'extra_forbidden',
            loc: ['body', 'messages', 1, 'assistant', 'reasoning_content'],
            msg: 'Extra inputs are not permitted',
            input: 'A file is missing. It must be passed back, or the context window is exceeded',
          },
        ],
      }),
    ],
    answers: [stream(event({ reasoning_content: 'hm' }), ...(calling().stream ?? [])), done],
    expect: { requests: 3, said: [{ kind: 'thinking' }, { kind: 'tool_call' }, { kind: 'text' }] },
  },
];
