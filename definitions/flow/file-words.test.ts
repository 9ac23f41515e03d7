// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are templates of flows.
import { describe, expect, test } from 'vitest';
import { faultText } from '../fault-text.ts';
import { parseFlow } from './file.ts';

const known = {
  agents: ['default', 'reader'],
  flows: ['demo'],
  scripts: [],
  models: { names: ['fast', 'careful'], aliases: {}, strict: true },
  modelsOf: (agent: string) => (agent === 'reader' ? ['opus'] : []),
  callsOf: () => [],
};

/** `line:column path message` of each fault. */
const faultsOf = (text: string): string[] =>
  parseFlow(text, 'f')
    .faultsWith(known, 'demo', null)
    .map((fault) => faultText(fault).slice(2));

const step = (line: string): string => `name: demo\nsteps:\n  - id: one\n    kind: code\n    ${line}\n    retries: 1\n`;
const inline = (fields: string): string => `name: demo\nsteps:\n  - {id: one, kind: code, ${fields}, retries: 1}\n`;

describe('a text without quotes, of which YAML reads a part as its own: one fault, at the text', () => {
  test.each([
    ['code: return {a: 1}', '5:11', '": ", "{"', 'code'],
    ['code: return { a: 1, b: [2] }', '5:11', '": ", "{", "["', 'code'],
    ['code: results.a.output.map(x => ({ n: x }))', '5:11', '": ", "{"', 'code'],
    ['code: input.a ? 1 : 2', '5:11', '": "', 'code'],
    ["when: input.a == 'x: y'", '5:11', '": "', 'when'],
    ['when: "a" == input.b', '5:11', `"'" at its beginning`, 'when'],
    ['when: {x: 1}.x', '5:11', '": ", "{"', 'when'],
    ['items: [1, 2].map(x => x)', '5:12', '"["', 'items'],
    ['prompt: Fix: the thing', '5:13', '": "', 'prompt'],
    ['prompt: ${input.a}: do it', '5:13', '": ", "{"', 'prompt'],
    ['prompt: @you', '5:13', '"@" at its beginning', 'prompt'],
    ['prompt: `x`', '5:13', '"`" at its beginning', 'prompt'],
    ['prompt: - x', '5:13', '"-" at its beginning', 'prompt'],
    ['code: return [\n1]', '5:11', '"["', 'code'],
    ['code: if (a) {\n      return {b: 1}\n    }', '5:11', '"{"', 'code'],
  ])('%s', (line, place, signs, key) => {
    expect(faultsOf(step(line))).toEqual([
      `${place} YAML reads a part of this text as its own (${signs}): put the value in quotes, or write it on the lines below "${key}: |"`,
    ]);
  });

  test.each([
    ['code: return {a: 1}', '3:33', 'code'],
    ['code: const x = {a}; return x', '3:33', 'code'],
    ['when: input.a ? 1 : 2', '3:33', 'when'],
    ['prompt: ${JSON.stringify({a: 1})}', '3:35', 'prompt'],
    ['code: return 1 # one', '3:33', 'code'],
  ])('in a step of one line: %s', (fields, place, key) => {
    expect(faultsOf(inline(fields))).toEqual([
      expect.stringMatching(new RegExp(`^${place} YAML reads a part .* below "${key}: \\|"$`)),
    ]);
  });

  test('two of them, each at its place; what the parser says of the lines between is left out', () => {
    const places = faultsOf(`${step('code: return {a: 1}')}output: input.a ? {b: 1} : 2\n`).map((fault) =>
      fault.slice(0, 4),
    );
    expect(places).toEqual(['5:11', '7:9 ']);
  });

  test.each([
    [
      'code: {return 1}',
      'steps.one.code expected text, found a map: put the value in quotes, or write it on the lines below "code: |"',
    ],
    [
      'code: !input.x',
      'a text that begins with ! is a tag to YAML: put it in quotes, or write it on the lines below a |',
    ],
  ])('%s', (line, fault) => {
    expect(faultsOf(step(line))).toEqual([`5:11 ${fault}`]);
  });

  test('what has other faults keeps the words of the parser', () => {
    expect(faultsOf('name: [\nsteps: 1')).toEqual([expect.stringMatching(/^2:1 Flow sequence/)]);
    for (const [text, words] of [
      ['name: demo\nsteps:\n  - id: a\n    kind: code\n   code: return [1]\n', /^5:1 Sequence item/],
      ['name: demo\nsteps:\n  - id: a\n    prompt: "abc\n    kind: code\n', /^6:1 Missing closing/],
      ['name: demo\nsteps: [\n  {id: a, kind: code, code: return 1},\n', /^4:1 Flow sequence/],
      ['name: demo\ninputs: {type: object, properties: {a: {type: string}}\nsteps: []\n', /^3:1 Flow map/],
    ] as const)
      expect(faultsOf(text)[0]).toMatch(words);
  });
});

