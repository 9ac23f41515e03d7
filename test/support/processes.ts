import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { workerFlags } from '../../cli/supervisor/context.ts';
import { freePort } from '../../runtime/ports.ts';
import type { Stack } from './stack.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** A process of ours as the supervisor starts it, to be killed. */
export type OurProcess = { child: ChildProcess; id: string; kill9(): Promise<void> };

const start = async (
  script: string,
  id: string,
  env: Record<string, string>,
  flags: readonly string[] = [],
): Promise<OurProcess> => {
  const child = spawn(process.execPath, [...flags, path.join(root, script)], {
    env: { ...process.env, EVERTURN_LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const outcome = await Promise.race([once(child, 'message').then(() => 'ready'), ended.then(() => 'ended')]);
  if (outcome === 'ended') throw new Error(`${script} ended before it was ready`);
  return {
    child,
    id,
    async kill9() {
      child.kill('SIGKILL');
      await ended;
    },
  };
};

/** A project folder whose everturn.yaml names the scripted model. */
const createProject = async (modelUrl: string): Promise<string> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'everturn-project-'));
  const yaml = `keys:\n  scripted: { baseUrl: "${modelUrl}" }\nmodels:\n  - { key: scripted, model: scripted }\n`;
  await writeFile(path.join(folder, 'everturn.yaml'), yaml);
  // Of both kinds of workers; a process would build them in seconds.
  await cp(path.dirname(inject('bundlePath')), path.join(folder, '.everturn', 'cache'), { recursive: true });
  return folder;
};

/** What processes of ours need of the stack around them. `name` is their task queue. */
export type Surroundings = Pick<Stack, 'model' | 'databaseUrl' | 'temporal' | 'name' | 'token'>;

export const openProcesses = async (stack: Surroundings) => {
  const project = await createProject(stack.model.url);
  const running: OurProcess[] = [];
  let count = 0;
  const env = {
    DATABASE_URL: stack.databaseUrl,
    TEMPORAL_ADDRESS: stack.temporal.address,
    EVERTURN_TASK_QUEUE: stack.name,
    EVERTURN_PROJECT: project,
    EVERTURN_TOKEN: stack.token,
    // The configuration above is the test's own.
    EVERTURN_TRUST: '1',
  };
  const keep = (started: OurProcess): OurProcess => {
    running.push(started);
    return started;
  };
  const startWorker = async (script: string): Promise<OurProcess> => {
    const id = `${stack.name}-process-${count++}`;
    return keep(await start(script, id, { ...env, EVERTURN_WORKER_ID: id }, workerFlags));
  };
  return {
    project,
    worker: () => startWorker('worker/main.ts'),
    scripts: () => startWorker('worker/scripts.ts'),
    async api(own: Record<string, string> = {}): Promise<OurProcess & { baseUrl: string }> {
      const port = await freePort();
      const started = keep(
        await start('api/main.ts', `api-${port}`, { ...env, EVERTURN_API_PORT: String(port), ...own }),
      );
      return { ...started, baseUrl: `http://127.0.0.1:${port}` };
    },
    async close(): Promise<void> {
      await Promise.all(
        running.map(({ child, kill9 }) => (child.exitCode === null && child.signalCode === null ? kill9() : undefined)),
      );
      await rm(project, { recursive: true, force: true });
    },
  };
};
