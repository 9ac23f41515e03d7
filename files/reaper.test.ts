import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isRunning, temporaryFolder } from '../activities/tools/test-context.ts';
import { eventually } from '../test/support/until.ts';

const pidsIn = (file: string, count: number): Promise<number[]> =>
  eventually(async () => {
    const pids = (await readFile(file, 'utf8')).trim().split('\n').filter(Boolean).map(Number);
    if (pids.length < count) throw new Error('Not written yet');
    return pids;
  });

const mark = 'REAPER_TEST=one';
/** Spins, minds no signal but SIGKILL, and says who it is. */
const spins = "trap '' TERM; echo $$ >> pids; while :; do :; done";

/** A process with two children under the reaper, one of which has started a third in a session of its own. */
const startOwner = async (after: string) => {
  const cwd = await temporaryFolder();
  const script = `
    import { spawn } from 'node:child_process';
    import { existsSync, writeFileSync } from 'node:fs';
    import { endWithUs } from ${JSON.stringify(new URL('./reaper.ts', import.meta.url).href)};
    const start = (argv, detached, env = {}) =>
      spawn(argv[0], argv.slice(1), { cwd: ${JSON.stringify(cwd)}, detached, stdio: 'ignore', env: { PATH: process.env.PATH, ...env } });
    const [name, value] = ${JSON.stringify(mark)}.split('=');
    const group = start(['sh', '-c', ${JSON.stringify(`setsid sh -c "${spins.replaceAll('$', '\\$')}" & ${spins}`)}], true, { [name]: value });
    const single = start(['sh', '-c', ${JSON.stringify(spins)}], false);
    const callsOff = [
      endWithUs({ pid: group.pid, isGroup: true, mark: ${JSON.stringify(mark)} }), endWithUs({ pid: single.pid })];
    ${after}
    writeFileSync('ready', '');
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore', cwd });
  onTestFinished(() => void owner.kill('SIGKILL'));
  const pids = await pidsIn(path.join(cwd, 'pids'), 3);
  // The children may write before their owner has gone on to name them to the reaper.
  await eventually(() => access(path.join(cwd, 'ready')));
  onTestFinished(() => {
    for (const pid of pids.filter(isRunning)) process.kill(pid, 'SIGKILL');
  });
  return { owner, pids, go: () => writeFile(path.join(cwd, 'go'), '') };
};

test.runIf(process.platform === 'linux')(
  'children that spin end when their owner is killed: a group, what left it, and a process alone',
  async () => {
    const { owner, pids } = await startOwner('');
    expect(pids.map(isRunning)).toEqual([true, true, true]);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    await eventually(() => expect(pids.map(isRunning)).toEqual([false, false, false]));
  },
);

test.runIf(process.platform === 'linux')(
  'what was called off is left alone, and a reaper that was ended is replaced',
  async () => {
    const { owner, pids, go } = await startOwner(`
      callsOff[0]();
      const { listProcesses } = await import(${JSON.stringify(new URL('./kernel.ts', import.meta.url).href)});
      const reapers = async () =>
        (await listProcesses()).filter(
          (it) => it.parent === process.pid && !it.zombie && it.pid !== group.pid && it.pid !== single.pid).map((it) => it.pid);
      const [first] = await reapers();
      process.kill(first, 'SIGKILL');
      while (!(await reapers()).some((pid) => pid !== first));
      setInterval(() => existsSync('go') && process.kill(process.pid, 'SIGKILL'), 20);`);
    await go();
    await once(owner, 'exit');
    await eventually(() => expect(pids.filter(isRunning)).toHaveLength(2));
  },
);
