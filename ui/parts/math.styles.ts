import sheet from 'katex/dist/katex.min.css?inline';

/** KaTeX's styles, in a file of their own that is read when the first formula is drawn. */
export const createMathSheet = (): CSSStyleSheet => {
  const styles = new CSSStyleSheet();
  styles.replaceSync(sheet);
  return styles;
};
