import type { RunView } from '../../contracts/runs.ts';
import { createScreen, type Screen } from '../screen/screen.ts';
import { createTerminal } from '../screen/terminal.ts';
import type { Ask } from '../turn/approver.ts';
import { askOn } from '../turn/ask.ts';
import { type BoardStream, boardLines, createBoard } from './board.ts';
import { scriptBoardLines } from './script/script-board.ts';

/** The list is redrawn so often while nothing happens, for its durations, and at most so often while much does. */
const idleMs = 1000;
const busyMs = 50;
/** Lines of the terminal that remain for the text above the list. */
const margin = 3;

export type Stage = {
  /** Its notes go above the list. */
  screen: Screen;
  /** Whether the steps, or the phases and agents, are drawn as a list; otherwise each change is a line. */
  drawsList: boolean;
  show(view: RunView): void;
  /** One question at a time; the list gives way to it. */
  ask: Ask;
  /** Leaves the list as it is, or takes it away. */
  end(options: { keepsList: boolean }): void;
};

/** Where a run is shown: a list of its steps at the end of the terminal, notes above it, prompts in its place. */
export const createStage = ({ isQuiet, onInterrupt }: { isQuiet: boolean; onInterrupt(): void }): Stage => {
  const terminal = createTerminal();
  const plain = createScreen(terminal);
  const stderr: BoardStream = process.stderr;
  const board = !isQuiet && terminal.err.isTTY ? createBoard(stderr) : null;
  let view: RunView | null = null;
  let asking = 0;
  let lastAsked: Promise<unknown> = Promise.resolve();

  let due: NodeJS.Timeout | undefined;
  const redraw = (): void => {
    clearTimeout(due);
    due = undefined;
    if (!board || !view || asking > 0) return;
    const height = Math.max(margin, (stderr.rows ?? 24) - margin);
    const look = { style: plain.style, width: plain.width - 1, height, now: Date.now() };
    board.draw(view.script ? scriptBoardLines(view, look) : boardLines(view, look));
  };
  const ticking = board ? setInterval(redraw, idleMs) : null;

  const note = (lines: string): void => {
    board?.clear();
    plain.note(lines);
    redraw();
  };

  const prompt = askOn(terminal, onInterrupt);
  const ask: Ask = (question, signal) => {
    const next = lastAsked.then(async () => {
      if (signal.aborted) return null;
      asking += 1;
      board?.clear();
      try {
        return await prompt(question, signal);
      } finally {
        asking -= 1;
        redraw();
      }
    });
    lastAsked = next;
    return next;
  };

  return {
    screen: { ...plain, note },
    drawsList: board !== null,
    show(next) {
      view = next;
      due ??= setTimeout(redraw, busyMs);
    },
    ask,
    end({ keepsList }) {
      if (ticking) clearInterval(ticking);
      if (keepsList) redraw();
      else board?.clear();
      clearTimeout(due);
      board?.leave();
      view = null;
    },
  };
};
