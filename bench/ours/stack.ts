import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { foldersOf } from '../../cli/supervisor/folders.ts';
import { shutDown } from '../../cli/supervisor/shut-down.ts';
import { readState } from '../../cli/supervisor/state.ts';
import { type ApiClient, createApiClient } from '../../client/api.ts';
import type { Closing } from '../closing.ts';
import type { Servers } from '../servers.ts';
import { up } from './up.ts';

export type OurStack = {
  api: ApiClient;
  workspace: string;
  databaseUrl: string;
  taskQueue: string;
  /** Where its project is. */
  folder: string;
  /** Pids by name, as they are now: the supervisor starts a worker that died again. */
  processes(): Record<string, number>;
  stop(): Promise<void>;
};

/** `everturn up` in a folder, database and task queue of its own, on the servers of the bench. */
export const startOurs = async (
  servers: Servers,
  closing: Closing,
  name: string,
  limits: Record<string, number> = {},
  env: Record<string, string> = {},
): Promise<OurStack> => {
  const project = path.join(servers.folder, name);
  await mkdir(project, { recursive: true });
  await writeFile(
    path.join(project, 'everturn.yaml'),
    stringify({
      keys: { bench: { baseUrl: servers.modelUrl } },
      models: [{ key: 'bench', model: 'bench' }],
      limits,
    }),
  );
  let starting: Promise<unknown> = Promise.resolve();
  const stop = async (): Promise<void> => {
    // Before it is up there is nothing that could be shut down.
    await starting.catch(() => {});
    await shutDown(project);
  };
  closing.add(stop);
  const databaseUrl = await servers.createDatabase(name);
  const source = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: servers.temporalAddress,
    TEMPORAL_UI_URL: servers.temporalUiUrl ?? '',
    EVERTURN_TASK_QUEUE: name,
    EVERTURN_LOG_LEVEL: 'warn',
    EVERTURN_TRUST: '1',
    ...env,
  };
  const coming = up(project, source, ['EVERTURN_API_PORT']);
  starting = coming;
  const { apiUrl, token } = await coming;
  return {
    api: createApiClient({ baseUrl: apiUrl, token }),
    workspace: servers.workspace,
    databaseUrl,
    taskQueue: name,
    folder: project,
    processes: () =>
      Object.fromEntries(readState(foldersOf(project).state).processes.map(({ name: of, pid }) => [of, pid])),
    stop,
  };
};
