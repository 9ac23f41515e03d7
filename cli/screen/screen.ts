import { harmless, type Style, styleOf } from './style.ts';

/** A place to write to. A terminal with a prompt moves it out of the way first. */
export type Sink = { isTTY: boolean; columns: number; write(text: string): void };

/**
 * The reply goes to standard output, as it comes and nothing else; all that is said about it goes to standard error.
 * On a terminal both meet, so a line of one is ended before the other writes.
 */
export type Screen = {
  style: Style;
  /** Characters that fit on a line of standard error. */
  width: number;
  /** A piece of the reply. */
  reply(text: string): void;
  /** A piece of something beside the reply that grows, such as thinking. `label` heads its first line. */
  aside(label: string, text: string): void;
  /** Ends the line of the aside, if it is open. */
  endAside(): void;
  /** Ends the line of the reply or the aside that is open. */
  endPart(): void;
  /** Whole lines beside the reply. */
  note(lines: string): void;
};

export const createScreen = ({ out, err }: { out: Sink; err: Sink }): Screen => {
  const style = styleOf(err);
  let isReplyOpen = false;
  let isAsideOpen = false;

  const endAside = (): void => {
    if (isAsideOpen) err.write('\n');
    isAsideOpen = false;
  };
  const endReply = (): void => {
    if (isReplyOpen) out.write('\n');
    isReplyOpen = false;
  };

  return {
    style,
    width: Math.max(40, err.columns),
    reply: (text) => {
      if (text === '') return;
      endAside();
      out.write(out.isTTY ? harmless(text) : text);
      isReplyOpen = !text.endsWith('\n');
    },
    aside: (label, text) => {
      if (text === '') return;
      if (out.isTTY) endReply();
      if (!isAsideOpen) err.write(style.dim(`${label} `));
      err.write(style.dim(harmless(text)));
      isAsideOpen = true;
    },
    endAside,
    endPart: () => {
      endAside();
      endReply();
    },
    note: (lines) => {
      endAside();
      if (out.isTTY) endReply();
      err.write(`${lines}\n`);
    },
  };
};
