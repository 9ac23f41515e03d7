import { expect, test } from 'vitest';
import { faultText } from './fault-text.ts';
import type { KnownToScript } from './script/check-references.ts';
import { parseScript } from './script-file.ts';

/** What scripts written for other tools do, and what runs. */
const meta = "export const meta = { name: 'other', description: 'x' }\n";
const known: KnownToScript = {
  agents: new Map([['default', { name: 'default', faults: [], warnings: [] }]]),
  models: undefined,
  scripts: ['summary'],
  flows: [],
  nests: () => false,
};
const told = (body: string): string[] => {
  const { faults, warnings } = parseScript(meta + body, 'f').findingsWith(known, null);
  return [
    ...faults.map((fault) => `error ${fault.line} ${fault.message}`),
    ...warnings.map((fault) => `warning ${fault.line} ${fault.message}`),
  ];
};

test.each([
  [
    'a promise whose own catch is asked for',
    "const p = agent('x')\nif (p && p.catch) p.catch(() => {})\nreturn await p",
  ],
  ['a promise that is begun, tested, and awaited later', "const p = agent('x')\nif (p) log('begun')\nreturn await p"],
  ['a method of a promise that is handed on', "const p = agent('x')\nreturn await [1].map(p.then)[0]"],
  ['options left empty', "return await agent('x', { model: null, schema: false, isolation: '', agentType: '' })"],
  [
    'a label that is long, or a number',
    `await agent('x', { label: 7 })\nreturn await agent('x', { label: '${'a'.repeat(300)}' })`,
  ],
])('%s', (_what, body) => {
  expect(told(body)).toEqual([]);
});

test('a promise that is tested and never awaited is still a mistake', () => {
  expect(told("const p = agent('x')\nif (p) log('yes')\nreturn 1")).toEqual([
    'error 3 p is the promise of agent() in line 2, and is not awaited: a promise is always true; write await p',
  ]);
});

test('a name that is unknown is a warning where the script goes on without it', () => {
  const names = [
    "try { await workflow('sumary') } catch { log('without it') }",
    "await workflow('sumary').catch(() => null)",
    "await agent('x', { agentType: 'critic' }).then((text) => text, () => null)",
  ];
  expect(told(names.join('\n')).map((line) => line.slice(0, 40))).toEqual([
    'warning 2 unknown script "sumary"; did y',
    'warning 3 unknown script "sumary"; did y',
    'warning 4 unknown agent "critic"; there ',
  ]);
  expect(told("try { log('a') } catch { await workflow('sumary') }")).toEqual([
    expect.stringMatching(/^error 2 unknown script/),
  ]);
});

test('phases as texts; modules by their other extensions; what runs programs elsewhere', () => {
  const { meta: read, faults } = parseScript(
    "export const meta = { name: 'a', description: 'x', phases: ['Read', { title: 'Write' }] }\nphase('Read')\nreturn 1",
    'f',
  );
  expect(faults.map(faultText)).toEqual([]);
  expect(read?.phases).toEqual([{ title: 'Read' }, { title: 'Write' }]);
  expect(told('return await bash(`ls`)')).toEqual([
    "error 2 bash is not available in a script: run a program with await tool('run_command', { … }), or have an agent() do it",
  ]);
});

test('a schema that asks for less than it seems to is a warning', () => {
  const schemas = [
    "{ title: { type: 'string' } }",
    "{ a: 'string', b: 'number' }",
    "{ type: 'object', propertys: {}, require: ['a'] }",
  ];
  expect(told(schemas.map((schema) => `await agent('x', { schema: ${schema} })`).join('\n'))).toEqual([
    expect.stringMatching(/^error 2 .*not a JSON Schema: must be string/),
    expect.stringMatching(/^warning 3 option schema of agent\(\): no keyword of JSON Schema, so any result fits/),
    'warning 4 option schema of agent(): unknown keyword "propertys"; did you mean "properties"?',
    'warning 4 option schema of agent(): unknown keyword "require"; did you mean "required"?',
  ]);
});

test('what is ignored of an agent is told once, where it is named first', () => {
  const warnings = [{ file: 'a.md', line: 2, column: 1, path: 'color', message: 'the field "color" is ignored' }];
  const agents = new Map([['watcher', { name: 'watcher', faults: [], warnings }]]);
  const body = "await agent('x', { agentType: 'watcher' })\nreturn await agent('y', { agentType: 'crew:watcher' })";
  const found = parseScript(meta + body, 'f').findingsWith({ ...known, agents }, null);
  expect(found.warnings.map(({ line, message }) => `${line} ${message}`)).toEqual([
    '2 agent "watcher": a.md:2:1 color the field "color" is ignored',
  ]);
});

test('what throws inside a function of the script that catches it is a warning, and so is a list that is too long', () => {
  const tries = 'function attempt(run) { try { return run() } catch (error) { return error.message } }\n';
  expect(told(`${tries}return [attempt(() => Date.now()), attempt(function () { return Math.random() })]`)).toEqual([
    expect.stringMatching(/^warning 3 Date\.now\(\) is not available/),
    expect.stringMatching(/^warning 3 Math\.random\(\) is not available/),
  ]);
  const other = "const later = (run) => { try { log('x') } catch { log('y') } return run() }\n";
  expect(told(`${other}return later(() => Date.now())`)).toEqual([expect.stringMatching(/^error 3 Date\.now\(\)/)]);
  expect(told('try { await parallel(Array.from({ length: 4097 }, () => () => 1)) } catch { return 1 }')).toEqual([
    expect.stringMatching(/^warning 2 4097 items: parallel\(\) takes at most 4,096/),
  ]);
});
