type Context = { source?: string };
type Reviver = (this: unknown, key: string, value: unknown, context?: Context) => unknown;
type Found = { holder: unknown; key: string; source: string };

/** Whether a number says the same after it was read, as JSON or YAML writes it: no digit of it is lost. */
export const isExact = (source: string): boolean => {
  const value = Number(source.replace(/^\+/, '').replaceAll('_', ''));
  if (!Number.isFinite(value)) return false;
  if (!/^[-+]?\d+$/.test(source) || Number.isSafeInteger(value)) return true;
  return BigInt(value) === BigInt(source.replace(/^\+/, '')) && String(value) === source.replace(/^\+/, '');
};

/** Too few digits, and no exponent that could be too large: most texts hold no such number. */
const isSuspect = (text: string): boolean => /\d{16}|\d[eE][+-]?\d{3}/.test(text);

const pathTo = (root: unknown, { holder, key }: Found): string[] => {
  const open: { value: unknown; path: string[] }[] = [{ value: root, path: [] }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, path } = next;
    if (value === holder) return [...path, key];
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, inner] of Object.entries(value)) open.push({ value: inner, path: [...path, name] });
  }
  return [];
};

export const inexactWords = (source: string): string =>
  `the number ${source.length > 40 ? `${source.slice(0, 40)}…` : source} cannot be kept exactly; write it as text, in quotes`;

/**
 * The first number of a JSON text that would be another one once it is read, such as an integer beyond 2^53, as
 * `root/path: what is wrong`. Null when there is none, and for what is not JSON.
 */
export const inexactNumber = (root: string, text: string): string | null => {
  if (!isSuspect(text)) return null;
  let found: Found | undefined;
  const look: Reviver = function (key, value, context) {
    if (!found && typeof value === 'number' && context?.source !== undefined && !isExact(context.source))
      found = { holder: this, key, source: context.source };
    return value;
  };
  let value: unknown;
  try {
    value = JSON.parse(text, look as (this: unknown, key: string, value: unknown) => unknown);
  } catch {
    return null;
  }
  if (!found) return null;
  const path = [root, ...pathTo(value, found)].filter((part) => part !== '');
  return `${path.join('/')}: ${inexactWords(found.source)}`;
};
