import { expect, test } from 'vitest';
import { faultText } from './fault-text.ts';
import { parseFlow } from './flow/file.ts';

const known = { agents: ['default'], flows: [], scripts: [], models: null, modelsOf: () => [], callsOf: () => [] };
const faultsOf = (text: string): string[] =>
  parseFlow(text, 'f')
    .faultsWith(known, 'demo', null)
    .map((fault) => faultText(fault).slice(2));

/** A flow of one agent whose field stands from line 6 on. */
const withField = (field: string): string =>
  `name: demo\nsteps:\n  - id: a\n    kind: agent\n${field.includes('prompt:') ? '' : '    prompt: x\n'}    ${field}`;

test.each([
  ['a plain expression', 'when: input.a >> > 1', '6:22 steps.a.when cannot parse this expression: Unexpected token'],
  [
    'a quoted one',
    "when: 'input.it''s +'",
    '6:20 steps.a.when cannot parse this expression: Unterminated string constant',
  ],
  [
    'a quoted one with escapes',
    'when: "\\"\\u0041\\" + + )"',
    '6:27 steps.a.when cannot parse this expression: Unexpected token',
  ],
  [
    'a plain one of two lines',
    'when: input.a &&\n      )',
    '7:7 steps.a.when cannot parse this expression: Unexpected token',
  ],
  ['a template', `prompt: say \${input.}`, '5:25 steps.a.prompt cannot parse this template: Unexpected token'],
  [
    'a block',
    `prompt: |\n      one\n\n        two \${1 +}`,
    '8:18 steps.a.prompt cannot parse this template: Unexpected token',
  ],
  [
    'a folded block',
    `prompt: >-\n      one\n      two\n\n      three \${1 +}`,
    '9:18 steps.a.prompt cannot parse this template: Unexpected token',
  ],
  [
    'a block with an indent of its own',
    `prompt: |2\n        one \${)}`,
    '6:15 steps.a.prompt cannot parse this template: Unexpected token',
  ],
  [
    'a block after a comment',
    `prompt: | # why\n      \${)}`,
    '6:9 steps.a.prompt cannot parse this template: Unexpected token',
  ],
  [
    'lines that end as in Windows',
    `prompt: |\r\n      one\r\n      two \${)}`,
    '7:13 steps.a.prompt cannot parse this template: Unexpected token',
  ],
  [
    'letters outside of the first plane',
    `prompt: "😀 \\U0001F600 é \${)}"`,
    '5:32 steps.a.prompt cannot parse this template: Unexpected token',
  ],
  [
    'a hole without an end',
    `prompt: a \${1`,
    '5:15 steps.a.prompt cannot parse this template: The hole that begins here has no } after its expression',
  ],
])('the place of a fault in %s', (_name, field, fault) => {
  expect(faultsOf(withField(field))).toEqual([fault]);
});

const steps = (...lines: string[]): string =>
  ['name: demo', 'steps:', ...lines.map((line) => `  - ${line}`)].join('\n');
const code = (id: string, text: string, rest = ''): string => `{id: ${id}, kind: code, code: '${text}'${rest}}`;

test.each<[string, string, ...string[]]>([
  ['code', steps(code('a', 'return )')), '3:39 steps.a.code cannot parse this code: Unexpected token'],
  [
    'await',
    steps(code('a', 'return await 1')),
    '3:39 steps.a.code cannot parse this code: await is not available: nothing here takes time, so use the value itself',
  ],
  [
    'a condition of a case',
    steps('{id: s, kind: switch, cases: [{when: "1 1", steps: [a]}]}', code('a', 'return 1')),
    '3:45 steps.s.cases[0].when cannot parse this expression: Unexpected "1" after the expression',
  ],
  [
    'the report',
    `${steps(code('a', 'return 1'))}\nreport: "\${"`,
    '4:12 report cannot parse this template: Unexpected token',
  ],
  [
    'an unknown result',
    steps(code('search', 'return 1'), code('b', 'return results.serch', ', needs: [search]')),
    '4:47 steps.b.code results.serch: no step has this id; did you mean "search"?',
  ],
  [
    'an unknown result in brackets',
    steps(code('a', 'return results["b-c"].output')),
    '3:47 steps.a.code results["b-c"]: no step has this id; there are: a',
  ],
  [
    'a name with a dash read as a difference',
    steps(code('a-b', 'return 1'), code('c', 'return results.a-b.output', ', needs: [a-b]')),
    '4:47 steps.c.code results.a: no step has this id; write results["a-b"]',
  ],
  [
    'a result taken apart',
    steps(code('a', 'const { nope } = results; return nope')),
    '3:40 steps.a.code results.nope: no step has this id; there are: a',
  ],
  [
    'a result that may not be there yet',
    steps(code('a', 'return 1'), code('b', 'return results.a.output')),
    '4:47 steps.b.code results.a: step "b" does not need "a", so there may be no result yet; add it to needs',
  ],
  [
    'its own result',
    steps(code('a', 'return results.a')),
    '3:47 steps.a.code results.a: a step cannot read its own result',
  ],
  [
    'the result of a batch group',
    `${steps(code('a', 'return 1', ', batch: g'), code('b', 'return results.g', ', needs: [g]'))}\nbatches: {g: {}}`,
    '4:47 steps.b.code results.g: "g" is a batch group, and only steps have results',
  ],
  [
    'an unknown result in the output',
    `${steps(code('a', 'return 1'))}\noutput: results.b.output`,
    '4:17 output results.b: no step has this id; there are: a',
  ],
  [
    'an item outside of a map',
    steps(code('a', 'return item + index')),
    '3:39 steps.a.code item is not known here: only with, prompt and code of a map see it',
    '3:46 steps.a.code index is not known here: only with, prompt and code of a map see it',
  ],
  [
    'an item in the items of a map',
    steps('{id: m, kind: map, items: item, code: return item}'),
    '3:31 steps.m.items item is not known here: only with, prompt and code of a map see it',
  ],
  [
    'results of what is needed indirectly',
    steps(
      code('a', 'return 1'),
      code('b', 'return 1', ', needs: [a]'),
      code('c', 'return [results.a, results.b]', ', needs: [b]'),
    ),
  ],
  [
    'results of members of a group that is needed',
    `${steps(code('a', 'return 1', ', batch: g'), code('b', 'return results.a', ', needs: [g]'))}\nbatches: {g: {}}`,
  ],
  [
    'results of the switch, and of what it needs',
    steps(
      code('a', 'return 1'),
      '{id: s, kind: switch, needs: [a], cases: [{when: results.a.output, steps: [b]}]}',
      code('b', 'return [results.a, results.s]'),
    ),
  ],
  [
    'names of the source itself',
    steps(code('a', 'const item = 1; return [1].map((results, index) => results.b + item + index)')),
  ],
])('%s', (_name, text, ...faults) => {
  expect(faultsOf(text)).toEqual(faults);
});
