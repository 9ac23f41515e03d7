import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonical } from '../../../contracts/canonical.ts';
import type { CallKind } from '../../../contracts/script.ts';

/** What an agent is shown as, how long it may take and what follows its failure change nothing about its result. */
const shownOnly = new Set(['timeout', 'retries', 'onError', 'budget', 'reuse']);

/** SHA-256 (20 hex digits of it) over the kind and all parameters that shape the result. */
export const contentKey = (kind: CallKind, params: Record<string, unknown>): string => {
  const shaping = Object.fromEntries(Object.entries(params).filter(([name]) => !shownOnly.has(name)));
  return bytesToHex(sha256(utf8ToBytes(canonical([kind, shaping])))).slice(0, 20);
};

/** Of what has a budget, by its place in the source: the same when the script begins again. */
export const scopeKey = (what: string, stack: string): string =>
  bytesToHex(sha256(utf8ToBytes(`${what}\n${stack}`))).slice(0, 12);
