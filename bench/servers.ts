import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startNodeProcess } from '../cli/supervisor/node-service.ts';
import type { Running } from '../cli/supervisor/service.ts';
import { startPostgres } from '../postgres/server.ts';
import { freePort } from '../runtime/ports.ts';
import { findTemporal } from '../temporal/find.ts';
import { startTemporal } from '../temporal/server.ts';
import type { Closing } from './closing.ts';

/** What all contestants share: one Postgres and one Temporal as the stack starts them, one model, one workspace. */
export type Servers = {
  folder: string;
  workspace: string;
  modelUrl: string;
  temporalAddress: string;
  temporalUiUrl: string | null;
  processes: { postgres: number; temporal: number; model: number };
  /** An empty database of its own; gives its URL. */
  createDatabase(name: string): Promise<string>;
  startProgram(name: string, entry: URL, env: NodeJS.ProcessEnv, flags?: readonly string[]): Promise<Running>;
};

export const sizes = { 'small.txt': 200, 'five.txt': 5 * 1024 };

const writeWorkspace = async (folder: string): Promise<string> => {
  await mkdir(folder);
  const line = 'The quick brown fox jumps over the lazy dog; forty-two is the answer.\n';
  for (const [name, size] of Object.entries(sizes)) {
    await writeFile(path.join(folder, name), line.repeat(Math.ceil(size / line.length)).slice(0, size));
  }
  return await realpath(folder);
};

export const startServers = async (closing: Closing, progress: (line: string) => void): Promise<Servers> => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'everturn-bench-'));
  closing.add(() => rm(folder, { recursive: true, force: true }));
  // Where Postgres refuses to run as root, it runs as a user that must be able to enter.
  await chmod(folder, 0o755);
  const workspace = await writeWorkspace(path.join(folder, 'workspace'));

  const postgres = await closing.own(() => startPostgres({ dataDir: path.join(folder, 'postgres') }));
  const { path: binary } = await findTemporal({ progress });
  const ports = { port: await freePort(), uiPort: await freePort() };
  const temporal = await closing.own(() =>
    startTemporal({
      binary,
      dbFile: path.join(folder, 'temporal.db'),
      ...ports,
      log: path.join(folder, 'temporal.log'),
    }),
  );

  const startProgram: Servers['startProgram'] = (name, entry, env, flags = []) => {
    const log = path.join(folder, `${name}.log`);
    return closing.own(() =>
      startNodeProcess(
        { name, entry: entry.pathname, flags, cwd: folder, env: { plain: env, secrets: {} }, log },
        () => {},
      ),
    );
  };
  const modelPort = await freePort();
  const model = await startProgram('model', new URL('./model/model-process.ts', import.meta.url), {
    ...process.env,
    BENCH_PORT: String(modelPort),
  });

  return {
    folder,
    workspace,
    modelUrl: `http://127.0.0.1:${modelPort}/v1`,
    temporalAddress: temporal.address,
    temporalUiUrl: temporal.uiUrl,
    processes: { postgres: postgres.pid, temporal: temporal.pid, model: model.pid },
    async createDatabase(name) {
      const client = new pg.Client({ connectionString: postgres.url });
      await client.connect();
      await client.query(`CREATE DATABASE ${name}`);
      await client.end();
      const url = new URL(postgres.url);
      url.pathname = `/${name}`;
      return url.href;
    },
    startProgram,
  };
};
