import type { DeltaPart } from '../../contracts/events.ts';
import type { Delta } from '../../store/deltas.ts';
import { type Operation, operationKey } from '../../store/operations.ts';
import { mergeParts } from './deltas.ts';
import { takeFront } from './take-front.ts';

type Output = { callId: string; text: string };
/** `size` in characters. */
export type Batch = { delta: Delta; size: number };

const lengthOf = (pieces: readonly { text: string }[]): number =>
  pieces.reduce((sum, { text }) => sum + text.length, 0);

/** Only the first part of a tool call names the tool. */
const restOfPart = ({ ordinal, kind, text }: DeltaPart): DeltaPart => ({ ordinal, kind, text });

/** What an attempt has streamed and is not written yet, as numbered batches. */
export const createBacklog = (operation: Operation, fence: number) => {
  const { sessionId, turn, step, call } = operation;
  const place = { key: operationKey(operation), session: sessionId, fence };
  const parts: DeltaPart[] = [];
  const output: Output[] = [];
  let length = 0;
  let batch = 0;
  let current: Batch | undefined;

  const cut = (limit: number): Pick<Delta, 'type' | 'data'> => {
    const [first] = output;
    if (!first) {
      const taken = takeFront(parts, limit, restOfPart);
      return { type: 'delta', data: { turn, step, fence, parts: mergeParts(taken) } };
    }
    const taken = takeFront(output, limit, (piece) => piece);
    const text = taken.map((piece) => piece.text).join('');
    return { type: 'tool.output', data: { turn, step, call, fence, callId: first.callId, text } };
  };

  return {
    addParts(added: readonly DeltaPart[]): void {
      for (const part of added) {
        const last = parts.at(-1);
        const isMore = last?.ordinal === part.ordinal && last.kind === part.kind && part.tool === undefined;
        if (isMore) last.text += part.text;
        else parts.push({ ...part });
      }
      length += lengthOf(added);
    },
    addOutput(callId: string, text: string): void {
      output.push({ callId, text });
      length += text.length;
    },
    /** Characters that no batch holds yet. */
    get length(): number {
      return length;
    },
    /** Whether nothing was written yet. */
    get isNew(): boolean {
      return batch === (current ? 1 : 0);
    },
    /** Whether a batch was cut that is not confirmed. */
    get isUnconfirmed(): boolean {
      return current !== undefined;
    },
    get isEmpty(): boolean {
      return !current && parts.length === 0 && output.length === 0;
    },
    /** The batch to write next; the same one until `confirm`, because its number may have been used already. */
    next(limit: number): Batch {
      if (current) return current;
      batch += 1;
      const before = length;
      const event = cut(limit);
      length = lengthOf(parts) + lengthOf(output);
      current = { delta: { ...place, batch, ...event }, size: before - length };
      return current;
    },
    /** The batch is written. */
    confirm(): void {
      current = undefined;
    },
  };
};

export type Backlog = ReturnType<typeof createBacklog>;
