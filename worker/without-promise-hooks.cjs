/**
 * Given to Node by `--require`, which threads inherit. The SDK takes a stack trace of every promise that a workflow makes,
 * for the tab "Call Stack" of Temporal UI: a quarter of the CPU time of our workers, for stacks that show the driver and
 * never the state of the machine it runs, which is in the workflow's details. There is no option for it; where Node
 * has no such hooks the SDK does without, and says so once for each thread.
 */
require('../runtime/check-node.cjs');

const { isMainThread } = require('node:worker_threads');

if (!isMainThread) {
  require('node:v8').promiseHooks.createHook = () => {
    throw new Error('Stacks of promises are not recorded');
  };
}
