import { diffArrays } from 'diff';

export type DiffLine = { kind: 'same' | 'added' | 'removed'; text: string };

/** Above this many changed lines, or this long, all is shown as removed, then added, without looking for a shorter way. */
const limits = { maxEditLength: 4000, timeout: 150 };

const lines = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

const all = (kind: DiffLine['kind'], texts: readonly string[]): DiffLine[] => texts.map((text) => ({ kind, text }));

/** Line by line. What both begin and end with is never compared twice. */
export const diffLines = (before: string, after: string): DiffLine[] => {
  const a = lines(before);
  const b = lines(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const removed = a.slice(start, a.length - end);
  const added = b.slice(start, b.length - end);
  const changes = diffArrays(removed, added, limits);
  return [
    ...all('same', a.slice(0, start)),
    ...(changes
      ? changes.flatMap((part) => all(part.added ? 'added' : part.removed ? 'removed' : 'same', part.value))
      : [...all('removed', removed), ...all('added', added)]),
    ...all('same', a.slice(a.length - end)),
  ];
};
