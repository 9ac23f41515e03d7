import { clearScreenDown, cursorTo, moveCursor } from 'node:readline';
import { createInterface, type Interface } from 'node:readline/promises';
import type { Sink } from './screen.ts';

export type OutputStream = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
export type Streams = { stdin: NodeJS.ReadableStream; stdout: OutputStream; stderr: OutputStream };

/**
 * Standard output and error that a prompt may share. While the prompt is shown, what others write goes above it in
 * whole lines, and an unfinished line waits until it is whole or the prompt is hidden.
 */
export type Terminal = { out: Sink; err: Sink; openPrompt(options: PromptOptions): Prompt };

export type PromptOptions = {
  onLine(line: string): void;
  /** Ctrl-C: while the prompt is open it comes here, not as a signal. */
  onInterrupt(): void;
  /** Ctrl-D, or `close`. */
  onClose?(): void;
};

export type Prompt = {
  /** Shows the prompt with what is typed already, in place of another one. */
  show(text: string): void;
  hide(): void;
  typed(): string;
  /** Takes what is typed away and returns it. */
  take(): string;
  /** Types for the user. */
  type(text: string): void;
  /** Called before each key is handled, and after it. */
  onKey(handlers: { before(): void; after(): void }): void;
  close(): void;
};

export const createTerminal = ({ stdin, stdout, stderr }: Streams = process): Terminal => {
  let shown: Interface | null = null;
  let held = '';
  let isLineOpen = false;

  const raw = (stream: OutputStream, text: string): void => {
    stream.write(text);
    if (stream.isTTY) isLineOpen = !text.endsWith('\n');
  };

  const writeAbove = (prompt: Interface, stream: OutputStream, text: string): void => {
    held += text;
    const end = held.lastIndexOf('\n') + 1;
    if (end === 0) return;
    const { rows } = prompt.getCursorPos();
    moveCursor(stderr, 0, -rows);
    cursorTo(stderr, 0);
    clearScreenDown(stderr);
    stream.write(held.slice(0, end));
    held = held.slice(end);
    // readline goes up by the rows it drew last before it draws again.
    stderr.write('\n'.repeat(rows));
    prompt.prompt(true);
  };

  const sink = (stream: OutputStream): Sink => ({
    isTTY: stream.isTTY === true,
    columns: stream.columns ?? 120,
    write: (text) => {
      if (text === '') return;
      if (shown && stream.isTTY) writeAbove(shown, stream, text);
      else raw(stream, text);
    },
  });

  const openPrompt = ({ onLine, onInterrupt, onClose }: PromptOptions): Prompt => {
    const editor = createInterface({ input: stdin, output: stderr, terminal: true });
    const leave = (): void => {
      shown = null;
      isLineOpen = false;
      const rest = held;
      held = '';
      if (rest) raw(stderr, rest);
    };
    editor.on('line', (line) => {
      if (shown) leave();
      onLine(line);
    });
    editor.on('SIGINT', onInterrupt);
    editor.once('close', () => {
      if (shown) stderr.write('\n');
      leave();
      onClose?.();
    });

    const show = (text: string): void => {
      if (shown === null && isLineOpen) stderr.write('\n');
      isLineOpen = false;
      shown = editor;
      editor.setPrompt(text);
      editor.prompt(true);
    };
    const hide = (): void => {
      if (!shown) return;
      moveCursor(stderr, 0, -editor.getCursorPos().rows);
      cursorTo(stderr, 0);
      clearScreenDown(stderr);
      leave();
    };
    const take = (): string => {
      const { line } = editor;
      if (line === '') return line;
      editor.write(null, { ctrl: true, name: 'e' });
      editor.write(null, { ctrl: true, name: 'u' });
      return line;
    };

    return {
      show,
      hide,
      take,
      typed: () => editor.line,
      type: (text) => editor.write(text),
      onKey: ({ before, after }) => {
        stdin.prependListener('keypress', before);
        stdin.on('keypress', after);
        editor.once('close', () => {
          stdin.off('keypress', before);
          stdin.off('keypress', after);
        });
      },
      close: () => editor.close(),
    };
  };

  return { out: sink(stdout), err: sink(stderr), openPrompt };
};
