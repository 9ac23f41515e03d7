import { readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { describe, expect, test } from 'vitest';
import { scriptLimits } from '../contracts/script.ts';
import { faultText } from './fault-text.ts';
import type { KnownToScript } from './script/check-references.ts';
import { parseScript } from './script-file.ts';
import { agentsNamed } from './testing/known.ts';

const known: KnownToScript = {
  agents: agentsNamed('default', 'reviewer'),
  models: undefined,
  scripts: ['research', 'nested'],
  flows: ['report'],
  nests: (name) => name === 'nested',
};

/** `severity line:column path message` of each. */
const findingsOf = (text: string): string[] => {
  const { faults, warnings } = parseScript(text, 'f').findingsWith(known, null);
  return [
    ...faults.map((fault) => `error ${faultText(fault).slice(2)}`),
    ...warnings.map((fault) => `warning ${faultText(fault).slice(2)}`),
  ];
};

type Case = [name: string, text: string, ...findings: string[]];
const check = (cases: Case[], before = ''): void => {
  test.each(cases)('%s', (_name, text, ...findings) => {
    expect(findingsOf(before + text)).toEqual(findings);
  });
};

/** The text of a case begins in line 2. */
const meta = "export const meta = { name: 'demo', description: 'x', phases: [{ title: 'Find' }] }\n";
const body = (cases: Case[]): void => check(cases, meta);

describe('meta', () => {
  const pure = 'must be a literal, because it is read without running the script: write it';
  const example = "export const meta = { name: 'my-script', description: 'What it does' }";
  check([
    ['all of it', `${meta}return 1`],
    ['fields of other tools', "export const meta = { name: 'a', description: 'b', version: [1, -2], icon: null }"],
    ['after a directive and comments', `// x\n'use strict'\n/* y */ ${meta}`],
    ['after a hashbang', `#!/usr/bin/env everturn\n${meta}`],
    ['a template without holes', "export const meta = { name: 'a', description: `b\nc` }"],
    ['nothing at all', 'return 1', `error 1:1 meta missing: begin the script with ${example}`],
    ['without export', "log('x')\nconst meta = {}", 'error 2:1 meta not exported: write export const meta'],
    ['not first', `log('x')\n${meta}`, 'error 2:1 meta not the first statement: move it to the top of the file'],
    [
      'a variable',
      "export let meta = { name: 'a', description: 'b' }",
      'error 1:8 meta no constant: write export const meta',
    ],
    [
      'beside another',
      "export const meta = { name: 'a', description: 'b' }, x = 1",
      'error 1:8 meta not alone: declare the other names in a statement of their own',
    ],
    [
      'a name that is not there',
      'export const meta = {}',
      'error 1:21 meta.name missing: expected text',
      'error 1:21 meta.description missing: expected text',
    ],
    [
      'fields of other types',
      "export const meta = {\n  name: 'a\\nb',\n  description: '',\n  phases: [{ title: 7 }, true],\n}",
      'error 2:9 meta.name expected text of one line, found "a\\nb"',
      'error 3:16 meta.description expected text that is not empty, found ""',
      'error 4:21 meta.phases[0].title expected text, found 7: put it in quotes',
      'error 4:26 meta.phases[1] expected an object, found true',
    ],
    ['no object', 'export const meta = [1]', 'error 1:21 meta expected an object, found a list'],
    [
      'a variable within',
      "export const meta = { name: 'a', description: d }",
      `error 1:47 meta ${pure} without the variable d`,
      'error 1:47 d is not defined: declare it, or pass it in args',
    ],
    ['a call', 'export const meta = Object.freeze({})', `error 1:21 meta ${pure} without a call`],
    ['a spread', 'export const meta = { ...args }', `error 1:23 meta ${pure} without ...`],
    [
      'a hole',
      `export const meta = { name: 'a', description: \`b\${1}\` }`,
      `error 1:47 meta ${pure} as texts without holes`,
    ],
    [
      'a computed key, a method, a prototype',
      "export const meta = { ['name']: 'a' }",
      `error 1:23 meta ${pure} with texts, numbers, true, false, null, lists and objects alone`,
    ],
    [
      'a prototype',
      'export const meta = { __proto__: {} }',
      `error 1:23 meta ${pure} with texts, numbers, true, false, null, lists and objects alone`,
    ],
  ]);

  test('of a script that exports a function: the name of its file, and the comment it begins with', () => {
    const text = '#!/x\n\n// Finds what is wrong,\n// and says so.\nexport default async function (args) {}';
    expect(parseScript(text, '/a/find-bugs.js').meta).toEqual({
      name: 'find-bugs',
      description: 'Finds what is wrong, and says so.',
      phases: [],
    });
    expect(parseScript('export default async (args) => 1', '/a/b.js').meta).toMatchObject({ description: 'b' });
    const named = "export const meta = { name: 'other' }\nexport default async () => 1";
    expect(parseScript(named, '/a/b.js').meta).toMatchObject({ name: 'other', description: 'other' });
  });

  test('is known though the rest cannot be parsed', () => {
    const parsed = parseScript(`/* a */\n${meta}return )`, 'f');
    expect(parsed).toMatchObject({ meta: { name: 'demo' }, compiled: null });
  });
});

describe('syntax', () => {
  const typed = 'this looks like TypeScript: a script is plain JavaScript, so remove the types';
  body([
    ['an unexpected token', 'const a = 1\nreturn )', 'error 3:8 syntax error: unexpected ")"'],
    ['an end too early', 'log("x"', 'error 2:4 syntax error: the "(" that opens here is not closed'],
    ['a text without end', 'log("x)', 'error 2:5 syntax error: unterminated string constant'],
    [
      'a forgotten async',
      "const f = (x) => {\n  return await agent('x')\n}",
      'error 3:10 syntax error: await inside a function that is not async: write async before the function',
    ],
    [
      'twice the same name',
      'const a = 1\nconst a = 2',
      "error 3:7 syntax error: identifier 'a' has already been declared",
    ],
    ['a type of a variable', 'const x: string = 1', `error 2:8 ${typed}`],
    ['a type of a parameter', 'const f = (a: { b: string }) => a', `error 2:13 ${typed}`],
    ['a type of a result', 'function f(): Promise<void> {}', `error 2:13 ${typed}`],
    ['an optional parameter', 'function f(a?: string) {}', `error 2:13 ${typed}`],
    ['an interface', 'interface X { a: string }', `error 2:1 ${typed}`],
    ['a type', 'type X = string', `error 2:6 ${typed}`],
    ['an exported type', 'export type X = string', `error 2:8 ${typed}`],
    ['a cast', 'const y = args as string', `error 2:16 ${typed}`],
    ['satisfies', 'const y = {} satisfies X', `error 2:14 ${typed}`],
    ['not null', 'const y = args!.x', `error 2:15 ${typed}`],
    ['a generic function', 'function f<T>(x) {}', `error 2:11 ${typed}`],
    ['a generic call', 'const m = new Map<string, number>()', `error 2:33 ${typed}`],
    ['an enum', 'enum A { B }', `error 2:1 ${typed}`],
    [
      'a case without a colon is none of these',
      'switch (args) { case 1 log(1) }',
      'error 2:24 syntax error: unexpected "log"',
    ],
    [
      'a comment of old browsers, which the engine would read as one',
      'const a = 1, b = 2\nif (a <!--b) {\n  log(1)\n}',
      'error 4:3 syntax error: unexpected "log"',
    ],
  ]);

  test('a nesting that is too deep is a fault, not a crash', () => {
    expect(findingsOf(`${meta}return ${'['.repeat(100_000)}`)).toEqual([
      expect.stringMatching(/^error 2:\d+ the script is nested too deeply here: split it up$/),
    ]);
    expect(findingsOf(`export const meta = ${'['.repeat(100_000)}`)).toHaveLength(1);
  });
});

describe('what a script cannot use', () => {
  const no = (name: string): string => `${name} is not available in a script:`;
  const machine = `${no('process')} a script knows nothing of the machine; pass what is needed in args`;
  const clock = 'a script that is replayed must see the same time again; pass the time in args';
  const chance =
    'a script that is replayed must do the same again; pass a seed in args, or tell items apart by their index';
  const outside = 'call a tool with await tool(name, args), or have an agent() do it';
  const modules = 'there are no modules; write the function into the script';
  const timers = 'wait with await sleep(seconds)';
  const code = 'code made of text is not run; write the function into the script';
  body([
    ['import', "import fs, { x as y } from 'fs'\nfs(y)", `error 2:1 ${no('import')} ${modules}`],
    ['import()', "return await import('x')", `error 2:14 ${no('import')} ${modules}`],
    ['import.meta', 'return import.meta.url', `error 2:8 ${no('import')} ${modules}`],
    ['require', "const fs = require('fs')", `error 2:12 ${no('require')} ${modules}`],
    ['fetch', "await fetch('x')", `error 2:7 ${no('fetch')} ${outside}`],
    ['process', 'log(process.env.HOME)', `error 2:5 ${machine}`],
    ['setTimeout', 'await new Promise((r) => setTimeout(r, 5))', `error 2:26 ${no('setTimeout')} ${timers}`],
    ['Date.now()', 'log(Date.now())', `error 2:5 ${no('Date.now()')} ${clock}`],
    ["Date['now']", "const f = Date['now']", `error 2:11 ${no('Date.now()')} ${clock}`],
    ['new Date()', 'log(new Date())', `error 2:9 ${no('new Date() without arguments')} ${clock}`],
    ['Date()', 'log(Date())', `error 2:5 ${no('Date()')} ${clock}`],
    ['Math.random()', 'log(Math.random())', `error 2:5 ${no('Math.random()')} ${chance}`],
    ['crypto', 'log(crypto.randomUUID())', `error 2:5 ${no('crypto')} ${chance}`],
    ['eval', "eval('1')", `error 2:1 ${no('eval')} ${code}`],
    ['new Function', "new Function('1')", `error 2:5 ${no('new Function')} ${code}`],
    [
      'what other hosts have, and needs nothing of the outside',
      "log(new URL('https://a.example'), new URLSearchParams(''), new TextEncoder(), structuredClone(args), await Array.fromAsync([]))",
    ],
    [
      'what is named alike',
      'const x = { fetch: 1, process: args.process }\nlog(x.fetch, Math.max(1), new Date(args.now), Date.UTC(1))',
    ],
    ['what the script declares by itself', 'function fetch() {}\nconst process = 1\nfetch(process)'],
    ['a question whether it is there', "if (typeof process === 'undefined') log('no')"],
    ...[
      "typeof process !== 'undefined' && process",
      "typeof process === 'undefined' || process",
      "typeof process === 'object' && process",
      "typeof process !== 'undefined' ? process.pid : 0",
      "!(typeof process === 'undefined') && process",
      "args && typeof process !== 'undefined' && process",
      "'process' in globalThis && process",
      'globalThis.process ? process : 1',
    ].map(
      (text): Case => [`guarded: ${text}`, `log(${text})`, `warning 2:${text.lastIndexOf('process') + 5} ${machine}`],
    ),
    ['guarded by if', "if (typeof process !== 'undefined') {\n  log(process)\n}", `warning 3:7 ${machine}`],
    [
      'guarded by an early return',
      "if (typeof process === 'undefined') return 1\nlog(process)",
      `warning 3:5 ${machine}`,
    ],
    [
      'guarded by a constant',
      "const has = typeof process !== 'undefined'\nlog(has && process)",
      `warning 3:12 ${machine}`,
    ],
    ['guarded by try', 'try {\n  log(process)\n} catch {}', `warning 3:7 ${machine}`],
    ['not guarded in catch', 'try {} catch {\n  log(process)\n}', `error 3:7 ${machine}`],
    ['not guarded by try and finally', 'try {\n  log(process)\n} finally {}', `error 3:7 ${machine}`],
    ['guarded the wrong way', "log(typeof process === 'undefined' && process)", `error 2:39 ${machine}`],
    ['guarded for another', "log(typeof window !== 'undefined' && process)", `error 2:38 ${machine}`],
    [
      'a function, guarded',
      "log(typeof fetch !== 'undefined' && fetch('x'))",
      `warning 2:37 ${no('fetch')} ${outside}`,
    ],
    ['there, and refuses', "log(typeof eval !== 'undefined' && eval('x'))", `error 2:36 ${no('eval')} ${code}`],
    ['console, which logs', "console.log('x')"],
    ['an unknown name', "await agnet('x')", 'error 2:7 agnet is not defined; did you mean "agent"?'],
    ['a name like nothing', 'return zzzz', 'error 2:8 zzzz is not defined: declare it, or pass it in args'],
    [
      'labels, classes, destructuring',
      'a: for (;;) { break a }\nconst { b = 1, ...c } = args\nnew (class D { e = D; b = b; c = c })()',
    ],
    ['names that the script makes itself', 'globalThis.x = 1\nreturn x'],
  ]);
});

describe('the two shapes', () => {
  const whole =
    'what a script exports as its default is the function to run: write export default async function (args) { … }';
  const only = 'a script exports only meta, because it cannot be imported: remove export';
  check([
    ['a function', 'export default async function (args) { return args }'],
    [
      'a named one',
      'export default async function main(args) { return helper(args) }\nfunction helper(a) { return a }',
    ],
    ['an arrow', 'export default async (args) => args'],
    ['one that is not async', 'export default function (args) { return args }'],
    ['one that was declared before', 'async function main(args) {}\nexport default main'],
    ['a constant', 'const main = async (args) => 1\nexport default main'],
    ['a value', 'export default 5', `error 1:16 ${whole}`],
    ['a class', 'export default class {}', `error 1:16 ${whole}`],
    ['a generator', 'export default async function* () {}', `error 1:16 ${whole}`],
    ['a constant of something else', 'const main = {}\nexport default main', `error 2:16 ${whole}`],
    [
      'both at once',
      'export default async (args) => 1\nreturn 2',
      'error 2:1 return outside of the exported function: the script would end here and never call it',
    ],
    ['another export', `${meta}export const x = 1`, `error 2:1 ${only}`],
    ['a list of exports', `${meta}const x = 1\nexport { x }`, `error 3:1 ${only}`],
    [
      'exports of another file',
      `${meta}export * from './x.js'`,
      'error 2:1 a script imports nothing: remove this and write the functions into the script',
    ],
  ]);
});

describe('parallel() and pipeline()', () => {
  const thunks = 'parallel() takes functions, so that it can start them itself';
  body([
    ['functions', "return await parallel([() => agent('a'), async () => { return await agent('b') }])"],
    ['functions for each item', 'return await parallel(args.map((x) => () => agent(x)))'],
    [
      'promises',
      "return await parallel([agent('a'), agent('b').then(JSON.parse)])",
      `error 2:24 a promise in the list of parallel(): ${thunks}; write () => agent(…)`,
      `error 2:36 a promise in the list of parallel(): ${thunks}; write () => agent(…)`,
    ],
    [
      'promises that were kept before',
      "const one = tool('a')\nconst list = [one]\nreturn await parallel(list)",
      `error 3:15 a promise in the list of parallel(): ${thunks}; write () => tool(…)`,
    ],
    [
      'values',
      "return await parallel([await agent('a'), 'x'])",
      `error 2:24 a value that was awaited in the list of parallel(): ${thunks}; write () => agent(…)`,
      `error 2:42 ${thunks}: write () => … here`,
    ],
    [
      'promises for each item',
      'return await parallel(args.map((x) => agent(x)))',
      `error 2:39 map() gives promises here: ${thunks}; write (item) => () => agent(…)`,
    ],
    [
      'promises for each item, from a block',
      'return await parallel(args.map((x) => {\n  return agent(x)\n}))',
      `error 3:10 map() gives promises here: ${thunks}; write (item) => () => agent(…)`,
    ],
    [
      'an async function for each item',
      'return await parallel(args.map(async (x) => await agent(x)))',
      `error 2:32 map() with an async function gives promises: ${thunks}; write (item) => async () => …`,
    ],
    [
      'functions that are no list',
      "return await parallel(() => agent('a'), () => agent('b'))",
      'error 2:23 parallel() takes one list: write parallel([() => agent(…), …])',
    ],
    ['no list', 'await parallel()', 'error 2:7 parallel() has no list: write parallel([() => agent(…), …])'],
    ['stages', 'return await pipeline(args, (x) => agent(x), (prev, item, index) => [prev, item, index])'],
    [
      'a stage that is a promise',
      "return await pipeline(args, agent('x'))",
      'error 2:29 a stage of pipeline() is a function: write (prev, item) => agent(…)',
    ],
    [
      'a list of stages',
      'return await pipeline(args, [(x) => agent(x)])',
      'error 2:29 pipeline() takes its stages one by one, not as a list: write pipeline(items, a, b)',
    ],
    [
      'too many items',
      'await pipeline(Array.from({ length: 5000 }, (_, i) => i), (x) => agent(x))',
      'error 2:16 5000 items: pipeline() takes at most 4,096; split the list and call it again',
    ],
    [
      'too many items, written out',
      `const items = [${'1,'.repeat(scriptLimits.items + 1)}]\nawait pipeline(items, (x) => x)`,
      'error 3:16 4097 items: pipeline() takes at most 4,096; split the list and call it again',
    ],
    ['as many as are taken', `await pipeline([${'1,'.repeat(scriptLimits.items)}], (x) => x)`],
  ]);
});

describe('a forgotten await', () => {
  const forgotten = (call: string): string => `${call}() is not awaited: write await ${call}(…)`;
  const empty = (call: string): string =>
    `${call}() is not awaited: the result would hold {} in its place; write await ${call}(…)`;
  body([
    ...['agent', 'parallel', 'pipeline', 'workflow', 'tool', 'artifact', 'approve', 'sleep'].map(
      (name): Case => [`of ${name}()`, `${name}(...args)`, `warning 2:1 ${forgotten(name)}`],
    ),
    [
      'after a condition',
      "args.x && agent('x')\nargs.y ? agent('y') : 0",
      `warning 2:11 ${forgotten('agent')}`,
      `warning 3:10 ${forgotten('agent')}`,
    ],
    ['before then()', "agent('x').then((x) => log(x))", `warning 2:1 ${forgotten('agent')}`],
    ['in a returned object', "return { a: { b: agent('x') } }", `error 2:18 ${empty('agent')}`],
    ['in a returned list', "return [tool('x'), 1]", `error 2:9 ${empty('tool')}`],
    [
      'in what a stage returns',
      "return await pipeline(args, (x) => ({ x, note: agent('x') }))",
      `error 2:48 ${empty('agent')}`,
    ],
    [
      'in what a member of parallel() returns',
      "return await parallel(args.map((x) => () => { return [x, agent('x')] }))",
      `error 2:58 ${empty('agent')}`,
    ],
    [
      'in a text',
      `return \`Say \${agent('x')}\``,
      `error 2:15 agent() is not awaited: this text would say [object Promise]; write \${await agent(…)}`,
    ],
    ['in a sum', "return 'Say ' + agent('x')", `error 2:17 ${forgotten('agent')}`],
    [
      'before a field',
      "return agent('x', { schema: {} }).title",
      'error 2:8 agent() is not awaited: a promise has no title; write (await agent(…)).title',
    ],
    [
      'before it is taken apart',
      "const { title } = agent('x')\nconst [first] = parallel([])",
      'error 2:19 agent() is not awaited: a promise has no such field; write await agent(…)',
      'error 3:17 parallel() is not awaited: a promise is not a list; write await parallel(…)',
    ],
    [
      'in a condition',
      "if (agent('x')) log('y')\nwhile (!tool('x')) log('z')",
      'error 2:5 agent() is not awaited: a promise is always true; write await agent(…)',
      'error 3:9 tool() is not awaited: a promise is always true; write await tool(…)',
    ],
    [
      'in a loop',
      'for (const x of parallel([])) log(x)',
      'error 2:17 parallel() is not awaited: a promise is not a list; write await parallel(…)',
    ],
    [
      'in another call',
      "log(agent('x'))\nawait agent(agent('y'))",
      `error 2:5 ${forgotten('agent')}`,
      `error 3:13 ${forgotten('agent')}`,
    ],
    [
      'of a constant',
      "const a = agent('x')\nconst list = parallel([])\nreturn { a, n: list.length }",
      'error 4:10 a is the promise of agent() in line 2, and is not awaited: the result would hold {} in its place; write await a',
      'error 4:16 list is the promise of parallel() in line 3, and is not awaited: a promise has no length; write (await list).length',
    ],
    ['of a constant that nobody reads', "const a = agent('x')", `warning 2:11 ${forgotten('agent')}`],
    [
      'in the exported function',
      "export default async function (args) {\n  return { a: agent('x') }\n}",
      `error 3:15 ${empty('agent')}`,
    ],
    [
      'in forEach()',
      'args.forEach(async (x) => {\n  await agent(x)\n})',
      'warning 3:9 forEach() does not wait for agent(): use for (const item of items), or await parallel(items.map((item) => () => …))',
    ],
    // All of this is as it should be.
    ['awaited', `return { a: await agent('x'), b: (await tool('y')).z, c: \`\${await agent('z')}\` }`],
    ['returned as it is', "return args.x ? agent('x') : parallel([])"],
    ['awaited later', "const a = agent('x')\nconst b = agent('y')\nreturn [await a, (await b).z]"],
    ['awaited together', "const [a, b] = await Promise.all([agent('x'), agent('y')])\nreturn { a, b }"],
    ['kept in a list', "const jobs = []\njobs.push(agent('x'))\nreturn await Promise.all(jobs)"],
    ['perhaps there', "const a = args.x ? agent('x') : null\nif (a) await a"],
    ['a function that gives it', "const ask = (x) => agent(x)\nreturn await ask('x')"],
    ['left alone on purpose', "void agent('x')"],
    ['then()', "return await agent('x').then((x) => ({ x }))"],
    ['a name of the script', `const agent = (x) => x\nagent('x')\nreturn \`\${agent('y')}\``],
  ]);
});

describe('options', () => {
  body([
    [
      'all of agent()',
      "await agent('x', { label: 'a', phase: 'Find', schema: { type: 'object' }, model: 'm', effort: 'low', agentType: 'reviewer', isolation: 'worktree', timeout: '5m', retries: 2, budget: { tokens: 5 }, onError: 'throw', tools: ['read'], maxToolCalls: 3 })",
    ],
    [
      'an unknown one',
      "await agent('x', { modle: 'a' })",
      'warning 2:20 unknown option "modle" of agent() is ignored; did you mean "model"?',
    ],
    [
      'an unknown one of a constant',
      "const options = { fase: 'Find' }\nawait agent('x', options)",
      'warning 2:19 unknown option "fase" of agent() is ignored; did you mean "phase"?',
    ],
    [
      'values',
      "await agent('x', { effort: 'hig', timeout: '5 minutes', isolation: 'wortree', budget: { tokens: 'x' } })",
      'error 2:28 option effort of agent(): expected one of low, medium, high, xhigh, max, found "hig"; did you mean "high"?',
      'error 2:44 option timeout of agent(): expected seconds above 0, or a number with ms, s, m, h or d, such as 90s, found "5 minutes"',
      'error 2:68 option isolation of agent(): expected one of worktree, found "wortree"; did you mean "worktree"?',
      'error 2:97 option budget of agent(): expected a number, found "x"',
    ],
    [
      'a schema that is none',
      "const schema = {\n  properties: { a: { type: 'text' } },\n}\nawait agent('x', { schema })",
      'error 3:28 option schema of agent(): not a JSON Schema: must be equal to one of the allowed values: array, boolean, integer, null, number, object, string',
    ],
    [
      'of approve()',
      "await approve('x', { deadlin: 3 })",
      'warning 2:22 unknown option "deadlin" of approve() is ignored; did you mean "deadline"?',
    ],
    ['no prompt', 'await agent()', 'error 2:7 agent() has no prompt: write agent(prompt, { … })'],
    [
      'a prompt that is no text',
      "await agent({ prompt: 'x' })",
      'error 2:13 the prompt of agent() is a text: write agent(prompt, { … })',
    ],
    [
      'options that are none',
      "await agent('x', 'y')",
      'error 2:18 the options of agent() are an object: write agent(prompt, { label: … })',
    ],
    ['what only a run can tell', 'await agent(args.x, { ...args, model: args.model, [args.y]: 1 })'],
    [
      'a phase that meta does not list',
      "phase('Found')\nawait agent('x', { phase: 'Other' })",
      'warning 2:7 phase "Found" is not in meta.phases: it is shown after them; did you mean "Find"?',
      'warning 3:27 phase "Other" is not in meta.phases: it is shown after them; there are: Find',
    ],
  ]);
  check([['a phase where meta lists none', "export const meta = { name: 'a', description: 'b' }\nphase('x')"]]);
});

describe('names of agents and scripts', () => {
  const there = 'there are: default, reviewer';
  body([
    ['known ones', "await agent('x', { agentType: 'reviewer' })\nawait workflow('research', {})"],
    [
      'an unknown agent',
      "await agent('x', { agentType: 'reviwer' })",
      'error 2:31 unknown agent "reviwer"; did you mean "reviewer"?',
    ],
    [
      'one with a namespace',
      "await agent('x', { agentType: 'plugin:reviwer' })",
      'error 2:31 unknown agent "plugin:reviwer"; did you mean "reviewer"?',
    ],
    ['one like nothing', "await agent('x', { agentType: 'zzz' })", `error 2:31 unknown agent "zzz"; ${there}`],
    ['an unknown script', "await workflow('reserch')", 'error 2:16 unknown script "reserch"; did you mean "research"?'],
    [
      'a flow',
      "await workflow('report')",
      'error 2:16 "report" is a flow, and workflow() runs scripts; there are: nested, research',
    ],
    ['a path', "await workflow('./x.js')\nawait workflow({ scriptPath: 'y' })"],
    [
      'a second level',
      "await workflow('nested')",
      'warning 2:16 script "nested" calls workflow() itself, and scripts go one level deep: it will throw',
    ],
  ]);

  test('a namespace of an agent that has it', () => {
    const text = `${meta}await agent('x', { agentType: 'plugin:reviewer' })`;
    const { faults } = parseScript(text, 'f').findingsWith({ ...known, agents: agentsNamed('plugin:reviewer') }, null);
    expect(faults).toEqual([]);
  });
});

describe('loops on the budget', () => {
  const told =
    'without a budget budget.remaining() is Infinity: give this loop a cap of rounds, such as round < 10 && …, or ask budget.total && … first';
  body([
    ['alone', "while (budget.remaining() > 1000) await agent('x')", `warning 2:8 ${told}`],
    ['at the end', "do { await agent('x') } while (budget.remaining() > 1000)", `warning 2:32 ${told}`],
    ['by break', "for (;;) {\n  if (budget.remaining() < 1000) break\n  await agent('x')\n}", `warning 3:7 ${told}`],
    [
      'beside another condition',
      "let x\nwhile (!x && budget.remaining() > 0) x = await agent('x')",
      `warning 3:14 ${told}`,
    ],
    ['with a cap', "let n = 0\nwhile (n++ < 10 && budget.remaining() > 1000) await agent('x')"],
    ['with a count', "for (let n = 0; n < 10 && budget.remaining() > 0; n++) await agent('x')"],
    ['with a cap inside', "let n = 0\nwhile (budget.remaining() > 0) {\n  await agent('x')\n  if (++n >= 5) break\n}"],
    ['only with a budget', "while (budget.total && budget.remaining() > 1000) await agent('x')"],
  ]);
});

test('what people write who know the format has no findings', () => {
  expect(findingsOf(readFileSync(path.join(import.meta.dirname, 'testing', 'idioms.js.txt'), 'utf8'))).toEqual([]);
});

test('arguments that may come as a text', () => {
  const line = "const input = typeof args === 'string' ? JSON.parse(args) : args\nreturn input";
  expect(findingsOf(meta + line)).toEqual([]);
});

describe('the compiled code', () => {
  type Given = { args: unknown; meta: unknown; workflow: unknown };
  const run = (text: string, args?: unknown): Promise<unknown> => {
    const { compiled, faults } = parseScript(text, '/a/demo.js');
    if (!compiled) throw new Error(faults.map(faultText).join('\n'));
    const { code, file, meta } = compiled;
    const main = vm.runInThisContext(code, { filename: file }) as (given: Given) => Promise<unknown>;
    return main({ args, meta, workflow: 'w' });
  };

  test.each<[string, string, unknown]>([
    ['a body', `${meta}const x = await args\nreturn [x, meta.name, workflow]`, [7, 'demo', 'w']],
    ['a body that returns nothing', `${meta}await 1`, undefined],
    ['a body that ends with a comment', `${meta}return 1 // one`, 1],
    ['a function', 'export default async function (args) { return [args, meta.name] }', [7, 'demo']],
    [
      'a function that others follow',
      'export default async function (args) { return f(args) }\n(() => 1)()\nfunction f(x) { return x + 1 }',
      8,
    ],
    ['a function with more on its line', 'export default function (args) { return args + n } const n = 1', 8],
    [
      'a named function that is called by name',
      'export default async function main(args) { return args > 9 ? args : main(args + 1) }\nmain(1)',
      10,
    ],
    ['an arrow', 'export default async (args) => args', 7],
    ['an arrow in brackets', 'export default (async (args) => args);', 7],
    ['a name', 'export default main\nasync function main(args) { return args }', 7],
    ['line breaks between the words', 'export\ndefault\nasync function (args) { return args }', 7],
    ['comments between the words', 'export/* a */default/* b\n */function (args) { return args }', 7],
    [
      'names of the frame',
      `${meta}const args = 1, workflow = 2\nvar __main = 3\nreturn [args, workflow, __main]`,
      [1, 2, 3],
    ],
    [
      'names of the frame beside a function',
      'var __main = 1, __m001 = 2\nexport default () => [__main, __m001]',
      [1, 2],
    ],
    ['names of its arguments', 'const args = 1\nexport default (given) => [given, args]', [7, 1]],
    ['a var of its arguments', 'var args = 1\nexport default function main(given) { return [given, args] }', [7, 1]],
    ['a hashbang', `#!/usr/bin/env everturn\n${meta}return 1`, 1],
    ['no this', `${meta}return typeof this`, 'undefined'],
    ['strict', `${meta}try { Object.freeze(args).x = 1 } catch (e) { return e.name }`, 'TypeError'],
  ])('%s', async (_name, text, result) => {
    expect(await run(text, 7)).toEqual(result);
  });

  test('a stack names the lines of the file', async () => {
    const text = `${meta}\nconst f = () => {\n  throw new Error('x')\n}\nreturn f()`;
    const { stack = '' } = (await run(text).catch((error: unknown) => error)) as Error;
    expect(
      [...stack.matchAll(/demo\.js:(\d+):(\d+)/g)].map(([, line, column]) => [Number(line) - 1, Number(column)]),
    ).toEqual([
      [4, 9],
      [6, 8],
    ]);
  });

  test('there is none while the file has faults of its own, and one where only other files are missing', () => {
    expect(parseScript(`${meta}fetch('x')`, 'f').compiled).toBeNull();
    expect(parseScript(`${meta}await workflow('zzz')`, 'f').compiled).not.toBeNull();
  });
});

test.each<[string, string]>([
  ['faults', "agent('x')\n".repeat(50_000)],
  ['constants', Array.from({ length: 5_000 }, (_, n) => `const a${n} = agent('x'); await a${n}`).join('\n')],
  ['functions', Array.from({ length: 10_000 }, (_, n) => `function f${n}(a) { return f${n - 1}(a) }`).join('\n')],
  ['members', `await parallel([${"agent('x'),".repeat(4000)}])`],
])('a file of many %s is read in seconds', (_name, text) => {
  // Of the processor: a busy machine takes longer by the clock.
  const began = process.cpuUsage();
  parseScript(meta + text, 'f');
  expect(process.cpuUsage(began).user / 1e6).toBeLessThan(10);
});

test('a name that another file has is a fault in the line of meta', () => {
  const { faults } = parseScript(`// x\n${meta}`, 'f').findingsWith(known, 'taken');
  expect(faults).toEqual([{ file: 'f', line: 2, column: 14, path: 'meta.name', message: 'taken' }]);
});
