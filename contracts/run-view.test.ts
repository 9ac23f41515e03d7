import { describe, expect, test } from 'vitest';
import { itemWorkflowId, stepWorkflowId } from './ids.ts';
import { reduceRun, reduceRunEvents } from './run-view.ts';
import type { NodeStatus, Question, RunEvent, RunNode, RunView } from './runs.ts';
import { noUsage } from './usage.ts';

const at = (ms: number): string => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();

const empty: RunView = {
  run: {
    id: 'r1',
    kind: 'flow',
    name: 'f',
    origin: 'project',
    file: '/f.yaml',
    workspace: '/w',
    allow: [],
    trigger: 'manual',
    parentRun: null,
    rerunOf: null,
    fromStep: null,
    budget: null,
    warnings: [],
    status: 'running',
    waiting: false,
    paused: false,
    queued: false,
    code: null,
    reason: null,
    createdAt: at(0),
    endedAt: null,
  },
  position: 0,
  steps: [],
  batches: [],
  nodes: {},
  items: {},
  questions: [],
  artifacts: [],
  usage: noUsage,
  script: null,
};

const node = (index: number | null, status: NodeStatus, patch: Partial<RunNode> = {}): RunNode => ({
  key: index === null ? stepWorkflowId('r1', 'm') : itemWorkflowId('r1', 'm', index),
  step: 'm',
  index,
  kind: index === null ? 'map' : 'agent',
  status,
  attempt: 1,
  total: null,
  chosen: null,
  reusedFrom: null,
  label: null,
  phase: null,
  ordinal: null,
  freshBecause: null,
  code: null,
  reason: null,
  sessionId: null,
  childRun: null,
  usage: null,
  startedAt: at(0),
  endedAt: null,
  ...patch,
});

const play = (view: RunView, events: RunEvent[]): RunView =>
  events.reduce((before, event) => reduceRun(before, { position: before.position + 1, at: at(0), event }), view);
/** The events of nodes in their order, each with the status that its node had before in this list. */
const changed = (...nodes: RunNode[]): RunEvent[] => {
  const known = new Map<string, NodeStatus>();
  return nodes.map((it) => {
    const was = known.get(it.key) ?? null;
    known.set(it.key, it.status);
    return { type: 'node.changed', node: it, was };
  });
};

const question = (status: Question['status']): Question => ({
  id: 'q1',
  runId: 'r1',
  node: 'run/r1/step/ask',
  step: 'ask',
  prompt: 'Go on?',
  form: [],
  approvers: null,
  deadline: null,
  status,
  decision: null,
  fields: null,
  note: null,
  answeredBy: null,
  askedAt: at(0),
  answeredAt: null,
});

