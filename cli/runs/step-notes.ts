import type { NodeStatus, RunNode, RunView } from '../../contracts/runs.ts';
import type { Style } from '../screen/style.ts';
import { nodeLine } from './describe.ts';
import { callsOf } from './script/calls.ts';

const hasFailed = ({ status }: RunNode): boolean => status === 'failed' || status === 'timed_out';

/** Items are many: only those that went wrong are worth a line each. Nor is a call that waits for its turn. */
const isWorthALine = (node: RunNode): boolean =>
  hasFailed(node) || (node.index === null && (node.ordinal === null || node.status !== 'pending'));

/** A line for each change of a step, for those who read a run as a log. */
export const createStepNotes = (note: (line: string) => void, { style, width }: { style: Style; width: number }) => {
  const told = new Map<string, NodeStatus>();

  const tell = (view: RunView, node: RunNode): void => {
    if (!isWorthALine(node) || told.get(node.key) === node.status) return;
    told.set(node.key, node.status);
    note(nodeLine(node, view.items[node.step], { style, width, now: Date.now() }));
  };

  return {
    /** The whole: what has ended or runs already. */
    begin: (view: RunView): void => {
      const steps = view.script ? callsOf(view) : view.steps.map(({ id }) => view.nodes[id]);
      for (const node of steps) if (node) tell(view, node);
    },
    tell,
    /** Beside a list that shows what runs: a call that failed leaves it. */
    noteFailure(view: RunView, node: RunNode): void {
      if (node.ordinal !== null && hasFailed(node)) tell(view, node);
    },
  };
};
