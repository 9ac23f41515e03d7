import type { SubagentActivities } from '../../contracts/activities.ts';
import type { Dependencies } from '../dependencies.ts';
import { createEnterSubagent } from './enter-subagent.ts';
import { createSettleSubagent } from './settle-subagent.ts';

export const createSubagentActivities = (
  dependencies: Pick<Dependencies, 'store' | 'subagentLimits'>,
): SubagentActivities => ({
  enterSubagent: createEnterSubagent(dependencies),
  settleSubagent: createSettleSubagent(dependencies),
});
