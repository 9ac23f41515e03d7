import type { TokenizerAndRendererExtension, Tokens } from 'marked';
import { escapeHtml } from './escape.ts';

/** A formula as it was found. */
export type Formula = { tex: string; isBlock: boolean };

/** Looked for up to this length: an unclosed sign must not be looked for to the end of a long text. */
const blockForms = [/^ {0,3}\$\$([\s\S]{1,4000}?)\$\$[ \t]*(?:\n|$)/, /^ {0,3}\\\[([\s\S]{1,4000}?)\\\][ \t]*(?:\n|$)/];
const inlineForms = [
  /^\$\$((?:\\.|[^\\$\n]){1,2000}?)\$\$/,
  // Prices such as $5 and $10 are none.
  /^\$(?![\s$])((?:\\.|[^\\$\n]){1,2000}?)(?<![\s\\])\$(?![\d\p{L}])/u,
  /^\\\(((?:\\[^)]|[^\\\n]){1,2000}?)\\\)/,
];

const match = (source: string, forms: readonly RegExp[]): { raw: string; tex: string } | undefined => {
  for (const form of forms) {
    const [raw, tex] = form.exec(source) ?? [];
    if (raw !== undefined && tex !== undefined && tex.trim() !== '') return { raw, tex: tex.trim() };
  }
  return undefined;
};

/** Formulas between `$`, `$$`, `\(` and `\[`. `keep` gives each the number by which the page finds it. */
export const formulas = (keep: (formula: Formula) => number): TokenizerAndRendererExtension[] => {
  const placeholder = (formula: Formula): string =>
    `<code data-part="${keep(formula)}">${escapeHtml(formula.tex)}</code>`;
  return [
    {
      name: 'formulaBlock',
      level: 'block',
      start: (source) => source.search(/\n {0,3}(?:\$\$|\\\[)/),
      tokenizer(source) {
        const found = match(source, blockForms);
        return found && { type: 'formulaBlock', ...found };
      },
      renderer: ({ tex }: Tokens.Generic) => `<p>${placeholder({ tex: String(tex), isBlock: true })}</p>`,
    },
    {
      name: 'formula',
      level: 'inline',
      start: (source) => source.search(/\$|\\\(/),
      tokenizer(source) {
        const found = match(source, inlineForms);
        return found && { type: 'formula', ...found };
      },
      renderer: ({ tex, raw }: Tokens.Generic) =>
        placeholder({ tex: String(tex), isBlock: String(raw).startsWith('$$') }),
    },
  ];
};
