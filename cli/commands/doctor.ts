import type { Command } from 'commander';
import pc from 'picocolors';
import type { Check } from '../doctor/check.ts';
import { exitCodes } from '../exit.ts';
import { createPrint, type JsonOption } from '../output.ts';
import { runCommand } from '../run-command.ts';
import { harmless } from '../screen/style.ts';

export const addDoctor = (program: Command): void => {
  program
    .command('doctor')
    .description('show what is present, missing or wrong on this machine, and how to fix it')
    .option('--json', 'one JSON line for each finding')
    .action((options: JsonOption) => doctor(options));
};

const doctor = (options: JsonOption): Promise<void> =>
  runCommand(options, async () => {
    const print = createPrint(options);
    const { examine } = await import('../doctor/examine.ts');
    const checks = await examine();
    for (const check of checks) print(wordsFor(check), { type: 'check', ...check });
    const count = (status: Check['status']) => checks.filter((check) => check.status === status).length;
    const [failures, warnings] = [count('fail'), count('warn')];
    const verdict = failures > 0 ? `${failures} to put right` : 'Everything needed is here';
    print(`\n${verdict}${warnings > 0 ? `, ${warnings} to know of` : ''}`, { type: 'verdict', failures, warnings });
    if (failures > 0) process.exitCode = exitCodes.failure;
  });

const marks = { ok: pc.green('ok  '), warn: pc.yellow('warn'), fail: pc.red('fail') };

const wordsFor = ({ name, status, found, todo }: Check): string => {
  const line = `${marks[status]}  ${harmless(`${name.padEnd(14)} ${found}`)}`;
  return todo === undefined ? line : `${line}\n${' '.repeat(21)}${pc.dim('→')} ${harmless(todo)}`;
};
