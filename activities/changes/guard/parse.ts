import { type ParserPlugin, parse } from '@babel/parser';

const plugins: Record<string, ParserPlugin[]> = {
  '.ts': ['typescript', 'decorators-legacy'],
  '.mts': ['typescript', 'decorators-legacy'],
  '.cts': ['typescript', 'decorators-legacy'],
  '.tsx': ['typescript', 'jsx', 'decorators-legacy'],
  '.js': ['jsx', 'decorators-legacy'],
  '.mjs': ['jsx', 'decorators-legacy'],
  '.cjs': ['jsx', 'decorators-legacy'],
  '.jsx': ['jsx', 'decorators-legacy'],
};

/** Throws the parser's SyntaxError. Undefined for what is not JavaScript or TypeScript. */
export const parseScript = (extension: string, text: string) => {
  const own = plugins[extension];
  if (!own) return undefined;
  return parse(text, {
    sourceType: 'unambiguous',
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: true,
    allowUndeclaredExports: true,
    plugins: own,
  });
};
