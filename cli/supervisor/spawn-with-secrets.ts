import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { pipeVariable } from '../../runtime/secrets.ts';
import type { ChildEnvironment } from './child-environment.ts';

export type SpawnWithSecrets = {
  cwd: string;
  env: ChildEnvironment;
  /** File descriptor that takes both of its outputs. */
  output: number;
};

const secretsFd = 4;

/** Starts a Node program in a session of its own, with an IPC channel, and hands it its secrets by a pipe. */
export const spawnWithSecrets = (args: readonly string[], { cwd, env, output }: SpawnWithSecrets): ChildProcess => {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...env.plain, [pipeVariable]: String(secretsFd) },
    detached: true,
    stdio: ['ignore', output, output, 'ipc', 'pipe'],
  });
  const pipe = child.stdio[secretsFd] as Writable | undefined;
  // A program that ended before it read them has an exit that says so.
  pipe?.on('error', () => undefined);
  pipe?.end(JSON.stringify(env.secrets));
  return child;
};
