import type { Line } from './results.ts';

export const isProse = (path: string): boolean => /\.(md|markdown|txt|rst|adoc)$/i.test(path) || !/\.\w+$/.test(path);

const isHeading = (text: string): boolean => /^\s*#{1,6}\s/.test(text) || /^\s*(=+|-{3,}|\*{3,})\s*$/.test(text);
const isDecoration = (text: string): boolean => /^\s*(\[!\[|!\[|<|\[\/\/\])/.test(text);

/** Without the front matter between two lines of dashes. */
const bodyOf = (lines: readonly Line[]): readonly Line[] => {
  if (lines[0]?.text.trim() !== '---') return lines;
  const end = lines.findIndex(({ text }, index) => index > 0 && text.trim() === '---');
  return end < 0 ? lines : lines.slice(end + 1);
};

export const titleOf = (lines: readonly Line[]): string | null => {
  const heading = bodyOf(lines).find(({ text }) => /^#\s+\S/.test(text));
  return heading ? heading.text.replace(/^#\s+/, '').replace(/\s*#*$/, '') : null;
};

/** The first lines of running text: after titles, badges and HTML, up to a blank line or the next heading. */
export const firstParagraph = (lines: readonly Line[]): Line[] => {
  const body = bodyOf(lines);
  const start = body.findIndex(({ text }, index) => {
    const isUnderlined = /^\s*(=+|-{3,})\s*$/.test(body[index + 1]?.text ?? '');
    return text.trim() !== '' && !isHeading(text) && !isDecoration(text) && !isUnderlined;
  });
  if (start < 0) return [];
  const length = body.slice(start).findIndex(({ text }) => text.trim() === '' || isHeading(text));
  return body.slice(start, length < 0 ? undefined : start + length).slice(0, 12);
};

export const firstLines = (lines: readonly Line[], most: number): Line[] => {
  const start = lines.findIndex(({ text }) => text.trim() !== '');
  return lines.slice(Math.max(0, start), Math.max(0, start) + most);
};
