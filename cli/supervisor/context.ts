import path from 'node:path';
import type { Config } from '../../contracts/config.ts';
import type { ConfigChange } from '../../contracts/config-changes.ts';
import { moduleFile } from '../../files/module-file.ts';
import type { StackEnvironment } from '../../runtime/env.ts';
import type { Folders } from './folders.ts';
import type { Keeper, KeeperOptions } from './keeper.ts';
import type { StackRecord } from './record.ts';
import { type Report, seconds } from './report.ts';
import type { Service } from './service.ts';
import type { Ports } from './state.ts';

/** Paths of the Node programs; tests put small ones in their place. */
export type Entries = { worker: string; scripts: string; api: string; offlineModel: string };

const packageRoot = path.join(import.meta.dirname, '..', '..');
export const ourEntries: Entries = {
  worker: moduleFile(packageRoot, 'worker', 'main'),
  scripts: moduleFile(packageRoot, 'worker', 'scripts'),
  api: moduleFile(packageRoot, 'api', 'main'),
  offlineModel: moduleFile(packageRoot, 'offline', 'main'),
};
/** Of Node, for both kinds of workers; the file says why. */
export const workerFlags = ['--require', path.join(packageRoot, 'worker', 'without-promise-hooks.cjs')];
export const consoleRoot = packageRoot;

/** What every step of the start works with. */
export type Context = {
  folders: Folders;
  /** As it was given to us, for our children. */
  source: NodeJS.ProcessEnv;
  env: StackEnvironment;
  /** As it is in use now. */
  readonly config: Config;
  entries: Entries;
  record: StackRecord;
  /** Aborted when the stack is to stop. */
  signal: AbortSignal;
  report(report: Report): void;
  /** Puts another configuration into use, for processes that start from now on too. */
  reconfigure(config: Config, change: ConfigChange): void;
  /** Starts the service and keeps it running. Later ones are stopped first. */
  keep(service: Service, options?: Pick<KeeperOptions, 'needs' | 'pauseMs'>): Promise<Keeper>;
  /** Chooses one, free at the moment. */
  port(name: keyof Ports): Promise<number>;
};

/** Does one step of the start and reports its duration. Throws first if the stack has to stop. */
export const step = async <T>(
  { signal, report }: Context,
  name: string,
  work: () => Promise<T>,
  words: (result: T) => string,
): Promise<T> => {
  signal.throwIfAborted();
  const started = performance.now();
  const result = await work();
  report({ type: 'progress', step: name, words: `${words(result)} (${seconds(performance.now() - started)})` });
  return result;
};
