import { describe, expect, test } from 'vitest';
import { faultText } from '../fault-text.ts';
import { parseFlow } from './file.ts';

const known = {
  agents: ['default', 'reviewer'],
  flows: ['demo', 'report', 'left', 'right', 'away'],
  scripts: ['sweep'],
  models: null,
  modelsOf: () => [],
  callsOf: (name: string) =>
    ({ demo: ['left'], left: ['right'], right: ['demo'], away: ['left', 'report'] })[name] ?? [],
};

/** `line:column path message` of each fault. */
const faultsOf = (text: string): string[] =>
  parseFlow(text, 'f')
    .faultsWith(known, 'demo', null)
    .map((fault) => faultText(fault).slice(2));

const steps = (...lines: string[]): string =>
  ['name: demo', 'steps:', ...lines.map((line) => `  - ${line}`)].join('\n');
const code = (id: string, rest = ''): string => `{id: ${id}, kind: code, code: return 1${rest}}`;

type Case = [name: string, text: string, ...faults: string[]];
const check = (cases: Case[]): void => {
  test.each(cases)('%s', (_name, text, ...faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });
};

describe('the text', () => {
  check([
    ['broken YAML', 'name: [\nsteps: 1', expect.stringMatching(/^2:1 Flow sequence/) as string],
    ['a field twice', 'name: a\nname: b\nsteps: []', '2:1 this field occurs twice in the same map'],
    ['a tab', 'name: a\nsteps:\n\t- x', '3:1 a tab cannot indent YAML: use spaces'],
    [
      'two documents',
      `${steps(code('a'))}\n---\nname: b`,
      '4:1 a second document begins here: expected one document in a file',
    ],
    [
      'an alias of nothing',
      'name: *x\nsteps: []',
      '1:7 expected an anchor &x before the alias *x; a text that begins with * goes in quotes',
    ],
    ['aliases that multiply', bomb(), '1:1 Excessive alias count indicates a resource exhaustion attack'],
    ['only a comment', '# nothing', '1:1 name missing: expected text', '1:1 steps missing: expected a list'],
    ['no map', 'just text', '1:1 expected a map, found "just text"'],
    [
      'lines that end as in Windows',
      `name: demo\r\nsteps:\r\n  - id: a\r\n    kind: cod\r\n`,
      `4:11 steps.a.kind ${kindFault('cod')}; did you mean "code"?`,
    ],
  ]);
});

function bomb(): string {
  const list = Array(10).fill('*a').join(', ');
  return `x: &a [1]\ny: &b [${list}]\nz: [${Array(20).fill('*b').join(', ')}]`;
}
function kindFault(found: string): string {
  return `expected one of agent, code, approval, switch, map, flow, found ${JSON.stringify(found)}`;
}

