/** The bundle's entry: every workflow type by its name. */
export { batch } from './batch/workflow.ts';
export { branch } from './branch/workflow.ts';
export { fileChanges } from './file-changes/workflow.ts';
export { flow } from './flow/workflow.ts';
export { flowStep } from './flow-step/workflow.ts';
export { map } from './map/workflow.ts';
export { scheduledFlow } from './scheduled-flow/workflow.ts';
export { scriptCall } from './script-call/workflow.ts';
export { subagent } from './subagent/workflow.ts';
export { turn } from './turn/workflow.ts';
