import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { CommandOutput } from './command-output.ts';
import type { Confinement } from './confine/confinement.ts';
import type { LeftProcess } from './confine/stray-processes.ts';
import { callVariable, killOrphans } from './orphans.ts';
import { endGroup } from './process-group.ts';

const maxOutputBytes = 50_000_000;
const drainMs = 1000;

export type Command = {
  argv: [string, ...string[]];
  cwd: string;
  workspace: string;
  env: Record<string, string>;
  confinement: Confinement;
  seconds: number;
  signal: AbortSignal;
  idempotencyKey: string;
  output: CommandOutput;
};

/** `stopped`: why we ended it, if we did. `left`: what may be its own and may still run. */
export type CommandEnd = {
  code: number | null;
  signal: NodeJS.Signals | null;
  stopped: 'time' | 'output' | 'abort' | undefined;
  left: LeftProcess[];
};

const exitOf = (child: ChildProcess): Promise<Pick<CommandEnd, 'code' | 'signal'>> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });

/**
 * Runs a command to its end in a process group of its own. When it resolves, nothing that the command started runs any
 * more: what is left of the group is ended, and so is what left the group, as far as the confinement can. Rejects with
 * the system's error when the command cannot be started.
 */
export const runCommandProcess = async (command: Command): Promise<CommandEnd> => {
  const { argv, cwd, workspace } = command;
  const env = { ...command.env, [callVariable]: command.idempotencyKey };
  const started = command.confinement.start({ argv, cwd, workspace, env });
  const { child } = started;
  const exit = exitOf(child);
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let ended: Promise<LeftProcess[]> | undefined;
  const endOnce = (): Promise<LeftProcess[]> => {
    ended ??= started.end();
    return ended;
  };
  let stopped: CommandEnd['stopped'];
  let ending = Promise.resolve();
  const stop = (reason: NonNullable<CommandEnd['stopped']>) => {
    if (stopped !== undefined || child.pid === undefined) return;
    stopped = reason;
    ending = endGroup(child.pid);
  };
  // Undefined, whatever the types say, when there are no file handles left: the error event comes all the same.
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== undefined && stream !== null);
  for (const stream of streams) {
    const write = command.output.writer(stream === child.stdout ? 'stdout' : 'stderr');
    stream.on('data', (data: Buffer) => {
      write(data);
      if (command.output.bytes > maxOutputBytes) stop('output');
    });
    stream.on('end', () => write());
  }
  const onAbort = () => stop('abort');
  command.signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => stop('time'), command.seconds * 1000);
  try {
    const end = await Promise.race([exit, started.failed]);
    await ending;
    if (child.pid !== undefined) await endGroup(child.pid);
    if (!command.confinement.endsAll) await killOrphans(command.idempotencyKey);
    const left = await endOnce();
    // A process that hid from both would hold the pipes open for ever.
    await Promise.race([closed, delay(drainMs, undefined, { ref: false })]);
    return { ...end, stopped, left };
  } finally {
    await endOnce();
    clearTimeout(timer);
    command.signal.removeEventListener('abort', onAbort);
    for (const stream of streams) stream.destroy();
  }
};
