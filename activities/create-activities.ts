import type { Activities } from '../contracts/activities.ts';
import { activityCallers, onlyForCallers } from './callers.ts';
import { createSettleFileChanges } from './changes/settle-file-changes.ts';
import { createCompactContext } from './context/compact-context.ts';
import type { Dependencies } from './dependencies.ts';
import { failing } from './failing.ts';
import { createRunActivities } from './run/create-run-activities.ts';
import { createCallDirectly } from './script/call-directly.ts';
import { createSubagentActivities } from './subagent/create-subagent-activities.ts';
import { createCallModel } from './turn/call-model.ts';
import { createRunTool } from './turn/run-tool.ts';
import { createSettleTurn } from './turn/settle-turn.ts';

export const createActivities = (dependencies: Dependencies): Activities =>
  failing(
    onlyForCallers(
      dependencies.store,
      {
        callModel: createCallModel(dependencies),
        compactContext: createCompactContext(dependencies),
        callDirectly: createCallDirectly(dependencies),
        runTool: createRunTool(dependencies),
        settleTurn: createSettleTurn(dependencies),
        settleFileChanges: createSettleFileChanges(dependencies),
        ...createRunActivities(dependencies),
        ...createSubagentActivities(dependencies),
      },
      activityCallers,
    ),
  );
