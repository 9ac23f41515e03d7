import type { SubagentActivities } from '../../contracts/activities.ts';
import type { Dependencies } from '../dependencies.ts';
import { createEnterSubagent } from './enter-subagent.ts';
import { createSettleSubagent } from './settle-subagent.ts';

export const createSubagentActivities = (
  dependencies: Pick<Dependencies, 'store' | 'subagentLimits'>,
): SubagentActivities => ({
  enterSubagent: createEnterSubagent(dependencies),
  settleSubagent: createSettleSubagent(dependencies),
  async startSubagent({ id }) {
    const { store } = dependencies;
    await store.subagents.start(id);
    const state = await store.subagents.state(id);
    if (state) store.wake(state.parentSessionId);
  },
});