describe('reduceRun', () => {
  test('counts the items of a step from the moment its number is known', () => {
    const view = play(
      empty,
      changed(
        node(null, 'running', { total: 3 }),
        node(0, 'running'),
        node(1, 'completed'),
        node(2, 'running'),
        node(0, 'waiting'),
        node(0, 'running'),
        node(0, 'failed'),
      ),
    );
    expect(view.items).toEqual({ m: { running: 1, completed: 1, failed: 1 } });
    expect(view.nodes.m?.total).toBe(3);
    expect(Object.keys(view.nodes)).toEqual(['m']);
  });

  test('an item that ran when the snapshot was taken leaves the running, one that had not begun leaves the pending', () => {
    const snapshot = { ...empty, items: { m: { pending: 5, running: 2 } } };
    const late = play(snapshot, [{ type: 'node.changed', node: node(0, 'completed'), was: 'running' }]);
    expect(late.items.m).toEqual({ pending: 5, running: 1, completed: 1 });
    const quick = play(late, [{ type: 'node.changed', node: node(3, 'completed'), was: 'pending' }]);
    expect(quick.items.m).toEqual({ pending: 4, running: 1, completed: 2 });
  });

  test('any order of the items of 1,000 keeps the sum', () => {
    let view = play(empty, changed(node(null, 'running', { total: 1000 })));
    for (let index = 0; index < 1000; index += 1) {
      const place = (index * 7) % 1000;
      const again = index % 3 === 0 ? [node(place, 'running', { attempt: 2 })] : [];
      const end = node(place, index % 10 === 0 ? 'failed' : 'completed');
      view = play(view, changed(node(place, 'running'), ...again, end));
    }
    expect(view.items.m).toEqual({ completed: 900, failed: 100 });
  });

  test('an event at or below the position changes nothing', () => {
    const view = play(empty, changed(node(null, 'running', { total: 2 }), node(0, 'running')));
    for (const position of [0, 1, 2]) {
      const again = reduceRun(view, {
        position,
        at: at(0),
        event: { type: 'node.changed', node: node(1, 'completed'), was: null },
      });
      expect(again).toBe(view);
    }
  });

  test('questions come and go, and with them the waiting', () => {
    const asked = play(empty, [{ type: 'question.changed', question: question('pending') }]);
    expect(asked.questions).toHaveLength(1);
    expect(asked.run.waiting).toBe(true);
    const answered = play(asked, [{ type: 'question.changed', question: question('answered') }]);
    expect(answered.questions).toEqual([]);
    expect(answered.run.waiting).toBe(false);
  });

  test('pausing, and an end that ends all that runs', () => {
    const begun = play(empty, [
      ...changed(node(null, 'running', { total: 4 }), node(0, 'running'), node(1, 'completed')),
      { type: 'question.changed', question: question('pending') },
      { type: 'run.paused', paused: true },
    ]);
    expect(begun.run.paused).toBe(true);
    const settled = play(begun, [
      { type: 'run.settled', status: 'cancelled', code: 'run_cancelled', reason: 'Cancelled', endedAt: at(9) },
    ]);
    expect(settled.run).toMatchObject({ status: 'cancelled', code: 'run_cancelled', paused: false, waiting: false });
    expect(settled.questions).toEqual([]);
    expect(settled.items.m).toEqual({ completed: 1, cancelled: 3 });
    expect(settled.nodes.m).toMatchObject({ status: 'cancelled', endedAt: at(9) });
  });

  test('items that go on after a completed run are not called cancelled', () => {
    const settled = play(empty, [
      ...changed(node(null, 'completed', { total: 2 }), node(0, 'completed')),
      { type: 'run.settled', status: 'completed', code: null, reason: null, endedAt: at(9) },
    ]);
    expect(settled.items.m).toEqual({ completed: 1, pending: 1 });
    expect(settled.nodes.m?.status).toBe('completed');
  });

  test('many events together give what they give one by one, and leave the views before them as they were', () => {
    const call = (step: string, status: NodeStatus): RunEvent => ({
      type: 'node.changed',
      node: { ...node(null, status), step, kind: 'agent' },
      was: null,
    });
    const all: RunEvent[] = [
      call('a', 'running'),
      call('b', 'running'),
      { type: 'run.paused', paused: true },
      call('a', 'completed'),
      ...changed(node(null, 'running', { total: 2 }), node(0, 'completed')),
      call('c', 'failed'),
      { type: 'run.settled', status: 'failed', code: 'run_failed', reason: 'no', endedAt: at(9) },
      call('d', 'completed'),
    ];
    const streamed = all.map((event, index) => ({ position: index + 1, at: at(index), event }));
    const repeated = [...streamed.slice(0, 3), ...streamed.slice(1)];
    for (let cut = 0; cut <= repeated.length; cut += 1) {
      const before = reduceRunEvents(empty, repeated.slice(0, cut));
      const asItWas = structuredClone(before);
      expect(reduceRunEvents(before, repeated.slice(cut))).toEqual(streamed.reduce(reduceRun, empty));
      expect(before).toEqual(asItWas);
    }
    expect(empty.nodes).toEqual({});
  });
});
