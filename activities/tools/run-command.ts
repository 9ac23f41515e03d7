import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { z } from 'zod';
import type { CommandResult } from '../../contracts/command-result.ts';
import { CommandOutput } from './command-output.ts';
import { type CommandEnd, runCommandProcess } from './command-process.ts';
import { defineTool } from './define.ts';
import { failed } from './failed.ts';
import { type InsidePath, resolveInside } from './jail.ts';
import { startErrnoOf } from './start-errno.ts';
import { noNul, quote } from './text.ts';
import type { Tool, ToolContext, ToolResult, Touched } from './tool.ts';

const noShell = 'it is run without a shell; for pipes and the like use ["sh", "-c", "…"]';

const notStarted = (file: string, error: unknown): unknown => {
  const code = startErrnoOf(file, error);
  if (code === 'ENOENT') {
    const words = /\s/.test(file) ? 'pass each argument as a separate element of argv' : noShell;
    return failed(`command not found: ${quote(file)}; ${words}`, error);
  }
  if (code === 'EACCES') return failed(`${quote(file)} is not a program that may be run (EACCES)`, error);
  return error;
};

const endings = {
  time: (seconds: number) => `Stopped: it took longer than ${seconds} s`,
  output: () => 'Stopped: it wrote too much output; let it write to a file and read that',
  abort: () => 'Cancelled',
};

const describe = ({ code, signal, stopped }: CommandEnd, seconds: number): string => {
  const how = signal === null ? `exit code ${code}` : `killed by ${signal}`;
  return stopped === undefined ? how[0]?.toUpperCase() + how.slice(1) : `${endings[stopped](seconds)} (${how})`;
};

const maxShown = 5;

const stillRunning = ({ left }: CommandEnd): string => {
  if (left.length === 0) return '';
  const shown = left.slice(0, maxShown).map(({ pid, command }) => `\n- process ${pid}: ${quote(command)}`);
  const more = left.length > maxShown ? `\n- and ${left.length - maxShown} more` : '';
  return `\n[Started while this command ran, possibly by it, and still running:${shown.join('')}${more}]`;
};

const emptyStream = { text: '', bytes: 0, leftOut: 0 };

/** The model's text: what the command wrote on each stream, apart. */
const textOf = ({ stdout, stderr }: Pick<CommandResult, 'stdout' | 'stderr'>): string => {
  if (stderr.text === '') return stdout.text === '' ? '[No output]' : stdout.text;
  const out = stdout.text === '' ? '' : `[stdout]\n${stdout.text}${stdout.text.endsWith('\n') ? '' : '\n'}`;
  return `${out}[stderr]\n${stderr.text}`;
};

type Wanted = { argv: [string, ...string[]]; cwd: InsidePath; description: string | null; seconds: number };

const runToEnd = async ({ argv, cwd, description, seconds }: Wanted, context: ToolContext): Promise<ToolResult> => {
  const { signal, idempotencyKey, onOutput, env, confinement, workspace } = context;
  const output = new CommandOutput(onOutput);
  const startedAt = performance.now();
  const command = { argv, cwd: cwd.real, workspace, env, confinement, seconds, signal, idempotencyKey, output };
  const end = await runCommandProcess(command).catch((error: unknown) => {
    throw notStarted(argv[0], error);
  });
  const [stdout, stderr] = [output.stdout.result(), output.stderr.result()];
  return {
    status: end.code === 0 && end.stopped === undefined ? 'ok' : 'error',
    text: `${describe(end, seconds)}\n${textOf({ stdout, stderr })}${stillRunning(end)}`,
    command: {
      argv,
      cwd: cwd.shown,
      description,
      exitCode: end.code,
      signal: end.signal,
      stopped: end.stopped ?? null,
      stdout,
      stderr,
      isTruncated: stdout.leftOut + stderr.leftOut > 0,
      durationMs: Math.round(performance.now() - startedAt),
      id: null,
    },
  };
};

