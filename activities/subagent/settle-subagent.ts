import type { SettledSubagent } from '../../contracts/activities.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { Dependencies } from '../dependencies.ts';
import { outcomeOf } from './outcome.ts';
import { nextWork } from './work.ts';

export const createSettleSubagent =
  ({ store, subagentLimits }: Pick<Dependencies, 'store' | 'subagentLimits'>) =>
  async ({ id, how }: { id: string; how: 'ended' | 'cancelled' | 'crashed' }): Promise<SettledSubagent> => {
    const subagent = await store.subagents.find(id);
    if (!subagent)
      throw new EverturnError('subagent_not_found', `Cannot end background agent ${id}: it does not exist`);
    const { sessionId, parentSessionId } = subagent;
    if (how === 'ended' && sessionId !== null && (await store.turns.last(sessionId))?.status === 'running') {
      // Taken by an attempt whose answer was lost.
      return { outcome: 'more', work: await nextWork(store, sessionId) };
    }
    const { status, starts } = await store.subagents.settle(subagent, await outcomeOf(store, sessionId, how));
    if (status === 'more' && sessionId !== null) return { outcome: 'more', work: await nextWork(store, sessionId) };
    if (status === 'more') throw new Error(`The background agent ${id} has messages and no session`);
    const admitted = await store.subagents.admit(subagentLimits);
    store.wake(parentSessionId);
    if (sessionId !== null) store.wake(sessionId);
    return { outcome: 'settled', status, admitted, starts };
  };
