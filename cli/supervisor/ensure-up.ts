import { closeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EverturnError, isErrorCode } from '../../contracts/errors.ts';
import { moduleFile } from '../../files/module-file.ts';
import { openLog } from '../../files/open-log.ts';
import { exitOf } from '../../runtime/child-exit.ts';
import { lockHolder } from '../../runtime/lock.ts';
import { lastLines, rotate } from '../../runtime/log-file.ts';
import { isOwnFolder } from '../../trust/data-folder.ts';
import { forSupervisor } from './child-environment.ts';
import { claimFolders } from './claim.ts';
import type { DetachedMessage } from './detached.ts';
import { foldersOf, logOf } from './folders.ts';
import type { Report } from './report.ts';
import { spawnWithSecrets } from './spawn-with-secrets.ts';
import { findRunning, type RunningStack } from './state.ts';

export type EnsureUpOptions = {
  /** Default: EVERTURN_PROJECT, otherwise the working folder. */
  project?: string;
  source?: NodeJS.ProcessEnv;
  /** Called with the progress of the start; not called if the stack already runs. */
  report?(report: Report): void;
};

/**
 * The running stack of a project, started in the background if it is not up. `started` says whether this call did.
 * Throws what its start throws.
 */
export const ensureUp = async (options: EnsureUpOptions = {}): Promise<RunningStack & { started: boolean }> => {
  const { source = process.env, report = () => undefined } = options;
  const project = projectOf(options);
  const folders = foldersOf(project);
  while (true) {
    const running = findRunning(project);
    if (running) return { ...running, started: false };
    // Someone else's is on its way up, or down: whichever comes.
    if (!isOwnFolder(project, source) || !lockHolder(folders.lock)) break;
    await delay(50);
  }
  claimFolders(folders, { source, report });
  await startDetached(project, source, report);
  const running = findRunning(project);
  if (running) return { ...running, started: true };
  throw new EverturnError('process_failed', `Cannot reach the stack of ${project}: it ended right after its start`);
};

export const projectOf = ({ project, source = process.env }: EnsureUpOptions): string =>
  path.resolve(project ?? (source.EVERTURN_PROJECT || process.cwd()));

const startDetached = async (
  project: string,
  source: NodeJS.ProcessEnv,
  report: (report: Report) => void,
): Promise<void> => {
  const log = logOf(foldersOf(project), 'supervisor');
  rotate(log);
  const output = openLog(log);
  const env = forSupervisor({ ...source, EVERTURN_PROJECT: project });
  const child = spawnWithSecrets([moduleFile(import.meta.dirname, 'detached')], { cwd: project, env, output });
  closeSync(output);
  const failure = new Promise<EverturnError | null>((resolve) => {
    child.on('message', (message: DetachedMessage) => {
      if (message.type === 'failed') {
        const { code, message: words, details } = message;
        resolve(new EverturnError(isErrorCode(code) ? code : 'internal', words, details ? { details } : {}));
      } else {
        report(message.report);
        if (message.report.type === 'ready') resolve(null);
      }
    });
    void exitOf(child).then((how) => {
      const words = `Cannot start the stack of ${project}: the supervisor ended with ${how}. Its log, ${log}, ends with:\n${lastLines(log, 12)}`;
      resolve(new EverturnError('process_failed', words));
    });
  });
  const error = await failure;
  if (child.connected) child.disconnect();
  child.unref();
  if (error) throw error;
};
