import type { TokenizerAndRendererExtension, Tokens } from 'marked';
import { escapeHtml } from './escape.ts';

const definition = /^ {0,3}\[\^([^\]\s^]{1,64})\]:[ \t]?([^\n]*(?:\n(?:[ \t]{2,}[^\n]+|[ \t]*(?=\n {2,}\S)))*)(?:\n|$)/;
const reference = /^\[\^([^\]\s^]{1,64})\]/;

/** Footnotes that are known, by label, and the labels in the order of their numbers. */
export type Notes = { notes: Map<string, string>; numbered: string[] };

/** The number of a footnote; undefined for a label that nothing defines. */
const numberOf = ({ notes, numbered }: Notes, label: string): number | undefined => {
  if (!notes.has(label)) return undefined;
  if (!numbered.includes(label)) numbered.push(label);
  return numbered.indexOf(label) + 1;
};

/** `[^1]: text` at the top level, shown below the text where `[^1]` refers to it. */
export const footnotes = (known: Notes): TokenizerAndRendererExtension[] => [
  {
    name: 'footnote',
    level: 'block',
    start: (source) => source.search(/\n {0,3}\[\^/),
    tokenizer(source) {
      if (!this.lexer.state.top) return undefined;
      const [raw, label, text] = definition.exec(source) ?? [];
      if (raw === undefined || label === undefined || text === undefined) return undefined;
      const note = text.replace(/\n[ \t]+/g, '\n');
      if (!known.notes.has(label)) known.notes.set(label, note);
      return { type: 'footnote', raw, label, note };
    },
    renderer: () => '',
  },
  {
    name: 'footnoteReference',
    level: 'inline',
    start: (source) => source.indexOf('[^'),
    tokenizer(source) {
      const [raw, label] = reference.exec(source) ?? [];
      return raw === undefined ? undefined : { type: 'footnoteReference', raw, label, text: raw };
    },
    renderer({ raw, label }: Tokens.Generic) {
      const number = numberOf(known, String(label));
      return number === undefined ? escapeHtml(raw) : `<sup data-note="${number}">${number}</sup>`;
    },
  },
];
