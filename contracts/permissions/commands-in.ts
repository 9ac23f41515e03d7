import { readShell, type ShellWord } from './shell-text.ts';

/**
 * The commands that a command may run, itself first: behind wrappers such as `env` and `sudo`, in the text of a shell,
 * after `find -exec`. More than will run, if in doubt: they are for rules that forbid.
 */
export type CommandsIn = {
  commands: string[][];
  /** Of those, the commands with arguments that are only known when they run. */
  open: ReadonlySet<readonly string[]>;
  /** Of redirections. */
  files: string[];
  /** What programs read that may do as it says. */
  inputs: string[];
  /** Some of what runs is only known when it runs. */
  isUncertain: boolean;
};

const shells = new Set([
  'sh',
  'bash',
  'dash',
  'zsh',
  'ksh',
  'ash',
  'fish',
  'mksh',
  'rbash',
  'csh',
  'tcsh',
  'nu',
  'elvish',
]);
/** Their texts mean other things than those of the others. */
const foreign = new Set(['zsh', 'fish', 'csh', 'tcsh', 'nu', 'elvish']);
const wrappers = new Set(
  'env sudo doas su nice ionice chrt taskset nohup time timeout setsid stdbuf unbuffer xargs parallel watch exec command builtin busybox toybox chroot unshare nsenter flock script strace ltrace gdb valgrind faketime caffeinate npx bunx pnpx npm pnpm yarn bun uv uvx poetry pipenv bundle corepack entr dbus-run-session systemd-run firejail bwrap runuser setpriv prlimit numactl'.split(
    ' ',
  ),
);
/** Builtins that read commands from a file. */
const sourcing = new Set(['.', 'source']);
/** They run what they read, and so does a shell or an interpreter without a script. */
const reading = new Set(['parallel', 'at', 'batch', 'crontab', 'newgrp']);
/** Options of shells with a value of their own. */
const shellValue = /^([-+][a-zA-Z]*[oO]|--rcfile|--init-file)$/;
const stdin = /^(-|\/dev\/stdin|\/dev\/fd\/\d+|\/proc\/self\/fd\/\d+)$/;
/** With an option that holds code. */
const inline = /^-{1,2}(c|e|E|r|R|p|pe|ne|eval|print|exec|command|run)$/;
const interpreters = new Set(
  'python python2 python3 node nodejs deno bun perl ruby php lua osascript awk gawk mawk pwsh powershell make'.split(
    ' ',
  ),
);
const noScripts = /^(g?awk|mawk|make)$/;

const isCommandOption = (word: string): boolean => /^[-+][a-zA-Z]*c/.test(word) || word === '--command';

/** Whether what it runs comes from its standard input. */
const readsItsScript = (name: string, args: readonly string[]): boolean => {
  if (sourcing.has(name)) return args.some((word) => stdin.test(word));
  if (reading.has(name)) return !(name === 'crontab' && args.includes('-l'));
  if (name === 'sudo') return args.some((word) => /^-[a-zA-Z]*[si]/.test(word) || /^--(shell|login)$/.test(word));
  if (name === 'su') return !args.some(isCommandOption);
  const isShell = shells.has(name);
  if (!isShell && (!interpreters.has(name) || noScripts.test(name))) return false;
  if (args.some((word) => /^(--version|--help|-V|-h)$/.test(word) || (!isShell && word === '-v'))) return false;
  if (isShell && args.some(isCommandOption)) return false;
  if (isShell && args.some((word) => /^-[a-zA-Z]*s/.test(word))) return true;
  const script = args.find(
    (word, index) => !/^[-+]./.test(word) && !(isShell && shellValue.test(args[index - 1] ?? '')),
  );
  return script === undefined || stdin.test(script);
};

/** Programs whose arguments are never programs. */
const harmless = new Set(
  'echo printf grep egrep fgrep rg ag ls cat head tail wc which whereis type test [ diff cmp stat file basename dirname realpath readlink cut tr touch mkdir rmdir rm cp mv ln chmod chown tee cd pwd true false sleep date seq yes sort uniq kill'.split(
    ' ',
  ),
);

const findRuns = new Set(['-exec', '-execdir', '-ok', '-okdir']);
const deepest = 8;
const most = 2000;

