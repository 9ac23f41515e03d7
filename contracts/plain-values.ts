/** Limits for values from outside: beyond them, recursion in our code, a library or Postgres could fail. */
export type PlainLimits = {
  depth: number;
  keys: number;
  /** Whether texts are looked at. Default: true. */
  texts?: boolean;
};

export const plainLimits: PlainLimits = { depth: 100, keys: 10_000 };

const maxShown = 10;

const shown = (path: readonly string[]): string => {
  const start = path.slice(0, maxShown).map((key) => (key.length > 40 ? `${key.slice(0, 40)}…` : key));
  return [...start, ...(path.length > maxShown ? ['…'] : [])].join('/');
};

const textFault = (text: string): string | null => {
  if (text.includes('\0')) return 'must not hold the character U+0000';
  return text.isWellFormed() ? null : 'must not hold half of a surrogate pair';
};

type ValuePlace = { value: unknown; key: string; above: ValuePlace | null; depth: number };

const pathOf = (place: ValuePlace | null): string[] => {
  const path: string[] = [];
  for (let at = place; at; at = at.above) path.push(at.key);
  return path.reverse();
};

const faultOf = ({ value, depth }: ValuePlace, limits: PlainLimits): string | null => {
  const { texts = true } = limits;
  if (typeof value === 'string') return texts ? textFault(value) : null;
  if (typeof value !== 'object' || value === null) return null;
  if (depth > limits.depth) return `must not be nested deeper than ${limits.depth} levels`;
  if (Array.isArray(value)) return null;
  const keys = Object.keys(value);
  if (keys.length > limits.keys) return `must not have more than ${limits.keys} keys, it has ${keys.length}`;
  return texts && keys.some((key) => textFault(key) !== null)
    ? 'has a key with U+0000 or half of a surrogate pair'
    : null;
};

/**
 * The first thing in a JSON value that cannot be kept, as `root/path: what is wrong`: NUL and broken text, which
 * Postgres refuses, and values that are too deep or have too many keys. Null if there are none.
 */
export const plainFault = (root: string, value: unknown, limits = plainLimits): string | null => {
  const open: ValuePlace[] = [{ value, key: root, above: null, depth: 0 }];
  for (let place = open.pop(); place; place = open.pop()) {
    const fault = faultOf(place, limits);
    if (fault) return `${shown(pathOf(place))}: ${fault}`;
    if (typeof place.value !== 'object' || place.value === null) continue;
    const above = place;
    for (const [key, inner] of Object.entries(place.value)) {
      if (typeof inner === 'string' || (typeof inner === 'object' && inner !== null))
        open.push({ value: inner, key, above, depth: place.depth + 1 });
    }
  }
  return null;
};
