import { createInterface, type Interface } from 'node:readline';

/**
 * What is pasted into the terminal, or written to standard input, line by line. The editor of Node takes lines of any
 * length; terminals by themselves cut them at 4096 bytes.
 */
export const openPastedLines = (onInterrupt: () => void) => {
  let reader: Interface | undefined;
  return {
    lines: {
      // Nothing is read before the question.
      [Symbol.asyncIterator]: () => {
        const terminal = process.stdin.isTTY === true;
        reader = createInterface({ input: process.stdin, output: process.stderr, terminal });
        reader.on('SIGINT', onInterrupt);
        return reader[Symbol.asyncIterator]();
      },
    },
    close: () => reader?.close(),
  };
};
