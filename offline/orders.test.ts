import { describe, expect, it } from 'vitest';
import { ordersIn } from './orders.ts';

const tools = new Set(['write_file', 'edit_file', 'run_command', 'report_ready', 'files__get-sum']);
const orders = (question: string) =>
  ordersIn({ question, tools, done: [] }).map(({ tool, args }) => ({ tool, ...args }));

describe('ordersIn', () => {
  it.each([
    ['write notes.md: hello', [{ tool: 'write_file', path: 'notes.md', content: 'hello' }]],
    ['Please write src/a.txt: two\nlines', [{ tool: 'write_file', path: 'src/a.txt', content: 'two\nlines' }]],
    ['write a.js:\n```js\nconst a = 1;\n```', [{ tool: 'write_file', path: 'a.js', content: 'const a = 1;' }]],
    ['run: npm test', [{ tool: 'run_command', argv: ['npm', 'test'] }]],
    ['Run `git log -1`.', [{ tool: 'run_command', argv: ['git', 'log', '-1'] }]],
    ['run: echo "two words"', [{ tool: 'run_command', argv: ['sh', '-c', 'echo "two words"'] }]],
    ['run: ls | wc -l', [{ tool: 'run_command', argv: ['sh', '-c', 'ls | wc -l'] }]],
    ['replace "a b" with "c" in x.md', [{ tool: 'edit_file', path: 'x.md', old_text: 'a b', new_text: 'c' }]],
    ['Call the tool `report_ready` with {"ready": true}', [{ tool: 'report_ready', ready: true }]],
    ['call files__get-sum {"a": 1}', [{ tool: 'files__get-sum', a: 1 }]],
    [
      'write a.md: one\nthen run: cat a.md',
      [
        { tool: 'write_file', path: 'a.md', content: 'one' },
        { tool: 'run_command', argv: ['cat', 'a.md'] },
      ],
    ],
  ])('%s', (question, expected) => expect(orders(question)).toEqual(expected));

  it.each([
    'How do I run the tests?',
    'Write tests for the parser',
    'Which command writes a.md?',
    'use care with {"x": 1}',
    'Run the tests',
  ])('sees no order in: %s', (question) => expect(orders(question)).toEqual([]));

  it.each([
    ['and then '.repeat(20_000), 0],
    [`write ${'a.'.repeat(100_000)}`, 0],
    [`run: ${'"'.repeat(100_001)}`, 1],
    ['\n'.repeat(100_000), 0],
    [`replace "${'" with "'.repeat(2000)}`, 0],
  ])('ends on long and hostile text within the time of a test', (text, count) =>
    expect(orders(text)).toHaveLength(count),
  );
});
