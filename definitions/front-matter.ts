const isFence = (line: string): boolean => /^---[ \t]*\r?$/.test(line);

/** The head keeps its lines: an empty line replaces the first `---`. Only empty lines may be above it. */
export const splitFrontMatter = (text: string): { head: string; body: string; unclosed: boolean } => {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.trim() !== '');
  if (start === -1 || start === lines.length - 1 || !isFence(lines[start] ?? ''))
    return { head: '', body: text, unclosed: false };
  const end = lines.findIndex((line, index) => index > start && isFence(line));
  if (end === -1) return { head: '', body: '', unclosed: true };
  const above = lines.slice(0, start + 1).map(() => '');
  return {
    head: [...above, ...lines.slice(start + 1, end), ''].join('\n'),
    body: lines.slice(end + 1).join('\n'),
    unclosed: false,
  };
};

export const hasFrontMatter = (text: string): boolean => {
  const { head, unclosed } = splitFrontMatter(text);
  return head !== '' || unclosed;
};
