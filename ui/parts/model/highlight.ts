import type { Emitter } from 'highlight.js';
import core from 'highlight.js/lib/core';
import { groupOf } from './groups.ts';
import { grammarFor } from './languages.ts';
import type { Marks } from './text-blocks.ts';

/** Longer texts and lines have no colours. */
const maxTextLength = 300_000;
const maxLineLength = 5000;

/** Notes where each colour begins and ends, instead of writing HTML. */
class MarkEmitter implements Emitter {
  readonly marks: number[] = [];
  private at = 0;
  private readonly open: number[] = [];

  addText(text: string): void {
    const group = this.open.at(-1) ?? 0;
    const end = this.at + text.length;
    if (group > 0 && text !== '') {
      if (this.marks.at(-2) === this.at && this.marks.at(-1) === group) this.marks[this.marks.length - 2] = end;
      else this.marks.push(this.at, end, group);
    }
    this.at = end;
  }

  startScope(scope: string): void {
    this.open.push(groupOf(scope) ?? this.open.at(-1) ?? 0);
  }

  endScope(): void {
    this.open.pop();
  }

  openNode(scope: string): void {
    this.startScope(scope);
  }

  closeNode(): void {
    this.endScope();
  }

  __addSublanguage(inner: Emitter): void {
    if (!(inner instanceof MarkEmitter)) return;
    for (let at = 0; at + 2 < inner.marks.length; at += 3) {
      this.marks.push(this.at + (inner.marks[at] ?? 0), this.at + (inner.marks[at + 1] ?? 0), inner.marks[at + 2] ?? 0);
    }
    this.at += inner.at;
  }

  finalize(): void {}

  toHTML(): string {
    return '';
  }
}

const highlighter = core.newInstance();
highlighter.configure({ __emitter: MarkEmitter });

/** Where `text` has which colour; null where its language has no grammar here, or it is too long. */
export const highlight = async (text: string, name: string): Promise<Marks | null> => {
  const grammar = grammarFor(name);
  if (!grammar || text.length > maxTextLength) return null;
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    if ((end === -1 ? text.length : end) - at > maxLineLength) return null;
    at = end === -1 ? text.length : end + 1;
  }
  const { language, load } = grammar;
  if (!highlighter.getLanguage(language)) highlighter.registerLanguage(language, (await load()).default);
  const result = highlighter.highlight(text, { language, ignoreIllegals: true });
  const { _emitter: emitter } = result;
  return emitter instanceof MarkEmitter ? Uint32Array.from(emitter.marks) : null;
};
