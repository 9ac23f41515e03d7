import type { RunActivities } from '../../contracts/activities.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { checkInput } from '../../sandbox/run-input.ts';
import type { ScheduledFlow } from '../../store/scheduled-flows.ts';
import { hashOf } from './hash.ts';
import type { RunDependencies } from './run-dependencies.ts';

/** With which flow a schedule starts; null: with none, as it is not trusted, or its schedule was taken out of the file. */
const scheduledOf = async (
  { store, findFlow, workspace, project }: RunDependencies,
  { flow, owner }: { flow: string; owner: string },
): Promise<ScheduledFlow | null> => {
  // Another project's files are not here: what its own API keeps of them is.
  if (owner !== project) return (await store.scheduledFlows.find(owner, flow)) ?? null;
  const { file, definition, trusted } = await findFlow(flow);
  // Temporal may start it before the API has paused its schedule.
  if (!trusted || !file.definition.schedule) return null;
  const { origin, source } = file;
  return { origin, file: file.file, source, definition, workspace };
};

/** Idempotent by the moment that the schedule names. */
export const createScheduledRunOf =
  (dependencies: RunDependencies): RunActivities['createScheduledRun'] =>
  async ({ flow, project: owner = dependencies.project, key }) => {
    const { store } = dependencies;
    try {
      const found = await scheduledOf(dependencies, { flow, owner });
      if (!found) return null;
      const id = `r_${hashOf(key).slice(0, 24)}`;
      const declared = found.definition.flow;
      await store.runs.create({
        ...found,
        id,
        kind: 'flow',
        name: flow,
        input: checkInput(declared, declared.schedule?.input ?? {}),
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
