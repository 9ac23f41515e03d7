import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { EverturnError } from '../contracts/errors.ts';
import type { Fault } from '../contracts/flow.ts';
import { openDefinitions } from './definitions.ts';
import { faultText } from './fault-text.ts';
import { createFindScript } from './find-script.ts';

const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true });
});

/** Definitions over a folder of its own that holds these files; `read` tells what is thrown without the folder's name. */
const withFiles = (files: Record<string, string | Uint8Array>) => {
  const root = mkdtempSync(path.join(tmpdir(), 'everturn-definitions-'));
  roots.push(root);
  const write = (name: string, content: string | Uint8Array): void => {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), content);
  };
  for (const [name, content] of Object.entries(files)) write(name, content);
  const [project, home, catalog] = ['project', 'home', 'catalog'].map((name) => path.join(root, name)) as [
    string,
    string,
    string,
  ];
  const relative = (text: string): string => text.replaceAll(`${root}/`, '');
  const thrown = (run: () => unknown): { code: string; message: string; details: unknown } => {
    try {
      run();
    } catch (error) {
      if (!(error instanceof EverturnError)) throw error;
      return { code: error.code, message: relative(error.message), details: error.details };
    }
    throw new Error('Nothing was thrown');
  };
  return { definitions: openDefinitions({ project, home, catalog }), root, write, relative, thrown };
};

const flow = (name: string, description = '', rest = ''): string =>
  `name: ${name}\ndescription: "${description}"\nsteps:\n  - {id: a, kind: code, code: return 1}\n${rest}`;
const calling = (name: string, called: string): string =>
  `name: ${name}\nsteps:\n  - {id: a, kind: flow, flow: ${called}}\n`;

test('a flow with its defaults, its text and its hash', () => {
  const { definitions, relative } = withFiles({ 'project/.everturn/flows/demo.yaml': flow('demo', 'x') });
  const { definition, source, file, origin, hash } = definitions.flow('demo');
  expect(definition.steps[0]).toMatchObject({ trigger: 'all_success', needs: [], retries: 0 });
  expect({ source, origin, file: relative(file) }).toEqual({
    source: flow('demo', 'x'),
    origin: 'project',
    file: 'project/.everturn/flows/demo.yaml',
  });
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
});

test('project, personal, built-in: the earlier shadows the later, and that is told', () => {
  const { definitions, relative } = withFiles({
    'catalog/flows/demo.yaml': flow('demo', 'of the catalog'),
    'catalog/flows/only.yml': flow('only'),
    'home/.everturn/flows/demo.yaml': flow('demo', 'of the person'),
    'project/.everturn/flows/other-file-name.yaml': flow('demo', 'of the project'),
    'home/.everturn/agents/reviewer.md': 'You review.',
    'catalog/agents/reviewer.md': 'You review too.',
  });
  expect(definitions.flows().map(({ name, origin, description }) => [name, origin, description])).toEqual([
    ['demo', 'project', 'of the project'],
    ['only', 'built-in', ''],
  ]);
  expect(definitions.shadowing().map((one) => JSON.parse(relative(JSON.stringify(one))))).toEqual([
    {
      name: 'demo',
      kind: 'flow',
      file: 'project/.everturn/flows/other-file-name.yaml',
      shadows: ['home/.everturn/flows/demo.yaml', 'catalog/flows/demo.yaml'],
    },
    {
      name: 'reviewer',
      kind: 'agent',
      file: 'home/.everturn/agents/reviewer.md',
      shadows: ['catalog/agents/reviewer.md'],
    },
  ]);
  expect(definitions.clashes()).toEqual([]);
  expect(definitions.agent('reviewer').definition.prompt).toBe('You review.');
});

test.each([
  ['a script', 'project/.everturn/workflows/demo.js', 'export const meta = {}'],
  ['another flow', 'project/.everturn/flows/other.yaml', flow('demo')],
])(
  'a flow and %s of the same name at the same origin: both files are named, and neither runs',
  (_other, other, text) => {
    const first = 'project/.everturn/flows/demo.yaml';
    const { definitions, relative, thrown } = withFiles({ [first]: flow('demo'), [other]: text });
    expect(definitions.clashes().map((clash) => JSON.parse(relative(JSON.stringify(clash))))).toEqual([
      { name: 'demo', origin: 'project', files: [first, other] },
    ]);
    expect(thrown(() => definitions.flow('demo'))).toMatchObject({
      code: 'flow_invalid',
      message: `Cannot use flow "demo":\n${first}:1:7 name the project name "demo" is taken more than once, by ${first} and ${other}: rename all but one`,
    });
  },
);

