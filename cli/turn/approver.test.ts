import { expect, test } from 'vitest';
import { parseAnswer } from './approver.ts';

test.each([
  ['y', { decision: 'approve' }],
  [' YES ', { decision: 'approve' }],
  ['n', { decision: 'deny' }],
  ['no, not in this folder', { decision: 'deny', note: 'not in this folder' }],
  ['n: use npm', { decision: 'deny', note: 'use npm' }],
  ['', null],
  ['yes but only once', null],
  ['nothing', null],
  ['yours', null],
])('"%s"', (line, answer) => expect(parseAnswer(line)).toEqual(answer));
