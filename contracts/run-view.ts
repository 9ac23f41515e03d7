import type { ItemCounts, NodeStatus, RunNode, RunStreamEvent, RunView } from './runs.ts';

/**
 * A view that is followed. `active`: the last known status of items that have begun and not ended, by key; no more than
 * run at once. An item that is not in it has not begun, or has ended for good.
 */
export type FollowedRun = RunView & { active?: Record<string, NodeStatus> };

const ended: ReadonlySet<NodeStatus> = new Set([
  'completed',
  'failed',
  'skipped',
  'excluded',
  'cancelled',
  'timed_out',
]);
export const hasEnded = (status: NodeStatus): boolean => ended.has(status);

/** An item's first event carries its start; one that comes later than this after the start is not its first. */
const firstEventWithinMs = 20;

const withoutKey = <Value>(record: Record<string, Value>, key: string): Record<string, Value> =>
  Object.fromEntries(Object.entries(record).filter(([other]) => other !== key));

const move = (counts: ItemCounts, from: NodeStatus, to: NodeStatus): ItemCounts => {
  if (from === to) return counts;
  const moved: ItemCounts = { ...counts, [to]: (counts[to] ?? 0) + 1 };
  const left = (counts[from] ?? 0) - 1;
  if (left > 0) return { ...moved, [from]: left };
  return withoutKey(moved as Record<string, number>, from) as ItemCounts;
};

/** The status an item had. Items that ran when the snapshot was taken are known by number only, and by their start. */
const statusBefore = (view: FollowedRun, counts: ItemCounts, node: RunNode, at: string): NodeStatus => {
  const known = view.active?.[node.key];
  if (known) return known;
  const isFirst =
    node.attempt <= 1 && (node.startedAt === null || Date.parse(at) - Date.parse(node.startedAt) <= firstEventWithinMs);
  const tracked = Object.entries(view.active ?? {}).filter(([key]) => key.startsWith(`${stepOf(node.key)}/item/`));
  const untracked = (status: 'running' | 'waiting'): number =>
    (counts[status] ?? 0) - tracked.filter(([, other]) => other === status).length;
  if (!isFirst && untracked('running') > 0) return 'running';
  if (!isFirst && untracked('waiting') > 0) return 'waiting';
  return 'pending';
};

const stepOf = (key: string): string => key.replace(/\/item\/\d+$/, '');

const changeItem = (view: FollowedRun, node: RunNode, at: string): FollowedRun => {
  const counts = view.items[node.step] ?? {};
  const items = { ...view.items, [node.step]: move(counts, statusBefore(view, counts, node, at), node.status) };
  const others = withoutKey(view.active ?? {}, node.key);
  return { ...view, items, active: hasEnded(node.status) ? others : { ...others, [node.key]: node.status } };
};

const changeStep = (view: FollowedRun, node: RunNode): FollowedRun => {
  const nodes = { ...view.nodes, [node.step]: node };
  const isNew = node.total !== null && node.total > 0 && view.items[node.step] === undefined;
  return { ...view, nodes, items: isNew ? { ...view.items, [node.step]: { pending: node.total ?? 0 } } : view.items };
};

/** What the end of a run does to nodes that have not ended, without an event of theirs. */
const endNodes = (view: FollowedRun, status: RunView['run']['status'], endedAt: string): FollowedRun => {
  const end = (node: RunNode): RunNode => (hasEnded(node.status) ? node : { ...node, status: 'cancelled', endedAt });
  const nodes = Object.fromEntries(Object.entries(view.nodes).map(([step, node]) => [step, end(node)]));
  if (status === 'completed') return { ...view, nodes };
  const endItems = (counts: ItemCounts): ItemCounts => {
    const { pending = 0, running = 0, waiting = 0, ...rest } = counts;
    const cut = pending + running + waiting;
    return cut === 0 ? counts : { ...rest, cancelled: (rest.cancelled ?? 0) + cut };
  };
  const items = Object.fromEntries(Object.entries(view.items).map(([step, counts]) => [step, endItems(counts)]));
  return { ...view, nodes, items, active: {} };
};

const apply = (view: FollowedRun, { at, event }: RunStreamEvent): FollowedRun => {
  switch (event.type) {
    case 'node.changed':
      return event.node.index === null ? changeStep(view, event.node) : changeItem(view, event.node, at);
    case 'question.changed': {
      const others = view.questions.filter(({ id }) => id !== event.question.id);
      const questions = event.question.status === 'pending' ? [...others, event.question] : others;
      return { ...view, questions, run: { ...view.run, waiting: questions.length > 0 } };
    }
    case 'run.paused':
      return { ...view, run: { ...view.run, paused: event.paused } };
    case 'run.settled': {
      const { status, code, reason, endedAt } = event;
      const run = { ...view.run, status, code, reason, endedAt, paused: false, waiting: false };
      return { ...endNodes(view, status, endedAt), run, questions: [] };
    }
  }
};

/**
 * Pure. An event that is already in the view (a repeated position) changes nothing. Usage and artifacts are in no event:
 * whoever shows them reads the run again.
 */
export const reduceRun = (view: FollowedRun, event: RunStreamEvent): FollowedRun =>
  event.position <= view.position ? view : { ...apply(view, event), position: event.position };
