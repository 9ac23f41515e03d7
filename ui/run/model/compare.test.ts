import { expect, test } from 'vitest';
import { FakeRuns } from '../../dev/fake-runs.ts';
import { completedScene, failedScene, waitingScene } from '../../dev/run-scenes.ts';
import { rerunScene, runningScriptScene } from '../../dev/script-scenes.ts';
import { change, compareRuns } from './compare.ts';

test('two runs of a flow: what ended otherwise, how long, what it cost', () => {
  const fakeRuns = new FakeRuns('/w');
  const [before, after] = [completedScene(fakeRuns), waitingScene(fakeRuns)];
  const { steps, changed } = compareRuns(before.view, after.view);
  const of = (name: string) => steps.find((step) => step.name === name);
  expect(of('skim')).toMatchObject({ status: { before: 'completed', after: 'excluded' }, difference: 'status' });
  expect(of('write')).toMatchObject({ status: { before: 'completed', after: 'pending' }, difference: 'status' });
  // It took its result from the run that it is compared with.
  expect(of('plan')).toMatchObject({ difference: 'reused' });
  const seconds = (ms: number | null | undefined) => Math.round((ms ?? 0) / 1000);
  expect([of('figures')?.duration.before, of('figures')?.duration.after].map(seconds)).toEqual([48, 50]);
  expect(of('depth')?.difference).toBe('branch');
  expect(of('figures')?.cost.before).toBeGreaterThan(0);
  expect(changed).toBe(5);
  expect(steps.map(({ name }) => name)).toEqual(before.view.steps.map(({ id }) => id));
});

test('steps that only one of them has', () => {
  const fakeRuns = new FakeRuns('/w');
  const before = fakeRuns.create({}, { steps: [{ id: 'a' }, { id: 'b' }] });
  const after = fakeRuns.create({}, { steps: [{ id: 'b' }, { id: 'c' }] });
  expect(compareRuns(before.view, after.view).steps.map(({ name, difference }) => [name, difference])).toEqual([
    ['a', 'removed'],
    ['b', 'none'],
    ['c', 'added'],
  ]);
  expect(compareRuns(failedScene(fakeRuns).view, before.view).changed).toBe(6);
});

test('calls of a script: by what they ask, else by their label in its order', () => {
  const fakeRuns = new FakeRuns('/w');
  const before = runningScriptScene(fakeRuns);
  const same = compareRuns(before.view, before.view);
  expect(same.changed).toBe(0);
  expect(same.steps.every(({ step }) => step.before === step.after)).toBe(true);

  const [left, right] = [rerunScene(fakeRuns), rerunScene(fakeRuns)];
  left.call('old-id', 'completed', { label: 'asked twice', phase: 'Read' });
  left.call('old-2', 'failed', { label: 'asked twice', phase: 'Read' });
  right.call('new-id', 'completed', { label: 'asked twice', phase: 'Read' });
  right.call('new-2', 'completed', { label: 'asked twice', phase: 'Read' });
  right.call('new-3', 'completed', { label: 'asked twice', phase: 'Read' });
  const found = compareRuns(left.view, right.view).steps.filter(({ name }) => name === 'asked twice');
  expect(found.map(({ step, difference }) => [step.before, step.after, difference])).toEqual([
    ['old-id', 'new-id', 'none'],
    ['old-2', 'new-2', 'status'],
    [null, 'new-3', 'added'],
  ]);
});

test('a difference needs both', () => {
  expect(change({ before: 2, after: 5 })).toBe(3);
  expect(change({ before: null, after: 5 })).toBeNull();
});
