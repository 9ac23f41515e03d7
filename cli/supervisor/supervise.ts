import type { Config } from '../../contracts/config.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { countGrants } from '../../contracts/trust.ts';
import { readStackEnvironment } from '../../runtime/env.ts';
import { takeLock } from '../../runtime/lock.ts';
import { identify } from '../../runtime/processes.ts';
import { loadTrustedConfig } from '../../trust/config.ts';
import { openTrust } from '../../trust/trust.ts';
import { aborted } from './aborted.ts';
import { bringUp } from './bring-up.ts';
import { cautionsOf } from './cautions.ts';
import { claimFolders } from './claim.ts';
import { configMessage } from './config-message.ts';
import { type Context, type Entries, ourEntries } from './context.ts';
import { type Folders, foldersOf } from './folders.ts';
import { createKeeper, type Keeper, type KeeperEvents } from './keeper.ts';
import { postgresName, stopLeftovers, temporalName } from './leftovers.ts';
import { portChooser } from './port-wishes.ts';
import { openRecord, type StackRecord } from './record.ts';
import type { Report } from './report.ts';
import { openRestarts, type Restarts } from './restarts.ts';
import { emptyState, findRunning } from './state.ts';

export type SuperviseOptions = {
  /** Default: the environment of this process. EVERTURN_PROJECT in it names the folder. */
  source?: NodeJS.ProcessEnv;
  entries?: Entries;
  /** The caller has already claimed the folders. */
  claimed?: boolean;
  /** Stops the stack. */
  signal: AbortSignal;
  report(report: Report): void;
};

/**
 * Brings the stack up and keeps it up until the signal; resolves when nothing of it is left. Throws
 * `already_running`, `data_foreign`, what a step of the start throws, or `process_failed` when a process keeps dying; nothing is left
 * then either.
 */
export const supervise = async (options: SuperviseOptions): Promise<void> => {
  const source = options.source ?? process.env;
  const env = readStackEnvironment(source);
  const folders = foldersOf(env.EVERTURN_PROJECT);
  if (!options.claimed) claimFolders(folders, { source, report: options.report });
  const lock = takeLock(folders.lock);
  if (lock.holder !== null) throw alreadyRunning(folders, lock.holder.pid);
  try {
    const config = configOf(folders, source, options.report);
    await run({ ...options, source }, { env, folders, config });
  } finally {
    lock.release();
  }
};

/** Says what of the project waits for the user's trust. */
const configOf = ({ project }: Folders, source: NodeJS.ProcessEnv, report: SuperviseOptions['report']): Config => {
  const { config, ignored } = loadTrustedConfig(project, source);
  const { trusted, grants } = openTrust(project, source).state();
  const say = (words: string) => report({ type: 'progress', step: 'trust', words });
  if (ignored) say('everturn.yaml is not used: you have not trusted what it would allow');
  if (!trusted) say(`waiting: ${countGrants(grants)}. "npx everturn trust" shows them and asks`);
  return config;
};

const alreadyRunning = (folders: Folders, pid: number): EverturnError => {
  const running = findRunning(folders.project);
  const urls = running ? `: console ${running.consoleUrl}, Temporal UI ${running.temporalUiUrl ?? 'unknown'}` : '';
  return new EverturnError(
    'already_running',
    `Cannot start a second stack on ${folders.project}: process ${pid} ${running ? 'runs' : 'is starting or stopping'} it${urls}. Stop it with "npx everturn down"`,
    { details: { pid, ...running } },
  );
};

type Prepared = Pick<Context, 'env' | 'folders' | 'config'>;

const run = async (options: SuperviseOptions & { source: NodeJS.ProcessEnv }, prepared: Prepared): Promise<void> => {
  const { folders } = prepared;
  for (const { about, found, todo } of cautionsOf(folders)) {
    options.report({ type: 'progress', step: about, words: `${found}. ${todo}` });
  }
  const record = openRecord(folders.state);
  const earlier = record.read();
  const stopped = await stopLeftovers(folders, earlier);
  if (stopped.length > 0) {
    options.report({
      type: 'progress',
      step: 'healing',
      words: `stopped what was left running: ${stopped.join(', ')}`,
    });
  }
  record.update({ supervisor: identify(process.pid), readyAt: null, processes: [], apiUrl: null, config: null });

  const kept: { name: string; keeper: Keeper }[] = [];
  const opened: { close(): Promise<void> }[] = [];
  const failure = Promise.withResolvers<never>();
  // Raced below; it may also settle when nothing waits for it.
  failure.promise.catch(() => undefined);
  const ended = new AbortController();
  const signal = AbortSignal.any([options.signal, ended.signal]);
  const restarts = openRestarts();
  /** The API says what people ask of the stack. */
  const notifyApi = (): void => {
    for (const { name, keeper } of kept) if (name === 'api') keeper.send(restarts.message(record.read().processes));
  };
  const noted = noting(restarts, notifyApi);
  const events = noted(keeperEvents(record, options.report, failure.reject));
  let { config } = prepared;
  const context: Context = {
    ...prepared,
    get config() {
      return config;
    },
    reconfigure: (next, change) => {
      config = next;
      for (const { name, keeper } of kept) keeper.send(configMessage(context, name, change));
    },
    source: options.source,
    entries: options.entries ?? ourEntries,
    record,
    signal,
    report: options.report,
    port: portChooser({ ...prepared, record }),
    keep: async (service, { needs = [], pauseMs = 0 } = {}) => {
      signal.throwIfAborted();
      const keeper = createKeeper(service, { events, needs, pauseMs });
      kept.push({ name: service.name, keeper });
      await keeper.start();
      notifyApi();
      return keeper;
    },
  };
  const stopThose = async (those: (name: string) => boolean): Promise<void> => {
    await Promise.all(kept.filter(({ name }) => those(name)).map(({ keeper }) => keeper.stop()));
  };
  const stopAll = async (): Promise<void> => {
    // A worker that ends in order still needs both servers.
    await stopThose((name) => name !== temporalName && name !== postgresName);
    await stopThose((name) => name === temporalName);
    await stopThose((name) => name === postgresName);
    await stopLeftovers(folders, record.read());
  };

  const starting = bringUp(context, earlier, (one) => opened.push(one));
  try {
    await Promise.race([starting, failure.promise, aborted(signal)]);
    await Promise.race([failure.promise, aborted(signal)]);
  } finally {
    ended.abort();
    await stopAll();
    // A step that was under way may have started one more process.
    await starting.catch(() => undefined);
    await stopAll();
    await Promise.all(opened.map((one) => one.close()));
    record.update({ ...emptyState, ports: record.read().ports });
  }
};

const keeperEvents = (
  record: StackRecord,
  report: SuperviseOptions['report'],
  fail: (error: EverturnError) => void,
): KeeperEvents => ({
  spawned: ({ name }, pid, workerId) => record.note(name, pid, workerId ?? null),
  died: ({ name }, how) => report({ type: 'died', process: name, how }),
  back: ({ name }, afterMs) => report({ type: 'back', process: name, afterMs }),
  gaveUp: (_service, error) => fail(error),
});

const noting =
  (restarts: Restarts, changed: () => void) =>
  (events: KeeperEvents): KeeperEvents => ({
    ...events,
    died: (service, how) => {
      restarts.died(service.name, how);
      events.died(service, how);
      changed();
    },
    back: (service, afterMs) => {
      restarts.back(service.name, afterMs);
      events.back(service, afterMs);
      changed();
    },
  });