/** The name of a program, however its path is written. */
export const programName = (word: string): string =>
  (word.split(/[\\/]/).at(-1) ?? '').replace(/\.(exe|cmd|bat|com)$/i, '').toLowerCase();

export const commandsIn = (argv: readonly string[]): CommandsIn => {
  const commands: string[][] = [];
  const open = new Set<readonly string[]>();
  const files: string[] = [];
  const inputs: string[] = [];
  let isUncertain = false;

  const text = (source: string, depth: number): void => {
    const read = readShell(source);
    files.push(...read.files.map((word) => word.text));
    for (const command of read.commands) {
      const words = command.words.map((word) => word.text);
      const [program, ...args] = command.words;
      const isOpen = args.some(({ isFixed }) => !isFixed);
      if (program?.isFixed === false || (isOpen && !harmless.has(programName(program?.text ?? '')))) isUncertain = true;
      visit(words, depth + 1, command.inputs, isOpen);
    }
  };

  const readsScript = (name: string, given: readonly ShellWord[], depth: number): void => {
    if (given.length === 0 || !shells.has(name) || given.some(({ isFixed }) => !isFixed)) isUncertain = true;
    if (shells.has(name)) for (const one of given) text(one.text, depth);
  };

  const visit = (words: readonly string[], depth: number, given: readonly ShellWord[] = [], isOpen = false): void => {
    const [first, ...rest] = words;
    if (first === undefined) return;
    if (depth > deepest || commands.length >= most) {
      isUncertain = true;
      return;
    }
    const command = [...words];
    commands.push(command);
    if (isOpen) open.add(command);
    const name = programName(first);
    if (foreign.has(name)) isUncertain = true;
    if (readsItsScript(name, rest)) readsScript(name, given, depth);
    else if (!harmless.has(name)) inputs.push(...given.map((one) => one.text));
    if (shells.has(name) && rest.some(isCommandOption))
      for (const word of rest) if (!/^[-+]/.test(word)) text(word, depth);
    if (name === 'eval' || name === 'trap') text(rest.join(' '), depth);
    if (['su', 'script', 'runuser', 'watch', 'parallel', 'entr', 'flock', 'ssh', 'npx', 'npm'].includes(name))
      for (const word of rest) if (/\s/.test(word)) text(word, depth);
    if (name === 'env')
      rest.forEach((word, index) => {
        if (/^(-[a-zA-Z]*S|--split-string)/.test(word))
          text([word.replace(/^(-[a-zA-Z]*S|--split-string=?)/, ''), rest[index + 1] ?? ''].join(' '), depth);
      });
    if (
      interpreters.has(name) &&
      rest.some((word) => inline.test(word) || (/^-[a-zA-Z]*[ceE]/.test(word) && !word.startsWith('--')))
    )
      isUncertain = true;
    if (/^(g?awk|mawk)$/.test(name)) isUncertain = true;
    if (name === 'find' || name === 'fd')
      rest.forEach((word, index) => {
        if (findRuns.has(word) || (name === 'fd' && /^(-x|-X|--exec|--exec-batch)$/.test(word)))
          visit(rest.slice(index + 1), depth + 1, given);
      });
    if (name === 'git')
      rest.forEach((word, index) => {
        if (/^(-x|--exec|foreach|run|--upload-pack|--receive-pack|-c|--config-env|--ext-diff|--extcmd)$/.test(word))
          text(
            rest
              .slice(index + 1)
              .join(' ')
              .replace(/^[\w.-]+=!?/, ''),
            depth,
          );
      });
    // Options of wrappers take values or not: each of the words that follow may be the program.
    if (wrappers.has(name)) for (const index of rest.keys()) visit(rest.slice(index), depth + 1, given);
  };

  visit(argv, 0);
  return { commands, open, files, inputs, isUncertain };
};

/** Whether a command names a program among its arguments, and may run it in a way that is not known here. */
export const mentions = ([first = '', ...args]: readonly string[], program: string): boolean => {
  const name = programName(first);
  if (harmless.has(name) || shells.has(name) || wrappers.has(name)) return false;
  return args.some((word) => word.split(/[^\w./-]+/).some((part) => programName(part) === program));
};
