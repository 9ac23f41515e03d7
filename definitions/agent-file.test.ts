import { expect, test } from 'vitest';
import { parseAgent } from './agent-file.ts';
import { faultText } from './fault-text.ts';

test('front matter and prompt', () => {
  const text =
    '---\ndescription: Reviews\nmodels: [fast]\ntools: [read_file]\npermissions: [run]\n---\n\nYou review.\n---\nAll of it.\n';
  expect(parseAgent(text, '/a/reviewer.md')).toMatchObject({
    definition: {
      name: 'reviewer',
      description: 'Reviews',
      models: ['fast'],
      tools: ['read_file'],
      permissions: ['run'],
      prompt: 'You review.\n---\nAll of it.',
    },
    description: 'Reviews',
    faults: [],
  });
});

test.each([
  ['no front matter', 'You review.'],
  ['an empty one', '---\n---\nYou review.'],
  ['one of comments', '---\n# description: x\n---\nYou review.'],
  ['lines that end as in Windows', '---\r\ndescription: ""\r\n---\r\nYou review.\r\n'],
])('%s: all defaults', (_name, text) => {
  expect(parseAgent(text, 'a.md').definition).toEqual({
    name: 'a',
    description: '',
    models: [],
    permissions: [],
    prompt: 'You review.',
  });
});

test.each<[string, string, ...string[]]>([
  [
    'an unknown field',
    '---\ndescription: x\nmodel: fast\n---\nx',
    'a.md:3:1 model unknown field "model"; did you mean "models"?',
  ],
  [
    'a permission',
    '---\npermissions: [read, wirte]\n---\nx',
    'a.md:2:21 permissions[1] expected one of read, write, run, found "wirte"; did you mean "write"?',
  ],
  ['a text where a list belongs', '---\ntools: read_file\n---\nx', 'a.md:2:8 tools expected a list, found "read_file"'],
  [
    'unknown tools',
    '---\ntools: [read_file, serch_files, Bash]\n---\nx',
    'a.md:2:20 tools[1] unknown tool "serch_files"; did you mean "search_files"?',
    'a.md:2:33 tools[2] unknown tool "Bash"; did you mean "run_command"?',
  ],
  ['no map', '---\njust text\n---\nx', 'a.md:2:1 expected a map, found "just text"'],
  [
    'broken YAML',
    '---\ndescription: a: b\n---\nx',
    'a.md:2:14 YAML reads a part of this text as its own (": "): put the value in quotes, or write it on the lines below "description: |"',
  ],
  [
    'no end',
    '---\ndescription: x\nYou review.',
    'a.md:1:1 the front matter that begins here has no end: expected a second line of ---',
  ],
  ['no prompt', '---\ndescription: x\n---\n\n', 'a.md:3:1 no text below the front matter: expected the system prompt'],
  [
    'two faults',
    '---\nmodels: 1\ntools: 2\n---\nx',
    'a.md:2:9 models expected a list, found 1',
    'a.md:3:8 tools expected a list, found 2',
  ],
])('%s', (_name, text, ...faults) => {
  expect(parseAgent(text, 'a.md').faults.map(faultText)).toEqual(faults);
});

test('a file whose name is no name', () => {
  expect(parseAgent('x', '/b/my agent.md').faults.map(({ message }) => message)).toEqual([
    "the file's name is the agent's: expected a letter from a to z, then at most 63 letters, digits, - or _",
  ]);
});
