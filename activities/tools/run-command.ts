import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { CommandOutput } from './command-output.ts';
import { type CommandEnd, runCommandProcess } from './command-process.ts';
import { defineTool } from './define.ts';
import { errnoOf } from './errno.ts';
import { failed } from './failed.ts';
import { resolveInside } from './jail.ts';
import { noNul, quote } from './text.ts';

const noShell = 'it is run without a shell; for pipes and the like use ["sh", "-c", "…"]';

const notStarted = (file: string, error: unknown): unknown => {
  const code = errnoOf(error);
  if (code === 'ENOENT') {
    const words = /\s/.test(file) ? 'give each argument as an element of argv of its own' : noShell;
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

const mostShown = 5;

const stillRunning = ({ left }: CommandEnd): string => {
  if (left.length === 0) return '';
  const shown = left.slice(0, mostShown).map(({ pid, command }) => `\n- process ${pid}: ${quote(command)}`);
  const more = left.length > mostShown ? `\n- and ${left.length - mostShown} more` : '';
  return `\n[Started while this command ran, possibly by it, and still running:${shown.join('')}${more}]`;
};

export const runCommand = defineTool({
  name: 'run_command',
  description:
    'Run a program in the workspace, without a shell: argv is the program and its arguments, one element each. It gets no input. Nothing it starts goes on after it ends. Of long output the beginning and the end are kept.',
  parameters: z.strictObject({
    argv: z.array(noNul).min(1).max(10_000).describe('Such as ["npm", "test"]'),
    cwd: noNul.min(1).default('.').describe('The folder to run in, relative to the workspace'),
    seconds: z.number().min(0.1).optional().describe('End it after this time; there is an upper limit'),
  }),
  effect: 'once',
  permission: 'run',
  doing: ({ argv }) => `run ${quote(argv.join(' '))}`,
  async run({ argv, cwd, seconds }, context) {
    const { signal, idempotencyKey, onOutput, env, confinement, commandSeconds } = context;
    const [file, ...args] = argv;
    if (!file) throw failed('argv[0], the program, is empty');
    const folder = await resolveInside(context, cwd);
    if (!(await stat(folder.real)).isDirectory()) throw failed(`cwd ${quote(cwd)} is not a folder`);
    signal.throwIfAborted();
    const limit = Math.min(seconds ?? commandSeconds, commandSeconds);
    const output = new CommandOutput(onOutput);
    const end = await runCommandProcess({
      argv: [file, ...args],
      cwd: folder.real,
      workspace: context.workspace,
      env,
      confinement,
      seconds: limit,
      signal,
      idempotencyKey,
      output,
    }).catch((error: unknown) => {
      throw notStarted(file, error);
    });
    const text = output.toString();
    const status = end.code === 0 && end.stopped === undefined ? 'ok' : 'error';
    return { status, text: `${describe(end, limit)}\n${text === '' ? '[No output]' : text}${stillRunning(end)}` };
  },
});
