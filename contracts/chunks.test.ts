import { expect, test } from 'vitest';
import { ChunkBody } from './chunks.ts';

test('what earlier releases have written is read: a label that is not known is a notice', () => {
  const old = { kind: 'system', label: 'fallback', text: 'The model has changed' };
  expect(ChunkBody.parse(old)).toEqual({ ...old, label: 'notice' });
  for (const label of ['model-changed', 'cancelled']) {
    expect(ChunkBody.parse({ ...old, label })).toEqual({ ...old, label });
  }
});
