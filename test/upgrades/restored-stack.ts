import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createApiClient } from '../../client/api.ts';
import { freePort } from '../../runtime/ports.ts';
import { findTemporal } from '../../temporal/find.ts';
import { startTemporal } from '../../temporal/server.ts';
import { openProcesses } from '../support/processes.ts';
import { createScriptedModel, type ScriptedModel } from '../support/scripted-model.ts';
import { restoreDatabase } from './restore.ts';
import { definitions, prompts, taskQueue, unpacked, workspace } from './state.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const token = 'token-of-a-restored-state';

/** For what is asked anew, and what comes after. A sealed reply is not asked for: `requests` says so. */
const scriptModel = (model: ScriptedModel): void => {
  for (const key of Object.values(prompts)) {
    const replies = ['first', 'second', 'third', 'fourth'];
    model.script(
      replies.map((word) => ({ reply: { text: `Answered after the upgrade: ${word}.` }, times: { min: 0, max: 20 } })),
      key,
    );
  }
};

/** This release, in processes of its own, on what a commit left: in the order of `everturn up`. */
export const openRestored = async (commit: string) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'everturn-upgrade-'));
  await chmod(folder, 0o755);
  await mkdir(workspace, { recursive: true });
  const { url, database } = await restoreDatabase(commit);
  const dbFile = path.join(folder, 'temporal.db');
  await writeFile(dbFile, unpacked(commit, 'temporal.db'));
  const { path: binary } = await findTemporal({ progress: console.log });
  const temporal = await startTemporal({ binary, dbFile, port: await freePort(), uiPort: null });
  const model = await createScriptedModel();
  scriptModel(model);
  const processes = await openProcesses({ model, databaseUrl: url, temporal, name: taskQueue, token });
  for (const [name, text] of Object.entries(definitions)) {
    const file = path.join(processes.project, '.everturn', name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return {
    database,
    model,
    async start() {
      await promisify(execFile)(process.execPath, ['cli/everturn.js', 'prepare'], {
        cwd: root,
        env: { ...process.env, DATABASE_URL: url, TEMPORAL_ADDRESS: temporal.address },
      });
      // Both find the upgrade of workflows to do; one does it.
      const [{ baseUrl }] = await Promise.all([processes.api(), processes.api()]);
      await Promise.all([processes.worker(), processes.scripts()]);
      return createApiClient({ baseUrl, token });
    },
    async close() {
      await processes.close();
      await model.close();
      await temporal.stop();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
