import { expect, test } from 'vitest';
import type { NodeStatus, RunNode, RunView } from '../../../contracts/runs.ts';
import { noUsage } from '../../../contracts/usage.ts';
import { styleOf } from '../../screen/style.ts';
import { reuseLines } from './reuse.ts';
import { scriptBoardLines, scriptLines } from './script-board.ts';

const startedAt = '2026-01-01T00:00:00.000Z';
const now = Date.parse(startedAt) + 5_000;
const look = { style: styleOf({}), width: 100, height: 12, now };
const usage = { ...noUsage, input: 900, output: 100, cacheRead: 0, cacheWrite: 0, reasoning: 0, cost: 0, requests: 1 };

const call = (ordinal: number, status: NodeStatus, rest: Partial<RunNode> = {}): RunNode => ({
  key: `run/r/step/c${ordinal}`,
  step: `c${ordinal}`,
  index: null,
  kind: 'agent',
  status,
  attempt: 1,
  total: null,
  chosen: null,
  reusedFrom: null,
  label: null,
  phase: null,
  ordinal,
  freshBecause: null,
  code: null,
  reason: null,
  sessionId: null,
  childRun: null,
  usage: null,
  startedAt: status === 'pending' ? null : startedAt,
  endedAt: ['completed', 'failed'].includes(status) ? startedAt : null,
  ...rest,
});

const viewOf = (calls: RunNode[], phases: string[] = []): Pick<RunView, 'nodes' | 'script'> => ({
  nodes: Object.fromEntries(calls.map((one) => [one.step, one])),
  script: {
    meta: { name: 's', description: 'd', phases: phases.map((title) => ({ title })) },
    lines: [{ n: 1, kind: 'log', text: 'Two files', at: startedAt }],
  },
});

const read = { phase: 'Read' };
const some = [
  call(0, 'completed', read),
  call(1, 'running', { ...read, label: 'a.ts', usage }),
  call(2, 'failed', { ...read, label: 'b.ts', reason: 'no luck' }),
  call(3, 'pending', read),
  call(4, 'completed', { kind: 'tool', label: 'list_files', reusedFrom: 'r' }),
];

test('phases in the order of meta with a bar of their agents, then what runs', () => {
  expect(scriptBoardLines(viewOf(some, ['Judge', 'Read']), look)).toEqual([
    '(no phase)  1/1 call',
    'Judge     ',
    'Read        ██████████▒▒▒▒▒░░░░░  2/4 · 1 running, 1 failed, 1 waiting',
    '● a.ts  running, 5.0 s, 1,000 tokens',
  ]);
});

test('never more lines than fit, whoever waits for a person first', () => {
  const many = Array.from({ length: 60 }, (_, at) => call(at, 'running', { phase: `P${at % 20}` }));
  const asking = call(60, 'waiting', { phase: 'P0', kind: 'approval', label: 'Ship it?' });
  for (const height of [3, 6, 12, 30]) {
    const lines = scriptBoardLines(viewOf([...many, asking]), { ...look, height });
    expect(lines.length).toBeLessThanOrEqual(height);
    expect(lines.join('\n')).toContain(height > 3 ? '? Ship it?' : 'more run');
  }
});

test('never a line that is wider than the terminal', () => {
  const wide = call(0, 'running', { phase: 'P'.repeat(200), label: 'l'.repeat(200) });
  for (const width of [20, 40, 80])
    for (const line of scriptBoardLines(viewOf([wide]), { ...look, width }))
      expect(line.length).toBeLessThanOrEqual(width);
});

test('the whole: every call below its phase, then the log', () => {
  const lines = scriptLines(viewOf(some, ['Read']), look);
  expect(lines.slice(0, 6)).toEqual([
    '(no phase)  1/1 call',
    '  ✓ list_files  completed, 0 ms',
    expect.stringMatching(/^Read {8}█+▒+░+ {2}2\/4/),
    '  ✓ agent 1  completed, 0 ms',
    '  ● a.ts  running, 5.0 s, 1,000 tokens',
    '  ✗ b.ts  failed, 0 ms  no luck',
  ]);
  expect(lines.at(-1)).toMatch(/ Two files$/);
});

test('a re-run says what it used again, and why it ran the rest', () => {
  const view = viewOf([
    call(0, 'completed', { reusedFrom: 'r_before' }),
    call(1, 'completed', { label: 'a.ts', freshBecause: 'its prompt changed' }),
  ]);
  const run = { rerunOf: 'r_before' } as RunView['run'];
  expect(reuseLines({ ...view, run }, look.style)).toEqual([
    'Reused       1 of 2 agents, from r_before',
    'Ran          a.ts: its prompt changed',
  ]);
  expect(reuseLines({ ...view, run: { ...run, rerunOf: null } }, look.style)).toEqual([
    'Reused       1 of 2 agents, from other runs',
  ]);
});
