import type { Activities } from '../contracts/activities.ts';
import { createCallModel } from './call-model.ts';
import type { Dependencies } from './dependencies.ts';
import { failing } from './failing.ts';
import { createRunActivities } from './run/create-run-activities.ts';
import { createRunTool } from './run-tool.ts';
import { createSettleTurn } from './settle-turn.ts';
import { createSubagentActivities } from './subagent/create-subagent-activities.ts';

export const createActivities = (dependencies: Dependencies): Activities =>
  failing({
    callModel: createCallModel(dependencies),
    runTool: createRunTool(dependencies),
    settleTurn: createSettleTurn(dependencies),
    ...createRunActivities(dependencies),
    ...createSubagentActivities(dependencies),
  });
