// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are sources of scripts.
import { expect, test } from 'vitest';
import { play } from '../../test/support/play-script.ts';
import { parseScript } from '../script-file.ts';
import { agentsNamed } from '../testing/known.ts';

const known = { agents: agentsNamed('default'), models: undefined, scripts: [], flows: [], nests: () => false };
const run = async (source: string, args?: unknown) => {
  const parsed = parseScript(source, '/w/hello.js');
  const { faults } = parsed.findingsWith(known, null);
  if (!parsed.compiled) return { faults: faults.map(({ line, message }) => `${line} ${message}`) };
  // The compiled script, as the body of another one.
  const { value, ending } = await play(`return await (${parsed.compiled.code})({ args, meta, workflow })`, { args });
  return { meta: parsed.meta, id: parsed.id, value, ending: ending.status };
};

test.each([
  [
    'module.exports, a function',
    '// Greets.\nmodule.exports = async function (args) {\n  return await agent(`hello ${args.who}`)\n}',
    'HELLO ANN',
    'hello',
    'Greets.',
  ],
  [
    'module.exports, an arrow',
    'module.exports = async (args) => await agent(`hello ${args.who}`);',
    'HELLO ANN',
    'hello',
    'hello',
  ],
  [
    'exports.default',
    'exports.default = async (args) => await agent(`hello ${args.who}`)',
    'HELLO ANN',
    'hello',
    'hello',
  ],
  [
    'module.exports, an object',
    "module.exports = {\n  name: 'greet', description: 'Greets',\n  run: async (args) => agent(`hello ${args.who}`),\n}",
    'HELLO ANN',
    'greet',
    'Greets',
  ],
  [
    'an object with meta',
    "module.exports = { meta: { name: 'greet', description: 'Greets' }, async run(args) { return await agent('hello ' + args.who) } }",
    'HELLO ANN',
    'greet',
    'Greets',
  ],
  [
    'export const workflow',
    "export const workflow = {\n  name: 'Greet people', description: 'Greets',\n  run: async (args) => agent('hello ' + args.who),\n}",
    'HELLO ANN',
    'Greet-people',
    'Greets',
  ],
  [
    'export default, an object',
    "const text = 'hello '\nexport default { name: 'greet', description: 'Greets', run: async (args) => agent(text + args.who) }",
    'HELLO ANN',
    'greet',
    'Greets',
  ],
  [
    'run takes what a script finds',
    "export const workflow = { name: 'greet', description: 'Greets', run: async ({ agent, args, log }) => { log('x'); return agent('hello ' + args.who) } }",
    'HELLO ANN',
    'greet',
    'Greets',
  ],
  [
    'run takes it after the arguments',
    "export const workflow = { name: 'greet', description: 'Greets', run: async (given, host) => host.agent('hello ' + given.who) }",
    'HELLO ANN',
    'greet',
    'Greets',
  ],
  [
    'a default function takes what a script finds',
    '// Greets.\nexport default async function ({ agent, log, args }) {\n  log(1)\n  return await agent(`hello ${args.who}`)\n}',
    'HELLO ANN',
    'hello',
    'Greets.',
  ],
  [
    'a default function takes it before the arguments',
    "export default async ({ agent: ask, parallel }, args) => (await parallel([() => ask('hello ' + args.who)]))[0]",
    'HELLO ANN',
    'hello',
    'hello',
  ],
  [
    'a default function takes it after the arguments',
    "export default async (given, { agent } = {}) => agent('hello ' + given.who)",
    'HELLO ANN',
    'hello',
    'hello',
  ],
  [
    'a default function takes it as one object',
    "const main = async (rt, args) => {\n  rt.log('x')\n  return await rt.agent('hello ' + args.who)\n}\nexport default main",
    'HELLO ANN',
    'hello',
    'hello',
  ],
  [
    'the one function that is exported, by its own name',
    "export const meta = { name: 'greet', description: 'Greets' }\nconst hello = (who) => 'hello ' + who\nexport async function run({ agent }, { who }) {\n  return await agent(hello(who))\n}",
    'HELLO ANN',
    'greet',
    'Greets',
  ],
  [
    'a constant that is exported, and takes the arguments',
    'export const main = async ({ who }) => agent(`hello ${who}`)',
    'HELLO ANN',
    'hello',
    'hello',
  ],
])('%s', async (_name, source, value, id, description) => {
  expect(await run(source, { who: 'Ann' })).toMatchObject({ value, id, meta: { description }, ending: 'completed' });
});

test('errors keep their line and column, and an object without a function is told', async () => {
  const source = 'module.exports = async (args) => {\n  return args.who.name.first\n}';
  expect(parseScript(source, 'f').compiled?.code.split('\n')[2]).toBe('  return args.who.name.first');
  expect(await run("export default { name: 'x', description: 'y' }")).toEqual({
    faults: [expect.stringMatching(/^1 what a script exports as its default is the function to run/)],
  });
});

test('a function that takes what a script finds is checked like a script', () => {
  const told = (body: string): string[] => {
    const { faults, warnings } = parseScript(body, 'f').findingsWith(known, null);
    return [...faults, ...warnings].map(({ line, message }) => `${line} ${message}`);
  };
  const destructured =
    "export default async function ({ agent, parallel, step, args }) {\n  const a = agent('x')\n  await parallel([agent('y')])\n  return `${a}`\n}";
  expect(told(destructured).map((line) => line.slice(0, 60))).toEqual([
    '3 a promise in the list of parallel(): parallel() takes func',
    '4 a is the promise of agent() in line 2, and is not awaited:',
    '1 a script has no step: it is undefined here; did you mean "',
  ]);
  expect(told("export default async (rt) => {\n  return { found: rt.agent('x', { lable: 'y' }) }\n}")).toEqual([
    expect.stringMatching(/^2 agent\(\) is not awaited/),
    expect.stringMatching(/^2 unknown option "lable" of agent\(\) is ignored; did you mean "label"/),
  ]);
});

test('helpers that are exported next to a body are told, and several functions', () => {
  const told = (body: string) =>
    parseScript(`export const meta = { name: 'a', description: 'x' }\n${body}`, 'f').faults;
  const only = [{ line: 2, message: 'a script exports only meta, because it cannot be imported: remove export' }];
  expect(told("export const help = (x) => x\nreturn await agent(help('x'))")).toMatchObject(only);
  expect(told('export const a = () => 1; export function b() {}')).toMatchObject([...only, ...only]);
});
