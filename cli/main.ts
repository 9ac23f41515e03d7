import { CommanderError } from 'commander';
import { localDirect } from '../runtime/proxies.ts';
import { protectDashes } from './dashes.ts';
import { exitCodes } from './exit.ts';
import { createProgram } from './program.ts';

Object.assign(process.env, localDirect(process.env));

try {
  const program = await createProgram(process.argv[2]);
  await program.parseAsync(protectDashes(process.argv));
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Help and version were asked for; everything else is a mistake in the command line, already reported by commander.
  process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
}
