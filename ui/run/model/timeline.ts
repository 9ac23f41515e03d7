import type { NodeStatus, RunNode, RunView } from '../../../contracts/runs.ts';
import type { RunSurvived } from '../../../contracts/turn-summary.ts';
import type { Bar, Cut, Row } from '../../trace/model/waterfall.ts';
import { callName, reusedFrom } from './phases.ts';

const statuses: Record<NodeStatus, Bar['status']> = {
  pending: 'running',
  running: 'running',
  waiting: 'waiting',
  completed: 'ok',
  failed: 'error',
  timed_out: 'error',
  cancelled: 'cancelled',
  skipped: 'cancelled',
  excluded: 'cancelled',
};

const barOf = (node: RunNode, startedAt: string): Bar => {
  const { usage, code, reason, attempt, sessionId, childRun, kind, freshBecause } = node;
  const from = reusedFrom(node);
  return {
    id: node.key,
    turn: 0,
    step: 0,
    call: null,
    kind: 'node',
    name: node.ordinal === null ? node.step : callName(node),
    attempt: Math.max(1, attempt),
    status: from === null ? statuses[node.status] : 'reused',
    startedAt,
    endedAt: node.endedAt,
    attributes: {
      kind,
      ...(code === null ? {} : { code }),
      ...(reason === null ? {} : { message: reason }),
      ...(usage === null ? {} : { usage }),
      ...(sessionId === null ? {} : { session: sessionId }),
      ...(childRun === null ? {} : { run: childRun }),
      ...(from === null ? {} : { reusedFrom: from }),
      ...(freshBecause === null ? {} : { ranBecause: freshBecause }),
    },
  };
};

const isSettled = (to: number | null): to is number => to !== null;

/** Steps of a flow by their begin; calls of a script below their phases. What has not begun has no bar. */
export const timelineOf = ({ nodes }: Pick<RunView, 'nodes'>, lost: RunSurvived['lost'] = []): Row[] => {
  const cuts = new Map<string, Cut[]>();
  for (const { node, startedAt, endedAt } of lost)
    cuts.set(node, [...(cuts.get(node) ?? []), { from: Date.parse(startedAt), to: Date.parse(endedAt) }]);
  const begun = Object.values(nodes)
    .flatMap((node) => (node.startedAt === null || node.index !== null ? [] : [{ node, startedAt: node.startedAt }]))
    .toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
  const phases = new Set(begun.map(({ node }) => node.phase));
  const rows: Row[] = [];
  for (const phase of phases) {
    const inside = begun
      .filter(({ node }) => node.phase === phase)
      .map(({ node, startedAt }): Row => {
        const bar = barOf(node, startedAt);
        const to = bar.endedAt === null ? null : Date.parse(bar.endedAt);
        const cut = cuts.get(node.key);
        const row = {
          key: bar.id,
          depth: phase === null ? 0 : 1,
          label: bar.name,
          from: Date.parse(startedAt),
          to,
          bar,
        };
        return cut ? { ...row, cuts: cut } : row;
      });
    if (phase !== null) {
      const ends = inside.map(({ to }) => to);
      rows.push({
        key: `phase/${phase}`,
        depth: 0,
        label: phase,
        from: Math.min(...inside.map(({ from }) => from)),
        to: ends.every(isSettled) ? Math.max(...ends.filter(isSettled)) : null,
        bar: null,
      });
    }
    rows.push(...inside);
  }
  return rows;
};
