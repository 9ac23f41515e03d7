import type { PlacedChunk } from '../../contracts/chunks.ts';
import { unitsOf } from '../../contracts/context/measure.ts';
import type { BreakReason, Prefix, PrefixBreak, PrefixChoices } from '../../contracts/prefix.ts';
import type { PreviousRequest } from '../../store/requests.ts';
import type { Encoded } from './encode.ts';
import type { Chain } from './prefix.ts';

type Previous = Pick<PreviousRequest, 'prefix'>;

export type Now = {
  encoded: Encoded;
  chain: Chain;
  choices: PrefixChoices;
  /** The kind of the newest epoch in force. */
  epochKind: 'prune' | 'compact' | null;
  /** What the request was made from, and the whole transcript. */
  sent: readonly PlacedChunk[];
  transcript: readonly PlacedChunk[];
  /** How many messages, the system prompt apart, these chunks give. */
  count(chunks: readonly PlacedChunk[]): number;
  /** Tokens for one unit. */
  rate: number;
};

type Part = PrefixBreak['part'];

const parts: readonly Part[] = ['fields', 'tools', 'system', 'message'];

/** Each choice, and the parts of a request that it can change. The first that has changed is the reason. */
const reach: readonly { choice: keyof PrefixChoices; reaches: readonly Part[]; reason: BreakReason | null }[] = [
  { choice: 'model', reaches: parts, reason: 'model' },
  { choice: 'agent', reaches: ['fields', 'tools', 'system'], reason: 'agent' },
  { choice: 'extensions', reaches: ['tools'], reason: 'tools' },
  { choice: 'configuration', reaches: parts, reason: 'configuration' },
  { choice: 'options', reaches: parts, reason: 'options' },
  { choice: 'release', reaches: parts, reason: 'release' },
  { choice: 'tools', reaches: ['tools'], reason: 'step_limit' },
  { choice: 'epoch', reaches: ['message'], reason: null },
];

const reasonOf = (part: Part, { prefix: { choices: before } }: Previous, now: Now): BreakReason => {
  // Releases before kept none.
  if (!before) return 'release';
  const changed = reach.find(
    ({ choice, reaches }) => (before[choice] ?? '') !== (now.choices[choice] ?? '') && reaches.includes(part),
  );
  return changed ? (changed.reason ?? now.epochKind ?? 'unknown') : 'unknown';
};

const partOf = (before: Prefix['parts'], { parts }: Chain): PrefixBreak['part'] => {
  if (!before) return 'message';
  if (before.fields !== parts.fields) return 'fields';
  if (before.tools !== parts.tools) return 'tools';
  return before.system === parts.system ? 'message' : 'system';
};

const firstDifference = (before: readonly (string | null)[], after: readonly string[]): number => {
  const at = after.findIndex((digest, index) => index >= before.length || (before[index] ?? digest) !== digest);
  return at < 0 ? after.length : at;
};

/** The chunk from which a message comes: with all before it there are fewer messages. */
const chunkOf = (message: number, { sent, count }: Now): PlacedChunk | undefined => {
  let [low, high] = [0, sent.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (count(sent.slice(0, middle + 1)) > message) high = middle;
    else low = middle + 1;
  }
  return sent[low];
};

/** `digests` are those of the request before, as far as they are known. */
export const explainBreak = (previous: Previous, digests: readonly (string | null)[], now: Now): PrefixBreak => {
  const { encoded, chain } = now;
  const part = partOf(previous.prefix.parts, chain);
  const first = part === 'message' ? firstDifference(digests, chain.digests) : 0;
  const seen = now.count(now.sent.filter(({ seq }) => seq <= (previous.prefix.seq ?? 0)));
  const head = part === 'message' ? [] : [encoded.head, ...encoded.messages.slice(0, encoded.system)];
  const again = [...head, ...encoded.messages.slice(encoded.system + first, encoded.system + seen)];
  const chunk = part === 'message' ? chunkOf(first, now) : undefined;
  const isReal = chunk && now.transcript.some(({ seq, ordinal }) => seq === chunk.seq && ordinal === chunk.ordinal);
  const reason = reasonOf(part, previous, now);
  return {
    part,
    message: part === 'message' ? first : null,
    chunk:
      chunk && isReal
        ? { seq: chunk.seq, turn: chunk.turn, step: chunk.step, ordinal: chunk.ordinal, kind: chunk.body.kind }
        : null,
    reason,
    declared: reason !== 'unknown',
    reread: Math.round(again.reduce((sum, text) => sum + unitsOf(text), 0) * now.rate),
  };
};
