import type { RunActivities } from '../../contracts/activities.ts';
import { createConcludeStep } from './conclude-step.ts';
import { createScheduledRunOf } from './create-scheduled-run.ts';
import { createLoadRun, createRecordUnrun } from './load-run.ts';
import { createPrepareStep } from './prepare-step.ts';
import type { RunDependencies } from './run-dependencies.ts';
import { createRunCache } from './runs.ts';
import { createSettleLostStep } from './settle-lost-step.ts';
import { createSettleRun } from './settle-run.ts';
import { createSettleStep } from './settle-step.ts';

export const createRunActivities = (dependencies: Omit<RunDependencies, 'runs'>): RunActivities => {
  const all = { ...dependencies, runs: createRunCache(dependencies.store) };
  return {
    loadRun: createLoadRun(all),
    prepareStep: createPrepareStep(all),
    concludeStep: createConcludeStep(all),
    settleStep: createSettleStep(all),
    settleLostStep: createSettleLostStep(all),
    recordUnrun: createRecordUnrun(all),
    settleRun: createSettleRun(all),
    createScheduledRun: createScheduledRunOf(all),
  };
};