describe('the contract', () => {
  const name = 'expected a letter from a to z, then at most 63 letters, digits, - or _';
  const time = 'expected seconds above 0, or a number with ms, s, m, h or d, such as 90s';
  check([
    ['a name', `name: 1x\nsteps: [${code('a')}]`, `1:7 name ${name}, found "1x"`],
    ['an unknown field', `${steps(code('a'))}\nreprot: x`, '4:1 reprot unknown field "reprot"; did you mean "report"?'],
    [
      'an unknown field of a step',
      steps(code('a', ', neds: [b]')),
      '3:41 steps.a.neds unknown field "neds"; did you mean "needs"?',
    ],
    [
      'an unknown field of a case',
      steps('{id: s, kind: switch, cases: [{if: a, when: "1", steps: [a]}]}', code('a')),
      '3:36 steps.s.cases[0].if unknown field "if"; there are: label, steps, when',
    ],
    [
      'an unknown field of a batch group',
      `${steps(code('a', ', batch: g'))}\nbatches: {g: {maxConcurent: 1}}`,
      '4:15 batches.g.maxConcurent unknown field "maxConcurent"; did you mean "maxConcurrent"?',
    ],
    [
      'a field of another kind',
      steps(code('a', ', prompt: x')),
      '3:41 steps.a.prompt "prompt" belongs to steps of kind agent, approval, map: this is one of kind code',
    ],
    ['an unknown kind', steps('{id: a, kind: agnt}'), `3:19 steps.a.kind ${kindFault('agnt')}; did you mean "agent"?`],
    ['no kind', steps('id: a'), '3:5 steps.a.kind missing: expected one of agent, code, approval, switch, map, flow'],
    [
      'a missing field',
      steps('id: a', '{id: b, kind: agent}').replace('id: a', 'id: a\n    kind: code'),
      '3:5 steps.a.code missing: expected text',
      '5:5 steps.b.prompt missing: expected text',
    ],
    ['text where a list belongs', steps(code('a', ', needs: b')), '3:48 steps.a.needs expected a list, found "b"'],
    [
      'nothing where a list belongs',
      steps(code('a', ', needs: ')),
      '3:48 steps.a.needs expected a list, found nothing',
    ],
    [
      'an expression that YAML takes for something else',
      steps(code('a', ', when: true')),
      '3:47 steps.a.when expected text, found true: put it in quotes',
    ],
    [
      'a list where an expression belongs',
      steps('{id: m, kind: map, items: [1], code: return 1}'),
      '3:31 steps.m.items expected text, found a list: put the value in quotes, or write it on the lines below "items: |"',
    ],
    [
      'an empty text',
      steps('{id: a, kind: code, code: ""}'),
      '3:31 steps.a.code expected text that is not empty, found ""',
    ],
    ['a time', steps(code('a', ', timeout: 10 minutes')), `3:50 steps.a.timeout ${time}, found "10 minutes"`],
    ['a time of another type', steps(code('a', ', timeout: [1]')), `3:50 steps.a.timeout ${time}, found a list`],
    ['a negative time', steps(code('a', ', timeout: -1')), '3:50 steps.a.timeout expected a number above 0, found -1'],
    [
      'too many retries',
      steps(code('a', ', retries: 101')),
      '3:50 steps.a.retries expected a number up to 100, found 101',
    ],
    ['a broken number', steps(code('a', ', retries: 1.5')), '3:50 steps.a.retries expected a whole number, found 1.5'],
    [
      'a trigger',
      steps(code('a', ', trigger: all_succes')),
      '3:50 steps.a.trigger expected one of all_success, one_success, none_failed, all_done, always, found "all_succes"; did you mean "all_success"?',
    ],
    [
      'a join',
      `${steps(code('a', ', batch: g'))}\nbatches: {g: {join: most}}`,
      '4:21 batches.g.join expected all, any, all_settled or a whole number from 1, found "most"',
    ],
    ['the name of a batch group', `${steps(code('a'))}\nbatches: {9: {}}`, `4:11 batches.9 ${name}, found "9"`],
    ['no steps', 'name: a\nsteps: []', '2:8 steps expected a list of at least 1, found an empty list'],
    [
      'the name of an artifact',
      `${steps(code('a'))}\nartifacts: {a/b: x}`,
      '4:13 artifacts.a/b expected a file name: a letter, digit or _, then at most 127 letters, digits, _, - or ., found "a/b"',
    ],
    [
      'a secret in the place of its variable',
      `${steps(code('a'))}\nwebhook: {secretEnv: sk-1}`,
      '4:22 webhook.secretEnv expected the name of an environment variable, found something else',
    ],
    [
      'all at once, in the order of the file',
      `nam: x\nsteps:\n  - {id: a, kind: code, code: 1, needs: [b]}\n  - 7\n`,
      '1:1 name missing: expected text',
      '1:1 nam unknown field "nam"; did you mean "name"?',
      '3:31 steps.a.code expected text, found 1: put it in quotes',
      '3:42 steps.a.needs[0] unknown dependency "b": no step or batch group has this name; there are none',
      '4:5 steps[1] expected a map, found 7',
    ],
  ]);
});

