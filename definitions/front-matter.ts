/** The head keeps its lines: an empty line replaces the first `---`. */
export const splitFrontMatter = (text: string): { head: string; body: string; unclosed: boolean } => {
  if (!/^---[ \t]*\r?\n/.test(text)) return { head: '', body: text, unclosed: false };
  const lines = text.split('\n');
  const end = lines.findIndex((line, index) => index > 0 && /^---[ \t]*\r?$/.test(line));
  if (end === -1) return { head: '', body: '', unclosed: true };
  return { head: ['', ...lines.slice(1, end), ''].join('\n'), body: lines.slice(end + 1).join('\n'), unclosed: false };
};
