import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Trigger } from './flow.ts';
import { NodeStatus } from './runs.ts';
import { isSettled, judge, type Verdict } from './trigger.ts';

/** The words of the table in docs/flows.md, and what each stands for. */
const meanings: Record<string, NodeStatus[]> = {
  completed: ['completed'],
  failed: ['failed', 'timed_out', 'cancelled'],
  skipped: ['skipped'],
  excluded: ['excluded'],
  open: ['pending', 'running', 'waiting'],
};
const verdicts: Record<string, Verdict> = { runs: 'run', skipped: 'skip', excluded: 'exclude', waits: 'wait' };

const text = readFileSync(path.join(import.meta.dirname, '..', 'docs', 'flows.md'), 'utf8');
const section = /^## Trigger rules\n(.*?)^## /ms.exec(text)?.[1] ?? '';
const [head = [], , ...rows] = section
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
const triggers = head.slice(1).map((cell) => Trigger.parse(cell.replaceAll('`', '')));
const needsOf = (row: string[]): string[] => (row[0] === 'none' ? [] : (row[0] ?? '').split(', '));

/** Every way to put a status in the place of each word. */
const readings = (words: string[]): NodeStatus[][] =>
  words.reduce<NodeStatus[][]>(
    (lists, word) => lists.flatMap((list) => (meanings[word] ?? []).map((status) => [...list, status])),
    [[]],
  );

const cells = rows.flatMap((row) =>
  triggers.map((trigger, column) => ({ needs: needsOf(row), trigger, told: row[column + 1] ?? '' })),
);

describe('the table of trigger rules in docs/flows.md', () => {
  test('it names every rule, every status and every pair of needs once', () => {
    expect(triggers.toSorted()).toEqual(Trigger.options.toSorted());
    expect(Object.values(meanings).flat().toSorted()).toEqual(NodeStatus.options.toSorted());
    const words = Object.keys(meanings);
    const pairs = words.flatMap((a, at) => words.slice(at).map((b) => [a, b].toSorted().join(', ')));
    const listed = rows.map(needsOf).filter((needs) => needs.length > 0);
    expect(listed.map((needs) => needs.toSorted().join(', ')).toSorted()).toEqual(pairs.toSorted());
    expect(cells.length).toBe((pairs.length + 1) * triggers.length);
  });

  test.each(cells)('$trigger with needs [$needs]: $told', ({ needs, trigger, told }) => {
    const expected = verdicts[told];
    expect(expected, `the table says "${told}"`).toBeDefined();
    for (const [first, ...more] of readings(needs)) {
      const reading = first === undefined ? [] : [first, ...more];
      expect(judge(trigger, reading), reading.join(', ')).toBe(expected);
      expect(judge(trigger, reading.toReversed()), reading.toReversed().join(', ')).toBe(expected);
      // "What stands twice in a row stands for one or more."
      if (new Set(needs).size === 1) expect(judge(trigger, reading.slice(0, 1))).toBe(expected);
    }
  });

  test('three needs are judged as the pairs among them say', () => {
    const strength: Verdict[] = ['run', 'exclude', 'skip', 'wait'];
    for (const trigger of Trigger.options) {
      for (const needs of triples()) {
        const pairs = needs.map((_, out) => judge(trigger, needs.toSpliced(out, 1)));
        const isOneSuccess = trigger === 'one_success' && needs.includes('completed');
        const expected = isOneSuccess ? 'run' : pairs.toSorted((a, b) => strength.indexOf(b) - strength.indexOf(a))[0];
        expect(judge(trigger, needs), `${trigger}: ${needs.join(', ')}`).toBe(expected);
      }
    }
  });
});

/** No verdict but the early start is given before everything has settled, so that none can be taken back. */
test('a verdict on settled needs is final whatever order they settled in', () => {
  for (const trigger of Trigger.options) {
    for (const needs of triples().filter((all) => all.every(isSettled))) {
      const early = needs.map((_, open) => judge(trigger, needs.with(open, 'running')));
      for (const verdict of early) if (verdict !== 'wait') expect(verdict).toBe(judge(trigger, needs));
    }
  }
});

function triples(): NodeStatus[][] {
  const all = NodeStatus.options;
  return all.flatMap((a) => all.flatMap((b) => all.map((c) => [a, b, c])));
}