describe('names of steps and groups', () => {
  const groups = '\nbatches: {g: {}}';
  check([
    ['a duplicate id', steps(code('a'), code('a')), '4:10 steps.a.id duplicate id "a": an earlier step has it already'],
    [
      'the id of a batch group',
      `${steps(code('g', ', batch: g'))}${groups}`,
      '3:10 steps.g.id duplicate id "g": a batch group has this name, and needs could mean either',
    ],
    [
      'an unknown dependency',
      steps(code('search'), code('b', ', needs: [serch]')),
      '4:49 steps.b.needs[0] unknown dependency "serch": no step or batch group has this name; did you mean "search"?',
    ],
    [
      'an unknown dependency like nothing',
      steps(code('search'), code('b', ', needs: [x]')),
      '4:49 steps.b.needs[0] unknown dependency "x": no step or batch group has this name; there are: search',
    ],
    ['itself', steps(code('a', ', needs: [a]')), '3:49 steps.a.needs[0] step "a" needs itself'],
    [
      'an unknown batch group',
      `${steps(code('a', ', batch: gg'), code('b', ', batch: g'))}${groups}`,
      '3:48 steps.a.batch unknown batch group "gg"; did you mean "g"?',
    ],
    [
      'a batch group without members',
      `${steps(code('a'))}${groups}`,
      '4:11 batches.g batch group "g" has no members: no step says batch: g',
    ],
    [
      'a join that is too high',
      `${steps(code('a', ', batch: g'), code('b', ', batch: g'))}\nbatches: {g: {join: 3}}`,
      '5:21 batches.g.join the join of 3 can never be met: the batch group has 2 members',
    ],
    [
      'a batch group of a map and others',
      `${steps("{id: m, kind: map, items: '[]', code: return 1, batch: g}", code('b', ', batch: g'))}${groups}`,
      '3:60 steps.m.batch batch group "g" holds the map "m" and b: expected either steps or one map',
    ],
    [
      'limits of a map in a batch group',
      `${steps("{id: m, kind: map, items: '[]', code: return 1, batch: g, join: any}")}${groups}`,
      '3:63 steps.m.join "join" is that of batch group "g" here: remove it from the step',
    ],
    [
      'an unknown agent',
      steps('{id: a, kind: agent, prompt: x, agent: reviewr}'),
      '3:44 steps.a.agent unknown agent "reviewr"; did you mean "reviewer"?',
    ],
    [
      'an unknown agent of a map',
      steps("{id: a, kind: map, items: '[]', prompt: x, agent: nobody}"),
      '3:55 steps.a.agent unknown agent "nobody"; there are: default, reviewer',
    ],
  ]);
});

describe('cycles', () => {
  check([
    [
      'of three',
      steps(code('a', ', needs: [b]'), code('b', ', needs: [c]'), code('c', ', needs: [a]')),
      '3:49 steps.a.needs[0] cycle: a -> b -> c -> a (each needs the next)',
    ],
    [
      'a switch that needs a step of its branch',
      steps('{id: s, kind: switch, needs: [a], cases: [{when: "true", steps: [a]}]}', code('a')),
      '3:35 steps.s.needs[0] cycle: s -> a -> s (each needs the next; a step of a branch needs its switch)',
    ],
    [
      'through a batch group',
      `${steps(code('a', ', needs: [g]'), code('b', ', batch: g, needs: [a]'))}\nbatches: {g: {}}`,
      '3:49 steps.a.needs[0] cycle: a -> g -> b -> a (each needs the next; a batch group needs its members)',
    ],
    [
      'two at once',
      steps(
        code('a', ', needs: [b]'),
        code('b', ', needs: [a]'),
        code('c', ', needs: [d, a]'),
        code('d', ', needs: [c]'),
      ),
      '3:49 steps.a.needs[0] cycle: a -> b -> a (each needs the next)',
      '5:49 steps.c.needs[0] cycle: c -> d -> c (each needs the next)',
    ],
  ]);
});

