import type { Check } from '../../store/checks.ts';
import { CommandOutput } from '../tools/command-output.ts';
import { runCommandProcess } from '../tools/command-process.ts';
import { startErrnoOf } from '../tools/start-errno.ts';
import type { ToolContext } from '../tools/tool.ts';

/** Characters of its output that are kept: the beginning and the end. */
const maxCharacters = 8000;
const head = 3000;

export const capped = (text: string): string => {
  if (text.length <= maxCharacters) return text;
  const tail = maxCharacters - head;
  return `${text.slice(0, head)}\n[${text.length - maxCharacters} characters left out]\n${text.slice(-tail)}`.toWellFormed();
};

type Options = Pick<ToolContext, 'workspace' | 'signal' | 'env' | 'confinement'> & { key: string; seconds: number };

const bothOf = ({ stdout, stderr }: CommandOutput): string =>
  [stdout, stderr]
    .map((stream) => stream.result().text)
    .filter(Boolean)
    .join('\n');

/** Runs a check command in the workspace. Throws when the signal is aborted. */
export const runCheck = async (
  command: [string, ...string[]],
  { workspace, signal, env, confinement, key, seconds }: Options,
): Promise<Check> => {
  const output = new CommandOutput(() => undefined);
  const startedAt = performance.now();
  try {
    const end = await runCommandProcess({
      argv: command,
      cwd: workspace,
      workspace,
      env,
      confinement,
      seconds,
      signal,
      idempotencyKey: key,
      output,
    });
    signal.throwIfAborted();
    const status = end.stopped === 'time' ? 'timed_out' : end.code === 0 && end.stopped === undefined ? 'ok' : 'failed';
    return { command, status, output: capped(bothOf(output)), durationMs: performance.now() - startedAt };
  } catch (error) {
    signal.throwIfAborted();
    const code = startErrnoOf(command[0] ?? '', error);
    if (code === undefined) throw error;
    const why = code === 'ENOENT' ? `command not found: ${command[0]}` : `it cannot be started (${code})`;
    return { command, status: 'failed', output: why, durationMs: performance.now() - startedAt };
  }
};
