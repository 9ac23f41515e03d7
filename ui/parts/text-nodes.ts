import { visible, visibleParts } from '../../contracts/visible.ts';
import { CodeBlock } from './code.ts';
import { placeFormula } from './math.ts';
import type { Part, TextBlock } from './model/text-blocks.ts';
import { cleanText } from './sanitise.ts';
import { createTable, growTable } from './table.ts';
import './long-text.ts';

const codeBlock = (text: string, language: string, marks: CodeBlock['marks']): CodeBlock =>
  Object.assign(new CodeBlock(), { text, language, marks });

/** What replaces the elements with a number: code with colours, formulas. */
const placeParts = (fragment: DocumentFragment, parts: readonly Part[]): void => {
  for (const element of fragment.querySelectorAll('[data-part]')) {
    const part = parts[Number(element.getAttribute('data-part'))];
    element.removeAttribute('data-part');
    if (part?.kind === 'math') placeFormula(element, part);
    else if (part) element.replaceWith(codeBlock(element.textContent ?? '', part.language, part.marks));
  }
};

const button = (label: string, text: string): HTMLButtonElement => {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = 'link';
  element.setAttribute('aria-label', label);
  element.textContent = text;
  return element;
};

/** A reference leads to its footnote, and the footnote back. */
const placeNotes = (fragment: DocumentFragment): void => {
  for (const reference of fragment.querySelectorAll('sup[data-note]')) {
    const number = reference.getAttribute('data-note') ?? '';
    reference.replaceChildren(button(`Footnote ${number}`, number));
  }
  for (const note of fragment.querySelectorAll('li[data-note]')) {
    note.append(' ', button(`Back to reference ${note.getAttribute('data-note')}`, '↩'));
  }
};

/** In inline code a character that cannot be seen is written out; in all of the text where a person decides by it. */
const showHidden = (fragment: DocumentFragment, everywhere: boolean): void => {
  const texts = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  const found: Text[] = [];
  while (texts.nextNode()) if (texts.currentNode instanceof Text) found.push(texts.currentNode);
  for (const node of found) {
    if (!everywhere && !node.parentElement?.closest('code')) continue;
    if (visible(node.data) === node.data) continue;
    node.replaceWith(
      ...visibleParts(node.data).map((part) => {
        if (!part.isHidden) return part.text;
        const mark = document.createElement('span');
        mark.className = 'unseen';
        mark.textContent = visible(part.text);
        return mark;
      }),
    );
  }
};

export type Drawing = {
  /** A person decides by the text. */
  exact: boolean;
};

const fragmentOf = (html: string, parts: readonly Part[], { exact }: Drawing): DocumentFragment => {
  const fragment = cleanText(html);
  showHidden(fragment, exact);
  placeParts(fragment, parts);
  placeNotes(fragment);
  for (const list of fragment.querySelectorAll<HTMLElement>('ul, ol, blockquote')) list.dir = 'auto';
  return fragment;
};

/** The nodes of a block, made anew. */
export const nodesOf = (block: TextBlock, drawing: Drawing): Node[] => {
  switch (block.kind) {
    case 'code':
      return [codeBlock(block.text, block.language, block.marks)];
    case 'table':
      return [createTable(block, (html, parts) => fragmentOf(html, parts, drawing))];
    case 'plain': {
      const long = document.createElement('ev-long-text');
      const text = drawing.exact ? visible(block.text) : block.text;
      return [Object.assign(long, { text, label: `Plain text: not formatted because of ${block.reason}` })];
    }
    case 'html':
      return [...fragmentOf(block.html, block.parts, drawing).childNodes];
  }
};

/** Whether what is drawn for `before` is right for `next`. */
export const isSameBlock = (before: TextBlock, next: TextBlock): boolean => {
  if (before.kind === 'html' && next.kind === 'html') return before.html === next.html;
  if (before.kind === 'plain' && next.kind === 'plain')
    return before.text === next.text && before.reason === next.reason;
  return false;
};

/** Gives new text to the elements of a block that grew; false where it must be drawn anew. */
export const growBlock = (nodes: readonly Node[], before: TextBlock, next: TextBlock): boolean => {
  const [node] = nodes;
  if (node && before.kind === 'table' && next.kind === 'table') return growTable(node, next);
  if (before.kind !== 'code' || next.kind !== 'code' || !(node instanceof CodeBlock)) return false;
  Object.assign(node, { text: next.text, language: next.language, marks: next.marks });
  return true;
};
