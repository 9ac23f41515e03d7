import type { Part } from './model/text-blocks.ts';
import { cleanFormula } from './sanitise.ts';

let sheet: Promise<CSSStyleSheet> | undefined;

/** Fonts are known to a document, rules to a shadow root: both get the styles. */
const readSheet = async (): Promise<CSSStyleSheet> => {
  const { createMathSheet } = await import('./math.styles.ts');
  const styles = createMathSheet();
  document.adoptedStyleSheets.push(styles);
  return styles;
};

export const useMathStyles = async (root: ShadowRoot): Promise<void> => {
  sheet ??= readSheet().catch((cause: unknown) => {
    sheet = undefined;
    throw cause;
  });
  const styles = await sheet;
  if (!root.adoptedStyleSheets.includes(styles)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, styles];
};

/** Draws a formula in the place of its source, which is what a screen reader says. */
export const placeFormula = (source: Element, { html, reason }: Extract<Part, { kind: 'math' }>): void => {
  if (html === null) {
    source.setAttribute('title', reason);
    return;
  }
  const formula = document.createElement('span');
  formula.className = 'formula';
  formula.setAttribute('role', 'img');
  formula.setAttribute('aria-label', source.textContent ?? '');
  formula.append(cleanFormula(html));
  source.replaceWith(formula);
};
