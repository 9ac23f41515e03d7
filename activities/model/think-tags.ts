import type { Piece } from './content.ts';

const opening = /^\s*<(think|thinking|thought|reasoning)>/i;
const tags = ['think', 'thinking', 'thought', 'reasoning'];

const mayBegin = (text: string): boolean => {
  const begun = text.trimStart().toLowerCase();
  return begun === '' || tags.some((tag) => `<${tag}>`.startsWith(begun));
};

/** How many characters at the end may be the beginning of `mark`. */
const overlap = (text: string, mark: string): number => {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length--) {
    if (mark.startsWith(text.slice(-length).toLowerCase())) return length;
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
  let hasTags = false;

  const step = (): Piece | null => {
    if (state.at === 'text') {
      const text = held;
      held = '';
      return text ? { kind: 'text', text } : null;
    }
    if (state.at === 'thinking') {
      const end = held.toLowerCase().indexOf(state.close);
      if (end >= 0) {
        const text = held.slice(0, end);
        held = held.slice(end + state.close.length);
        state = { at: 'between' };
        return { kind: 'thinking', text };
      }
      const kept = overlap(held, state.close);
      const text = held.slice(0, held.length - kept);
      held = held.slice(held.length - kept);
      return text ? { kind: 'thinking', text } : null;
    }
    const opened = opening.exec(held);
    if (opened) {
      hasTags = true;
      held = held.slice(opened[0].length);
      state = { at: 'thinking', close: `</${opened[1]?.toLowerCase()}>` };
      return { kind: 'thinking', text: '' };
    }
    if (mayBegin(held)) return null;
    if (state.at === 'between') held = held.trimStart();
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
      const text = state.at === 'between' ? '' : held;
      held = '';
      return text ? [{ kind: state.at === 'thinking' ? 'thinking' : 'text', text }] : [];
    },
    hasTags: (): boolean => hasTags,
  };
};

const closing = /<\/(think|thinking|thought)>[ \t]*(?=\r?\n|$)/i;

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
