import { CommanderError } from 'commander';
import { localDirect } from '../runtime/proxies.ts';
import { protectDashes } from './dashes.ts';
import { exitCodes } from './exit.ts';
import { createProgram, misspelt } from './program.ts';
import { printJson } from './run-command.ts';

Object.assign(process.env, localDirect(process.env));

try {
  const program = await createProgram(process.argv[2]);
  await program.parseAsync(protectDashes(process.argv));
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  if (error.exitCode !== 0 && process.argv.includes('--json')) {
    const message = misspelt(error.message).replace(/^error: /, '');
    printJson({ type: 'error', error: { code: 'bad_request', message } });
  }
  // Help and version were asked for; everything else is a mistake in the command line, already reported by commander.
  process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
}
