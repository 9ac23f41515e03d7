import { EverturnError } from '../contracts/errors.ts';
import { exitCodeOf, exitCodes } from './exit.ts';
import { type JsonOption, toJson } from './output.ts';
import { harmless, styleOf } from './screen/style.ts';

/**
 * Runs the action of a command that talks to the API. What it throws goes to standard error in words, or with `--json`
 * to standard output as one line `{"type":"error","error":{"code","message","details"}}`, and becomes the exit code.
 */
export const runCommand = async (options: JsonOption, action: () => Promise<void>): Promise<void> => {
  endWithReader();
  try {
    await action();
  } catch (error) {
    const known = error instanceof EverturnError ? error : null;
    process.exitCode = exitCodeOf(known?.code);
    const code = known?.code ?? 'internal';
    const message = error instanceof Error ? error.message : String(error);
    if (options.json) printJson({ type: 'error', error: { code, message, details: known?.details } });
    else {
      const words = harmless(known || !(error instanceof Error) ? message : (error.stack ?? message));
      process.stderr.write(`${styleOf(process.stderr).red('error')} ${words}\n`);
    }
  }
};

export const printJson = (value: object): void => {
  process.stdout.write(`${toJson(value)}\n`);
};

/** Who reads us may stop at any line, as `head` does: that ends the command, quietly. */
const endWithReader = (): void => {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit(exitCodes.ok);
    });
  }
};
