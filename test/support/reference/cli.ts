import type { Argument, Command, Option } from 'commander';
import { exitCodes, exitMeanings } from '../../../cli/exit.ts';
import { createProgram } from '../../../cli/program.ts';
import { code, page, table } from './markdown.ts';

const nameOf = (command: Command): string =>
  command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();

const defaultOf = (value: unknown): string => {
  if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) return '';
  return ` Default: ${code(typeof value === 'string' ? value : JSON.stringify(value))}.`;
};

const sentence = (text: string): string => {
  const whole = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return whole === '' || /[.?!:]$/.test(whole) ? whole : `${whole}.`;
};

const choices = ({ argChoices }: Pick<Option, 'argChoices'>): string =>
  argChoices ? ` One of ${argChoices.map(code).join(', ')}.` : '';

const optionRow = (option: Option): string[] => {
  const { flags, description, defaultValue, negate, mandatory } = option;
  const shown = negate ? '' : defaultOf(defaultValue);
  return [code(flags), `${sentence(description)}${choices(option)}${shown}${mandatory ? ' Required.' : ''}`.trim()];
};

const argumentRow = (argument: Argument): string[] => {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  const shown = argument.required ? `<${name}>` : `[${name}]`;
  return [
    code(shown),
    `${sentence(argument.description)}${choices(argument)}${defaultOf(argument.defaultValue)}`.trim(),
  ];
};

const childrenOf = (command: Command): Command[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .filter((child) => child.name() !== 'help');

const isDefault = (command: Command): boolean =>
  (command.parent as (Command & { _defaultCommandName?: string }) | null)?._defaultCommandName === command.name();

const describe = (command: Command): string => {
  const described = command.registeredArguments.filter(({ description }) => description !== '');
  const rows = [
    ...described.map(argumentRow),
    ...command
      .createHelp()
      .visibleOptions(command)
      .filter(({ long }) => long !== '--help')
      .map(optionRow),
  ];
  const usage = `everturn ${nameOf(command).split(' ').slice(1).join(' ')} ${command.usage()}`
    .replaceAll(/\s+/g, ' ')
    .trim();
  const also = isDefault(command) ? ` ${code(nameOf(command.parent as Command))} alone does the same.` : '';
  const aliases = command.aliases().map(code).join(', ');
  return [
    `### ${nameOf(command)}`,
    code(usage),
    `${sentence(command.description())}${also}${aliases ? ` Also: ${aliases}.` : ''}`,
    rows.length > 0 ? table(['argument or option', 'meaning'], rows) : '',
  ]
    .filter(Boolean)
    .join('\n\n');
};

/** A command that only holds others does nothing itself. */
const leaves = (command: Command): Command[] => {
  const children = childrenOf(command);
  const own = children.length === 0 ? [command] : [];
  return [...own, ...children.flatMap(leaves)];
};

export const cliReference = async (): Promise<string> => {
  const program = await createProgram();
  const groups = childrenOf(program);
  return page(
    'Command line',
    'the commands themselves',
    `${code('npx everturn COMMAND --help')} prints the same. Commands that print something take \`--json\`: one JSON line for each thing, and errors as a last line \`{"type":"error","error":{"code","message","details"}}\`.`,
    table(
      ['command', 'does'],
      groups.map((command) => [
        `[${command.name()}](#${nameOf(leaves(command)[0] ?? command).replaceAll(' ', '-')})`,
        command.description(),
      ]),
    ),
    '## Exit codes',
    'A number keeps its meaning. The [error reference](errors.md) names the exit code of each error.',
    table(
      ['code', 'meaning'],
      Object.entries(exitCodes).map(([name, number]) => [String(number), exitMeanings[name as keyof typeof exitCodes]]),
    ),
    '## Commands',
    ...groups.flatMap(leaves).map(describe),
  );
};
