import { expect, test } from 'vitest';
import { createReply } from './reply.ts';

const deep = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}1${']'.repeat(levels)}`);

test.each([
  ['of a message', (value: unknown) => ({ content: 'a', extra: value })],
  ['of a call', (value: unknown) => ({ tool_calls: [{ index: 0, function: { name: 'a' }, extra: value }] })],
  ['of its function', (value: unknown) => ({ tool_calls: [{ index: 0, function: { name: 'a', extra: value } }] })],
])('a field %s that is too deep to be kept is refused', (_place, wrap) => {
  const reply = createReply({ callIdPrefix: 'call', from: 'k/m' });
  expect(() => reply.add(wrap(deep(50)))).not.toThrow();
  for (const levels of [200, 100_000]) expect(() => reply.add(wrap(deep(levels)))).toThrow('a transcript cannot keep');
});
