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
