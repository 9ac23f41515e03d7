import type { Part } from './text-blocks.ts';

const maxFormulaLength = 2000;
const maxHtmlLength = 60_000;

type Math = Extract<Part, { kind: 'math' }>;

/**
 * A formula as HTML. Its styles, which the page's policy would refuse, are in `data-style`; the page sets those it
 * knows. What cannot be drawn is shown as its source.
 */
export const renderMath = async (tex: string, isBlock: boolean): Promise<Math> => {
  if (tex.length > maxFormulaLength)
    return {
      kind: 'math',
      html: null,
      reason: `Not drawn: more than ${maxFormulaLength.toLocaleString('en')} characters`,
    };
  const { default: katex } = await import('katex');
  try {
    const html = katex.renderToString(tex, {
      displayMode: isBlock,
      output: 'html',
      trust: false,
      strict: 'ignore',
      throwOnError: true,
      maxExpand: 200,
      maxSize: 20,
      macros: {},
    });
    if (html.length > maxHtmlLength) return { kind: 'math', html: null, reason: 'Not drawn: the formula is too large' };
    return { kind: 'math', html: html.replaceAll(' style="', ' data-style="'), reason: '' };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0]?.slice(0, 200) : '';
    return { kind: 'math', html: null, reason: `Not drawn: ${reason ?? ''}` };
  }
};
