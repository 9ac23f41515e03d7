import { expect, test } from 'vitest';
import { FakeRuns } from '../../dev/fake-runs.ts';
import { completedScene, waitingScene } from '../../dev/run-scenes.ts';
import { rerunScene, runningScriptScene } from '../../dev/script-scenes.ts';
import { graphOf } from './graph.ts';

const edge = (graph: ReturnType<typeof graphOf>, id: string) => graph.edges.find((one) => one.id === id);
const tone = (graph: ReturnType<typeof graphOf>, id: string) => graph.nodes.find((node) => node.id === id)?.tone;

test('a flow: the branch that was taken, the one that was not, a batch with its counts, what waits', () => {
  const fakeRuns = new FakeRuns('/w');
  completedScene(fakeRuns);
  const graph = graphOf(waitingScene(fakeRuns).view);
  expect(edge(graph, 'depth → crosscheck')).toMatchObject({ label: 'case 1', state: 'done' });
  expect(edge(graph, 'depth → skim')).toMatchObject({ label: 'default', state: 'cut' });
  expect(edge(graph, 'skim → sources')?.state).toBe('cut');
  expect(edge(graph, 'sources → approve')?.state).toBe('live');
  expect(edge(graph, 'approve → write')?.state).toBe('waiting');
  expect(graph.groups).toEqual([
    { id: 'batch:checks', title: 'checks', detail: '4 at once', counts: { completed: 3 } },
  ]);
  expect(graph.nodes.find(({ id }) => id === 'search')?.counts).toEqual({ completed: 6 });
  expect(['plan', 'skim', 'approve', 'write'].map((id) => tone(graph, id))).toEqual([
    'reused',
    'excluded',
    'waiting',
    'pending',
  ]);
});

test('a switch that took its default cuts the other branch', () => {
  const graph = graphOf(completedScene(new FakeRuns('/w')).view);
  expect(edge(graph, 'depth → skim')?.state).toBe('done');
  expect(edge(graph, 'depth → crosscheck')?.state).toBe('cut');
});

test('what needs a batch waits where its members come together; a batch of one needs no such place', () => {
  const run = new FakeRuns('/w').create(
    {},
    {
      steps: [
        { id: 'a', batch: 'pair' },
        { id: 'b', batch: 'pair' },
        { id: 'c', batch: 'alone' },
        { id: 'd', needs: ['pair', 'alone'] },
        { id: 'e', needs: ['pair'] },
      ],
      batches: [
        { name: 'pair', maxConcurrent: 2, join: 'all' },
        { name: 'alone', maxConcurrent: 1, join: 'all' },
      ],
    },
  );
  run.node('a', 'completed');
  const graph = graphOf(run.view);
  expect(graph.edges.map(({ id }) => id).toSorted()).toEqual([
    'a → join:pair',
    'b → join:pair',
    'c → d',
    'join:pair → d',
    'join:pair → e',
  ]);
  expect(graph.nodes.find(({ kind }) => kind === 'join')).toMatchObject({ id: 'join:pair', tone: 'running' });
  expect(graph.groups.map(({ title }) => title)).toEqual(['pair']);
});

test('a step in two branches of a switch has one line, which is whole when either was taken', () => {
  const run = new FakeRuns('/w').create(
    {},
    {
      steps: [
        {
          id: 'pick',
          kind: 'switch',
          cases: [
            { label: 'left', when: 'true', steps: ['both'] },
            { label: 'right', when: 'true', steps: ['both'] },
          ],
        },
        { id: 'both' },
      ],
    },
  );
  run.node('pick', 'completed', { chosen: 1 });
  expect(graphOf(run.view).edges).toEqual([
    { id: 'pick → both', from: 'pick', to: 'both', label: 'left, right', state: 'done' },
  ]);
  run.node('pick', 'completed', { chosen: -2 });
  expect(graphOf(run.view).edges[0]?.state).toBe('cut');
});

test('a step waits while a tool call of its session waits for a person', () => {
  const run = new FakeRuns('/w').create();
  run.node('plan', 'running', { sessionId: 's9' });
  expect(tone(graphOf(run.view), 'plan')).toBe('running');
  expect(tone(graphOf(run.view, new Set(['s9'])), 'plan')).toBe('waiting');
});

test('a script: its phases one after another around their calls, with what was reused', () => {
  const graph = graphOf(runningScriptScene(new FakeRuns('/w')).view);
  expect(graph.groups.map(({ title, counts }) => [title, counts.completed])).toEqual([
    ['Read', 9],
    ['Doubt', 10],
    ['Report', undefined],
  ]);
  expect(graph.edges.map(({ id, state }) => [id, state])).toEqual([
    ['phase:Read → phase:Doubt', 'live'],
    ['phase:Doubt → phase:Report', 'live'],
  ]);
  expect(new Set(graph.nodes.map(({ group }) => group))).toEqual(
    new Set(['phase:Read', 'phase:Doubt', 'phase:Report']),
  );
  const fakeRuns = new FakeRuns('/w');
  runningScriptScene(fakeRuns);
  const again = graphOf(rerunScene(fakeRuns).view);
  expect(again.nodes.some((node) => node.tone === 'reused')).toBe(true);
});
