import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { play, Turns } from '../test/support/random-transcript.ts';
import type { Chunk, ChunkBody } from './chunks.ts';
import { noResult, toRequest } from './request.ts';

const chunk = (turn: number, step: number, ordinal: number, body: ChunkBody): Omit<Chunk, 'seq' | 'at'> => ({
  turn,
  step,
  ordinal,
  body,
});
const log = (...chunks: Omit<Chunk, 'seq' | 'at'>[]): Chunk[] =>
  chunks.map((each, index) => ({ ...each, seq: index + 1, at: '2026-01-01T00:00:00Z' }));
const user = (text: string): ChunkBody => ({ kind: 'text', role: 'user', text });
const said = (text: string): ChunkBody => ({ kind: 'text', role: 'assistant', text });
const call = (callId: string, text = '{}'): ChunkBody => ({
  kind: 'tool_call',
  callId,
  tool: 'read_file',
  arguments: text,
});
const result = (callId: string, text: string): ChunkBody => ({
  kind: 'tool_result',
  callId,
  tool: 'read_file',
  status: 'ok',
  text,
  durationMs: 1,
});
const wireCall = (id: string, text = '{}') => ({
  id,
  type: 'function',
  function: { name: 'read_file', arguments: text },
});

describe('toRequest', () => {
  it('sends a step as one assistant message and its results in the order of the calls', () => {
    const chunks = log(
      chunk(1, 0, 0, user('hello')),
      chunk(1, 1, 0, { kind: 'thinking', text: 'hm' }),
      chunk(1, 1, 1, said('I read ')),
      chunk(1, 1, 2, said('both.')),
      chunk(1, 1, 3, call('a', '{ "path":"x" }')),
      chunk(1, 1, 4, call('b')),
      chunk(1, 1, 10_001, result('b', 'B')),
      chunk(1, 1, 10_000, result('a', 'A')),
      chunk(1, 2, 0, said('done')),
    );
    expect(toRequest('be brief', chunks)).toEqual([
      { role: 'system', content: 'be brief' },
      { role: 'user', content: 'hello' },
      { role: 'assistant', content: 'I read both.', tool_calls: [wireCall('a', '{ "path":"x" }'), wireCall('b')] },
      { role: 'tool', tool_call_id: 'a', content: 'A' },
      { role: 'tool', tool_call_id: 'b', content: 'B' },
      { role: 'assistant', content: 'done' },
    ]);
  });

  it('answers a call that was cut off once the next turn has begun, and not before', () => {
    const cut = [
      chunk(1, 0, 0, user('go')),
      chunk(1, 1, 0, call('a')),
      chunk(1, 1, 1, call('b')),
      chunk(1, 1, 10_001, result('b', 'B')),
    ];
    expect(toRequest('', log(...cut)).slice(2)).toEqual([]);
    expect(toRequest('', log(...cut, chunk(2, 0, 0, user('again')))).slice(2)).toEqual([
      { role: 'tool', tool_call_id: 'a', content: noResult },
      { role: 'tool', tool_call_id: 'b', content: 'B' },
      { role: 'user', content: 'again' },
    ]);
  });

  it('leaves out a result that comes after the next turn has begun', () => {
    const chunks = log(
      chunk(1, 0, 0, user('go')),
      chunk(1, 1, 0, call('a')),
      chunk(2, 0, 0, user('again')),
      chunk(1, 1, 10_000, result('a', 'late')),
    );
    expect(JSON.stringify(toRequest('', chunks))).not.toContain('late');
  });

  it.each(['{"path":"a', '', '[]', 'null', '"x"', 'x'])('replaces arguments that are no JSON object: %s', (text) => {
    const chunks = log(chunk(1, 1, 0, call('a', text)));
    expect(toRequest('', chunks)).toEqual([{ role: 'assistant', content: null, tool_calls: [wireCall('a', '{}')] }]);
  });

  it('keeps the partial text of a cancelled step, and sends nothing for a step without text and calls', () => {
    const chunks = log(
      chunk(1, 0, 0, user('one')),
      chunk(1, 1, 0, said('half a sen')),
      chunk(1, 1, 1, { kind: 'error', code: 'turn_cancelled', message: 'cut' }),
      chunk(2, 0, 0, user('two')),
      chunk(2, 1, 0, { kind: 'thinking', text: 'only this' }),
      chunk(2, 1, 1, { kind: 'system', label: 'notice', text: 'cut' }),
      chunk(3, 0, 0, user('three')),
    );
    expect(toRequest('', chunks).map(({ content }) => content)).toEqual(['one', 'half a sen', 'two', 'three']);
  });

  it('extends every request by the next one, byte for byte, over 1,000 random transcripts', () => {
    let requests = 0;
    fc.assert(
      fc.property(Turns, (turns) => {
        let before: string[] = [];
        play(turns, (chunks) => {
          const messages = toRequest('system', chunks).map((message) => JSON.stringify(message));
          expect(messages.slice(0, before.length)).toEqual(before);
          expect(messages.length).toBeGreaterThan(0);
          before = messages;
          requests += 1;
        });
      }),
      { numRuns: 1000 },
    );
    expect(requests).toBeGreaterThan(3000);
  });

  it('answers every call exactly once, right after its step, in every request made', () => {
    fc.assert(
      fc.property(Turns, (turns) => {
        play(turns, (chunks) => {
          const expected: string[] = [];
          for (const message of toRequest('', chunks)) {
            if (message.role === 'tool') expect(message.tool_call_id).toBe(expected.shift());
            else expect(expected).toEqual([]);
            if (message.role === 'assistant') expected.push(...(message.tool_calls ?? []).map(({ id }) => id));
          }
          expect(expected).toEqual([]);
        });
      }),
      { numRuns: 1000 },
    );
  });
});
