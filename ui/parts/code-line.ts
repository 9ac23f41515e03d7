import { visible, visibleParts } from '../../contracts/visible.ts';
import { groups } from './model/groups.ts';
import { marksWithin } from './model/marks.ts';
import type { Marks } from './model/text-blocks.ts';

/** A longer line is cut: laying it out would hold up the page. What is left out is said. */
const maxShownLength = 5000;

const span = (className: string, text: string): HTMLSpanElement => {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
};

/** Characters that cannot be seen are written out and marked. */
const shown = (text: string): Node[] =>
  visibleParts(text).map((part) => {
    if (!part.isHidden) return document.createTextNode(part.text);
    const mark = span('unseen', visible(part.text));
    mark.title = 'A character that cannot be seen';
    return mark;
  });

/** The characters `from` to `to` of a text in its colours. */
export const lineNodes = (text: string, marks: Marks | null, from: number, to: number): Node[] => {
  const end = Math.min(to, from + maxShownLength);
  const nodes: Node[] = [];
  let at = from;
  for (const [start, stop, group] of marksWithin(marks, from, end)) {
    nodes.push(...shown(text.slice(at, start)));
    const coloured = document.createElement('span');
    coloured.className = `ink-${groups[group]}`;
    coloured.append(...shown(text.slice(start, stop)));
    nodes.push(coloured);
    at = stop;
  }
  nodes.push(...shown(text.slice(at, end)));
  if (end < to) nodes.push(span('cut', ` … ${(to - end).toLocaleString('en')} more characters in this line`));
  return nodes;
};