test('a script of the project shadows a flow of the catalog', () => {
  const { definitions, thrown } = withFiles({
    'project/.everturn/workflows/demo.js': '',
    'catalog/flows/demo.yaml': flow('demo'),
  });
  expect(definitions.flows()).toEqual([]);
  expect(definitions.shadowing()).toMatchObject([{ name: 'demo', kind: 'script' }]);
  expect(thrown(() => definitions.flow('demo')).message).toBe(
    'Cannot find flow "demo"; it is the script project/.everturn/workflows/demo.js',
  );
});

const script = (name: string, body = 'return args'): string =>
  `export const meta = { name: '${name}', description: 'x' }\n${body}\n`;

test('scripts, by the name of their meta, else of their file', () => {
  const { definitions, relative } = withFiles({
    'project/.everturn/workflows/one.js': script('first'),
    'home/.everturn/workflows/first.js': script('first'),
    'home/.everturn/workflows/two.js': '// Does it.\nexport default async (args) => args',
    'home/.everturn/workflows/_parts.js': 'export const parts = 1',
    'home/.everturn/workflows/two.test.mjs': "import 'node:test'",
    'catalog/scripts/bad.js': 'return 1',
  });
  expect(
    definitions
      .scripts()
      .map(({ name, description, origin, shadows, faults }) => [
        ...[name, description, origin],
        ...shadows.map(relative),
        ...faults.map(({ message }) => message.slice(0, 7)),
      ]),
  ).toEqual([
    ['first', 'x', 'project', 'home/.everturn/workflows/first.js'],
    ['two', 'Does it.', 'personal'],
    ['bad', '', 'built-in', 'missing'],
  ]);
  expect(definitions.script('two')).toMatchObject({ origin: 'personal', source: expect.stringMatching(/^\/\/ Does/) });
});

test('a script that is not there, has faults, or is a flow', () => {
  const { definitions, thrown } = withFiles({
    'project/.everturn/workflows/research.js': script('research'),
    'project/.everturn/workflows/bad.js': script('bad', "return { a: agent('x') }"),
    'project/.everturn/flows/demo.yaml': flow('demo'),
  });
  expect(thrown(() => definitions.script('reserch'))).toEqual({
    code: 'script_not_found',
    message: 'Cannot find script "reserch"; did you mean "research"?',
    details: { name: 'reserch', nearest: ['research'] },
  });
  expect(thrown(() => definitions.script('demo')).message).toBe(
    'Cannot find script "demo"; it is the flow project/.everturn/flows/demo.yaml',
  );
  expect(thrown(() => definitions.script('bad'))).toMatchObject({
    code: 'script_invalid',
    message:
      'Cannot use script "bad":\nproject/.everturn/workflows/bad.js:2:13 agent() is not awaited: the result would hold {} in its place; write await agent(…)',
  });
});

test('a step of a flow that names a script is told so', () => {
  const { definitions } = withFiles({
    'project/.everturn/workflows/research.js': script('research'),
    'project/.everturn/flows/demo.yaml': calling('demo', 'research'),
  });
  expect(definitions.flows()[0]?.faults.map(({ message }) => message)).toEqual([
    '"research" is a script, and this starts a flow; there are: demo',
  ]);
});

test('two scripts of one name at the same place: neither runs', () => {
  const [first, second] = ['project/.everturn/workflows/a.js', 'project/.everturn/workflows/b.js'];
  const { definitions, thrown } = withFiles({ [first]: script('same'), [second]: `// b\n${script('same')}` });
  expect(definitions.clashes()).toMatchObject([{ name: 'same', origin: 'project' }]);
  expect(thrown(() => definitions.script('same')).message).toBe(
    `Cannot use script "same":\n${first}:1:14 meta.name the project name "same" is taken more than once, by ${first} and ${second}: rename all but one`,
  );
});

test('what a script names elsewhere is looked at on each call', () => {
  const { definitions, write } = withFiles({
    'project/.everturn/workflows/outer.js': script('outer', "return await workflow('inner')"),
  });
  const told = () => [...definitions.scripts()].flatMap(({ faults, warnings }) => [faults.length, warnings.length]);
  expect(told()).toEqual([1, 0]);
  write('home/.everturn/workflows/inner.js', script('inner'));
  expect(told()).toEqual([0, 0, 0, 0]);
  write('home/.everturn/workflows/inner.js', script('inner', "return await workflow('outer')"));
  expect(told()).toEqual([0, 1, 0, 1]);
});

