import { stopPostgresOn } from '../../postgres/leftover.ts';
import { type EndStep, endProcess, isAlive } from '../../runtime/processes.ts';
import { stopTemporalSteps } from '../../temporal/stop-steps.ts';
import { endCommandsOf } from '../../worker/commands.ts';
import type { Folders } from './folders.ts';
import type { StackProcess, StackState } from './state.ts';

/** Names of processes in the state file that are not our Node programs. */
export const temporalName = 'temporal';
export const postgresName = 'postgres';

/**
 * Shorter than in an orderly stop: nothing restarts what a leftover may wait for, and what is cut off continues after
 * the start.
 */
const stopLeftoverSteps: readonly EndStep[] = [
  { signal: 'SIGTERM', waitMs: 2_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];

/**
 * Stops what an earlier supervisor left running, in the order of dependence. A pid that belongs to another process
 * by now is left alone. Returns the names of the stopped processes.
 */
export const stopLeftovers = async (folders: Folders, { processes }: StackState): Promise<string[]> => {
  const living = processes.filter(isAlive);
  const servers = new Set([temporalName, postgresName]);
  const ours = living.filter(({ name }) => !servers.has(name));
  await Promise.all(ours.map((process) => endProcess(process, stopLeftoverSteps)));
  await Promise.all(processes.map(({ workerId }) => (workerId === null ? undefined : endCommandsOf(workerId))));
  const temporal = living.filter(({ name }) => name === temporalName);
  await Promise.all(temporal.map((process) => endProcess(process, stopTemporalSteps)));
  // Found by its data folder, which names it more surely than our notes.
  const postgres = await stopPostgresOn(folders.postgres);
  const stopped = [...ours, ...temporal].map(({ name }: StackProcess) => name);
  return postgres ? [...stopped, postgresName] : stopped;
};