describe('switches', () => {
  const two =
    '{id: s, kind: switch, cases: [{when: "input.x", steps: [a]}, {when: "input.y", steps: [b]}], default: [c]}';
  const branches = [two, code('a'), code('b'), code('c')];
  const advice = 'and only one branch of s is taken; use trigger one_success, none_failed or all_done';
  check([
    [
      'an unknown step',
      steps('{id: s, kind: switch, cases: [{when: "1", steps: [ab]}]}', code('abc')),
      '3:55 steps.s.cases[0].steps[0] unknown step "ab" in a branch; did you mean "abc"?',
    ],
    [
      'an unknown step of the default branch',
      steps('{id: s, kind: switch, cases: [{when: "1", steps: [a]}], default: [b]}', code('a')),
      '3:71 steps.s.default[0] unknown step "b" in a branch; there are: a',
    ],
    [
      'itself',
      steps('{id: s, kind: switch, cases: [{when: "1", steps: [s]}]}'),
      '3:55 steps.s.cases[0].steps[0] switch "s" lists itself as a step of its branch',
    ],
    [
      'a batch group',
      `${steps('{id: s, kind: switch, cases: [{when: "1", steps: [g]}]}', code('a', ', batch: g'))}\nbatches: {g: {}}`,
      '3:55 steps.s.cases[0].steps[0] "g" is a batch group: list its steps instead',
    ],
    [
      'two branches needed at once',
      steps(...branches, code('x', ', needs: [a, b]')),
      `7:52 steps.x.needs[1] step x can never run: it needs a (branch 1 of s) and b (branch 2 of s), ${advice}`,
    ],
    [
      'a branch and the default needed at once, indirectly',
      steps(...branches, code('y', ', needs: [a]'), code('x', ', needs: [y, c]')),
      `8:52 steps.x.needs[1] step x can never run: it needs y (branch 1 of s) and c (the default branch of s), ${advice}`,
    ],
    [
      'a step of one branch that needs another',
      steps(
        '{id: s, kind: switch, cases: [{when: "1", steps: [a]}, {when: "0", steps: [b]}]}',
        code('a'),
        code('b', ', needs: [a]'),
      ),
      '5:49 steps.b.needs[0] unreachable: step b runs only in branch 2 of s and needs a (branch 1 of s), and only one branch of s is taken',
    ],
    [
      'one success, out of reach',
      steps(
        '{id: s, kind: switch, cases: [{when: "1", steps: [a]}, {when: "0", steps: [b]}]}',
        code('a'),
        code('b', ', needs: [a], trigger: one_success'),
      ),
      '5:48 steps.b.needs unreachable: step b runs only in branch 2 of s and needs a (branch 1 of s), and only one branch of s is taken',
    ],
    [
      'told once, not of what follows',
      steps(...branches, code('x', ', needs: [a, b]'), code('z', ', needs: [x]')),
      `7:52 steps.x.needs[1] step x can never run: it needs a (branch 1 of s) and b (branch 2 of s), ${advice}`,
    ],
    ...(['one_success', 'none_failed', 'all_done', 'always'] as const).map(
      (trigger): Case => [
        `two branches under ${trigger}`,
        steps(...branches, code('x', `, needs: [a, b, c], trigger: ${trigger}`)),
      ],
    ),
    [
      'a step of two branches',
      steps(
        '{id: s, kind: switch, cases: [{when: "1", steps: [a, b]}, {when: "0", steps: [b]}]}',
        code('a'),
        code('b'),
        code('c', ', needs: [a, b]'),
      ),
    ],
    [
      'a step of two switches',
      steps(
        '{id: s, kind: switch, cases: [{when: "1", steps: [a]}, {when: "0", steps: [b]}]}',
        '{id: t, kind: switch, cases: [{when: "1", steps: [a]}]}',
        code('a'),
        code('b'),
        code('c', ', needs: [a, b]'),
      ),
    ],
    [
      'a switch in a branch',
      steps(
        '{id: s, kind: switch, cases: [{when: "1", steps: [t]}, {when: "0", steps: [b]}]}',
        '{id: t, kind: switch, cases: [{when: "1", steps: [a]}]}',
        code('a'),
        code('b'),
        code('c', ', needs: [a, b]'),
      ),
      `7:52 steps.c.needs[1] step c can never run: it needs a (branch 1 of s) and b (branch 2 of s), ${advice}`,
    ],
    [
      'a batch group over two branches',
      `${steps('{id: s, kind: switch, cases: [{when: "1", steps: [a]}, {when: "0", steps: [b]}]}', code('a', ', batch: g'), code('b', ', batch: g'), code('c', ', needs: [g]'))}\nbatches: {g: {}}`,
    ],
  ]);
});

describe('maps and forms', () => {
  const map = (rest: string): string => steps(`{id: m, kind: map, items: input.list${rest}}`);
  const form = (fields: string): string => steps(`{id: p, kind: approval, prompt: x, form: [${fields}]}`);
  check([
    ['nothing to do for each item', map(''), '3:5 steps.m missing: a map needs one of prompt, code, flow'],
    [
      'two things to do',
      map(', prompt: x, code: return 1'),
      '3:54 steps.m.code "code" next to "prompt": a map takes exactly one of prompt, code, flow',
    ],
    [
      'an agent for code',
      map(', code: return 1, agent: default'),
      '3:59 steps.m.agent "agent" belongs to a map with prompt: this one has code',
    ],
    [
      'a schema for a flow',
      map(', flow: report, schema: {}'),
      '3:57 steps.m.schema "schema" belongs to a map with prompt or code: this one has flow',
    ],
    [
      'an input for a prompt',
      map(', prompt: x, with: item'),
      '3:54 steps.m.with "with" belongs to a map with flow: this one has prompt',
    ],
    [
      'a choice without choices',
      form('{name: a, type: choice}'),
      '3:47 steps.p.form[0].choices missing: a field of type choice needs choices',
    ],
    [
      'choices without a choice',
      form('{name: a, choices: [x]}'),
      '3:57 steps.p.form[0].choices "choices" belongs to a field of type choice: this one is text',
    ],
    ['a form field twice', form('{name: a}, {name: a}'), '3:65 steps.p.form[1].name duplicate form field "a"'],
  ]);
});

