import { parseDocument } from 'yaml';
import { parseScript } from './parse.ts';

const inOneLine = (text: string): string => text.split('\n', 1)[0]?.slice(0, 200) ?? '';

/** JSON with comments and trailing commas is for programs that say so, by these names; it is not looked at. */
const jsonFault = (text: string): string | null => {
  try {
    JSON.parse(text.replace(/^\uFEFF/, ''));
    return null;
  } catch (error) {
    return /^\s*(\/\/|\/\*)/m.test(text) ? null : inOneLine((error as Error).message);
  }
};

const yamlFault = (text: string): string | null => {
  const [error] = parseDocument(text, { logLevel: 'error' }).errors;
  return error ? inOneLine(error.message) : null;
};

/** Why a text does not parse; null if it does, or if that is unknown. */
export const faultOf = (extension: string, text: string): string | null => {
  if (extension === '.json') return jsonFault(text);
  if (extension === '.yaml' || extension === '.yml') return yamlFault(text);
  try {
    parseScript(extension, text);
    return null;
  } catch (error) {
    return inOneLine((error as Error).message);
  }
};
