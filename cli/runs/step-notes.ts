import type { NodeStatus, RunNode, RunView } from '../../contracts/runs.ts';
import type { Style } from '../screen/style.ts';
import { nodeLine } from './describe.ts';

/** Items are many: only those that went wrong are worth a line each. */
const isWorthALine = ({ index, status }: RunNode): boolean =>
  index === null || status === 'failed' || status === 'timed_out';

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
      for (const { id } of view.steps) {
        const node = view.nodes[id];
        if (node) tell(view, node);
      }
    },
    tell,
  };
};
