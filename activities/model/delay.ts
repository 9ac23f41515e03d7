import { asFacts } from './words.ts';

const units: Record<string, number> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  second: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
};

const part = /(\d+(?:\.\d+)?)\s*(ms|milliseconds?|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h)(?![a-z])/gi;

const unitOf = (word: string): number => {
  const name = word.toLowerCase();
  if (name.startsWith('milli')) return 1;
  return units[name] ?? units[name.replace(/s$/, '')] ?? units[name.slice(0, 1)] ?? 1000;
};

/** `34.5s`, `1m30s`, `20 seconds`. Null for a text that names no time. */
const millisecondsOf = (text: string): number | null => {
  const found = [...text.matchAll(part)];
  if (found.length === 0) return null;
  return Math.ceil(found.reduce((sum, [, amount, unit]) => sum + Number(amount) * unitOf(unit ?? 's'), 0));
};

/** Google's `retryDelay`, and fields of the same meaning; a bare number counts seconds. */
const inFields = (value: unknown, depth = 0): number | null => {
  if (typeof value !== 'object' || value === null || depth > 6) return null;
  for (const [name, inner] of Object.entries(value)) {
    if (/^(retry[_-]?delay|retry[_-]?after|retry[_-]?in|retry[_-]?after[_-]?seconds)$/i.test(name)) {
      if (typeof inner === 'number') return Math.ceil(inner * 1000);
      if (typeof inner === 'string') {
        if (/^\d+(\.\d+)?$/.test(inner)) return Math.ceil(Number(inner) * 1000);
        const told = millisecondsOf(inner);
        if (told !== null) return told;
      }
      const { seconds } = asFacts(inner);
      if (typeof seconds === 'number' || typeof seconds === 'string') return Math.ceil(Number(seconds) * 1000);
    }
    if (/^retry[_-]?after[_-]?ms$/i.test(name) && Number.isFinite(Number(inner))) return Math.ceil(Number(inner));
    const deeper = inFields(inner, depth + 1);
    if (deeper !== null) return deeper;
  }
  return null;
};

const inWords =
  /(?:try again|retry|wait|resets?|available)[^.\d]{0,30}(?:in|after|for|at least)?\s*((?:\d+(?:\.\d+)?\s*(?:ms|milliseconds?|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h)(?![a-z])\s*)+)/i;

/** How long the body of a refusal asks to wait: in a field, or in its words. Null when it does not. */
export const delayIn = (body: unknown, words: string): number | null => {
  const told = inFields(body);
  if (told !== null && Number.isFinite(told)) return Math.max(0, told);
  const phrase = inWords.exec(words)?.[1];
  return phrase ? millisecondsOf(phrase) : null;
};
