import { expect, test } from 'vitest';
import { endMessage } from '../contracts/subagents.ts';
import { nextMove } from './plan.ts';
import { ChatRequest } from './task.ts';

const move = (messages: object[], tools = ['spawn_subagent', 'list_files']) =>
  nextMove(
    ChatRequest.parse({
      model: 'offline',
      messages,
      tools: tools.map((name) => ({
        type: 'function',
        function: { name, parameters: { properties: { prompt: {}, label: {} } } },
      })),
    }),
  );
const asked = (content: string) => ({ role: 'user', content });
const called = (id: string, prompt: string, result: string) => [
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id, function: { name: 'spawn_subagent', arguments: JSON.stringify({ prompt }) } }],
  },
  { role: 'tool', tool_call_id: id, content: result },
];

test.each([
  ['In the background: list the files here', 'list the files here'],
  ['Please work in the background, read README.md', 'read README.md'],
])('%s', (text, prompt) => {
  expect(move([asked(text)]).calls).toEqual([{ tool: 'spawn_subagent', args: { prompt } }]);
});

test('each item of a list gets an agent, one after the other, and the results are reported', () => {
  const question = asked('Do this in the background:\n- list the files\n2) read README.md');
  expect(move([question]).calls).toEqual([{ tool: 'spawn_subagent', args: { prompt: 'list the files' } }]);
  const first = called('1', 'list the files', 'Started the background agent a_1 "list the files".');
  expect(move([question, ...first]).calls).toEqual([{ tool: 'spawn_subagent', args: { prompt: 'read README.md' } }]);
  const second = called('2', 'read README.md', 'Started the background agent a_2 "read README.md".');
  expect(move([question, ...first, ...second])).toMatchObject({
    calls: [],
    text: expect.stringMatching(/^\[offline model\] spawn_subagent: Started .*a_1[\s\S]*a_2/),
  });
});

test('where the tool is not offered it says so', () => {
  expect(move([asked('In the background: list the files')], ['list_files']).text).toContain(
    'the tool spawn_subagent is not offered to me',
  );
});

test('only what asks for it is done in the background', () => {
  expect(move([asked('Which files draw the background?')]).calls.map(({ tool }) => tool)).toEqual(['list_files']);
});

test('the end of an agent is quoted', () => {
  const end = (status: 'completed' | 'crashed', text: string) =>
    endMessage(
      { id: 'a_1', label: 'Look' },
      { status, code: status === 'crashed' ? 'subagent_crashed' : null, reason: text, result: text },
    );
  expect(move([asked(end('completed', 'It is\nblue.'))]).text).toBe(
    '[offline model] The background agent “Look” completed.\n\n> It is\n> blue.',
  );
  expect(move([asked(end('crashed', 'Gone'))]).text).toContain('“Look” crashed: subagent_crashed.\n\n> Gone');
});
