import { fileURLToPath } from 'node:url';
import { runBareWorker } from '../../turn/bare/run-worker.ts';
import { readFloorEnvironment } from '../../turn/floor/environment.ts';
import { openFloor } from '../../turn/floor/steps.ts';
import { createCapacityActivities } from './activities.ts';

const options = readFloorEnvironment();
const floor = openFloor(options);
await runBareWorker(options, {
  workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
  activities: createCapacityActivities(floor),
});
await floor.close();
