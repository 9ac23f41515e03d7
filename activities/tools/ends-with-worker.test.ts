import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { listProcesses } from '../../files/kernel.ts';
import { eventually } from '../../test/support/until.ts';
import { isRunning, makePipe, temporaryFolder } from './test-context.ts';

const url = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);

/** One of each kind of child that a worker has, each in a state in which it looks at nothing. */
const script = (folder: string): string => `
  import path from 'node:path';
  import { openUnconfined } from ${url('./confine/tracked.ts')};
  import { askHost } from ${url('./own/ask-host.ts')};
  import { createStdio } from ${url('./mcp/stdio.ts')};
  import { runCheck } from ${url('../check/run-check.ts')};
  import { ripgrep } from ${url('./ripgrep.ts')};
  import { createReader } from ${url('../../attachments/reading/reader.ts')};
  const folder = ${JSON.stringify(folder)};
  const env = { PATH: process.env.PATH };
  const confinement = openUnconfined(null);
  const { signal } = new AbortController();
  const spin = "process.on('SIGTERM', () => {}); for (;;);";
  void askHost({ request: { action: 'run', file: path.join(folder, 'spins.ts'), args: {}, workspace: folder, key: 'k' },
    cwd: folder, env, confinement, seconds: 600, signal, onOutput: (text) => process.stdout.write(text) });
  await createStdio({ program: { argv: [process.execPath, '-e', spin], cwd: folder, env, workspace: folder }, confinement }).start();
  void runCheck(['sh', '-c', "trap '' TERM; while :; do :; done"], { workspace: folder, signal, env, confinement, key: 'c', seconds: 600 });
  void ripgrep({ args: ['needle'], cwd: folder, separator: '\\n', closed: [], signal, onEntry: () => true }, 'pipe');
  const reader = createReader();
  reader.warm();
  // As one that never leaves a decoder.
  process.kill(reader.pid(), 'SIGSTOP');
  setInterval(() => undefined, 1000);`;

const childrenOf = async (owner: number): Promise<number[]> =>
  (await listProcesses()).filter(({ parent, zombie }) => parent === owner && !zombie).map(({ pid }) => pid);

test.runIf(process.platform === 'linux')('no child of a worker outlives it, whatever the child does', async () => {
  const folder = await temporaryFolder();
  makePipe(path.join(folder, 'pipe'));
  await writeFile(
    path.join(folder, 'spins.ts'),
    `import { defineTool, z } from 'everturn/tools';
      export default defineTool({ name: 'spins', description: 'd', input: z.object({}), run(_, { log }) { log('spinning'); for (;;); } });`,
  );
  const worker = spawn(process.execPath, ['--input-type=module', '--eval', script(folder)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void worker.kill('SIGKILL'));
  const [said] = await once(worker.stdout, 'data');
  expect(String(said)).toBe('spinning\n');
  // The five above, and the reaper.
  const children = await eventually(async () => {
    const found = await childrenOf(worker.pid ?? 0);
    expect(found).toHaveLength(6);
    return found;
  });
  onTestFinished(() => {
    for (const pid of children.filter(isRunning)) process.kill(pid, 'SIGKILL');
  });
  worker.kill('SIGKILL');
  await once(worker, 'exit');
  await eventually(() => expect(children.filter(isRunning)).toEqual([]));
});
