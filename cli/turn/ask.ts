import type { Terminal } from '../screen/terminal.ts';
import type { Ask } from './approver.ts';

/** Asks on a prompt that is open only while it asks, so that Ctrl-C and the keys are the shell's otherwise. */
export const askOn =
  (terminal: Terminal, onInterrupt: () => void): Ask =>
  (question, signal) =>
    new Promise((resolve) => {
      const end = (line: string | null): void => {
        signal.removeEventListener('abort', takeBack);
        resolve(line);
        prompt.close();
      };
      const takeBack = (): void => end(null);
      const prompt = terminal.openPrompt({ onLine: end, onInterrupt, onClose: takeBack });
      signal.addEventListener('abort', takeBack, { once: true });
      prompt.show(question);
    });