test('finding a script by name and by path, with all agents that can be used', async () => {
  const { definitions, write, root, relative } = withFiles({
    'project/.everturn/workflows/one.js': script('first'),
    'project/own/stray.js': script('stray', 'return 2'),
    'project/.everturn/agents/reviewer.md': 'You review.',
    'catalog/agents/bad.md': '---\nnope: 1\n---\nx',
  });
  const find = createFindScript(definitions);
  const { file, definition } = await find('first');
  expect({ ...file, definition: null, file: relative(file.file) }).toEqual({
    definition: null,
    source: script('first'),
    file: 'project/.everturn/workflows/one.js',
    origin: 'project',
  });
  expect(definition.script).toBe(file.definition);
  expect(definition.agents).toMatchObject({ reviewer: { prompt: 'You review.' } });
  expect(Object.keys(definition.agents)).toEqual(['reviewer']);

  const stray = await find('own/stray.js');
  expect(stray.definition.script).toMatchObject({ meta: { name: 'stray' }, code: expect.stringContaining('return 2') });
  expect((await find(path.join(root, 'project/own/stray.js'))).file.file).toBe(stray.file.file);
  expect((await find('.everturn/workflows/one.js')).definition.script.meta.name).toBe('first');
  await expect(find('own/none.js')).rejects.toMatchObject({
    code: 'script_not_found',
    message: `Cannot find script "own/none.js": there is no file ${path.join(root, 'project/own/none.js')}`,
  });
  write('project/own/stray.js', script('stray', 'return )'));
  await expect(find('./own/stray.js')).rejects.toMatchObject({ code: 'script_invalid' });
});

test('a script that lies anywhere, checked against what is there', () => {
  const { definitions, root, write, relative } = withFiles({ 'catalog/agents/reviewer.md': 'x' });
  write(
    'here.js',
    script('here', "await agent('x', { agentType: 'reviwer' })\nwhile (budget.remaining() > 0) await agent('y')"),
  );
  const told = (faults: Fault[]) => faults.map((fault) => relative(faultText(fault)).slice(0, 60));
  expect(told(definitions.check(path.join(root, 'here.js')))).toEqual([
    'here.js:2:31 unknown agent "reviwer"; did you mean "reviewer',
  ]);
  expect(told(definitions.warnings(path.join(root, 'here.js')))).toEqual([
    'here.js:3:8 without a budget budget.remaining() is Infinity:',
  ]);
  expect(definitions.warnings(path.join(root, 'none.yaml'))).toEqual([]);
});

test('a name that is not there: the nearest', () => {
  const { definitions, thrown } = withFiles({
    'catalog/flows/a.yaml': flow('research-report'),
    'catalog/agents/reviewer.md': 'x',
  });
  expect(thrown(() => definitions.flow('reserch-report'))).toEqual({
    code: 'flow_not_found',
    message: 'Cannot find flow "reserch-report"; did you mean "research-report"?',
    details: { name: 'reserch-report', nearest: ['research-report'] },
  });
  expect(thrown(() => definitions.flow('zzz')).message).toBe('Cannot find flow "zzz"; there are: research-report');
  expect(thrown(() => definitions.agent('reviwer'))).toMatchObject({ code: 'agent_not_found' });
});

test('a flow with faults: the first ones in the message, all in the details', () => {
  const steps = Array.from({ length: 8 }, (_, index) => `  - {id: a${index}, kind: cod}`).join('\n');
  const { definitions, thrown } = withFiles({ 'project/.everturn/flows/bad.yaml': `name: bad\nsteps:\n${steps}\n` });
  const { code, message, details } = thrown(() => definitions.flow('bad'));
  expect(code).toBe('flow_invalid');
  expect(message.split('\n')).toHaveLength(7);
  expect(message).toMatch(
    /^Cannot use flow "bad":\nproject\/\.everturn\/flows\/bad\.yaml:3:20 steps\.a0\.kind .*\nand 3 more$/s,
  );
  expect((details as { faults: unknown[] }).faults).toHaveLength(8);
  expect(definitions.flows()).toMatchObject([{ name: 'bad', definition: null, faults: { length: 8 } }]);
});

test('an edit takes effect at once, even of what a flow names elsewhere', () => {
  const file = 'project/.everturn/flows/demo.yaml';
  const { definitions, write, thrown } = withFiles({ [file]: flow('demo', 'one') });
  const before = definitions.flow('demo');
  write(file, flow('demo', 'two'));
  expect(definitions.flow('demo').definition.description).toBe('two');
  expect(definitions.flow('demo').hash).not.toBe(before.hash);
  write(file, calling('demo', 'later'));
  expect(thrown(() => definitions.flow('demo')).message).toContain('unknown flow "later"');
  write('home/.everturn/flows/later.yaml', flow('later'));
  expect(definitions.flow('demo').definition.steps[0]).toMatchObject({ flow: 'later' });
});

