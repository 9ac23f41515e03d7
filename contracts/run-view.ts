import type { ItemCounts, NodeStatus, Run, RunNode, RunStatus, RunStreamEvent, RunView } from './runs.ts';

const ended: ReadonlySet<NodeStatus> = new Set([
  'completed',
  'failed',
  'skipped',
  'excluded',
  'cancelled',
  'timed_out',
]);
export const hasEnded = (status: NodeStatus): boolean => ended.has(status);

/** The state of a run, in a list as in its own view. */
export const runState = ({ status, paused, queued, waiting }: Run): RunStatus | 'paused' | 'queued' | 'waiting' =>
  status !== 'running' ? status : paused ? 'paused' : queued ? 'queued' : waiting ? 'waiting' : status;

const move = (counts: ItemCounts, from: NodeStatus, to: NodeStatus): ItemCounts => {
  if (from === to) return counts;
  const moved: ItemCounts = { ...counts, [to]: (counts[to] ?? 0) + 1 };
  const left = (counts[from] ?? 0) - 1;
  if (left > 0) return { ...moved, [from]: left };
  const { [from]: _none, ...rest } = moved;
  return rest;
};

const changeItem = (view: RunView, { step, status }: RunNode, was: NodeStatus | null): RunView => ({
  ...view,
  items: { ...view.items, [step]: move(view.items[step] ?? {}, was ?? 'pending', status) },
});

const changeStep = (view: RunView, node: RunNode): RunView => {
  const nodes = { ...view.nodes, [node.step]: node };
  const isNew = node.total !== null && node.total > 0 && view.items[node.step] === undefined;
  return { ...view, nodes, items: isNew ? { ...view.items, [node.step]: { pending: node.total ?? 0 } } : view.items };
};

/** What the end of a run does to nodes that have not ended, without an event of theirs. */
const endNodes = (view: RunView, status: RunView['run']['status'], endedAt: string): RunView => {
  const end = (node: RunNode): RunNode => (hasEnded(node.status) ? node : { ...node, status: 'cancelled', endedAt });
  const nodes = Object.fromEntries(Object.entries(view.nodes).map(([step, node]) => [step, end(node)]));
  if (status === 'completed') return { ...view, nodes };
  const endItems = (counts: ItemCounts): ItemCounts => {
    const { pending = 0, running = 0, waiting = 0, ...rest } = counts;
    const cut = pending + running + waiting;
    return cut === 0 ? counts : { ...rest, cancelled: (rest.cancelled ?? 0) + cut };
  };
  const items = Object.fromEntries(Object.entries(view.items).map(([step, counts]) => [step, endItems(counts)]));
  return { ...view, nodes, items };
};

const apply = (view: RunView, { event }: RunStreamEvent): RunView => {
  switch (event.type) {
    case 'node.changed':
      return event.node.index === null ? changeStep(view, event.node) : changeItem(view, event.node, event.was);
    case 'question.changed': {
      const others = view.questions.filter(({ id }) => id !== event.question.id);
      const questions = event.question.status === 'pending' ? [...others, event.question] : others;
      return { ...view, questions, run: { ...view.run, waiting: questions.length > 0 } };
    }
    case 'script.lines': {
      if (!view.script) return view;
      const known = view.script.lines.at(-1)?.n ?? 0;
      const lines = [...view.script.lines, ...event.lines.filter(({ n }) => n > known)];
      return { ...view, script: { ...view.script, lines } };
    }
    case 'run.paused':
      return { ...view, run: { ...view.run, paused: event.paused } };
    case 'run.admitted':
      return { ...view, run: { ...view.run, queued: false } };
    case 'run.warned':
      return { ...view, run: { ...view.run, warnings: [...view.run.warnings, event.warning] } };
    case 'run.settled': {
      const { status, code, reason, endedAt } = event;
      const run = { ...view.run, status, code, reason, endedAt, paused: false, queued: false, waiting: false };
      return { ...endNodes(view, status, endedAt), run, questions: [] };
    }
  }
};

/**
 * Pure. An event that is already in the view (a repeated position) changes nothing. Usage and artifacts are in no event:
 * a viewer reads the run again.
 */
export const reduceRun = (view: RunView, event: RunStreamEvent): RunView =>
  event.position <= view.position ? view : { ...apply(view, event), position: event.position };

/** As {@link reduceRun} one by one, but nodes that change one after another are copied together: a run may have 1,000. */
export const reduceRunEvents = (before: RunView, events: readonly RunStreamEvent[]): RunView => {
  let view = before;
  let copied: Record<string, RunNode> | null = null;
  for (const streamed of events) {
    const { position, event } = streamed;
    if (position <= view.position) continue;
    if (event.type === 'node.changed' && event.node.index === null && event.node.total === null) {
      copied ??= { ...view.nodes };
      copied[event.node.step] = event.node;
      view = { ...view, nodes: copied, position };
    } else {
      copied = null;
      view = reduceRun(view, streamed);
    }
  }
  return view;
};
