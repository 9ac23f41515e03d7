import { afterAll, beforeAll, expect, test } from 'vitest';
import { tailRun } from '../client/tail.ts';
import type { RunDetail } from '../contracts/run-detail.ts';
import { reduceRun } from '../contracts/run-view.ts';
import type { RunStreamEvent } from '../contracts/runs.ts';
import { define, ended } from './support/runs.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await openStack();
  await stack.startWorker();
  await define(
    stack,
    'flows',
    'many',
    `name: many
steps:
  - { id: all, kind: map, maxConcurrent: 4, items: '[1, 2, 3, 4, 5, 6, 7, 8]', code: 'return item' }
  - { id: ask, kind: approval, needs: [all], prompt: 'Go on?' }
  - { id: last, kind: code, needs: [ask], code: 'return 1' }
`,
  );
});
afterAll(() => stack.close());

type Seen = { snapshots: RunDetail[]; events: RunStreamEvent[] };

/** Everything up to the run's end. */
const follow = async (id: string, after?: number): Promise<Seen> => {
  const stop = new AbortController();
  const seen: Seen = { snapshots: [], events: [] };
  await tailRun(stack.api, id, {
    ...(after === undefined ? {} : { after }),
    signal: stop.signal,
    onSnapshot: (snapshot) => {
      seen.snapshots.push(snapshot);
      if (snapshot.run.status !== 'running') stop.abort();
    },
    onEvent: (event) => {
      seen.events.push(event);
      if (event.event.type === 'run.settled') stop.abort();
    },
  });
  return seen;
};

test('a snapshot, then each event once; resumed from any of them, the rest and nothing else', async () => {
  const { id } = await stack.api.startRun({ flow: 'many' });
  const whole = follow(id);
  const question = await until('the question', async () => (await stack.api.getRun(id)).questions[0]);
  await stack.api.answerQuestion(question.id, { decision: 'approve' });
  await ended(stack, id);
  const { snapshots, events } = await whole;
  expect(snapshots).toHaveLength(1);
  const from = snapshots[0]?.position ?? 0;
  const last = events.at(-1)?.position ?? 0;
  expect(events.map(({ position }) => position)).toEqual(
    Array.from({ length: last - from }, (_, index) => from + 1 + index),
  );
  for (const after of [from, from + 1, Math.floor((from + last) / 2), last - 1]) {
    expect(await follow(id, after)).toEqual({
      snapshots: [],
      events: events.filter(({ position }) => position > after),
    });
  }
  const beyond = await follow(id, last + 1000);
  expect(beyond.snapshots).toHaveLength(1);
  expect(beyond.events).toEqual([]);

  const [begun] = snapshots;
  if (!begun) throw new Error('There was no snapshot');
  const followed = events.reduce(reduceRun, begun);
  const { nodes, questions, run, items } = await stack.api.getRun(id);
  expect(followed).toMatchObject({ nodes, questions, run });
  expect(followed.items.all).toEqual(items.all);
});
