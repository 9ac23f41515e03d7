import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { freePort } from '../../runtime/ports.ts';
import { forget } from '../../trust/home.ts';

/** A folder of its own with a configuration, as a user would have it. */
export type Project = {
  folder: string;
  workspace: string;
  /** For the commands of this project: nothing of ours from outside, so that they meet no other stack. */
  env: NodeJS.ProcessEnv;
  remove(): Promise<void>;
};

const foreign = /^(EVERTURN_|TEMPORAL_|DATABASE_URL$)/;

/** `limits` and `more` as everturn.yaml has them. */
export const createProject = async (
  modelUrl: string,
  limits: Record<string, number> = {},
  more: Record<string, unknown> = {},
): Promise<Project> => {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'everturn-crash-')));
  // Under root, Postgres runs as another user, who must be able to pass.
  await chmod(folder, 0o711);
  const workspace = path.join(folder, 'workspace');
  await mkdir(workspace);
  const config = {
    keys: { demo: { baseUrl: modelUrl } },
    models: [{ key: 'demo', model: 'scripted' }],
    limits,
    ...more,
    server: {
      port: await freePort(),
      temporalPort: await freePort(),
      temporalUiPort: await freePort(),
      postgresPort: await freePort(),
    },
  };
  await writeFile(path.join(folder, 'everturn.yaml'), stringify(config));
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return {
    folder,
    workspace,
    // The configuration is the demo's own, and nobody is there to be asked.
    env: { ...Object.fromEntries(own), EVERTURN_PROJECT: folder, EVERTURN_TRUST: '1' },
    remove: async () => {
      forget(folder);
      await rm(folder, { recursive: true, force: true });
    },
  };
};
