import type { RecordedRequest } from '../../test/support/scripted-model.ts';
import { agentKey, type Limited, membersOf } from './flow.ts';

/** From an agent's first request to the end of its last, crashes between them included: it holds its place all the time. */
type Life = { from: number; to: number };

const lifeOf = (requests: readonly RecordedRequest[]): Life[] => {
  if (requests.length === 0) return [];
  return [
    {
      from: Math.min(...requests.map(({ startedAt }) => startedAt)),
      to: Math.max(...requests.map(({ endedAt, startedAt }) => endedAt ?? startedAt)),
    },
  ];
};

const mostAtOnce = (lives: readonly Life[]): number =>
  Math.max(0, ...lives.map(({ from }) => lives.filter((other) => other.from <= from && from < other.to).length));

/** Most agents of a group at the same time, as the model's server saw them. */
export const agentsAtOnce = (requests: readonly RecordedRequest[], run: string, group: Limited): number =>
  mostAtOnce(membersOf[group].flatMap((name) => lifeOf(requests.filter(({ key }) => key === agentKey(run, name)))));
