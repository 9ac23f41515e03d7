import { expect, test } from 'vitest';
import { FakeRuns } from '../../dev/fake-runs.ts';
import { failedScene, runningScene } from '../../dev/run-scenes.ts';
import { rerunScene, runningScriptScene } from '../../dev/script-scenes.ts';
import { timelineOf } from './timeline.ts';

test('steps that have begun, by time; what runs has no end and what failed says why', () => {
  const running = timelineOf(runningScene(new FakeRuns('/w')).view);
  expect(running.map(({ label, depth }) => [label, depth])).toEqual([
    ['plan', 0],
    ['search', 0],
  ]);
  expect(running.map(({ to }) => to === null)).toEqual([false, true]);
  const failed = timelineOf(failedScene(new FakeRuns('/w')).view).find(({ bar }) => bar?.status === 'error');
  expect(failed?.bar?.attributes.code).toEqual(expect.any(String));
});

test('calls of a script stand below their phases, whose bar spans them; reused ones are marked', () => {
  const rows = timelineOf(runningScriptScene(new FakeRuns('/w')).view);
  const phases = rows.filter(({ bar }) => bar === null);
  expect(phases.map(({ label }) => label)).toContain('Read');
  const [read] = phases;
  const inside = rows.filter(({ bar, from }) => bar && read?.to && from >= read.from && from <= read.to);
  expect(inside.length).toBeGreaterThan(5);
  expect(phases.find(({ label }) => label === 'Doubt')?.to).toBeNull();
  const runs = new FakeRuns('/w');
  runs.create({ name: 'the first' });
  const again = timelineOf(rerunScene(runs).view);
  expect(again.filter(({ bar }) => bar?.status === 'reused').length).toBeGreaterThan(0);
});

test('what a lost worker cut off is a part of the bar of its call', () => {
  const { view } = runningScriptScene(new FakeRuns('/w'));
  const [node] = Object.values(view.nodes).filter(({ startedAt }) => startedAt !== null);
  const [startedAt, endedAt] = ['2026-01-01T00:00:01.000Z', '2026-01-01T00:00:03.000Z'];
  const rows = timelineOf(view, [
    { node: node?.key ?? '', startedAt, endedAt },
    { node: 'elsewhere', startedAt, endedAt },
  ]);
  expect(rows.flatMap(({ key, cuts }) => (cuts ? [[key, cuts]] : []))).toEqual([
    [node?.key, [{ from: Date.parse(startedAt), to: Date.parse(endedAt) }]],
  ]);
});
