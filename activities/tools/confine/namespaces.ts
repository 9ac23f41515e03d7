import type { ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { failed as toolFailed } from '../failed.ts';
import { dropping } from './capabilities.ts';
import { type Confinement, type Program, type StartedProgram, spawnProgram } from './confinement.ts';
import { checkProgram, systemProgram } from './find-program.ts';
import { createLife } from './namespace-life.ts';

/*
 * A command runs in a PID namespace and a mount namespace of its own, in which /proc shows nothing else and what is
 * hidden is covered. Its process 1 is a `cat` that reads a socket of ours: when the socket closes, because the command
 * has ended or because this process is dead, process 1 ends, and the kernel ends all that is in the namespace.
 *
 *   unshare ─ sh ─┬─ process 1: mounts, says "ready" on 3, then cat <&3
 *                 └─ on "go" on 4 becomes: unshare --fork ─ the command
 *
 * Only the children of `unshare --pid` are in the namespace, not it itself: so a signal that ends the command ends
 * `unshare --fork` too, and we see the same signal.
 */

const coverScript = ({ mount, cat }: Tools): string => `
${mount} -t proc proc /proc || exit
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then ${mount} -t tmpfs -o ro,nosuid,nodev,mode=700,size=4k tmpfs "$1" || exit
  elif [ -e "$1" ]; then ${mount} --bind /dev/null "$1" || exit
  fi
  shift
done
echo ready
exec ${cat} <&3 >/dev/null 2>&1 3>&-`;

const startScript = ({ setsid, sh }: Tools): string => `
${setsid} ${sh} -c "$0" sh "$@" </dev/null >&3 2>&3 4>&- &
echo "$!" >&4
while [ "$1" != -- ]; do shift; done
shift
IFS= read -r go <&4 || exit 125
unset PWD OLDPWD SHLVL
exec "$@" 3>&- 4>&-`;

const toolNames = ['unshare', 'mount', 'setsid', 'sh', 'cat'] as const;
type Tools = Record<(typeof toolNames)[number], string>;

const findTools = (): Tools => {
  const found = toolNames.map((name) => [name, systemProgram(name)] as const);
  const missing = found.filter(([, file]) => file === null).map(([name]) => name);
  if (missing.length > 0) throw new Error(`${missing.join(', ')} (util-linux) is not installed`);
  return Object.fromEntries(found) as Tools;
};

/** What the command itself is started by. As root it keeps its user and loses capabilities; else it gets its ids back. */
const innerOf = ({ unshare }: Tools): string[] => {
  if (process.getuid?.() === 0) {
    const drop = dropping();
    if (drop === null) throw new Error('setpriv (util-linux) is not installed');
    return [unshare, '--fork', '--', ...drop];
  }
  return [unshare, '--fork', '--user', `--map-user=${process.geteuid?.()}`, `--map-group=${process.getegid?.()}`, '--'];
};

export type NamespaceOptions = {
  /** Files and folders that commands see empty. */
  hidden: readonly string[];
};

/** Throws a reason. Whether the kernel allows it shows when it is tried. */
export const openNamespaces = ({ hidden }: NamespaceOptions): Confinement => {
  if (process.platform !== 'linux') throw new Error('they exist only on Linux');
  const tools = findTools();
  const inner = innerOf(tools);
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const before = [...user, '--mount', '--pid', '--', tools.sh, '-c', startScript(tools), coverScript(tools)];
  return {
    kind: 'namespaces',
    words: 'commands run in namespaces of their own: they see none of our processes, and none of theirs outlives them',
    endsAll: true,
    start: (program) => {
      checkProgram(program.argv[0], program.cwd, program.env);
      const argv: [string, ...string[]] = [tools.unshare, ...before, ...hidden, '--', ...inner, ...program.argv];
      return begin(argv, program);
    },
  };
};

const begin = (argv: [string, ...string[]], program: Program): StartedProgram => {
  const child = spawnProgram(argv, program, ['pipe', 'pipe']);
  const [words, gate] = [child.stdio[3] as Duplex | undefined, child.stdio[4] as Duplex | undefined];
  const life = createLife();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  // Both are undefined, whatever the types say, when there are no file handles left: the error event comes all the same.
  if (words && gate) connect({ child, words, gate, life, fail: failed.reject });
  return {
    child,
    failed: failed.promise,
    end: async () => {
      words?.destroy();
      gate?.destroy();
      await life.end();
      return [];
    },
  };
};

type Ends = {
  child: ChildProcess;
  words: Duplex;
  gate: Duplex;
  life: ReturnType<typeof createLife>;
  fail(error: Error): void;
};

const connect = ({ child, words, gate, life, fail }: Ends): void => {
  let said = '';
  let isOpen = false;
  words.setEncoding('utf8').on('data', (text: string) => {
    if (isOpen) return;
    said += text;
    if (!/^ready$/m.test(said)) return;
    isOpen = true;
    gate.end('go\n');
  });
  words.on('end', () => {
    if (isOpen || child.exitCode !== null || child.signalCode !== null) return;
    fail(toolFailed(`the command could not be confined: ${said.trim() || 'its namespace ended at once'}`));
    gate.destroy();
  });
  let line = '';
  gate.setEncoding('utf8').on('data', (text: string) => {
    line += text;
    if (line.endsWith('\n')) life.is(Number(line));
  });
  // The other side may be gone at any moment; what counts is the child's exit.
  for (const stream of [words, gate]) stream.on('error', () => undefined);
};