test('a ring over several files is told in each of them', () => {
  const { definitions } = withFiles({
    'project/.everturn/flows/a.yaml': calling('a', 'b'),
    'home/.everturn/flows/b.yaml': calling('b', 'c'),
    'catalog/flows/c.yaml': calling('c', 'a'),
    'catalog/flows/d.yaml': calling('d', 'a'),
  });
  expect(definitions.flows().map(({ name, faults }) => [name, faults.map(({ message }) => message)])).toEqual([
    ['a', ['flows call each other in a ring: a -> b -> c -> a']],
    ['b', ['flows call each other in a ring: b -> c -> a -> b']],
    ['c', ['flows call each other in a ring: c -> a -> b -> c']],
    ['d', []],
  ]);
});

test.each<[string, string | Uint8Array, string]>([
  ['an empty file', ' \n', 'the file is empty'],
  ['2 MB', `${flow('demo')}#${'x'.repeat(2_000_000)}`, 'the file has 2000075 bytes: expected at most 1048576'],
  ['bytes that are no text', Uint8Array.of(0xff, 0xfe, 0x41), 'the file is not UTF-8 text'],
])('%s', (_name, content, message) => {
  const { definitions } = withFiles({ 'project/.everturn/flows/demo.yaml': content });
  expect(definitions.flows()).toMatchObject([
    { name: 'demo', definition: null, faults: [{ line: 1, column: 1, message }] },
  ]);
});

test('a file that cannot be read', () => {
  const { definitions, root, relative } = withFiles({});
  mkdirSync(path.join(root, 'project/.everturn/flows/demo.yaml'), { recursive: true });
  expect(definitions.flows().map(({ faults }) => faults.map((fault) => relative(faultText(fault))))).toEqual([
    ['project/.everturn/flows/demo.yaml:1:1 it is a folder, not a regular file'],
  ]);
});

test('links of a project to what has no end, or out of it, are faults', () => {
  const { definitions, root, write } = withFiles({ 'project/.everturn/flows/demo.yaml': flow('demo') });
  write('secret.md', 'a private key');
  for (const folder of ['agents', 'workflows']) mkdirSync(path.join(root, 'project/.everturn', folder));
  symlinkSync('/dev/zero', path.join(root, 'project/.everturn/flows/zero.yaml'));
  symlinkSync('/dev/zero', path.join(root, 'project/.everturn/workflows/zero.js'));
  symlinkSync(path.join(root, 'secret.md'), path.join(root, 'project/.everturn/agents/key.md'));
  const faults = [...definitions.flows(), ...definitions.scripts(), ...definitions.agents()].flatMap(
    (one) => one.faults,
  );
  expect(faults.map(({ message }) => message)).toEqual([
    'it is a device, not a regular file',
    'it is a device, not a regular file',
    expect.stringContaining('a symbolic link that leads out of'),
  ]);
  expect(definitions.text(path.join(root, 'project/.everturn/agents/key.md'))).toHaveProperty('problem');
  for (const file of ['/dev/zero', '/dev/random', '/proc/self/environ'])
    expect(() => definitions.scriptAt(file)).toThrow(/not a regular file|a file of the kernel/);
});

test('a byte order mark is no part of the text', () => {
  const { definitions, root } = withFiles({ 'project/.everturn/flows/demo.yaml': `\uFEFF${flow('demo')}` });
  expect(definitions.flow('demo').source).toBe(flow('demo'));
  writeFileSync(path.join(root, 'other.yaml'), '\uFEFFname: 1\nsteps: []');
  expect(definitions.check(path.join(root, 'other.yaml'))[0]).toMatchObject({ line: 1, column: 7, path: 'name' });
});

test('a file that lies anywhere, checked against what is there', () => {
  const { definitions, root, write, relative } = withFiles({ 'catalog/flows/report.yaml': flow('report') });
  write('here.yaml', calling('here', 'report'));
  write('there.yaml', calling('there', 'raport'));
  expect(definitions.check(path.join(root, 'here.yaml'))).toEqual([]);
  expect(definitions.check(path.join(root, 'there.yaml')).map((fault) => relative(faultText(fault)))).toEqual([
    'there.yaml:3:31 steps.a.flow unknown flow "raport"; did you mean "report"?',
  ]);
});

test('what comes with Everturn has no faults, and an agent named default', () => {
  const { root } = withFiles({});
  const definitions = openDefinitions({ project: root, home: root });
  expect([...definitions.flows(), ...definitions.agents()].flatMap(({ faults }) => faults)).toEqual([]);
  expect(definitions.scripts().flatMap(({ faults, warnings }) => [...faults, ...warnings])).toEqual([]);
  expect(definitions.clashes()).toEqual([]);
  expect(definitions.agent('default').definition.prompt).toContain('You are a careful agent');
});