describe('other flows', () => {
  check([
    [
      'an unknown one',
      steps('{id: a, kind: flow, flow: raport}'),
      '3:31 steps.a.flow unknown flow "raport"; did you mean "report"?',
    ],
    [
      'an unknown one in a map',
      steps("{id: a, kind: map, items: '[]', flow: raport}"),
      '3:43 steps.a.flow unknown flow "raport"; did you mean "report"?',
    ],
    ['itself', steps('{id: a, kind: flow, flow: demo}'), '3:31 steps.a.flow flow "demo" calls itself'],
    [
      'a ring',
      steps('{id: a, kind: flow, flow: left}'),
      '3:31 steps.a.flow flows call each other in a ring: demo -> left -> right -> demo',
    ],
    ['one that is in no ring', steps('{id: a, kind: flow, flow: report}')],
  ]);
});

describe('schemas and schedules', () => {
  const five = 'expected five fields: minute, hour, day of month, month, day of week';
  const cron = (text: string): string => `${steps(code('a'))}\nschedule: {cron: "${text}"}`;
  const zone = (text: string): string => `${steps(code('a'))}\nschedule: {cron: "@daily", timeZone: ${text}}`;
  const zones = 'expected a name such as Europe/Berlin; did you mean "Europe/Berlin"?';
  check([
    [
      'a type',
      `${steps(code('a'))}\ninputs:\n  properties:\n    q: {type: txt}`,
      '6:15 inputs.properties.q.type not a JSON Schema: must be equal to one of the allowed values: array, boolean, integer, null, number, object, string',
    ],
    [
      'a reference to nothing',
      `${steps(code('a'))}\noutputSchema: {$ref: '#/$defs/x'}`,
      expect.stringContaining('cannot find what "#/$defs/x" refers to'),
    ],
    [
      'a schema of a step',
      steps(code('a', ', schema: {required: 1}')),
      '3:60 steps.a.schema.required not a JSON Schema: must be array',
    ],
    [
      'a schema of draft 7',
      `${steps(code('a'))}\ninputs: {$schema: 'http://json-schema.org/draft-07/schema#', items: [{type: string}]}`,
    ],
    ['four fields', cron('0 3 * *'), `4:18 schedule.cron bad cron "0 3 * *": ${five}`],
    ['six fields', cron('0 0 3 * * *'), `4:18 schedule.cron bad cron "0 0 3 * * *": ${five}`],
    ['a minute', cron('61 * * * *'), '4:18 schedule.cron bad cron "61 * * * *": minute: 61 is not between 0 and 59'],
    [
      'a letter',
      cron('0 0 L * *'),
      '4:18 schedule.cron bad cron "0 0 L * *": expected numbers, names of months and days, and * , - / only',
    ],
    [
      'a day that never comes',
      cron('0 0 31 2 *'),
      '4:18 schedule.cron bad cron "0 0 31 2 *": no day fits it: none of its months has such a day',
    ],
    ['names of days', cron('*/15 9-17 * JAN,JUL MON-FRI')],
    ['a zone', zone('Europe/Berln'), `4:38 schedule.timeZone unknown time zone "Europe/Berln": ${zones}`],
    [
      'a zone in small letters',
      zone('europe/berlin'),
      `4:38 schedule.timeZone unknown time zone "europe/berlin": ${zones}`,
    ],
    [
      'an offset',
      zone('"+01:00"'),
      '4:38 schedule.timeZone unknown time zone "+01:00": expected a name such as Europe/Berlin',
    ],
    ['an old name of a zone', zone('US/Pacific')],
    [
      'an input of the schedule that the flow refuses',
      `${cron('@daily')}\ninputs: {required: [q]}`,
      "4:11 schedule.input does not fit the inputs of this flow: must have required property 'q'",
    ],
  ]);
});
