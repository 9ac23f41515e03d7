import { expect, test } from 'vitest';
import { entriesOf, found, scoreOf } from './palette-entries.ts';

const none = { sessions: [], runs: [], flows: [], scripts: [] };

test('beginnings of words come before the middle of words, and these before scattered letters', () => {
  const labels = ['Plan the winter lights', 'explanation', 'pale lantern', 'moon'];
  const ranked = labels
    .flatMap((label) => {
      const score = scoreOf(label, 'plan');
      return score === null ? [] : [{ label, score }];
    })
    .toSorted((a, b) => b.score - a.score);
  expect(ranked.map(({ label }) => label)).toEqual(['Plan the winter lights', 'explanation', 'pale lantern']);
});

test('commands are found by their words, and nothing by what is nowhere', () => {
  expect(found(entriesOf(none), 'dark')[0]).toMatchObject({ label: 'Dark theme', ask: { name: 'choose-theme' } });
  expect(found(entriesOf(none), 'nss')[0]?.label).toBe('New session');
  expect(found(entriesOf(none), 'zzz')).toEqual([]);
});

test('shows no more than a screen or two', () => {
  const sessions = Array.from({ length: 5000 }, (_, n) => ({ id: `s${n}`, title: `Session ${n}` }));
  expect(found(entriesOf({ ...none, sessions: sessions as never }), 'session').length).toBe(50);
});
