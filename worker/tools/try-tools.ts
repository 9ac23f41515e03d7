import { randomUUID } from 'node:crypto';
import { askHost } from '../../activities/tools/own/ask-host.ts';
import type { HostAnswer } from '../../activities/tools/own/protocol.ts';
import type { Config } from '../../contracts/config.ts';
import { openToolFiles } from '../../definitions/tool-files.ts';
import { commandEnv } from '../command-env.ts';
import { confineCommands } from '../commands.ts';
import { type CheckedTool, describeFile, withoutClashes } from './own-tools.ts';

type ToolProject = { project: string; config: Pick<Config, 'commands' | 'commandEnv'> };

const processOf = async ({ project, config }: ToolProject) => {
  const { confinement } = await confineCommands({ project, config, workerId: null });
  return { cwd: project, env: commandEnv(config.commandEnv), confinement };
};

/** Loads each file with a tool, as workers do, and says what is in it or wrong with it. Trusted or not: a user asks. */
export const checkTools = async (place: ToolProject): Promise<CheckedTool[]> => {
  const process = await processOf(place);
  const checked: CheckedTool[] = [];
  for (const { file, origin, problem } of openToolFiles({ project: place.project })()) {
    const described = problem === null ? await describeFile(file, process) : { fault: problem };
    checked.push(
      'tool' in described
        ? { file, origin, tool: described.tool, fault: null }
        : { file, origin, tool: null, fault: described.fault },
    );
  }
  return withoutClashes(checked);
};

type Trial = ToolProject & {
  file: string;
  args: Record<string, unknown>;
  seconds: number;
  signal: AbortSignal;
  onOutput(text: string): void;
};

/** Runs a tool once, as a worker would, in the folder of the project. */
export const tryTool = async ({ file, args, seconds, signal, onOutput, ...place }: Trial): Promise<HostAnswer> =>
  await askHost({
    ...(await processOf(place)),
    request: { action: 'run', file, args, workspace: place.project, key: `try/${randomUUID()}` },
    seconds,
    signal,
    onOutput,
  });
