import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Logger } from 'pino';
import type { Definitions } from '../../definitions/definitions.ts';
import { createFindFlow } from '../../definitions/find-flow.ts';
import type { Store } from '../../store/store.ts';
import type { Wanted } from '../gateway/schedules.ts';
import type { Gateway } from '../gateway.ts';
import { wantedSchedules } from '../services/schedules.ts';

const roundMs = 5000;
/** The first reading of all files takes a second of CPU time, which the workers need while a stack starts. */
const firstMs = 3000;
/** In place of what was applied. */
const held = 'held';

type Dependencies = {
  definitions: Definitions;
  gateway: Gateway;
  store: Store;
  /** The identity of the project, which distinguishes its schedules from those of others. */
  project: string;
  /** Where its files are. */
  folder: string;
  log: Logger;
};

/**
 * Makes Temporal's schedules those of the project's files: made, changed and deleted with them. A file that has faults
 * for the moment keeps its schedule, which starts nothing meanwhile. The schedule of a file that is no longer trusted is
 * paused until it is. Where the folder is not there (not mounted, moved away) nothing is touched. Every process of the
 * API does this; what one has done, the others of the same project find done.
 */
export const createScheduleSync = ({ definitions, gateway, store, project, folder, log }: Dependencies) => {
  const applied = new Map<string, string>();
  const findFlow = createFindFlow(definitions);
  let hasAdopted = false;

  /** What a worker without the folder starts. */
  const keep = async (flow: string): Promise<string> => {
    const { file, definition } = await findFlow(flow);
    const { origin, source } = file;
    await store.scheduledFlows.put(project, flow, { origin, file: file.file, source, definition, workspace: folder });
    return source;
  };

  const put = async (wanted: Wanted): Promise<void> => {
    const state = JSON.stringify([wanted, await keep(wanted.flow)]);
    if (applied.get(wanted.flow) === state) return;
    await gateway.putSchedule(wanted);
    applied.set(wanted.flow, state);
  };

  /** Of an earlier release, whose schedules knew no project. */
  const adopt = async (wanted: readonly Wanted[]): Promise<void> => {
    if (hasAdopted) return;
    const earlier = new Set(await gateway.earlierSchedules());
    for (const schedule of wanted) if (earlier.has(schedule.flow)) await gateway.adoptSchedule(schedule);
    hasAdopted = true;
  };

  return async (): Promise<void> => {
    if (!existsSync(path.join(folder, '.everturn'))) return;
    const wanted = wantedSchedules(definitions);
    const flows = definitions.flows();
    const faulty = new Set(flows.flatMap(({ name, faults }) => (faults.length > 0 ? [name] : [])));
    const untrusted = new Set(flows.flatMap(({ name, trusted }) => (trusted ? [] : [name])));
    await adopt(wanted);
    const existing = new Set(await gateway.scheduledFlows());
    for (const schedule of wanted) {
      if (!existing.has(schedule.flow)) applied.delete(schedule.flow);
      try {
        await put(schedule);
      } catch (error) {
        log.warn({ error, flow: schedule.flow }, 'cannot make the schedule now');
      }
    }
    const names = wanted.map(({ flow }) => flow);
    await store.scheduledFlows.keepOnly(project, names);
    const kept = new Set([...names, ...faulty]);
    for (const flow of existing) {
      if (untrusted.has(flow) && applied.get(flow) !== held) {
        await gateway.holdSchedule(flow);
        applied.set(flow, held);
      }
      if (kept.has(flow) || untrusted.has(flow)) continue;
      await gateway.dropSchedule(flow);
      applied.delete(flow);
    }
  };
};

export const startScheduleSync = (dependencies: Dependencies) => {
  const { log } = dependencies;
  const sync = createScheduleSync(dependencies);
  let round: Promise<void> | undefined;
  const next = (): void => {
    round ??= sync()
      .catch((error: unknown) => log.debug({ error }, 'look at the schedules again later'))
      .finally(() => {
        round = undefined;
      });
  };
  const first = setTimeout(next, firstMs);
  const timer = setInterval(next, roundMs);
  return {
    async stop(): Promise<void> {
      clearTimeout(first);
      clearInterval(timer);
      await round;
    },
  };
};
