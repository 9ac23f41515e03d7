import { expect, test } from 'vitest';
import { FakeRuns } from '../../dev/fake-runs.ts';
import { runningScriptScene } from '../../dev/script-scenes.ts';
import { readArgs, readBudget } from '../../parts/model/script-form.ts';
import { agentLabels, callName, keepSame, phasesOf, reusedFrom, sleepsUntil } from './phases.ts';

const scene = () => runningScriptScene(new FakeRuns('/w'));

test('phases: declared first, then as they were narrated or used; calls of none at the head', () => {
  const run = scene();
  run.say('phase', 'Narrated');
  run.call('used', 'running', { label: 'u', phase: 'Used' });
  run.call('free', 'completed');
  const phases = phasesOf(run.view);
  expect(phases.map(({ title }) => title)).toEqual([null, 'Read', 'Doubt', 'Report', 'Narrated', 'Used']);
  expect(phases[1]).toMatchObject({ counts: { completed: 9 }, reused: 0 });
  expect(phases[1]?.endedAt).not.toBeNull();
  expect(phases[2]?.endedAt).toBeNull();
  expect(phases[4]?.calls).toEqual([]);
});

test('phases in which nothing changed stay the same objects', () => {
  const run = scene();
  const before = phasesOf(run.view);
  run.call('doubt10', 'completed');
  const after = keepSame(before, phasesOf(run.view));
  expect(after.map((phase, at) => phase === before[at])).toEqual([true, false, true]);
});

test('a call: its name, the run it was reused from, until when it sleeps', () => {
  const run = scene();
  run.call('0123456789abcdef', 'completed', { kind: 'tool', reusedFrom: run.view.run.id });
  const own = run.view.nodes['0123456789abcdef'];
  expect(own && callName(own)).toBe('tool 01234567');
  expect(own && reusedFrom(own)).toBeNull();
  expect(own && reusedFrom({ ...own, reusedFrom: 'r0' })).toBe('r0');
  const asleep = run.view.nodes.pause1;
  expect(asleep && sleepsUntil({ ...asleep, startedAt: '2026-01-01T00:00:00.000Z' })).toBe('2026-01-01T00:15:00.000Z');
  expect(asleep && sleepsUntil({ ...asleep, status: 'completed' })).toBeNull();
  expect(agentLabels(run.view).slice(0, 2)).toEqual(['tide table', 'light plan']);
});

test('arguments and budget as they are written', () => {
  expect(readArgs('start x', ' ', 'json')).toEqual({ value: undefined });
  expect(readArgs('start x', '{"a": 1}', 'text')).toEqual({ value: '{"a": 1}' });
  expect(readArgs('start x', 'null', 'json')).toEqual({ value: null });
  expect(readArgs('start x', '{', 'json')).toMatchObject({ fault: expect.stringContaining('not JSON') });
  expect(readBudget('start x', '1.5M', '$2.50')).toEqual({ value: { tokens: 1_500_000, dollars: 2.5 } });
  expect(readBudget('start x', '200,000', '')).toEqual({ value: { tokens: 200_000 } });
  expect(readBudget('start x', '', '')).toEqual({ value: undefined });
  expect(readBudget('start x', '0', '')).toMatchObject({ fault: expect.stringContaining('"0"') });
  expect(readBudget('start x', '', '-1')).toMatchObject({ fault: expect.stringContaining('"-1"') });
});
