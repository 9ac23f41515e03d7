import type { ScriptActivities } from '../../contracts/script-activities.ts';
import { createFirstToken } from './first-token.ts';
import { createLoadScript } from './load-script.ts';
import { createPrepareCalls } from './prepare-calls.ts';
import type { ScriptDependencies } from './script-dependencies.ts';
import { createRecordLines, createSettleCall, createSettleNested, createSettleScript } from './settle-script.ts';

export const createScriptActivities = (dependencies: ScriptDependencies): ScriptActivities => ({
  loadScript: createLoadScript(dependencies),
  prepareCalls: createPrepareCalls(dependencies),
  settleCall: createSettleCall(dependencies),
  firstToken: createFirstToken(dependencies),
  recordLines: createRecordLines(dependencies),
  settleNested: createSettleNested(dependencies),
  settleScript: createSettleScript(dependencies),
});
