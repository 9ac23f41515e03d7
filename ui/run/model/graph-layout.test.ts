import { expect, test } from 'vitest';
import { FakeRuns } from '../../dev/fake-runs.ts';
import { largeScene } from '../../dev/graph-scenes.ts';
import { waitingScene } from '../../dev/run-scenes.ts';
import { runningScriptScene } from '../../dev/script-scenes.ts';
import { type Box, layOut } from '../../parts/model/layout.ts';
import { graphOf } from './graph.ts';
import { directionFor, neighbour, placed, planOf, structureOf } from './graph-layout.ts';

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const overlapping = (boxes: readonly Box[]): number =>
  boxes.flatMap((box, at) => boxes.slice(at + 1).filter((other) => overlap(box, other))).length;

const draw = (view: Parameters<typeof graphOf>[0], direction: 'LR' | 'TB' = 'LR') => {
  const graph = graphOf(view);
  const plan = planOf(graph, view.script !== null, direction);
  return { graph, plan, layout: placed(layOut(plan.input), plan, graph) };
};

test('each step has a place of its own after what it needs, members within the frame of their batch', () => {
  const { graph, layout } = draw(waitingScene(new FakeRuns('/w')).view);
  const boxes = graph.nodes.map(({ id }) => layout.boxes[id]).filter((box) => box !== undefined);
  expect(boxes.length).toBe(graph.nodes.length);
  expect(overlapping(boxes)).toBe(0);
  for (const { from, to } of graph.edges) {
    expect(layout.boxes[from]?.x).toBeLessThan(layout.boxes[to]?.x ?? 0);
  }
  const frame = layout.boxes['batch:checks'];
  for (const { id, group } of graph.nodes) {
    const box = layout.boxes[id];
    if (!frame || !box || group === null) continue;
    expect(box.x >= frame.x && box.x + box.width <= frame.x + frame.width).toBe(true);
    expect(box.y >= frame.y && box.y + box.height <= frame.y + frame.height).toBe(true);
  }
  const labelled = graph.edges.filter(({ label }) => label !== '');
  expect(labelled.every(({ id }) => layout.edges[id]?.label)).toBe(true);
});

test('from top to bottom where there is little room beside', () => {
  const { graph, layout } = draw(waitingScene(new FakeRuns('/w')).view, 'TB');
  for (const { from, to } of graph.edges) expect(layout.boxes[from]?.y).toBeLessThan(layout.boxes[to]?.y ?? 0);
});

test('the direction in which the whole is shown larger', () => {
  const long = graphOf(largeScene(new FakeRuns('/w'), 500).view);
  expect(directionFor(long, false, { width: 1_440, height: 800 })).toBe('TB');
  const short = graphOf(waitingScene(new FakeRuns('/w')).view);
  expect(directionFor(short, false, { width: 1_440, height: 800 })).toBe('LR');
  expect(directionFor(short, false, { width: 390, height: 800 })).toBe('TB');
});

test('calls of a script stand in rows within their phase', () => {
  const { graph, layout } = draw(runningScriptScene(new FakeRuns('/w')).view);
  const boxes = graph.nodes.map(({ id }) => layout.boxes[id]).filter((box) => box !== undefined);
  expect(boxes.length).toBe(36);
  expect(overlapping(boxes)).toBe(0);
});

test('500 steps', () => {
  const { graph, layout } = draw(largeScene(new FakeRuns('/w'), 500).view);
  const boxes = graph.nodes.map(({ id }) => layout.boxes[id]).filter((box) => box !== undefined);
  expect(boxes.length).toBe(graph.nodes.length);
  expect(boxes.length).toBeGreaterThanOrEqual(500);
  expect(overlapping(boxes)).toBe(0);
  const frames = graph.groups.flatMap(({ id }) => layout.boxes[id] ?? []);
  expect(frames.length).toBeGreaterThan(10);
  const strangers = graph.nodes.filter(({ group }) => group === null).flatMap(({ id }) => layout.boxes[id] ?? []);
  expect(frames.some((frame) => strangers.some((box) => overlap(frame, box)))).toBe(false);
});

test('the structure changes with nodes, not with their states', () => {
  const run = new FakeRuns('/w').create();
  const before = structureOf(graphOf(run.view));
  run.node('plan', 'completed');
  expect(structureOf(graphOf(run.view))).toBe(before);
  const script = runningScriptScene(new FakeRuns('/w'));
  const first = structureOf(graphOf(script.view));
  script.call('new', 'running', { phase: 'Doubt' });
  expect(structureOf(graphOf(script.view))).not.toBe(first);
});

test('arrows lead to the nearest node on a side, rather ahead than aside', () => {
  const box = (x: number, y: number): Box => ({ x, y, width: 10, height: 10 });
  const boxes = { here: box(0, 0), ahead: box(100, 0), near: box(60, 60), below: box(0, 50) };
  const ids = Object.keys(boxes);
  expect(neighbour(boxes, ids, 'here', 'right')).toBe('ahead');
  expect(neighbour(boxes, ids, 'here', 'down')).toBe('below');
  expect(neighbour(boxes, ids, 'here', 'left')).toBeNull();
});
