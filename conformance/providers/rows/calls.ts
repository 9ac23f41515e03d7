import type { Row, Said } from '../row.ts';
import { call, done, end, event, look, piece, stream, tool } from '../words.ts';

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
];
