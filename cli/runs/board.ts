import { clearScreenDown, cursorTo, moveCursor } from 'node:readline';
import { hasEnded } from '../../contracts/run-view.ts';
import type { RunNode, RunView } from '../../contracts/runs.ts';
import type { Style } from '../screen/style.ts';
import type { OutputStream } from '../screen/terminal.ts';
import { countsLine, nodeLine } from './describe.ts';

export type BoardStream = OutputStream & { rows?: number };

/** Steps that say most come first where not all fit: what failed, what runs, then the rest in the flow's order. */
const urgency = ({ status }: RunNode): number =>
  status === 'failed' || status === 'timed_out' ? 0 : status === 'waiting' ? 1 : status === 'running' ? 2 : 3;

/** Lines of a run's steps that fit in `height`; the last counts those that are left out. */
export const boardLines = (
  view: Pick<RunView, 'steps' | 'nodes' | 'items'>,
  { style, width, height, now }: { style: Style; width: number; height: number; now: number },
): string[] => {
  const pad = Math.min(30, Math.max(...view.steps.map(({ id }) => id.length)));
  const begun = view.steps.flatMap(({ id }) => view.nodes[id] ?? []);
  const shown = new Set(begun);
  if (begun.length > height - 1) {
    shown.clear();
    const order = begun.toSorted(
      (a, b) => urgency(a) - urgency(b) || Number(hasEnded(a.status)) - Number(hasEnded(b.status)),
    );
    for (const node of order.slice(0, height - 1)) shown.add(node);
  }
  const lines = begun
    .filter((node) => shown.has(node))
    .map((node) => nodeLine(node, view.items[node.step], { style, width, now, pad }));
  return shown.size === view.steps.length ? lines : [...lines, style.dim(`  ${countsLine(view)}`)];
};

/** Lines at the end of a terminal that are redrawn in their place. */
export const createBoard = (stream: BoardStream) => {
  let drawn = 0;
  const clear = (): void => {
    if (drawn === 0) return;
    moveCursor(stream, 0, -drawn);
    cursorTo(stream, 0);
    clearScreenDown(stream);
    drawn = 0;
  };
  return {
    clear,
    /** Keeps what is drawn; later output goes below it. */
    leave(): void {
      drawn = 0;
    },
    draw(lines: readonly string[]): void {
      clear();
      stream.write(lines.map((line) => `${line}\n`).join(''));
      drawn = lines.length;
    },
  };
};
