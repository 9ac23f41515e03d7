import type { RunActivities } from '../../contracts/activities.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { checkInput } from '../../sandbox/run-input.ts';
import { hashOf } from './hash.ts';
import type { RunDependencies } from './run-dependencies.ts';

/** Idempotent by the moment that the schedule names. */
export const createScheduledRunOf =
  ({ store, findFlow, workspace }: RunDependencies): RunActivities['createScheduledRun'] =>
  async ({ flow, key }) => {
    try {
      const { file, definition, trusted } = await findFlow(flow);
      // Temporal may start it before the API has paused its schedule.
      if (!trusted) return null;
      // Its schedule was taken out of the file, or there never was one.
      if (!file.definition.schedule) return null;
      const id = `r_${hashOf(key).slice(0, 24)}`;
      await store.runs.create({
        id,
        kind: 'flow',
        name: flow,
        origin: file.origin,
        file: file.file,
        source: file.source,
        definition,
        input: checkInput(file.definition, file.definition.schedule.input ?? {}),
        workspace,
        allow: [],
        trigger: 'schedule',
      });
      store.wakeRun(id);
      return { runId: id };
    } catch (error) {
      if (error instanceof EverturnError && !error.retryable) return null;
      throw error;
    }
  };
