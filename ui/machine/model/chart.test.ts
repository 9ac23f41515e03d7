import { expect, test } from 'vitest';
import type { MachineMove } from '../../../contracts/workflows.ts';
import { machinesByType, stepMoves, turnMoves } from '../../dev/fake-workflows.ts';
import { layOut } from '../../parts/model/layout.ts';
import { chartOf, edgeLines, eventWords, journeyOf, layoutOfChart } from './chart.ts';
import { placeOfWorkflow } from './place.ts';

const chartFor = (type: string) => {
  const definition = machinesByType[type]?.[0]?.definition;
  if (!definition) throw new Error(`${type} has no machine`);
  return chartOf(definition);
};

const pathOf = (moves: readonly (readonly [string | null, string, number])[]): MachineMove[] => {
  let at = Date.UTC(2026, 0, 1);
  return moves.map(([event, state, seconds]) => {
    const move = { at: new Date(at).toISOString(), event, states: [state] };
    at += seconds * 1000;
    return move;
  });
};

test('every machine can be drawn: each state has a box, each line its ends', () => {
  for (const [type, machines] of Object.entries(machinesByType)) {
    if (machines.length === 0) continue;
    const chart = chartFor(type);
    const layout = layOut(layoutOfChart(chart, 'LR'));
    for (const { id } of [...chart.nodes, ...chart.groups]) expect(layout.boxes[id], `${type} ${id}`).toBeDefined();
    for (const { id } of chart.edges) expect(layout.edges[id]?.points.length, `${type} ${id}`).toBeGreaterThan(1);
    const ends = new Set(chart.nodes.map(({ id }) => id));
    expect(chart.edges.filter(({ from, to }) => !ends.has(from) || !ends.has(to))).toEqual([]);
  }
});

test('what leaves a compound state starts from all that is in it, and entering it enters its first state', () => {
  const chart = chartFor('flowStep');
  const ids = chart.edges.map(({ id }) => id);
  expect(ids).toContain('attempting/any → cancelling');
  expect(ids).toContain('pausing → attempting.preparing');
  expect(chart.groups.map(({ id }) => id)).toEqual(['attempting']);
  const timeout = chart.edges.find(({ id }) => id === 'attempting/any → timingOut');
  expect(timeout && edgeLines(timeout)).toEqual(['expire', 'after timeout [isBounded]']);
  const again = chart.edges.find(({ id }) => id === 'queued → attempting.preparing');
  expect(again && edgeLines(again)).toEqual(['admitted', 'after 15.0 s']);
});

test('a journey: how often and how long in each state, and the lines that were taken', () => {
  const path = pathOf(turnMoves);
  const now = Date.parse(path.at(-1)?.at ?? '') + 12_000;
  const { steps, visits, taken } = journeyOf(chartFor('turn'), path, now, false);
  expect(steps.map(({ event, ms }) => [event, ms])).toEqual([
    ['start', 6_200],
    ['model.replied', 2_400],
    ['tool.done', 9_800],
    ['model.resting', 30_000],
    ['key.cleared', 7_100],
    ['model.replied', null],
  ]);
  expect(visits).toEqual({
    model: { times: 3, ms: 23_100 },
    tools: { times: 2, ms: 14_400 },
    resting: { times: 1, ms: 30_000 },
  });
  expect(taken).toEqual({
    'model → tools': 2,
    // `tool.done` stays in its state; its condition, that all are done, leads on.
    'tools → model': 1,
    'model → resting': 1,
    'resting → model': 1,
  });
});

test('a journey follows conditions through states that nobody stays in', () => {
  const { taken } = journeyOf(chartFor('flowStep'), pathOf(stepMoves), Date.UTC(2026, 0, 1), false);
  expect(taken).toEqual({
    'attempting.preparing → attempting.working': 2,
    'attempting/any → timingOut': 1,
    'timingOut → failing': 1,
    'failing → pausing': 1,
    'pausing → attempting.preparing': 1,
  });
  const cancelled = pathOf([
    [null, 'model', 1],
    ['cancel', 'stopping', 1],
    ['effects.drained', 'settling', 1],
    ['turn.settled', 'done', 1],
  ]);
  expect(Object.keys(journeyOf(chartFor('turn'), cancelled, 0, true).taken)).toEqual([
    'model → cancelling',
    'cancelling → stopping',
    'stopping → settling',
    'settling → ended',
    'ended → done',
  ]);
});

test('events and ids in words', () => {
  expect([null, 'cancel', 'xstate.after.backoff.flow-step.pausing', 'xstate.after.15000.x'].map(eventWords)).toEqual([
    'start',
    'cancel',
    'after backoff',
    'after 15.0 s',
  ]);
  expect(placeOfWorkflow('turn/s1/3')).toEqual({ words: 'Turn 3', session: { id: 's1', turn: 3 }, run: null });
  expect(placeOfWorkflow('run/r1/step/plan/item/4').run).toEqual({ id: 'r1', target: { step: 'plan', index: 4 } });
  expect(
    [
      'run/r1',
      'run/r1/step/plan',
      'run/r1/step/plan/items',
      'run/r1/step/p/branch/0',
      'run/r1/batch/b',
      'subagent/a',
    ].map((id) => placeOfWorkflow(id).words),
  ).toEqual(['Run', 'Step plan', 'Items of plan', 'Branch case 1 of p', 'Batch b', 'Background agent a']);
});
