import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { commandsIn } from '../../contracts/permissions/commands-in.ts';
import type { Subject } from '../../contracts/permissions/subject.ts';
import { homeFolder } from '../../files/places.ts';
import { leadsTo } from '../tools/jail.ts';
import type { Tool, Touched } from '../tools/tool.ts';
import { hostsOfWord, namedByOthers, namedByUs, withHome } from './named-in.ts';

type SubjectContext = { workspace: string; agent: string; env: Record<string, string> };

/** A program as the system would find it; null if there is none. */
const fileOf = async (program: string, cwd: string, env: Record<string, string>): Promise<string | null> => {
  const folders = program.includes('/') ? [cwd] : (env.PATH ?? '').split(path.delimiter);
  for (const folder of folders) {
    const found = await realpath(path.resolve(cwd, folder, program)).catch(() => null);
    if (found !== null) return found;
  }
  return null;
};

const isInside = (workspace: string, file: string): boolean => file.startsWith(`${workspace.replace(/\/$/, '')}/`);

const maxGuesses = 200;

/** A word of a command as the names that it may hold: `--file=name`, `-fname`, `@name`, `HEAD:name`. */
const namesIn = (word: string): string[] => [
  word,
  ...['=', ':', '@'].flatMap((mark) => (word.includes(mark) ? [word.slice(word.lastIndexOf(mark) + 1)] : [])),
  ...(/^-[a-zA-Z]./.test(word) ? [word.slice(2)] : []),
];

const usable = (name: string): boolean => name !== '' && name.length < 4096 && !name.includes('\0');

/** What a command names: files that are there, those that a shell would open for it, and hosts. */
const namedInCommand = async (
  argv: readonly string[],
  cwd: string | null,
  home: string,
): Promise<Pick<Subject, 'paths' | 'hosts'>> => {
  const { commands, files } = commandsIn(argv);
  const words = [...new Set(commands.flatMap(([_program, ...args]) => args))].slice(0, maxGuesses);
  const hosts = [...new Set(words.flatMap((word) => (word.length < 4096 ? hostsOfWord(word) : [])))];
  if (cwd === null) return { paths: [], hosts };
  const named = words.flatMap(namesIn).filter(usable);
  const found = await Promise.all([
    ...named.map((name) => realpath(path.resolve(cwd, withHome(name, home))).catch(() => null)),
    ...files.filter(usable).map((name) => leadsTo(cwd, withHome(name, home))),
  ]);
  return { paths: [...new Set(found.filter((file) => file !== null))], hosts };
};

const commandOf = async (
  { argv, cwd = '.', shellText = null }: NonNullable<Touched['command']>,
  { workspace, env }: SubjectContext,
) => {
  const [program = ''] = argv;
  const folder = await leadsTo(workspace, cwd);
  const file = await fileOf(program, folder ?? workspace, env);
  return {
    command: {
      argv: [...argv],
      names: file === null ? [] : [path.basename(file)],
      isOwn: !program.includes('/') && file !== null && isInside(workspace, file),
      cwd: folder,
      shellText,
    },
    ...(await namedInCommand(argv, folder, env.HOME ?? homeFolder())),
  };
};

const isOfOthers = ({ source = '' }: Tool): boolean => source.startsWith('mcp') || source.startsWith('file:');

const touchedBy = (tool: Tool, args: Record<string, unknown>, { env }: SubjectContext): Touched => {
  if (tool.touches) return tool.touches(args);
  return isOfOthers(tool) ? namedByOthers(args, env.HOME ?? homeFolder()) : namedByUs(args);
};

/** All that rules look at in a call whose arguments were checked. */
export const subjectOf = async (tool: Tool, args: Record<string, unknown>, place: SubjectContext): Promise<Subject> => {
  const { paths = [], hosts = [], command } = touchedBy(tool, args, place);
  const run = command ? await commandOf(command, place) : null;
  return {
    tool: tool.name,
    kind: tool.permission,
    isAsking: tool.isAsking === true,
    agent: place.agent,
    workspace: place.workspace,
    home: await realpath(homeFolder()).catch(() => null),
    paths: run ? run.paths : await Promise.all(paths.map((one) => leadsTo(place.workspace, one))),
    hosts: run ? run.hosts : [...hosts],
    command: run?.command ?? null,
  };
};

/** What a program is; one that was not there yet may have been installed since, but not by the workspace itself. */
const programOf = (then: Subject, { command }: Subject): string[] => {
  if (command === null || (then.command?.names.length === 0 && !command.isOwn)) return [];
  return [...command.names, ...(command.isOwn ? ['a program of the workspace'] : [])];
};

/** Where the call leads now, if that has changed since the decision; null if it has not. */
export const movedSince = (then: Subject, now: Subject): string | null => {
  const places = (subject: Subject) =>
    subject.command === null ? subject.paths : [subject.command.cwd, ...programOf(then, subject)];
  const [before, after] = [places(then), places(now)];
  const at = after.findIndex((one, index) => one !== before[index]);
  if (at >= 0) return after[at] ?? 'nowhere';
  return before.length === after.length ? null : 'nowhere';
};