const startInBackground = async (
  { argv, cwd, description }: Wanted,
  { background, sessionId, idempotencyKey, confinement, workspace, env }: ToolContext,
): Promise<ToolResult> => {
  if (!background) throw failed('nothing can be started in the background here; run it without start');
  const id = `cmd_${createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 12)}`;
  const program = { argv, cwd: cwd.real, env, workspace };
  await background
    .start({ id, sessionId, description, idempotencyKey, confinement, program })
    .catch((error: unknown) => {
      throw notStarted(argv[0], error);
    });
  return {
    status: 'ok',
    text: `Started in the background as ${id}. Read it with command_output, write to it with command_input, end it with command_stop; it ends with the session.`,
    command: {
      argv,
      cwd: cwd.shown,
      description,
      exitCode: null,
      signal: null,
      stopped: null,
      stdout: emptyStream,
      stderr: emptyStream,
      isTruncated: false,
      durationMs: 0,
      id,
    },
  };
};

const ownWords =
  'Run a program in the workspace, without a shell: argv is the program and its arguments, one element each. It gets no input. Everything it starts ends with it, unless start is set. Of long output the beginning and the end are kept.';

const program = {
  cwd: noNul.min(1).default('.').describe('The folder to run in, relative to the workspace'),
  description: noNul
    .min(1)
    .max(200)
    .optional()
    .describe('What it is for, in a few words, for the user who approves it'),
  seconds: z.number().min(0.1).optional().describe('End it after this time; there is an upper limit'),
  start: z
    .boolean()
    .default(false)
    .describe('Start it in the background, such as a server: it runs until the session ends'),
};

const argv = z.array(noNul).min(1).max(10_000).describe('Such as ["npm", "test"]');

type Arguments = {
  argv?: string[] | undefined;
  shell?: string | undefined;
  cwd: string;
  description?: string | undefined;
  seconds?: number | undefined;
  start: boolean;
};

const argvOf = ({ argv: given, shell: text }: Arguments, shell: string | null): [string, ...string[]] => {
  if (text !== undefined && shell !== null) return [shell, '-c', text];
  const [file, ...args] = given ?? [];
  if (!file) throw failed('argv[0], the program, is empty');
  return [file, ...args];
};

const runWith =
  (shell: string | null) =>
  async (args: Arguments, context: ToolContext): Promise<ToolResult> => {
    const words = argvOf(args, shell);
    const cwd = await resolveInside(context, args.cwd);
    if (!(await stat(cwd.real)).isDirectory()) throw failed(`cwd ${quote(args.cwd)} is not a folder`);
    context.signal.throwIfAborted();
    const seconds = Math.min(args.seconds ?? context.commandSeconds, context.commandSeconds);
    const wanted = { argv: words, cwd, description: args.description ?? null, seconds };
    return await (args.start ? startInBackground : runToEnd)(wanted, context);
  };

const touchesOf =
  (shell: string | null) =>
  (args: Record<string, unknown>): Touched => {
    const { argv: given = [], shell: text, cwd } = args as Arguments;
    const isText = text !== undefined && shell !== null;
    return { command: { argv: isText ? [shell, '-c', text] : given, cwd, shellText: isText ? text : null } };
  };

const common = { name: 'run_command', effect: 'once', permission: 'run' } as const;

export const runCommand: Tool = {
  ...defineTool({
    ...common,
    description: ownWords,
    parameters: z.strictObject({ argv, ...program }),
    doing: (args) => `run ${quote(args.argv.join(' '))}`,
    run: runWith(null),
  }),
  touches: touchesOf(null),
};

/** Where everturn.yaml names a shell, a text that it reads may be given in the place of argv. */
export const createRunCommand = (shell: string | null): Tool => {
  if (shell === null) return runCommand;
  return {
    ...defineTool({
      ...common,
      description: `${ownWords} For pipes and the like give a text for ${shell} as shell instead.`,
      parameters: z
        .strictObject({
          argv: argv.optional(),
          shell: noNul.min(1).max(100_000).optional().describe(`A text that ${shell} reads, in the place of argv`),
          ...program,
        })
        .refine((args) => (args.argv === undefined) !== (args.shell === undefined), 'expected either argv or shell'),
      doing: (args) => `run ${quote(args.shell ?? (args.argv ?? []).join(' '))}`,
      run: runWith(shell),
    }),
    touches: touchesOf(shell),
  };
};
