import path from 'node:path';
import { endGroupsOf, openGroups } from '../activities/tools/confine/cgroup.ts';
import { type Chosen, chooseConfinement } from '../activities/tools/confine/choose.ts';
import { killMarked, workerVariable } from '../activities/tools/orphans.ts';
import type { Config } from '../contracts/config.ts';
import { conventionalFolder, stackFolder } from '../files/places.ts';

export type { Chosen };

/**
 * What of a stack holds secrets or is not to be touched: its token, its data, its logs, what says where it runs, code
 * that its processes load, and what the user has trusted.
 */
const hiddenOf = (project: string): string[] => [
  ...['token', 'data', 'logs', 'run', 'cache'].map((name) => path.join(stackFolder(project), name)),
  conventionalFolder('config'),
];

export type ConfineCommands = {
  project: string;
  config: Pick<Config, 'commands'>;
  /** Null to look only: nothing is made. */
  workerId: string | null;
};

/** How commands are confined in this project, on this machine. Throws `config_invalid`. */
export const confineCommands = ({ project, config, workerId }: ConfineCommands): Promise<Chosen> =>
  chooseConfinement({
    sandbox: config.commands.sandbox,
    hidden: hiddenOf(project),
    groups: workerId === null ? null : openGroups(workerId),
  });

/** Ends what commands of a worker that is gone left running. Answers how many process groups it found by their environment. */
export const endCommandsOf = async (workerId: string): Promise<number> => {
  await endGroupsOf(workerId);
  return await killMarked(workerVariable, workerId);
};
