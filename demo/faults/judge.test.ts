import { expect, test } from 'vitest';
import type { ScriptedRequest } from '../../test/support/script.ts';
import { judgeAgent } from './judge.ts';
import type { Asked } from './provider.ts';

const asked = (texts: readonly string[], startedAt: number): Asked => {
  const body: ScriptedRequest = { model: 'm', messages: texts.map((content) => ({ role: 'user', content })) };
  return { seed: 's', agent: 'a', raw: JSON.stringify(body), body, startedAt, endedAt: startedAt + 1, isWhole: true };
};
const sealed = (...times: number[]) => times.map((sealedAt) => ({ session: 'one', agent: 'a', sealedAt }));
const kinds = (...given: Parameters<typeof judgeAgent>) => judgeAgent(...given).map(({ kind }) => kind);

test('each request once, or again before its reply was sealed: as promised', () => {
  expect(judgeAgent('a', [asked(['x'], 1), asked(['x', 'y'], 20)], sealed(10, 30))).toEqual([]);
  expect(judgeAgent('a', [asked(['x'], 1), asked(['x'], 5), asked(['x', 'y'], 20)], sealed(10, 30))).toEqual([]);
});

test('a request that comes again after its reply was sealed is paid twice', () => {
  expect(kinds('a', [asked(['x'], 1), asked(['x'], 11), asked(['x', 'y'], 20)], sealed(10, 30))).toEqual(['doubled']);
});

test('a request that nothing was sealed for, and a reply that nothing was asked for', () => {
  expect(kinds('a', [asked(['x'], 1), asked(['x', 'y'], 20)], sealed(10))).toEqual(['doubled']);
  expect(kinds('a', [asked(['x'], 1)], sealed(10, 30))).toEqual(['lost']);
});

test('a request that does not extend the one before, and an agent in two sessions', () => {
  expect(kinds('a', [asked(['x'], 1), asked(['z', 'y'], 20)], sealed(10, 30))).toEqual(['doubled']);
  const twice = [
    { session: 'one', agent: 'a', sealedAt: 10 },
    { session: 'two', agent: 'a', sealedAt: 30 },
  ];
  expect(kinds('a', [asked(['x'], 1), asked(['x', 'y'], 20)], twice)).toEqual(['doubled']);
});
