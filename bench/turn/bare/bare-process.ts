import { fileURLToPath } from 'node:url';
import { readFloorEnvironment } from '../floor/environment.ts';
import { openFloor } from '../floor/steps.ts';
import { createBareActivities } from './activities.ts';
import { runBareWorker } from './run-worker.ts';

const options = readFloorEnvironment();
const floor = openFloor(options);
await runBareWorker(options, {
  workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
  activities: createBareActivities(floor),
});
await floor.close();
