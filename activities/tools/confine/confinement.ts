import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import type { SandboxKind } from '../../../contracts/config/commands.ts';
import type { LeftProcess } from './stray-processes.ts';

export type Program = {
  argv: [string, ...string[]];
  /** Absolute. */
  cwd: string;
  env: Record<string, string>;
  /** The session's folder, absolute. */
  workspace: string;
  /** Its standard input is a pipe. Default: it is empty. */
  input?: boolean;
};

export type StartedProgram = {
  /** Leads a process group of its own; its standard output and error are the program's. */
  child: ChildProcess;
  /** Rejects when the program was not started because it could not be confined; pending otherwise. */
  failed: Promise<never>;
  /**
   * Called once, after the child has ended: ends what the program left running. Answers what may be its own and was
   * let alone, because nothing proves it.
   */
  end(): Promise<LeftProcess[]>;
};

/** How commands are kept away from our processes, and their processes from outliving them. */
export type Confinement = {
  kind: SandboxKind;
  /** One sentence for people. */
  words: string;
  /** Whether nothing that a command starts can outlive it. */
  endsAll: boolean;
  /** Throws ENOENT or EACCES, like execvp, if the program is missing or may not be run. */
  start(program: Program): StartedProgram;
};

export const never: Promise<never> = new Promise(() => undefined);

/** Spawns without a terminal, in a process group of its own. `more`: file descriptors 3 and up. */
export const spawnProgram = (
  [file, ...args]: [string, ...string[]],
  { cwd, env, input = false }: Pick<Program, 'cwd' | 'env' | 'input'>,
  more: Array<'pipe' | 'ignore'> = [],
): ChildProcess => {
  const stdio: StdioOptions = [input ? 'pipe' : 'ignore', 'pipe', 'pipe', ...more];
  return spawn(file, args, { cwd, env, detached: true, stdio });
};
