import { expect, test } from 'vitest';
import type { SessionView } from '../../../contracts/view.ts';
import { isIn } from './is-in.ts';

const turn = { status: 'completed' } as SessionView['turns'][string];
const waiting = { messageId: 'm_2', text: 'And then?', whenBusy: 'enqueue' } as SessionView['waiting'][number];
const view = { waiting: [waiting], turns: { 1: turn } };

// The ids of turns are as `POST /api/sessions/:id/messages` answers with.
test.each([
  [{ messageId: 'm_1', turnId: 's_1/1' }, true],
  [{ messageId: 'm_2', turnId: null }, true],
  [{ messageId: 'm_3', turnId: 's_1/2' }, false],
  [{ messageId: 'm_3', turnId: null }, false],
])('%j is in the view: %s', (sent, expected) => {
  expect(isIn(view, 's_1', sent)).toBe(expected);
});
