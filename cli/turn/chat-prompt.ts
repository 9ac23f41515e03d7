import type { Terminal } from '../screen/terminal.ts';
import type { Ask } from './approver.ts';

export type ChatPromptOptions = {
  /** What is before the line while a message can be typed. */
  text: string;
  isBusy(): boolean;
  /** A line that answers no question. */
  onLine(line: string): void;
  /** Ctrl-C with nothing typed. */
  onInterrupt(): void;
  onClose(): void;
};

/**
 * The prompt of a chat in its three modes. Idle: it is shown. A turn runs: it comes with the first key, and goes when
 * nothing is typed. An approval is asked: it is the question, and what was typed comes back after the answer.
 */
export const openChatPrompt = (terminal: Terminal, options: ChatPromptOptions) => {
  const { text, isBusy, onLine, onInterrupt, onClose } = options;
  let asking: { question: string; end(line: string | null): void } | null = null;
  let isOpen = true;

  const refresh = (): void => {
    if (!isOpen) return;
    if (asking) prompt.show(asking.question);
    else if (isBusy() && prompt.typed() === '') prompt.hide();
    else prompt.show(text);
  };

  const prompt = terminal.openPrompt({
    onLine: (line) => {
      if (asking) asking.end(line);
      else onLine(line);
    },
    onInterrupt: () => {
      if (asking || prompt.typed() === '') onInterrupt();
      else {
        prompt.take();
        refresh();
      }
    },
    onClose: () => {
      isOpen = false;
      onClose();
    },
  });
  prompt.onKey({
    before: () => {
      if (isOpen && isBusy() && !asking) prompt.show(text);
    },
    after: refresh,
  });

  const ask: Ask = (question, signal) =>
    new Promise((resolve) => {
      const draft = prompt.take();
      const end = (line: string | null): void => {
        signal.removeEventListener('abort', takeBack);
        asking = null;
        prompt.take();
        if (draft !== '') {
          prompt.show(text);
          prompt.type(draft);
        }
        refresh();
        resolve(line);
      };
      const takeBack = (): void => end(null);
      signal.addEventListener('abort', takeBack, { once: true });
      asking = { question, end };
      refresh();
    });

  const close = (): void => {
    isOpen = false;
    prompt.hide();
    prompt.close();
  };

  return { refresh, ask, close };
};
