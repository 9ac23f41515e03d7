/** The entry of the scripts' bundle, which runs in worker processes of its own. */
export { script } from './script/workflow.ts';
