import { matchBroadly, matchesExactly } from './command-match.ts';
import { commandWords } from './command-words.ts';
import { matchesGlob } from './glob-match.ts';
import { matchesHost } from './host-match.ts';
import { type PermissionRule, tooBroad } from './rule.ts';
import { readShell } from './shell-text.ts';
import type { Subject } from './subject.ts';

/** `*` matches any characters; nothing else is special. */
const matchesName = (pattern: string, name: string): boolean => {
  const parts = pattern.split('*');
  const [first = ''] = parts;
  if (parts.length === 1) return name === pattern;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  const last = parts.at(-1) ?? '';
  return name.length - last.length >= at && name.endsWith(last);
};

/** Whether a rule is about this tool and this agent at all. */
export const concerns = ({ tool, kind, agent }: PermissionRule, subject: Subject): boolean =>
  (tool === undefined || matchesName(tool, subject.tool)) &&
  (kind === undefined || kind === subject.kind) &&
  (agent === undefined || agent === subject.agent);

/** A rule that asks or denies: one path, host or command that it matches is enough. */
export const forbids = (rule: PermissionRule, subject: Subject): boolean => {
  const { path, host, command } = rule;
  if (!concerns(rule, subject)) return false;
  const touched = [...subject.paths, subject.command?.cwd ?? null];
  if (path !== undefined && !touched.some((one) => one !== null && matchesGlob(path, one, subject, true))) return false;
  if (host !== undefined && !subject.hosts.some((one) => matchesHost(host, one, true))) return false;
  return (
    command === undefined ||
    (subject.command !== null && matchBroadly(commandWords(command), subject.command) === 'yes')
  );
};

/** Whether a rule that asks or denies may apply to what a command will run, which is unknown. */
export const mayForbid = (rule: PermissionRule, subject: Subject): boolean => {
  const { command } = rule;
  if (command === undefined || subject.command === null) return false;
  const { command: _command, ...rest } = rule;
  return forbids(rest, subject) && matchBroadly(commandWords(command), subject.command) === 'maybe';
};

/** Builtins of a shell that run or evaluate their arguments, or change what later commands mean. */
const evaluating = new Set(
  'eval source . exec trap alias unalias let declare typeset local export readonly unset read mapfile readarray printf test [ set shopt enable command builtin hash cd pushd popd bind fc history complete compgen umask ulimit'.split(
    ' ',
  ),
);

/** What an allowing rule covers of a call: all of it, or some of its paths, or some commands of a shell's text. */
export type Covered = { paths: readonly boolean[]; commands: readonly boolean[] };

/** The commands that must all be covered: one, or those of the shell's text. Null if they are unknown. */
export const commandsToCover = ({ command }: Subject): string[][] | null => {
  if (command === null) return [];
  if (command.shellText === null) return [command.argv];
  const { commands, isPlain } = readShell(command.shellText);
  const argvs = commands.map(({ words }) => words.map(({ text }) => text));
  if (!isPlain || argvs.length === 0 || argvs.some(([first]) => first && evaluating.has(first))) return null;
  return argvs;
};

const coversCommands = (rule: PermissionRule, subject: Subject, commands: string[][] | null): boolean[] => {
  const { command: wanted, path } = rule;
  const { command } = subject;
  if (command === null) return [];
  if (wanted === undefined)
    return path === undefined ? (commands ?? [[]]).map(() => true) : (commands ?? [[]]).map(() => false);
  // The same words mean another program, or other files, in another folder.
  const isPlace =
    command.cwd !== null &&
    (path === undefined ? command.cwd === subject.workspace : matchesGlob(path, command.cwd, subject, false));
  if (!isPlace || command.isOwn || commands === null || tooBroad(wanted) !== null)
    return (commands ?? [[]]).map(() => false);
  return commands.map((argv) => matchesExactly(commandWords(wanted), argv));
};

export const covers = (rule: PermissionRule, subject: Subject, commands: string[][] | null): Covered | null => {
  const { path, host, command } = rule;
  if (!concerns(rule, subject)) return null;
  if (command !== undefined && subject.command === null) return null;
  // Of a command the hosts are guesses: it may open others.
  if (host !== undefined && subject.command !== null) return null;
  if (
    host !== undefined &&
    (subject.hosts.length === 0 || !subject.hosts.every((one) => matchesHost(host, one, false)))
  )
    return null;
  // Of a command the paths are guesses; its folder is looked at with it.
  const isFile = path !== undefined && subject.command === null;
  if (isFile && subject.paths.length === 0) return null;
  return {
    paths: subject.paths.map((one) => !isFile || (one !== null && matchesGlob(path, one, subject, false))),
    commands: coversCommands(rule, subject, commands),
  };
};
