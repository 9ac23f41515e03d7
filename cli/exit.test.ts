import { expect, test } from 'vitest';
import { exitCodeOf } from './exit.ts';

test('an error of the table has its code; anything else is a failure', () => {
  expect(exitCodeOf('config_invalid')).toBe(2);
  expect(exitCodeOf('not_running')).toBe(3);
  expect(exitCodeOf('already_running')).toBe(4);
  expect(exitCodeOf('port_taken')).toBe(5);
  expect(exitCodeOf('model_unavailable')).toBe(1);
  expect(exitCodeOf('no such code')).toBe(1);
});
