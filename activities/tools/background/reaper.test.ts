import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { isRunning, temporaryFolder } from '../test-context.ts';

const pidIn = (file: string): Promise<number> =>
  vi.waitFor(async () => {
    const pid = Number(await readFile(file, 'utf8'));
    if (!pid) throw new Error('Not written yet');
    return pid;
  }, 20_000);

/** A process that starts a command in a group of its own, under a reaper, and then waits. */
const startOwner = async (after: string) => {
  const folder = await temporaryFolder();
  const script = `
    import { spawn } from 'node:child_process';
    import { startReaper } from ${JSON.stringify(new URL('./reaper.ts', import.meta.url).href)};
    const child = spawn('sh', ['-c', 'sleep 300 & echo $! > below; echo $$ > pid; wait'], { cwd: ${JSON.stringify(folder)}, detached: true, stdio: 'ignore' });
    const reap = startReaper(child.pid);
    ${after}
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' });
  onTestFinished(() => void owner.kill('SIGKILL'));
  const pids = [await pidIn(path.join(folder, 'pid')), await pidIn(path.join(folder, 'below'))];
  return { owner, pids };
};

test('a command ends, with all its group, when its owner is killed', async () => {
  const { owner, pids } = await startOwner('');
  expect(pids.map(isRunning)).toEqual([true, true]);
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  await vi.waitFor(() => expect(pids.map(isRunning)).toEqual([false, false]), 10_000);
}, 40_000);

test('a reaper that was called off ends nothing', async () => {
  const { owner, pids } = await startOwner('setTimeout(() => { reap(); process.exit(7); }, 300);');
  const [code] = await once(owner, 'exit');
  expect(code).toBe(7);
  expect(pids.map(isRunning)).toEqual([true, true]);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
}, 40_000);
