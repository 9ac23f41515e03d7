import type { ChildProcess } from 'node:child_process';

/** How a child ended, in words such as `exit code 1` or `SIGKILL`. Call it right after the spawn; never rejects. */
export const exitOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    if (child.exitCode !== null) resolve(`exit code ${child.exitCode}`);
    if (child.signalCode !== null) resolve(child.signalCode);
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    // The program could not be started at all: no exit follows.
    child.once('error', (error) => resolve(error.message));
  });
