import { endWithUs } from '../../../files/reaper.ts';
import { workerVariable } from '../orphans.ts';
import { endGroup } from '../process-group.ts';
import type { Groups } from './cgroup.ts';
import { type Confinement, never, type StartedProgram, spawnProgram } from './confinement.ts';
import { checkProgram, systemProgram } from './find-program.ts';
import { type LeftProcess, watchStrays } from './stray-processes.ts';

const joinScript = 'echo 0 >"$1" || exit 125; shift; exec "$@"';

export type TrackedOptions = Pick<Confinement, 'kind' | 'words'> & {
  /** Put before each command line. */
  prefix: readonly string[];
  groups: Groups | null;
};

/** No namespaces: what a program leaves is caught by a control group where there is one, and looked for in any case. */
export const openTracked = ({ kind, words, prefix, groups }: TrackedOptions): Confinement => {
  const sh = systemProgram('sh');
  const useGroups = sh === null ? null : groups;
  return {
    kind,
    words,
    endsAll: false,
    start: (program): StartedProgram => {
      checkProgram(program.argv[0], program.cwd, program.env);
      const group = useGroups?.open() ?? null;
      const join = group === null || sh === null ? [] : [sh, '-c', joinScript, 'sh', group.procs];
      const argv = [...join, ...prefix, ...program.argv] as [string, ...string[]];
      const child = spawnProgram(argv, program);
      const strays = child.pid === undefined ? null : watchStrays(child.pid);
      const worker = program.env[workerVariable];
      const mark = worker === undefined ? undefined : `${workerVariable}=${worker}`;
      const callOff = child.pid === undefined ? null : endWithUs({ pid: child.pid, isGroup: true, mark });
      const end = async (): Promise<LeftProcess[]> => {
        await group?.end();
        const found = (await strays?.find()) ?? [];
        const own = found.filter(({ isCertain }) => isCertain);
        await Promise.all(own.map(({ pid }) => endProcess(pid)));
        callOff?.();
        return found.filter(({ isCertain }) => !isCertain).map(({ pid, command }) => ({ pid, command }));
      };
      return { child, failed: never, end };
    },
  };
};

/** In most cases it leads a group: that ends what it started as well. */
const endProcess = async (pid: number): Promise<void> => {
  await endGroup(pid);
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone.
  }
};

/** For people who say so, and machines where nothing else works. */
export const openUnconfined = (groups: Groups | null): Confinement =>
  openTracked({
    kind: 'none',
    words: 'commands run next to our processes and can inspect them',
    prefix: [],
    groups,
  });
