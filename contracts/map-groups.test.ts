import { describe, expect, test } from 'vitest';
import { Flow, type Join } from './flow.ts';
import { advance, faults, groupEnd, type Statuses } from './flow-schedule.ts';
import { type Graph, toGraph } from './graph.ts';
import type { NodeStatus } from './runs.ts';

const joins: Join[] = ['all', 'any', 'all_settled', 1, 2, 5];
const triggers = ['all_success', 'one_success', 'none_failed', 'all_done', 'always'] as const;

const graphOf = (join: Join, map: object = {}): Graph =>
  toGraph(
    Flow.parse({
      name: 'grouped',
      batches: { g: { join } },
      steps: [
        { id: 'each', kind: 'map', items: 'input.list', code: 'return item', batch: 'g', ...map },
        ...triggers.map((trigger) => ({ id: trigger, kind: 'code', code: 'return 1', needs: ['g'], trigger })),
      ],
    }),
  );

const decided = (graph: Graph, each: NodeStatus): Record<string, string> => {
  const { start, unrun } = advance(graph, { each }, {}, false);
  return Object.fromEntries([...start.map((id) => [id, 'runs']), ...unrun.map(({ step, status }) => [step, status])]);
};

const all = (verdict: string, but: Record<string, string> = {}): Record<string, string> => ({
  ...Object.fromEntries(triggers.map((trigger) => [trigger, verdict])),
  ...but,
});
const failed = all('skipped', { all_done: 'runs', always: 'runs' });

/** By how the map has ended: what its own join says of its items decides, and nothing counts the map once more. */
const table: [NodeStatus, Record<string, string>][] = [
  ['completed', all('runs')],
  ['failed', failed],
  ['timed_out', failed],
  ['cancelled', failed],
  ['skipped', all('skipped', { none_failed: 'runs', all_done: 'runs', always: 'runs' })],
  ['excluded', all('excluded', { none_failed: 'runs', all_done: 'runs', always: 'runs' })],
  ['running', {}],
];

describe.each(joins)('a batch group of a map, join %s', (join) => {
  test.each(table)('ends as the map does: %s', (status, expected) => {
    expect(decided(graphOf(join), status)).toEqual(expected);
    expect(decided(graphOf(join, { retries: 1, onError: 'continue' }), status)).toEqual(expected);
  });

  test('a map that failed fails the run, unless it is tolerated', () => {
    const untouched: Statuses = { each: 'failed', all_success: 'skipped', one_success: 'skipped' };
    expect(faults(graphOf(join), untouched)).toEqual(['each']);
    expect(faults(graphOf(join), { ...untouched, all_done: 'completed' })).toEqual([]);
    expect(faults(graphOf(join, { onError: 'continue' }), untouched)).toEqual([]);
  });
});

test('a run of an earlier release goes on with the graph that it was given', () => {
  const graph = graphOf(2);
  const before = { ...graph, batches: graph.batches.map(({ ofItems: _ofItems, ...group }) => group) };
  expect(groupEnd(before, 'g', { each: 'completed' })).toBe('failed');
  expect(groupEnd(graph, 'g', { each: 'completed' })).toBe('completed');
});

describe('a group of steps whose join is not met though none failed', () => {
  const of = (more: object = {}, dependent: object = {}) =>
    toGraph(
      Flow.parse({
        name: 'steps',
        batches: { g: { join: 2, rest: 'continue' } },
        steps: [
          ...['a', 'b', 'c'].map((id) => ({
            id,
            kind: 'code',
            code: 'return 1',
            when: 'input.x',
            batch: 'g',
            ...more,
          })),
          { id: 'next', kind: 'code', code: 'return 1', needs: ['g'], ...dependent },
        ],
      }),
    );
  const short: Statuses = { a: 'completed', b: 'skipped', c: 'skipped' };

  test('fails the run, as a member would', () => {
    expect(advance(of(), short, {}, false).unrun).toEqual([{ step: 'next', status: 'skipped', because: ['g'] }]);
    expect(faults(of(), { ...short, next: 'skipped' })).toEqual(['g']);
  });

  test('is tolerated by a step that needs the group and ran, and by members that may all fail', () => {
    expect(faults(of({}, { trigger: 'all_done' }), { ...short, next: 'completed' })).toEqual([]);
    expect(faults(of({ onError: 'continue' }), { ...short, next: 'skipped' })).toEqual([]);
  });

  test('a member that failed is named instead of the group; one that none ran of is skipped', () => {
    expect(faults(of(), { a: 'completed', b: 'failed', c: 'skipped', next: 'skipped' })).toEqual(['b']);
    expect(faults(of(), { a: 'skipped', b: 'skipped', c: 'skipped', next: 'skipped' })).toEqual([]);
  });
});
