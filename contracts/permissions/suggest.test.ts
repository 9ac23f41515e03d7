import { expect, test } from 'vitest';
import { describeRule } from './describe-rule.ts';
import { suggestRules } from './suggest.ts';

const workspace = '/home/u/work';
const suggested = (argv: string[], more: object = {}): string[] =>
  suggestRules({
    tool: 'run_command',
    kind: 'run',
    isAsking: false,
    agent: 'default',
    workspace,
    home: null,
    paths: [],
    hosts: [],
    command: { argv, names: [], isOwn: false, cwd: workspace, shellText: null },
    ...more,
  }).map(describeRule);

// Reports of users of other tools: "always" for one command behind a wrapper allowed every program behind it.
test('a command is suggested as it is, and with further arguments, never another program', () => {
  const allow = (command: string): string => `allow tool run_command, command ${command}`;
  expect(suggested(['npm', 'test'])).toEqual([allow('npm test'), allow('npm test *')]);
  expect(suggested(['timeout', '5', 'npm', 'test'])).toEqual([
    allow('timeout 5 npm test'),
    allow('timeout 5 npm test *'),
  ]);
  expect(suggested(['uv', 'run', 'pytest', 'tests'])).toEqual([
    allow('uv run pytest tests'),
    allow('uv run pytest tests *'),
  ]);
  expect(suggested(['timeout', '5', 'ls'])).toEqual([allow('timeout 5 ls')]);
  expect(suggested(['bash', '-c', 'ls'])).toEqual([allow('bash -c ls')]);
  expect(suggested(['curl', 'https://example.org'], { hosts: ['example.org'] })).toEqual([
    allow('curl https://example.org'),
  ]);
});
