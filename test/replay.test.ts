import { describe, expect, test } from 'vitest';
import * as agents from '../workflows/index.ts';
import { historyOf, readRecorded, recordedNames, replay } from './support/recorded-history.ts';

const names = await recordedNames();
const recorded = await Promise.all(names.map(readRecorded));

/** Swaps the types of the first two different activities, as if the code called them in the other order. */
const withSwappedActivities = (history: ReturnType<typeof historyOf>): ReturnType<typeof historyOf> => {
  const scheduled = (history.events ?? []).flatMap(({ activityTaskScheduledEventAttributes: activity }) =>
    activity?.activityType ? [activity.activityType] : [],
  );
  const [first] = scheduled;
  const other = scheduled.find(({ name }) => name !== first?.name);
  if (!first || !other) throw new Error('The history has only one kind of activity');
  [first.name, other.name] = [other.name, first.name];
  return history;
};

describe('P10: histories that an earlier commit made replay with the workflows of this one', () => {
  test.each(recorded.map((one, index) => [names[index] ?? '', one] as const))('%s', async (_, one) => {
    await replay(one, historyOf(one));
  });

  test('there is one of each kind of workflow', () => {
    const kinds = new Set(recorded.map(({ workflowType }) => workflowType));
    expect([...kinds].sort()).toEqual([...Object.keys(agents), 'script'].sort());
  });

  test('and of a turn whose activities come in another order none does', async () => {
    const turn = recorded.find((_, index) => names[index] === 'turn-tools.json');
    if (!turn) throw new Error('test/histories/turn-tools.json is missing');
    await expect(replay(turn, withSwappedActivities(historyOf(turn)))).rejects.toThrow(/Nondeterminism|TMPRL1100/);
  });
});
