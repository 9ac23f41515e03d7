import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import type { BackgroundCommand } from '../../contracts/command-result.ts';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { printJson, runCommand } from '../run-command.ts';
import { clock } from '../runs/describe.ts';
import { harmless, styleOf } from '../screen/style.ts';
import { type Column, table } from '../screen/table.ts';

type ListOptions = JsonOption & { session?: string };
type ShowOptions = JsonOption & { follow?: true };

const lookMs = 500;

export const addCommands = (program: Command): void => {
  const commands = program
    .command('commands')
    .description('list the commands that agents run in the background; read or stop one');
  commands
    .command('list', { isDefault: true })
    .description('list running commands')
    .option('--session <id>', 'all commands of this session, including finished ones')
    .option('--json', 'one JSON line for each')
    .action((options: ListOptions) => runCommand(options, () => list(options)));
  commands
    .command('show <id>')
    .description('print the output of a command, both streams')
    .option('--follow', 'follow it until it ends')
    .option('--json', 'as one JSON line')
    .action((id: string, options: ShowOptions) => runCommand(options, () => show(id, options)));
  commands
    .command('stop <id>')
    .description('end a command and everything it started')
    .option('--json', 'as one JSON line')
    .action((id: string, options: JsonOption) => runCommand(options, () => stop(id, options)));
};

const stateOf = ({ status, exitCode, signal }: BackgroundCommand): string => {
  if (status === 'running') return 'running';
  if (status === 'lost') return 'ended with its worker';
  return signal === null ? `${status} (exit code ${exitCode ?? 'unknown'})` : `${status} (${signal})`;
};

const tookOf = ({ startedAt, endedAt }: BackgroundCommand): string =>
  clock(Math.max(0, (endedAt === null ? Date.now() : Date.parse(endedAt)) - Date.parse(startedAt)));

const columns: Column<BackgroundCommand>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'STATUS', value: stateOf },
  { title: 'TOOK', value: tookOf, align: 'right' },
  { title: 'SESSION', value: ({ sessionId }) => sessionId },
  { title: 'COMMAND', value: ({ argv }) => argv.join(' '), max: 60 },
  { title: 'FOR', value: ({ description }) => description ?? '', max: 60 },
];

const list = async ({ session, json }: ListOptions): Promise<void> => {
  const { api } = await connect();
  const { commands } = await api.listCommands({ session });
  if (json) for (const command of commands) printJson(command);
  else if (commands.length > 0) process.stdout.write(`${table(columns, commands, styleOf(process.stdout))}\n`);
  else
    process.stderr.write(
      session === undefined
        ? 'No command runs in the background. An agent starts one with run_command and start: true\n'
        : 'This session has started no command in the background\n',
    );
};

const show = async (id: string, { follow, json }: ShowOptions): Promise<void> => {
  const { api } = await connect();
  let command = await api.getCommand(id);
  if (json) return printJson(command);
  process.stderr.write(`${harmless(`${command.argv.join(' ')}: ${stateOf(command)}, ${tookOf(command)}`)}\n`);
  if (command.outputFrom > 0) process.stderr.write(`(${command.outputFrom} characters before this are not kept)\n`);
  process.stdout.write(harmless(command.output));
  let end = command.outputFrom + command.output.length;
  while (follow && command.status === 'running') {
    await delay(lookMs);
    command = await api.getCommand(id);
    process.stdout.write(harmless(command.output.slice(Math.max(0, end - command.outputFrom))));
    end = command.outputFrom + command.output.length;
  }
  if (follow) process.stderr.write(`${stateOf(command)}\n`);
};

const stop = async (id: string, { json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const command = await api.stopCommand(id);
  if (json) printJson({ type: 'stopping', commandId: id, status: command.status });
  else
    process.stdout.write(command.status === 'running' ? `Stopping ${id}\n` : `${id} has ended: ${stateOf(command)}\n`);
};
