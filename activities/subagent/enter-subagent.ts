import type { EnteredSubagent } from '../../contracts/activities.ts';
import { hasEnded } from '../../contracts/subagents.ts';
import type { Dependencies } from '../dependencies.ts';
import { nextWork } from './work.ts';

export const createEnterSubagent =
  ({ store, subagentLimits }: Pick<Dependencies, 'store' | 'subagentLimits'>) =>
  async ({ id }: { id: string }): Promise<EnteredSubagent> => {
    await store.subagents.acknowledge(id);
    const before = await store.subagents.state(id);
    const mayEnter = before && !hasEnded(before.status) && !before.isAdmitted && !before.isCancelling;
    if (mayEnter) await store.subagents.admit(subagentLimits);
    const state = mayEnter ? await store.subagents.state(id) : before;
    if (!state || hasEnded(state.status)) return { outcome: 'ended' };
    // One whose session was deleted while it waited ends as if it had been asked to.
    if (state.isCancelling || state.sessionId === null) return { outcome: 'cancelled' };
    if (!state.isAdmitted) return { outcome: 'waiting' };
    const work = await nextWork(store, state.sessionId);
    await store.subagents.start(id);
    store.wake(state.parentSessionId);
    return { outcome: 'admitted', work };
  };
