import { expect, test } from 'vitest';
import type { NodeStatus, RunNode, RunView } from '../../contracts/runs.ts';
import { styleOf } from '../screen/style.ts';
import { boardLines } from './board.ts';
import { clock } from './describe.ts';

const startedAt = '2026-01-01T00:00:00.000Z';
const now = Date.parse(startedAt) + 65_000;

const node = (step: string, status: NodeStatus): RunNode => ({
  key: `run/r/step/${step}`,
  step,
  index: null,
  kind: 'code',
  status,
  attempt: 1,
  total: null,
  chosen: null,
  reusedFrom: null,
  label: null,
  phase: null,
  ordinal: null,
  freshBecause: null,
  code: null,
  reason: status === 'failed' ? 'no\nluck' : null,
  sessionId: null,
  childRun: null,
  usage: null,
  startedAt,
  endedAt: status === 'running' ? null : startedAt,
});

const view = (statuses: (NodeStatus | null)[]): Pick<RunView, 'steps' | 'nodes' | 'items'> => {
  const ids = statuses.map((_, index) => `step${index}`);
  return {
    steps: ids.map((id) => ({
      ...{ id, kind: 'code', needs: [], trigger: 'all_success', batch: null, description: '', cases: [], default: [] },
    })) as RunView['steps'],
    nodes: Object.fromEntries(
      statuses.flatMap((status, index) => (status ? [[`step${index}`, node(`step${index}`, status)]] : [])),
    ),
    items: { step1: { completed: 2, running: 1 } },
  };
};
const options = { style: styleOf({}), width: 80, height: 10, now };

test('a line for each step that has begun, then how many are in which state', () => {
  expect(boardLines(view(['completed', 'running', 'failed', null]), options)).toEqual([
    '✓ step0  completed, 0 ms',
    '● step1  running, 1 m 05 s, items 2/3',
    '✗ step2  failed, 0 ms  no luck',
    '  1 completed, 1 running, 1 failed, 1 pending',
  ]);
});

test('never more lines than fit: what failed and what runs stays', () => {
  const statuses = [...Array.from({ length: 50 }, () => 'completed' as const), 'running' as const, 'failed' as const];
  const lines = boardLines(view(statuses), { ...options, height: 5 });
  expect(lines).toHaveLength(5);
  expect(lines.at(-1)).toBe('  50 completed, 1 running, 1 failed');
  expect(lines.join('\n')).toMatch(/● step50.*✗ step51/s);
});

test('never a line that is wider than the terminal', () => {
  for (const line of boardLines(view(['failed', 'running']), { ...options, width: 24 }))
    expect(line.length).toBeLessThanOrEqual(24);
});

test('durations', () => {
  expect([900, 1_500, 65_000, 3_600_000 * 2 + 600_000].map(clock)).toEqual(['900 ms', '1.5 s', '1 m 05 s', '2 h 10 m']);
});