describe('a comment that ends a text without quotes', () => {
  const asks = (prompt: string) => `name: demo\nsteps:\n  - id: one\n    kind: agent\n    prompt: ${prompt}\n`;
  test.each([
    [
      'the number of an issue',
      asks('Fix issue #12 now'),
      '5:23 steps.one.prompt YAML reads "#12 now" as a comment, which is not part of the text: put the value in quotes, or write it on the lines below "prompt: |"',
    ],
    [
      'half an expression',
      step('code: return ( # one'),
      '5:20 steps.one.code YAML reads "# one" as a comment, which is not part of the text: put the value in quotes, or write it on the lines below "code: |"',
    ],
    ['a comment', step('code: return 1 # one')],
    ['in quotes', asks('"Fix issue #12 now"')],
    ['below a |', asks('|\n      Fix issue #12 now')],
  ])('%s', (_name, text, ...faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });
});

describe('models', () => {
  const asks = (fields: string) => `name: demo\nsteps:\n  - {id: one, ${fields}}\n`;
  const words = 'everturn.yaml configures none of this name';
  test.each([
    [
      'of an agent step',
      asks('kind: agent, prompt: x, model: fats'),
      `3:46 steps.one.model unknown model "fats": ${words}; there are: careful, fast`,
    ],
    [
      'of a map',
      asks('kind: map, items: "[1]", prompt: x, model: opus'),
      `3:58 steps.one.model unknown model "opus": ${words}; there are: careful, fast`,
    ],
    [
      'of the agent, where the step names none',
      asks('kind: agent, prompt: x, agent: reader'),
      '3:46 steps.one.agent agent "reader" lists the models "opus", and everturn.yaml configures none of them; there are: careful, fast',
    ],
    ['the step names one', asks('kind: agent, prompt: x, agent: reader, model: fast')],
    ['nobody names one', asks('kind: agent, prompt: x')],
  ])('%s', (_name, text, ...faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });
});

