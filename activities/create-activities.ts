import { ApplicationFailure, CancelledFailure, Context, log } from '@temporalio/activity';
import type { Activities } from '../contracts/activities.ts';
import { createCallModel } from './call-model.ts';
import type { Dependencies } from './dependencies.ts';
import { failureLimit, toFailure } from './failure.ts';
import { createRunActivities } from './run/create-run-activities.ts';
import { createRunTool } from './run-tool.ts';
import { createSettleTurn } from './settle-turn.ts';
import { createSubagentActivities } from './subagent/create-subagent-activities.ts';

/** Attempts after which an error that no row of the table foresees is given up. */
const patience = 20;

/**
 * What is thrown outside an attempt leaves as a failure of the error table too: the code alone goes to Temporal, what
 * it says goes to our log.
 */
const failing =
  <Input, Result>(activity: (input: Input) => Promise<Result>) =>
  async (input: Input): Promise<Result> => {
    try {
      return await activity(input);
    } catch (error) {
      if (error instanceof ApplicationFailure || error instanceof CancelledFailure) throw error;
      log.error('An activity failed', { error });
      throw toFailure(error, Context.current().info.attempt < patience ? 0 : failureLimit);
    }
  };

export const createActivities = (dependencies: Dependencies): Activities => {
  const run = createRunActivities(dependencies);
  const subagent = createSubagentActivities(dependencies);
  return {
    callModel: failing(createCallModel(dependencies)),
    runTool: failing(createRunTool(dependencies)),
    settleTurn: failing(createSettleTurn(dependencies)),
    loadRun: failing(run.loadRun),
    prepareStep: failing(run.prepareStep),
    concludeStep: failing(run.concludeStep),
    settleStep: failing(run.settleStep),
    recordUnrun: failing(run.recordUnrun),
    settleRun: failing(run.settleRun),
    createScheduledRun: failing(run.createScheduledRun),
    enterSubagent: failing(subagent.enterSubagent),
    startSubagent: failing(subagent.startSubagent),
    settleSubagent: failing(subagent.settleSubagent),
  };
};
