import { expect, test } from 'vitest';
import type { PlacedChunk } from '../../contracts/chunks.ts';
import { patched, patchOf, rebuilt } from '../../contracts/sent-request.ts';
import { sentBytes } from './sent-bytes.ts';

const chunks: PlacedChunk[] = [
  { seq: 1, turn: 1, step: 0, ordinal: 0, body: { kind: 'text', role: 'user', text: 'one' } },
  { seq: 2, turn: 1, step: 1, ordinal: 0, body: { kind: 'text', role: 'assistant', text: 'two' } },
  { seq: 3, turn: 2, step: 0, ordinal: 0, body: { kind: 'text', role: 'user', text: 'three' } },
];
const system = '{"role":"system","content":"be brief"}';
const plain = rebuilt(chunks).map((message) => JSON.stringify(message));
const own = '{"role":"assistant","content":"two","reasoning_content":"hm"}';
const encoded = { head: '{"messages":[', messages: [system, ...plain], system: 1 };

test('keeps the head once, and of the messages only those that the transcript does not give', () => {
  const first = sentBytes({ encoded, chunks, prefix: { head: 'h' }, previous: null });
  expect(first).toEqual({ head: encoded.head, system: [system] });
  expect(sentBytes({ encoded, chunks, prefix: { head: 'h', from: 2 }, previous: { head: 'h' } })).toEqual({});
  const changed = { ...encoded, messages: [system, plain[0] ?? '', own, plain[2] ?? ''] };
  expect(sentBytes({ encoded: changed, chunks, prefix: { head: 'h', from: 1 }, previous: { head: 'h' } })).toEqual({
    others: { 1: [(plain[1] ?? '').length - 1, ',"reasoning_content":"hm"', 1] },
  });
  // It was new to the request before, which has kept it.
  expect(sentBytes({ encoded: changed, chunks, prefix: { head: 'h', from: 2 }, previous: { head: 'h' } })).toEqual({});
  expect(sentBytes({ encoded, chunks, prefix: { head: 'i', from: 0 }, previous: { head: 'h' } })).toMatchObject({
    head: encoded.head,
  });
});

test.each([
  ['{"id":"a","content":"long"}', '{"id":"b","content":"long"}'],
  ['', 'x'],
  ['aa', 'a'],
  ['a', 'aaa'],
  ['same', 'same'],
  ['x😀y', 'x😁y'],
  ['x😀', 'x\u{1F300}😀'],
])('a patch makes %s into %s, and holds whole characters', (before, after) => {
  const patch = patchOf(before, after);
  expect(patched(before, patch)).toBe(after);
  expect(patch[1].isWellFormed()).toBe(true);
});
