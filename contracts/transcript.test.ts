import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Chunk, ChunkBody } from './chunks.ts';
import { explode, group } from './transcript.ts';
import { noUsage } from './usage.ts';
import { prependPage, type SessionView } from './view.ts';

const words = fc.string({ maxLength: 12 });
const reply: fc.Arbitrary<ChunkBody> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), role: fc.constant('assistant' as const), text: words }),
  fc.record({ kind: fc.constant('thinking' as const), text: words }),
  fc.record({ kind: fc.constant('error' as const), code: words, message: words }),
  fc.record({ kind: fc.constant('tool_call' as const), callId: words, tool: words, arguments: words }),
);
const result = fc.record({
  kind: fc.constant('tool_result' as const),
  callId: words,
  tool: words,
  status: fc.constantFrom('ok' as const, 'error' as const, 'denied' as const),
  text: words,
  durationMs: fc.nat(),
});

type NewStep = { reply: ChunkBody[]; results: ChunkBody[]; order: number[] };
const step: fc.Arbitrary<NewStep> = fc.record({
  reply: fc.array(reply, { minLength: 1, maxLength: 4 }),
  results: fc.array(result, { maxLength: 4 }),
  // Results are written as they finish.
  order: fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
});

const user: ChunkBody = { kind: 'text', role: 'user', text: 'hello' };

const writeLog = (turns: NewStep[][]): Chunk[] => {
  const chunks: Chunk[] = [];
  const write = (turn: number, at: number, ordinal: number, body: ChunkBody): void => {
    chunks.push({ seq: chunks.length + 1, turn, step: at, ordinal, at: '2026-01-01T00:00:00.000Z', body });
  };
  turns.forEach((steps, turn) => {
    write(turn + 1, 0, 0, user);
    steps.forEach((one, index) => {
      for (const [ordinal, body] of one.reply.entries()) write(turn + 1, index + 1, ordinal, body);
      const finished = one.results
        .map((body, call) => ({ body, call }))
        .sort((a, b) => (one.order[a.call] ?? 0) - (one.order[b.call] ?? 0));
      for (const { body, call } of finished) write(turn + 1, index + 1, 10_000 + call, body);
    });
  });
  return chunks;
};

const log = fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 5 }).map(writeLog);

describe('group and explode', () => {
  test('explode undoes group, in any order of the chunks: group(explode(x)) is x', () => {
    fc.assert(
      fc.property(log, fc.infiniteStream(fc.nat()), (chunks, random) => {
        const turns = group(chunks);
        expect(explode(turns)).toEqual(chunks);
        expect(group(explode(turns))).toEqual(turns);
        const shuffled = chunks.map((chunk) => ({ chunk, key: random.next().value })).sort((a, b) => a.key - b.key);
        expect(group(shuffled.map(({ chunk }) => chunk))).toEqual(turns);
      }),
    );
  });

  test('results stand in the order of their calls', () => {
    fc.assert(
      fc.property(log, (chunks) => {
        for (const { messages } of group(chunks)) {
          for (const { parts } of messages) {
            const ordinals = parts.map(({ ordinal }) => ordinal);
            expect(ordinals).toEqual(ordinals.toSorted((a, b) => a - b));
          }
        }
      }),
    );
  });
});

const viewOf = (chunks: Chunk[], total: number): SessionView => ({
  position: 0,
  chunks,
  total,
  usage: noUsage,
  turns: {},
  waiting: [],
  approvals: [],
  live: [],
});

test('pages of any size, joined backwards, overlapping or not, give the whole log: a turn that was cut is whole again', () => {
  fc.assert(
    fc.property(
      log,
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 50 }),
      fc.nat(3),
      (chunks, sizes, overlap) => {
        let before = chunks.length;
        let view = viewOf([], chunks.length);
        for (let page = 0; before > 0; page++) {
          const size = sizes[page % sizes.length] ?? 1;
          const from = Math.max(0, before - size);
          view = prependPage(view, chunks.slice(from, Math.min(chunks.length, before + overlap)));
          expect(group(view.chunks).flatMap(({ messages }) => messages)).not.toContain(undefined);
          before = from;
        }
        expect(group(view.chunks)).toEqual(group(chunks));
      },
    ),
  );
});
