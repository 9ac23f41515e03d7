import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../activities/tools/test-context.ts';
import { eventually } from '../../test/support/until.ts';
import { endCommandsOf } from '../commands.ts';

const url = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);

/** Processes with this worker in their environment. */
const marked = (id: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`EVERTURN_WORKER=${id}\0`);
    } catch {
      return false;
    }
  });

test.runIf(process.platform === 'linux').each([
  [
    'with what the machine has',
    `(await confineCommands({ project, config: { commands: { sandbox: 'auto' } }, workerId: id })).confinement`,
  ],
  ['unconfined', 'openUnconfined(null)'],
])('a server that minds no signal does not outlive a worker that was killed: %s', async (_name, confinement) => {
  const project = await temporaryFolder();
  const id = `worker-${randomUUID()}`;
  const server = path.join(import.meta.dirname, '..', '..', 'test', 'hostile', 'mcp-server.ts');
  const script = `
    import { openUnconfined } from ${url('../../activities/tools/confine/tracked.ts')};
    import { keepServer } from ${url('../../activities/tools/mcp/keep-server.ts')};
    import { confineCommands } from ${url('../commands.ts')};
    import { McpServer } from ${url('../../contracts/mcp.ts')};
    const [project, id] = ${JSON.stringify([project, id])};
    const config = McpServer.parse({ command: [process.execPath, ${JSON.stringify(server)}, 'stays'] });
    const environment = { confinement: ${confinement}, base: { PATH: process.env.PATH, EVERTURN_WORKER: id }, value: () => undefined };
    keepServer({ name: 'stays', config, project, environment }, {
      offered: async () => console.log('offered'), failed: async (fault) => console.log(fault) });
    setInterval(() => undefined, 1000);`;
  const worker = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    worker.kill('SIGKILL');
    await endCommandsOf(id);
  });
  const [said] = await once(worker.stdout, 'data');
  expect(String(said)).toBe('offered\n');
  expect(marked(id).length).toBeGreaterThan(0);
  worker.kill('SIGKILL');
  await once(worker, 'exit');
  // What the supervisor does when a worker has died; in namespaces nothing is left to do.
  await endCommandsOf(id);
  await eventually(() => expect(marked(id)).toEqual([]));
});
