import { parseJson } from '../../contracts/parse-json.ts';

export const isWholeObject = (text: string): boolean => {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{') || !trimmed.endsWith('}')) return false;
  const value = parseJson(trimmed);
  return typeof value === 'object' && value !== null && !Array.isArray(value);
};

/** Where the object with which a text begins ends; -1: nowhere. */
const endOfFirst = (text: string): number => {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString && character === '\\') at += 1;
    else if (character === '"') inString = !inString;
    else if (!inString && character === '{') depth += 1;
    else if (!inString && character === '}') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
};

/** An object that some gateways write several times, or after an empty one, as one object. Anything else stays as it is. */
export const wholeArguments = (text: string): string => {
  if (!text.trimStart().startsWith('{') || isWholeObject(text)) return text;
  let rest = text.trim();
  let found: string | null = null;
  while (rest !== '') {
    const end = rest.startsWith('{') ? endOfFirst(rest) : -1;
    const object = rest.slice(0, end);
    if (end < 0 || !isWholeObject(object)) return text;
    const isEmpty = /^\{\s*\}$/.test(object);
    if (!isEmpty && found !== null && found !== object) return text;
    if (!isEmpty) found = object;
    rest = rest.slice(end).trim();
  }
  return found ?? '{}';
};
