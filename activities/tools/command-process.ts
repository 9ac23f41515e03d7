import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { CommandOutput } from './command-output.ts';
import { callVariable, killOrphans } from './orphans.ts';
import { endGroup } from './process-group.ts';

const mostOutputBytes = 50_000_000;
const drainMs = 1000;

export type Command = {
  argv: [string, ...string[]];
  cwd: string;
  env: Record<string, string>;
  seconds: number;
  signal: AbortSignal;
  idempotencyKey: string;
  output: CommandOutput;
};

/** `stopped`: why we ended it, if we did. */
export type CommandEnd = {
  code: number | null;
  signal: NodeJS.Signals | null;
  stopped: 'time' | 'output' | 'abort' | undefined;
};

const exitOf = (child: ChildProcess): Promise<Pick<CommandEnd, 'code' | 'signal'>> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });

/**
 * Runs a command to its end in a process group of its own. When it resolves, nothing that the command started runs any
 * more: what is left of the group is ended, and on Linux what left the group as well. Rejects with the system's error
 * when the command cannot be started.
 */
export const runCommandProcess = async (command: Command): Promise<CommandEnd> => {
  const [file, ...args] = command.argv;
  const child = spawn(file, args, {
    cwd: command.cwd,
    env: { ...command.env, [callVariable]: command.idempotencyKey },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = exitOf(child);
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let stopped: CommandEnd['stopped'];
  let ending = Promise.resolve();
  const stop = (reason: NonNullable<CommandEnd['stopped']>) => {
    if (stopped !== undefined || child.pid === undefined) return;
    stopped = reason;
    ending = endGroup(child.pid);
  };
  // Undefined, whatever the types say, when there are no file handles left: the error event comes all the same.
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== undefined);
  for (const stream of streams) {
    const write = command.output.stream();
    stream.on('data', (data: Buffer) => {
      write(data);
      if (command.output.bytes > mostOutputBytes) stop('output');
    });
    stream.on('end', () => write());
  }
  const onAbort = () => stop('abort');
  command.signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => stop('time'), command.seconds * 1000);
  try {
    const end = await exit;
    await ending;
    if (child.pid !== undefined) await endGroup(child.pid);
    await killOrphans(command.idempotencyKey);
    // A process that hid from both would hold the pipes open for ever.
    await Promise.race([closed, delay(drainMs, undefined, { ref: false })]);
    return { ...end, stopped };
  } finally {
    clearTimeout(timer);
    command.signal.removeEventListener('abort', onAbort);
    for (const stream of streams) stream.destroy();
  }
};
