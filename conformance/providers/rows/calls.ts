import type { Row, Said } from '../row.ts';
import { call, done, end, event, look, piece, stream, text, tool } from '../words.ts';

const tools = [look, tool('look_up'), tool('list')];
const one = '{"path":"a"}';
const two = '{"path":"b"}';
const a: Said = { kind: 'tool_call', tool: 'look', arguments: one };
const b: Said = { kind: 'tool_call', tool: 'look', arguments: two };
const finish = end('tool_calls');

const row = (
  dialect: Row['dialect'],
  oddity: string,
  events: readonly unknown[],
  calls: readonly Said[],
  seen?: string,
): Row => ({
  dialect,
  oddity,
  ...(seen ? { seen } : {}),
  tools,
  answers: [stream(...events, finish), done],
  expect: { requests: 2, said: [...calls, { kind: 'text', text: 'done' }] },
});

const part = (index: unknown, rest: object) => piece({ index, ...rest });

/** Calls whose indexes, ids, names and arguments come in every form. */
export const calls: readonly Row[] = [
  row(
    'openai',
    'pieces of two calls by turns',
    [
      part(0, { id: 'x', function: { name: 'look', arguments: '' } }),
      part(1, { id: 'y', function: { name: 'look', arguments: '{"path"' } }),
      part(0, { function: { arguments: one } }),
      part(1, { function: { arguments: ':"b"}' } }),
    ],
    [a, b],
  ),
  row(
    'ollama',
    'parallel calls all at index 0',
    [call('x', 'look', one), call('y', 'look', two)],
    [
      { ...a, callId: 'x' },
      { ...b, callId: 'y' },
    ],
    'https://github.com/ollama/ollama/issues/15457',
  ),
  row(
    'ollama',
    'calls without an index',
    [call('x', 'look', one, undefined), call('y', 'look', two, undefined)],
    [a, b],
    'https://github.com/ollama/ollama/issues/7881',
  ),
  row(
    'ollama',
    'the same in one event',
    [
      event({
        tool_calls: [
          { id: 'x', function: { name: 'look', arguments: one } },
          { id: 'y', function: { name: 'look', arguments: two } },
        ],
      }),
    ],
    [a, b],
    'https://github.com/vercel/ai/pull/14277',
  ),
  row(
    'general',
    'index 0 for all, arguments in pieces',
    [
      call('x', 'look', '{"path"'),
      part(0, { function: { arguments: ':"a"}' } }),
      call('y', 'look', '{"path"'),
      part(0, { function: { arguments: ':"b"}' } }),
    ],
    [a, b],
    'https://github.com/mcowger/plexus/issues/691',
  ),
  row('general', 'index 0 for all, and no ids', [call(undefined, 'look', one), call(undefined, 'look', two)], [a, b]),
  row(
    'vllm',
    'no id beyond the first call',
    [call('x', 'look', one, 0), call(null, 'look', two, 1)],
    [{ ...a, callId: 'x' }, b],
    'https://github.com/sgl-project/sglang/issues/7048',
  ),
  row('general', 'an id that is empty', [call('', 'look', one)], [{ ...a, callId: 'call_1_1_0' }]),
  row(
    'general',
    'an id that is new with each piece',
    [
      call('x1', 'look', '{"path"'),
      part(0, { id: 'x2', function: { arguments: ':"a"' } }),
      part(0, { id: 'x3', function: { arguments: '}' } }),
    ],
    [a],
  ),
  row(
    'general',
    'id and name new and repeated with each piece',
    [call('x1', 'look', '{"path"'), call('x2', 'look', ':"a"'), call('x3', 'look', '}')],
    [a],
  ),
  row(
    'general',
    'an index that is new with each piece',
    [
      part(0, { id: 'x', function: { name: 'look', arguments: '{"path"' } }),
      part(1, { function: { arguments: ':"a"' } }),
      part(2, { function: { arguments: '}' } }),
    ],
    [a],
  ),
  row(
    'general',
    'the id tells where the index does not',
    [
      part(0, { id: 'x', function: { name: 'look', arguments: '{"path"' } }),
      part(5, { id: 'x', function: { arguments: ':"a"}' } }),
    ],
    [a],
  ),
  row('general', 'two calls of one id', [call('x', 'look', one, 0), call('x', 'look', two, 1)], [a, b]),
  row(
    'anthropic',
    'an index that begins at 1',
    [part(1, { id: 'x', function: { name: 'look', arguments: '' } }), part(1, { function: { arguments: one } })],
    [a],
    'https://github.com/BerriAI/litellm/issues/11407',
  ),
  row(
    'general',
    'an index that is a text',
    [
      part('0', { id: 'x', function: { name: 'look', arguments: '{"path"' } }),
      part('0', { function: { arguments: ':"a"}' } }),
    ],
    [a],
  ),
  row(
    'general',
    'the name with each piece',
    [call('x', 'look', '{"path"'), call('x', 'look', ':"a"'), call('x', 'look', '}')],
    [a],
    'https://github.com/NousResearch/hermes-agent/pull/11984',
  ),
  row(
    'vllm',
    'a name of null after the first piece',
    [call('x', 'look', ''), part(0, { function: { name: null, arguments: one } })],
    [a],
    'https://github.com/anomalyco/opencode/issues/26412',
  ),
  row(
    'general',
    'an empty name after the first piece',
    [call('x', 'look', ''), part(0, { function: { name: '', arguments: one } })],
    [a],
    'https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/649',
  ),
  row(
    'general',
    'the name after the arguments',
    [part(0, { id: 'x', function: { arguments: one } }), part(0, { function: { name: 'look' } })],
    [a],
    'https://github.com/anomalyco/opencode/issues/24137',
  ),
  row(
    'general',
    'a name in two pieces',
    [
      part(0, { id: 'x', function: { name: 'look', arguments: '' } }),
      part(0, { function: { name: '_up', arguments: '' } }),
      part(0, { function: { arguments: one } }),
    ],
    [{ kind: 'tool_call', tool: 'look_up', arguments: one }],
  ),
  row(
    'general',
    'two tools without arguments, no ids',
    [call(undefined, 'list', '', undefined), call(undefined, 'look', one, undefined)],
    [{ kind: 'tool_call', tool: 'list', arguments: '{}' }, a],
  ),
  row('general', 'arguments as an object', [call('x', 'look', { path: 'a' })], [a]),
  row(
    'general',
    'arguments that are null or missing',
    [call('x', 'list', null), part(1, { id: 'y', function: { name: 'list' } })],
    [
      { kind: 'tool_call', tool: 'list', arguments: '{}' },
      { kind: 'tool_call', tool: 'list', arguments: '{}' },
    ],
  ),
  row(
    'general',
    'the whole arguments once more at the end',
    [call('x', 'look', '{"path"'), part(0, { function: { arguments: ':"a"}' } }), call('x', 'look', one)],
    [a],
  ),
  row(
    'general',
    'one call instead of a list',
    [event({ tool_calls: { id: 'x', function: { name: 'look', arguments: one } } })],
    [a],
  ),
  row(
    'general',
    'function_call of the older form',
    [
      event({ function_call: { name: 'look', arguments: '{"path"' } }),
      event({ function_call: { arguments: ':"a"}' } }),
    ],
    [a],
  ),
  row(
    'general',
    'name and arguments beside the id',
    [part(0, { id: 'x', name: 'look', arguments: { path: 'a' } })],
    [a],
  ),
  row(
    'general',
    'pieces of null among the calls',
    [
      event({ tool_calls: [null, { index: 0, id: 'x', function: { name: 'look', arguments: one } }] }),
      event({ tool_calls: [{ index: 0, function: null }] }),
    ],
    [a],
  ),
  row('general', 'an id that is a number', [call(7, 'look', one)], [{ ...a, callId: '7' }]),
  row(
    'openai',
    'a name with the prefix of its own format',
    [call('x', 'functions.look', one)],
    [{ ...a, callId: 'x' }],
    'https://github.com/tontinton/maki/pull/518',
  ),
  row(
    'vllm',
    'a name with marks of its own format',
    [call('x', 'look<|channel|>json', one)],
    [{ ...a, callId: 'x' }],
    'https://github.com/vllm-project/vllm/pull/32633',
  ),
  row(
    'general',
    'an empty object before the arguments',
    [
      part(0, { id: 'x', function: { name: 'look', arguments: '{}' } }),
      part(0, { function: { arguments: '{"path"' } }),
      part(0, { function: { arguments: ':"a"}' } }),
    ],
    [{ ...a, callId: 'x' }],
    'https://github.com/openai/openai-agents-js/pull/712',
  ),
  row(
    'general',
    'the same, with id and name again',
    [call('x', 'look', '{}'), call('x', 'look', one)],
    [{ ...a, callId: 'x' }],
    'https://github.com/openai/openai-agents-js/pull/712',
  ),
  row(
    'general',
    'two calls, the first without arguments, both at index 0',
    [call('x', 'list', '{}'), call('y', 'look', one)],
    [
      { kind: 'tool_call', callId: 'x', tool: 'list', arguments: '{}' },
      { ...a, callId: 'y' },
    ],
  ),
  row(
    'general',
    'the same object several times in one text',
    [call('x', 'look', `${one}${one}${one}`)],
    [a],
    'https://github.com/NousResearch/hermes-agent/issues/6841',
  ),
  row(
    'general',
    'different objects in one text are no arguments',
    [call('x', 'look', `${one}${two}`)],
    [{ kind: 'tool_call', tool: 'look', arguments: `${one}${two}` }],
  ),
  row(
    'general',
    'the calls as a text of JSON',
    [event({ tool_calls: JSON.stringify([{ id: 'x', function: { name: 'look', arguments: one } }]) })],
    [a],
  ),
  row(
    'general',
    'Kimi: calls in the marks of its template, in the text',
    [
      event({ content: 'I look.<|tool_calls_section_begin|><|tool_call_begin|>functions.lo' }),
      event({
        content: `ok:0<|tool_call_argument_begin|>${one}<|tool_call_end|><|tool_call_begin|>functions.look:1<|tool_call_argument_begin|>${two}<|tool_call_end|><|tool_calls_section_end|>`,
      }),
    ],
    [{ kind: 'text', text: 'I look.' }, a, b],
    'https://github.com/NousResearch/hermes-agent/issues/24534',
  ),
  row(
    'openrouter',
    'the same, in the thinking',
    [
      event({
        reasoning: `I look. <|tool_calls_section_begin|> <|tool_call_begin|> functions.look:0 <|tool_call_argument_begin|> ${one} <|tool_call_end|> <|tool_calls_section_end|>`,
      }),
    ],
    [{ kind: 'thinking', text: 'I look.' }, a],
    'https://github.com/anomalyco/opencode/issues/8851',
  ),
  row(
    'deepseek',
    'calls in the marks of its template',
    [
      event({
        content:
          '<｜DSML｜tool_calls>\n<｜DSML｜invoke name="look">\n<｜DSML｜parameter name="path" string="true">a</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜tool_calls>',
      }),
    ],
    [a],
    'https://github.com/TokenRhythm/opensquilla/issues/985',
  ),
  row(
    'vllm',
    'Hermes: calls in tags',
    [
      event({
        content: `<tool_call>\n{"name": "look", "arguments": ${one}}\n</tool_call>\n<tool_call>\n{"name": "look", "arguments": ${two}}\n</tool_call>`,
      }),
    ],
    [a, b],
    'https://github.com/vllm-project/vllm/issues/45167',
  ),
  row(
    'vllm',
    'Qwen: a call in tags of its own',
    [event({ content: '<tool_call>\n<function=look>\n<parameter=path>\na\n</parameter>\n</function>\n</tool_call>' })],
    [a],
  ),
  {
    dialect: 'general',
    oddity: 'marks of calls that are spoken of are text',
    tools,
    answers: [
      stream(
        text(
          'Hermes writes `<tool_call>{"name": "look", "arguments": {}}</tool_call>`, Kimi `<|tool_calls_section_end|>`',
        ),
        end(),
      ),
    ],
    expect: { requests: 1, said: [{ kind: 'text' }] },
  },
  {
    dialect: 'general',
    oddity: 'a call that was only thought of, before an answer',
    tools,
    answers: [
      stream(
        event({ reasoning_content: `I could ask: <tool_call>\n{"name": "look", "arguments": ${one}}\n</tool_call>` }),
        event({ reasoning_content: '\n<tool_call>\n{"name": "look", "arguments": {}}\n</tool_call>' }),
        text('No need.'),
        end(),
      ),
    ],
    expect: { requests: 1, said: [{ kind: 'thinking' }, { kind: 'text', text: 'No need.' }] },
  },
  {
    dialect: 'general',
    oddity: 'marks with a tool that was not offered are text',
    tools,
    answers: [stream(text('<tool_call>\n{"name": "remove", "arguments": {}}\n</tool_call>'), end())],
    expect: { requests: 1, said: [{ kind: 'text' }] },
  },
];
