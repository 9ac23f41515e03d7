import { type ChildProcess, spawn } from 'node:child_process';

/** A process that must not outlive this one. */
export type Reaped = {
  pid: number;
  /** It leads a process group, which ends with it. */
  isGroup?: boolean;
  /** `NAME=value` in the environment of this process's programs: finds those that left their group. */
  mark?: string | undefined;
};

/*
 * Each line of its input is the whole list. The input ends when this process dies, however it dies; a line that was not
 * written to its end does not count.
 */
const script = `
set -f
last=
while read -r line; do last=$line; done
[ -n "$last" ] || exit 0
marks=
for one in $last; do case $one in *,*) marks="$marks
\${one#*,}";; esac; done
marks=\${marks#?}
end() {
  for one in $last; do kill -s "$1" -- "\${one%%,*}" 2>/dev/null; done
  [ -n "$marks" ] && [ -d /proc ] || return 0
  set +f
  for file in $(grep -lsF -e "$marks" /proc/[0-9]*/environ); do
    pid=\${file#/proc/}
    kill -s "$1" -- "\${pid%/environ}" 2>/dev/null
  done
  set -f
}
end TERM
sleep 2
end KILL`;

const isPlain = (mark: string): boolean => /^[\w./:@=-]{1,300}$/.test(mark);

const entryOf = ({ pid, isGroup = false, mark }: Reaped): string =>
  `${isGroup ? -pid : pid}${mark !== undefined && isPlain(mark) ? `,${mark}` : ''}`;

/** A shell that cannot stay is not started forever. */
const maxStarts = 20;
let starts = 0;
const running = new Set<string>();
let reaper: ChildProcess | null = null;

const write = (): void => void reaper?.stdin?.write(`${[...running].join(' ')}\n`);

const start = (): void => {
  starts += 1;
  const started = spawn('/bin/sh', ['-c', script, 'everturn-reaper'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
  });
  reaper = started;
  started.stdin.on('error', () => undefined);
  const gone = (): void => {
    if (reaper !== started) return;
    reaper = null;
    // Something ended it.
    if (running.size > 0 && starts < maxStarts) begin();
  };
  started.once('error', gone);
  started.once('exit', gone);
  started.unref();
};

const begin = (): void => {
  if (!reaper) start();
  write();
};

/**
 * Ends a child of this process when this process dies, even by SIGKILL and even if the child does not check: a shell
 * waits for the other end of a pipe that only this process holds. Call what it returns once the child has ended.
 */
export const endWithUs = (reaped: Reaped): (() => void) => {
  const entry = entryOf(reaped);
  running.add(entry);
  begin();
  return () => {
    if (running.delete(entry)) write();
  };
};
