import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../test/support/until.ts';
import { callVariable, killOrphans } from './orphans.ts';
import { isRunning, temporaryFolder, testContext } from './test-context.ts';

/** A worker of its own process that is in the middle of a command, and that nothing watches over. */
const startWorker = async (idempotencyKey: string, workspace: string) => {
  const program = { cwd: workspace, env: { PATH: process.env.PATH, [callVariable]: idempotencyKey } };
  const script = `
    import { spawnProgram } from ${JSON.stringify(new URL('./confine/confinement.ts', import.meta.url).href)};
    spawnProgram(['sh', '-c', 'sleep 300 & echo $! $$ > pids; wait'], ${JSON.stringify(program)});`;
  const worker = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' });
  onTestFinished(() => void worker.kill('SIGKILL'));
  return worker;
};

const pidsIn = (path: string): Promise<number[]> =>
  eventually(async () => {
    const pids = (await readFile(path, 'utf8')).trim().split(' ').map(Number);
    if (pids.length < 2) throw new Error('Not written yet');
    return pids;
  });

test.runIf(process.platform === 'linux')('ends the command of a worker that was killed, and no other', async () => {
  const { idempotencyKey } = await testContext();
  const [mine, other] = [await temporaryFolder(), await temporaryFolder()];
  const worker = await startWorker(idempotencyKey, mine);
  await startWorker(`${idempotencyKey}0`, other);
  const [pids, otherPids] = [await pidsIn(join(mine, 'pids')), await pidsIn(join(other, 'pids'))];
  worker.kill('SIGKILL');
  await once(worker, 'exit');
  expect(pids.map(isRunning)).toEqual([true, true]);
  expect(await killOrphans(idempotencyKey)).toBe(1);
  expect(pids.map(isRunning)).toEqual([false, false]);
  expect(otherPids.map(isRunning)).toEqual([true, true]);
  expect(await killOrphans(idempotencyKey)).toBe(0);
  expect(await killOrphans(`${idempotencyKey}0`)).toBe(1);
});
