/** The bundle's entry: every workflow type by its name. */
export { session } from './session/workflow.ts';
export { turn } from './turn/workflow.ts';
