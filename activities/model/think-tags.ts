import type { Piece } from './content.ts';

/** How a kind of model marks its thinking within its text. */
type Marks = {
  open: string;
  close: string;
  /** Whether it goes back in its marks. Default: true. */
  isSentBack?: boolean;
};

const tag = (name: string): Marks => ({ open: `<${name}>`, close: `</${name}>` });

const marks: readonly Marks[] = [
  ...['think', 'thinking', 'thought', 'reasoning', 'mm:think', 'seed:think'].map(tag),
  // Mistral, Cohere, Gemma
  { open: '[THINK]', close: '[/THINK]' },
  { open: '<|START_THINKING|>', close: '<|END_THINKING|>' },
  { open: '<|channel>thought', close: '<channel|>' },
  // gpt-oss: templates write its channels themselves, and refuse them in a text.
  { open: '<|channel|>analysis<|message|>', close: '<|end|>', isSentBack: false },
];

/** Around the answer itself: they say nothing. A closing tag without thinking is left by a server that took the rest. */
const prefaces = [
  '<|start|>assistant',
  '<|channel|>final<|message|>',
  '<|START_TEXT|>',
  '<|START_RESPONSE|>',
  ...marks.map(({ close }) => close),
];
const endings = ['<|return|>', '<|end|>', '<|END_TEXT|>', '<|END_RESPONSE|>'];

const marksOf = (open: string): Marks | undefined => marks.find((each) => each.open === open);

/** Thinking in the marks in which it came; null where it came in none, or does not go back in them. */
export const inTags = (thinking: string, open: string): string | null => {
  const found = marksOf(open);
  return found && found.isSentBack !== false ? `${found.open}${thinking}${found.close}\n\n` : null;
};

export const isTag = (open: string): boolean => marksOf(open) !== undefined;

export const beginsWithTag = (text: string): boolean => marks.some(({ open }) => text.startsWith(open));

/** A text that was sent back with its thinking, without it. */
export const withoutTags = (text: string): string => {
  const found = marks.find(({ open }) => text.startsWith(open));
  const end = found ? text.indexOf(`${found.close}\n\n`) : -1;
  return found && end >= 0 ? text.slice(end + found.close.length + 2) : text;
};

/** Tags may be written in any case. */
const fold = (text: string, mark: string): string => (/^<\/?[a-z]/.test(mark) ? text.toLowerCase() : text);

const startsWith = (text: string, mark: string): boolean => fold(text.slice(0, mark.length), mark) === mark;

const mayBegin = (text: string, all: readonly string[]): boolean =>
  all.some((mark) => text.length < mark.length && mark.startsWith(fold(text, mark)));

/** How many characters at the end may be the beginning of `mark`. */
const overlap = (text: string, mark: string): number => {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length--) {
    if (mark.startsWith(fold(text.slice(-length), mark))) return length;
  }
  return 0;
};

type State = { at: 'start' } | { at: 'thinking'; close: string } | { at: 'between' } | { at: 'text' };

/**
 * Takes thinking that models without a field for it write into their text: `<think>…</think>` before the answer. Pieces
 * may cut the tags anywhere. A tag within the answer is part of the answer.
 */
export const createThinkTags = () => {
  let state: State = { at: 'start' };
  let held = '';
  let as: string | null = null;
  let isMarked = false;

  const take = (length: number): string => {
    const text = held.slice(0, length);
    held = held.slice(length);
    return text;
  };

  /** The marks that end an answer are held back until more comes: they may be its end. */
  const answer = (): Piece | null => {
    const ending = isMarked ? endings.find((mark) => held.trimEnd().endsWith(mark)) : undefined;
    const kept = ending
      ? held.length - held.lastIndexOf(ending)
      : isMarked
        ? Math.max(...endings.map((mark) => overlap(held, mark)))
        : 0;
    const text = take(held.length - kept);
    return text ? { kind: 'text', text } : null;
  };

  const thinking = (close: string): Piece | null => {
    const end = fold(held, close).indexOf(close);
    if (end >= 0) {
      const text = take(end);
      take(close.length);
      state = { at: 'between' };
      return { kind: 'thinking', text };
    }
    const text = take(held.length - overlap(held, close));
    return text ? { kind: 'thinking', text } : null;
  };

  const step = (): Piece | null => {
    if (state.at === 'text') return answer();
    if (state.at === 'thinking') return thinking(state.close);
    const begun = held.trimStart();
    const opened = marks.find(({ open }) => startsWith(begun, open));
    if (opened) {
      as ??= opened.open;
      held = begun.slice(opened.open.length);
      state = { at: 'thinking', close: opened.close };
      return { kind: 'thinking', text: '' };
    }
    const preface = prefaces.find((mark) => startsWith(begun, mark));
    if (preface) {
      isMarked ||= preface.startsWith('<|');
      held = begun.slice(preface.length);
      state = { at: 'between' };
      return { kind: 'thinking', text: '' };
    }
    if (begun === '' || mayBegin(begun, [...marks.map(({ open }) => open), ...prefaces])) return null;
    if (state.at === 'between') held = begun;
    state = { at: 'text' };
    return { kind: 'text', text: '' };
  };

  const drain = (): Piece[] => {
    const pieces: Piece[] = [];
    for (let piece = step(); piece; piece = step()) if (piece.text) pieces.push(piece);
    return pieces;
  };

  const add = (text: string): Piece[] => {
    held += text;
    return drain();
  };

  return {
    add,
    /** What was held back because it might have begun a tag. */
    end: (): Piece[] => {
      const isEnding = isMarked && endings.includes(held.trim());
      const text = isEnding ? '' : state.at === 'between' ? held.trim() : held;
      held = '';
      return text ? [{ kind: state.at === 'thinking' ? 'thinking' : 'text', text }] : [];
    },
    /** The tag in which thinking came. Null: in none. */
    as: (): string | null => as,
  };
};

const closing =
  /<\/(think|thinking|thought)>(?:[ \t]*(?=\r?\n|$)|(?<=[.!?…。！？)]<\/(?:think|thinking|thought)>)(?=[^\s`]))/i;

/**
 * Splits a text that closes thinking which it never opened: chat templates write the opening tag themselves. Null where
 * it does not, or only quotes the tag.
 */
export const splitAtClosing = (text: string): { thinking: string; text: string } | null => {
  const found = closing.exec(text);
  if (!found || /<(think|thinking|thought)>/i.test(text.slice(0, found.index)) || text[found.index - 1] === '`')
    return null;
  if ((text.slice(0, found.index).match(/```/g)?.length ?? 0) % 2 === 1) return null;
  return { thinking: text.slice(0, found.index).trim(), text: text.slice(found.index + found[0].length).trimStart() };
};
