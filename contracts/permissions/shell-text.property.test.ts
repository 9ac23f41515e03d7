import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { decide } from './decide.ts';
import type { PlacedRule } from './rule.ts';

const rules: PlacedRule[] = [
  { source: 'project', id: null, place: '', rule: { decision: 'allow', kind: 'run' } },
  { source: 'project', id: null, place: '', rule: { decision: 'deny', command: 'zap' } },
];
const decisionOf = (shell: string, text: string) =>
  decide(
    {
      tool: 'run_command',
      kind: 'run',
      isAsking: false,
      agent: 'default',
      workspace: '/w',
      home: null,
      paths: [],
      hosts: [],
      command: { argv: [shell, '-c', text], names: [], isOwn: false, cwd: '/w', shellText: null },
    },
    rules,
  ).decision;

const createRandom = (seed: number) => {
  let state = seed;
  const below = (most: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * most);
  };
  return { below, pick: <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item };
};

const bodyLines = [
  "it's",
  '"',
  "'",
  '`',
  '$(zap)',
  'EO\\',
  'F',
  'E',
  'x)',
  'zap',
  '\\',
  "a\\'b",
  '# c',
  '',
  '\tE',
  ')"',
];
const words = [
  "a'b'",
  '"x"',
  "it\\'s",
  '"it\'s"',
  "'\"'",
  'a#b',
  '\\"',
  "$'a\\'b'",
  '1<<2',
  '{a,b}',
  '*',
  '~',
  '$[1<<2]',
];
const odd = ['((1<<2))', 'echo $((2<<1))', '[[ a ]]', `: \${z:=1<<2}`, `echo "\${x:-"a b"}"`, `echo "\${x#'"'}"`];
const ends = ['', '\nzap', '\necho "', "\necho '", '\nE\n', '\n2\n', '\n2]\n'];

/** Texts of which shells make something, with quotes in all the places where reading them goes wrong. */
const createTexts = (seed: number) => {
  const { below, pick } = createRandom(seed);
  const body = (): string => `${Array.from({ length: below(4) }, () => pick(bodyLines)).join('\n')}\n`;
  const list = (depth: number): string =>
    Array.from({ length: 1 + below(3) }, () => statement(depth)).join(pick(['\n', '\n', '; ', ' && ', ' | ', ' & ']));
  const simple: (() => string)[] = [
    () => 'zap',
    () => `echo ${pick(words)}`,
    () => `true # ${pick(["it's", '"', '`', ')', '$('])}`,
    () => `cat <<${pick(['E', "'E'", '-E', '"E"', '\\E', ' E'])}\n${body()}${pick(['', '\t'])}E`,
    () => `cat <<E <<'F'\n${body()}E\n${body()}F`,
    () => pick(odd),
  ];
  const nested: ((depth: number) => string)[] = [
    (depth) => `echo $(${list(depth)}\n)`,
    (depth) => `echo "$(${list(depth)}\n)"`,
    (depth) => `(${list(depth)}\n)`,
    (depth) => `if true; then ${list(depth)}\nfi`,
    (depth) => `case x in ${pick(['', '('])}x) ${list(depth)}\n;; esac`,
    (depth) => `sh <<'Q'\n${list(depth)}\nQ`,
    () => `echo "$(cat <<'E'\n${body()}E\n)"`,
  ];
  const statement = (depth: number): string => (depth > 2 || below(3) > 0 ? pick(simple)() : pick(nested)(depth + 1));
  return () => `${list(0)}${pick(ends)}`;
};

test.skipIf(process.platform === 'win32')('no command that a shell runs is missed where another is allowed', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'everturn-shell-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const ran = path.join(folder, 'ran');
  writeFileSync(path.join(folder, 'zap'), `#!/bin/sh\n: > ${ran}\n`);
  chmodSync(path.join(folder, 'zap'), 0o755);
  for (const program of ['cat', 'sh'])
    symlinkSync(existsSync(`/bin/${program}`) ? `/bin/${program}` : `/usr/bin/${program}`, path.join(folder, program));
  const shells = ['/bin/sh', '/bin/bash'].filter((shell) => existsSync(shell));
  const next = createTexts(20);
  const missed: string[] = [];
  let tried = 0;
  while (tried < 150) {
    const text = next();
    const [first = ''] = shells;
    if (!text.includes('zap') || decisionOf(first, text) !== 'allow') continue;
    tried += 1;
    for (const shell of shells) {
      spawnSync(shell, ['-c', text], { cwd: folder, env: { PATH: folder }, input: '', timeout: 5000 });
      if (existsSync(ran)) missed.push(`${shell}: ${JSON.stringify(text)}`);
      rmSync(ran, { force: true });
    }
  }
  expect(missed).toEqual([]);
});
