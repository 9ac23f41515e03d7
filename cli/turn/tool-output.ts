import { harmless } from '../screen/style.ts';

/** Lines of one call's live output that are shown; the whole is in the transcript. */
const shownLines = 20;

type Running = { fence: number; lines: number; unfinished: string };

/** The live output of calls, in whole lines and bounded. */
export const createToolOutput = (show: (call: number, line: string) => void) => {
  const calls = new Map<string, Running>();
  const keyOf = ({ turn, step, call }: { turn: number; step: number; call: number }) => `${turn}/${step}/${call}`;

  const put = (running: Running, call: number, line: string): void => {
    running.lines += 1;
    if (running.lines <= shownLines) show(call, line);
    else if (running.lines === shownLines + 1) show(call, '… the rest is not shown here');
  };

  return {
    /** `again`: an earlier attempt of this call had begun. */
    start(at: { turn: number; step: number; call: number; fence: number }): { again: boolean } {
      calls.set(keyOf(at), { fence: at.fence, lines: 0, unfinished: '' });
      return { again: at.fence > 1 };
    },
    add(at: { turn: number; step: number; call: number; fence: number; text: string }): void {
      const running = calls.get(keyOf(at)) ?? { fence: at.fence, lines: 0, unfinished: '' };
      if (at.fence !== running.fence) return;
      calls.set(keyOf(at), running);
      const lines = `${running.unfinished}${harmless(at.text)}`.split('\n');
      running.unfinished = lines.pop() ?? '';
      for (const line of lines) put(running, at.call, line);
    },
    /** Shows what is left of the last line. Says whether anything was shown. */
    end(at: { turn: number; step: number; call: number }): boolean {
      const running = calls.get(keyOf(at));
      calls.delete(keyOf(at));
      if (running?.unfinished) put(running, at.call, running.unfinished);
      return running !== undefined && running.lines > 0;
    },
  };
};
