import { spawn } from 'node:child_process';
import { systemProgram } from '../confine/find-program.ts';

const script = 'cat >/dev/null; kill -s TERM -- "-$1" 2>/dev/null; sleep 2; kill -s KILL -- "-$1" 2>/dev/null';

/**
 * Ends a process group when this process dies, however it dies: a shell of its own waits for the other end of a pipe that
 * only this process holds. Call what it returns once the group is gone.
 */
export const startReaper = (group: number): (() => void) => {
  const sh = systemProgram('sh');
  if (sh === null) return () => undefined;
  const reaper = spawn(sh, ['-c', script, 'everturn-reaper', String(group)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
  });
  reaper.on('error', () => undefined);
  reaper.stdin.on('error', () => undefined);
  reaper.unref();
  return () => {
    // Its group: the shell and its `cat` or `sleep`.
    if (reaper.pid === undefined) return;
    try {
      process.kill(-reaper.pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  };
};
