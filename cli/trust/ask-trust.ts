import { createInterface } from 'node:readline/promises';
import type { Trust } from '../../trust/trust.ts';
import { trustWords } from './words.ts';

const isTerminal = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** Asks on the terminal; false if there is none. Anything but "y" or "yes" means no. */
export const askYes = async (question: string): Promise<boolean> => {
  if (!isTerminal()) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } catch {
    return false;
  } finally {
    terminal.close();
  }
};

/** Shows what waits for trust and asks for it once, where someone is there to answer. */
export const offerTrust = async (trust: Trust): Promise<void> => {
  const state = trust.state();
  if (state.trusted || !isTerminal()) return;
  process.stderr.write(`${trustWords(state)}\n`);
  if (await askYes('Trust this?')) trust.give(state.hash);
};
