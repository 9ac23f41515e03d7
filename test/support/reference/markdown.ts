const inCell = (text: string): string =>
  text
    .replaceAll('|', '\\|')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();

export const table = (titles: readonly string[], rows: readonly (readonly string[])[]): string =>
  [titles, titles.map(() => '---'), ...rows].map((row) => `| ${row.map(inCell).join(' | ')} |`).join('\n');

/** Sections with a blank line between them, and what says that nobody edits the file. */
export const page = (title: string, from: string, ...sections: readonly string[]): string =>
  `${[`# ${title}`, `<!-- Written by "npm run reference" from ${from}. Edit that, not this file. -->`, ...sections.filter(Boolean)].join('\n\n')}\n`;

export const code = (text: string): string => `\`${text}\``;
