import type { Writable } from 'node:stream';
import { writeText } from './write-text.ts';

/** Lets several writers share a response: one text after the other, each of them whole. */
export const createLine = (response: Writable, signal: AbortSignal) => {
  let last: Promise<void> = Promise.resolve();
  return (text: string): Promise<void> => {
    last = last.then(() => writeText(response, text, signal));
    return last;
  };
};
