import fc from 'fast-check';
import type { Chunk, ChunkBody, ToolCallBody } from '../../contracts/chunks.ts';
import { resultOrdinal } from '../../contracts/chunks.ts';

/** What a random model said in one step, and what became of it. */
const Reply = fc.record({
  thinking: fc.option(fc.string()),
  text: fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 2 }),
  calls: fc.array(
    fc.record({
      arguments: fc.oneof(
        fc.json(),
        fc.string(),
        fc.constantFrom('{"path":"a', '', '[]', 'null', '{"a":1}', '{ "a" : 1 }'),
      ),
      result: fc.string(),
    }),
    { maxLength: 4 },
  ),
  /** The order in which results come in. */
  shuffle: fc.infiniteStream(fc.nat()),
  usage: fc.boolean(),
});

const Turn = fc.record({
  text: fc.string({ minLength: 1 }),
  replies: fc.array(Reply, { minLength: 1, maxLength: 5 }),
  /** Cut in its last step: how many results had come in, and how many come in after the next turn began. */
  cut: fc.option(fc.record({ before: fc.nat(4), late: fc.nat(2) })),
});

export const Turns = fc.array(Turn, { minLength: 1, maxLength: 4 });
type Turn = typeof Turn extends fc.Arbitrary<infer T> ? T : never;

/** The log as it grows: `request` is called wherever a real session makes a request. */
export const play = (turns: readonly Turn[], request: (chunks: readonly Chunk[]) => void): Chunk[] => {
  const chunks: Chunk[] = [];
  const write = (turn: number, step: number, ordinal: number, body: ChunkBody): void => {
    chunks.push({ seq: chunks.length + 1, turn, step, ordinal, at: '2026-01-01T00:00:00Z', body });
  };
  let late: (() => void)[] = [];
  turns.forEach(({ text, replies, cut }, index) => {
    const turn = index + 1;
    write(turn, 0, 0, { kind: 'text', role: 'user', text });
    request(chunks);
    for (const writeLate of late) writeLate();
    late = [];
    replies.forEach((reply, replyIndex) => {
      const step = replyIndex + 1;
      const isLast = step === replies.length;
      let ordinal = 0;
      if (reply.thinking !== null) write(turn, step, ordinal++, { kind: 'thinking', text: reply.thinking });
      for (const part of reply.text) write(turn, step, ordinal++, { kind: 'text', role: 'assistant', text: part });
      const calls = reply.calls.map(
        (call, at): ToolCallBody => ({ kind: 'tool_call', callId: `c${at}`, tool: 't', arguments: call.arguments }),
      );
      for (const call of calls) write(turn, step, ordinal++, call);
      const results = reply.calls
        .map(({ result }, call) => ({ call, result, rank: reply.shuffle.next().value ?? 0 }))
        .toSorted((a, b) => a.rank - b.rank)
        .map(({ call, result }) => (): void => {
          write(turn, step, resultOrdinal(call), {
            kind: 'tool_result',
            callId: `c${call}`,
            tool: 't',
            status: 'ok',
            text: result,
            durationMs: 1,
          });
        });
      const inTime = isLast && cut ? cut.before : results.length;
      for (const result of results.slice(0, inTime)) result();
      if (isLast && cut) late = results.slice(inTime, inTime + cut.late);
      if (isLast) write(turn, step, ordinal++, { kind: 'error', code: 'turn_cancelled', message: 'cut' });
      else request(chunks);
    });
  });
  return chunks;
};
