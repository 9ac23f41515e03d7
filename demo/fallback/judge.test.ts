import { expect, test } from 'vitest';
import { createJudge, reportOf } from './judge.ts';

test('what is not so stands out', () => {
  const { checks, check } = createJudge();
  check('the switch took less than 100 ms', true, '12 ms');
  check('the marked key was not asked', false, ['main']);
  expect(reportOf(checks).split('\n')).toEqual([
    'so      the switch took less than 100 ms: 12 ms',
    'NOT SO  the marked key was not asked: ["main"]',
  ]);
});