describe('labels and names of files', () => {
  const route = (cases: string, more = '') =>
    `name: demo\nsteps:\n  - {id: s, kind: switch, cases: [${cases}]${more}}\n  - {id: a, kind: code, code: return 1}\n  - {id: b, kind: code, code: return 1}\n`;
  const files = (name: string, more = '') =>
    `name: demo\nsteps: [{id: a, kind: code, code: return 1}]\nartifacts: {${name}: x}\n${more}`;
  const file = 'expected a file name: a letter, digit or _, then at most 127 letters, digits, _, - or .';
  test.each([
    [
      'two equal labels',
      route('{label: big, when: "1", steps: [a]}, {label: big, when: "0", steps: [b]}'),
      '3:80 steps.s.cases[1].label duplicate label "big": another case has it',
    ],
    [
      'that of the default',
      route('{label: default, when: "1", steps: [a]}', ', default: [b]'),
      '3:43 steps.s.cases[0].label duplicate label "default": the default branch is called so',
    ],
    [
      'two lines',
      route('{label: "a\\nb", when: "1", steps: [a]}'),
      '3:43 steps.s.cases[0].label expected one line of at most 60 characters, found "a\\nb"',
    ],
    [
      'a label in what follows from it',
      `${route('{label: big, when: "1", steps: [a]}, {when: "0", steps: [b]}')}  - {id: c, kind: code, code: return 1, needs: [a, b]}\n`,
      '6:52 steps.c.needs[1] step c can never run: it needs a (branch "big" of s) and b (branch 2 of s), and only one branch of s is taken; use trigger one_success, none_failed or all_done',
    ],
    ['a template', files("'digest-${input.day}.md'")],
    [
      'a template that does not parse',
      files("'digest-${input.}.md'"),
      '3:13 artifacts.digest-${input.}.md cannot parse this template: Unexpected token',
    ],
    [
      'a folder around a hole',
      files("'out/${input.day}.md'"),
      `3:13 artifacts.out/\${input.day}.md ${file}, found "out/\${input.day}.md"`,
    ],
    [
      'a result that is not there',
      files("'${results.x.output}.md'"),
      '3:13 artifacts.${results.x.output}.md results.x: no step has this id; there are: a',
    ],
    [
      'the name of the report',
      files('report.md', 'report: x\n'),
      '3:13 artifacts.report.md "report.md" is the name of the report: choose another',
    ],
  ])('%s', (_name, text, ...faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });
});

describe('joins that can never be met', () => {
  const grouped = (join: string, ...steps: string[]) =>
    `name: demo\nbatches: {g: {join: ${join}}}\nsteps:\n${steps.map((one) => `  - {${one}}\n`).join('')}`;
  const code = (id: string, more = '') => `id: ${id}, kind: code, code: return 1${more}`;
  const map = (items: string, more: string) => `id: m, kind: map, items: '${items}', code: return item${more}`;
  const route = 'id: s, kind: switch, cases: [{when: "1", steps: [a, b]}, {when: "0", steps: [c]}], default: [d]';
  const members = ['a', 'b', 'c', 'd'].map((id) => code(id, ', batch: g'));
  test.each([
    [
      'more than there are members',
      grouped('3', code('a', ', batch: g'), code('b', ', batch: g')),
      '2:21 batches.g.join the join of 3 can never be met: the batch group has 2 members',
    ],
    [
      'more than a branch has',
      grouped('3', route, ...members),
      '2:21 batches.g.join the join of 3 can never be met: only one branch of s is taken, so at most 2 of the 4 members of "g" run',
    ],
    ['as many as a branch has', grouped('2', route, ...members)],
    ['members beside the branches count too', grouped('3', route, ...members, code('e', ', batch: g'))],
    [
      'more than the items of a map',
      grouped('3', map('[1, 2]', ', batch: g')),
      '2:21 batches.g.join the join of 3 can never be met: the map has 2 items',
    ],
    [
      'any of no items',
      grouped('any', map('[]', ', batch: g')),
      '2:21 batches.g.join the join of 1 can never be met: the map has 0 items',
    ],
    ['items that are not counted yet', grouped('3', map('[...input.list]', ', batch: g'))],
    ['all of none', grouped('all', map('[]', ', batch: g'))],
    [
      'of a map without a group',
      `name: demo\nsteps:\n  - {${map('[1]', ', join: 2')}}\n`,
      '3:63 steps.m.join the join of 2 can never be met: the map has 1 item',
    ],
    [
      'a map and a step in one group',
      grouped('2', map('[1, 2]', ', batch: g'), code('a', ', batch: g')),
      '4:67 steps.m.batch batch group "g" holds the map "m" and a: expected either steps or one map',
    ],
    [
      'two maps in one group',
      grouped('all', map('[1]', ', batch: g'), map('[1]', ', batch: g').replace('id: m', 'id: n')),
      '4:64 steps.m.batch batch group "g" holds the map "m" and n: expected either steps or one map',
    ],
  ])('%s', (_name, text, ...faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });
});
