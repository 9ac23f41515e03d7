import { hasEnded } from '../../../contracts/run-view.ts';
import type { NodeStatus, RunNode, RunView } from '../../../contracts/runs.ts';
import { callName } from './phases.ts';

/** What two runs did for the same step or call. */
export type ComparedStep = {
  /** Of the step in the one run and in the other; null where it has none. */
  step: { before: string | null; after: string | null };
  name: string;
  phase: string | null;
  before: RunNode | undefined;
  after: RunNode | undefined;
  status: { before: NodeStatus | null; after: NodeStatus | null };
  /** Milliseconds; null while it runs, and where it never ran. */
  duration: { before: number | null; after: number | null };
  cost: { before: number | null; after: number | null };
  /** `branch`: a switch took another case. `reused`: the one run took the result of the other, so that it is the same. */
  difference: 'added' | 'removed' | 'status' | 'branch' | 'reused' | 'none';
};

export type Comparison = {
  steps: ComparedStep[];
  /** Steps that differ in more than time and cost. */
  changed: number;
};

const durationOf = (node: RunNode | undefined): number | null =>
  node?.startedAt && node.endedAt ? Math.max(0, Date.parse(node.endedAt) - Date.parse(node.startedAt)) : null;

export const runMs = ({ createdAt, endedAt }: RunView['run']): number | null =>
  endedAt === null ? null : Math.max(0, Date.parse(endedAt) - Date.parse(createdAt));

type Matched = { before: string | null; after: string | null };

const byOrdinal = ([, a]: [string, RunNode], [, b]: [string, RunNode]): number => (a.ordinal ?? 0) - (b.ordinal ?? 0);

/** Calls of scripts: by their id, which is that of what they ask; the others by label and phase, in their order. */
const matchCalls = (before: RunView, after: RunView): Matched[] => {
  const left = Object.entries(before.nodes).sort(byOrdinal);
  const right = Object.entries(after.nodes).sort(byOrdinal);
  const nameOf = ({ kind, phase, label }: RunNode): string => JSON.stringify([kind, phase, label]);
  const open = new Map<string, string[]>();
  for (const [id, node] of left) {
    if (!after.nodes[id]) open.set(nameOf(node), [...(open.get(nameOf(node)) ?? []), id]);
  }
  const taken = new Map<string, string>();
  for (const [id, node] of right) {
    const same = before.nodes[id] ? id : open.get(nameOf(node))?.shift();
    if (same !== undefined) taken.set(same, id);
  }
  const matched = left.map(([id]): Matched => ({ before: id, after: taken.get(id) ?? null }));
  const known = new Set(taken.values());
  return [...matched, ...right.filter(([id]) => !known.has(id)).map(([id]) => ({ before: null, after: id }))];
};

const matchSteps = (before: RunView, after: RunView): Matched[] => {
  const [left, right] = [before, after].map(({ steps }) => steps.map(({ id }) => id));
  return [
    ...(left ?? []).map((id) => ({ before: id, after: right?.includes(id) ? id : null })),
    ...(right ?? []).filter((id) => !left?.includes(id)).map((id) => ({ before: null, after: id })),
  ];
};

const statusIn = (id: string | null, node: RunNode | undefined): NodeStatus | null =>
  id === null ? null : (node?.status ?? 'pending');

const differenceOf = (
  matched: Matched,
  status: ComparedStep['status'],
  before: RunNode | undefined,
  after: RunNode | undefined,
  ids: { before: string; after: string },
): ComparedStep['difference'] => {
  if (matched.before === null) return 'added';
  if (matched.after === null) return 'removed';
  if (status.before !== status.after) return 'status';
  if (before && after && before.chosen !== after.chosen) return 'branch';
  return after?.reusedFrom === ids.before || before?.reusedFrom === ids.after ? 'reused' : 'none';
};

/** Pure. Step by step, in the order of the earlier run; what only the later one has comes last. */
export const compareRuns = (before: RunView, after: RunView): Comparison => {
  const ids = { before: before.run.id, after: after.run.id };
  const isScript = before.script !== null || after.script !== null;
  const steps = (isScript ? matchCalls : matchSteps)(before, after).map((matched): ComparedStep => {
    const left = matched.before === null ? undefined : before.nodes[matched.before];
    const right = matched.after === null ? undefined : after.nodes[matched.after];
    const status = { before: statusIn(matched.before, left), after: statusIn(matched.after, right) };
    const named = right ?? left;
    return {
      step: matched,
      name: isScript && named ? callName(named) : (matched.after ?? matched.before ?? ''),
      phase: named?.phase ?? null,
      before: left,
      after: right,
      status,
      duration: { before: durationOf(left), after: durationOf(right) },
      cost: { before: left?.usage?.cost ?? null, after: right?.usage?.cost ?? null },
      difference: differenceOf(matched, status, left, right, ids),
    };
  });
  const changed = steps.filter(({ difference }) => difference !== 'none' && difference !== 'reused').length;
  return { steps, changed };
};

/** `+1.2 s`, `−40 %` and so on are drawn from it: null where one of both is missing. */
export const change = ({ before, after }: { before: number | null; after: number | null }): number | null =>
  before === null || after === null ? null : after - before;

/** Whether a step has a result that can be laid beside another. */
export const hasOutput = (node: RunNode | undefined): boolean => node !== undefined && hasEnded(node.status);
