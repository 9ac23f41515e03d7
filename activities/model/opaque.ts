import { plainFault, plainLimits } from '../../contracts/plain-values.ts';
import { UnreadableShape } from './failures.ts';
import type { Facts } from './words.ts';

/** Fields that come in pieces within one provider's object, such as an entry of `reasoning_details`. */
const growing = ['text', 'thinking', 'summary', 'data', 'signature'];

const isFacts = (value: unknown): value is Facts =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A later piece of the same entry: by its index, or, without one, by its type while it has no signature yet. */
const isSame = (entry: unknown, piece: Facts): entry is Facts => {
  if (!isFacts(entry) || entry.type !== piece.type) return false;
  if (piece.index !== undefined && piece.index !== null) return entry.index === piece.index;
  const isOther = piece.id !== undefined && piece.id !== null && entry.id !== piece.id;
  return piece.type !== undefined && !isOther && !entry.signature;
};

const growEntry = (entry: Facts, piece: Facts): Facts => {
  const grown = { ...entry };
  for (const [name, value] of Object.entries(piece)) {
    const before = grown[name];
    if (value === null || value === undefined) grown[name] ??= value;
    else
      grown[name] =
        growing.includes(name) && typeof before === 'string' && typeof value === 'string' ? before + value : value;
  }
  return grown;
};

const growList = (list: readonly unknown[], pieces: readonly unknown[]): unknown[] => {
  const grown = [...list];
  for (const piece of pieces) {
    const at = isFacts(piece) ? grown.findLastIndex((entry) => isSame(entry, piece)) : -1;
    const entry = grown[at];
    if (isFacts(piece) && isFacts(entry)) grown[at] = growEntry(entry, piece);
    else grown.push(piece);
  }
  return grown;
};

/** What a provider attached, put together from the pieces of a stream: lists and objects grow, the rest is replaced. */
export const grow = (before: unknown, value: unknown): unknown => {
  if (Array.isArray(value)) return growList(Array.isArray(before) ? before : [], value);
  if (!isFacts(value)) return value;
  const grown: Facts = isFacts(before) ? { ...before } : {};
  for (const [name, inner] of Object.entries(value)) {
    if (inner === null || inner === undefined) continue;
    if (name !== '__proto__') grown[name] = grow(grown[name], inner);
  }
  return grown;
};

export const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  (typeof value === 'object' && Object.keys(value).length === 0);

/** The fields of `facts` that are not among `known` and hold something. */
export const unknownFields = (facts: Facts, known: readonly string[]): Facts => {
  const fields = Object.entries(facts).filter(([name, value]) => !known.includes(name) && !isNothing(value));
  if (fields.length === 0) return {};
  const unknown = Object.fromEntries(fields);
  const fault = plainFault('it', unknown, { ...plainLimits, texts: false });
  if (fault) throw new UnreadableShape(`the reply holds a field that a transcript cannot keep: ${fault}`);
  return unknown;
};
