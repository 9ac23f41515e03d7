import { modelNames } from '../../contracts/config/models.ts';
import { temporalConnectionOptions } from '../../runtime/temporal.ts';
import { offlineWords } from '../turn/offline-words.ts';
import type { Context } from './context.ts';
import { openRecovery, type Recovery } from './recovery.ts';
import { startReload } from './reload.ts';
import type { StackState } from './state.ts';
import { bringUpDatabase, bringUpSchema, type StackDatabase } from './step-database.ts';
import { bringUpApi, bringUpConsole, bringUpOfflineModel, bringUpWorkers } from './step-processes.ts';
import { bringUpTemporal, type StackTemporal } from './step-temporal.ts';
import { ensureToken } from './token.ts';
import { checkUserTokens } from './user-tokens.ts';

/**
 * Everything, in the order in which one needs the other. `earlier` is the state that an unclean stop left.
 * `opened` is given what must be closed at the end.
 */
export const bringUp = async (
  context: Context,
  earlier: StackState,
  opened: (one: { close(): Promise<void> }) => void,
): Promise<void> => {
  checkUserTokens(context.config, context.source);
  // Beside the rest: it needs none of it, and takes seconds the first time.
  const consoleBuilt = bringUpConsole(context);
  try {
    await bringUpServers(context, earlier, opened, consoleBuilt);
  } finally {
    await consoleBuilt;
  }
};

const bringUpServers = async (
  context: Context,
  earlier: StackState,
  opened: (one: { close(): Promise<void> }) => void,
  consoleBuilt: Promise<void>,
): Promise<void> => {
  const database = await bringUpDatabase(context);
  const temporal = await bringUpTemporal(context);
  await bringUpSchema(context, database.url);
  const recovery = openRecovery({
    databaseUrl: database.url,
    temporal: temporalConnectionOptions(temporal.env),
    namespace: temporal.env.TEMPORAL_NAMESPACE,
  });
  opened(recovery);
  for (const { workerId } of earlier.processes) if (workerId !== null) await recovery.workerDied(workerId);
  await consoleBuilt;
  await bringUpOurs(context, { database, temporal, recovery });
  opened(startReload(context, database.url));
};

type Servers = { database: StackDatabase; temporal: StackTemporal; recovery: Recovery };

const bringUpOurs = async (context: Context, { database, temporal, recovery }: Servers): Promise<void> => {
  const { source, env, config, folders, record, report } = context;
  const token = ensureToken(folders, (words) => report({ type: 'progress', step: 'token', words }));
  const needs = [database.keeper, temporal.keeper].filter((keeper) => keeper !== null);
  const offline = config.models.length === 0;
  const common: NodeJS.ProcessEnv = {
    // Compiled code, ours and that of packages: a third of a process's start.
    NODE_COMPILE_CACHE: folders.compileCache,
    ...source,
    ...temporal.env,
    DATABASE_URL: database.url,
    EVERTURN_PROJECT: folders.project,
    EVERTURN_TOKEN: token,
  };
  const [offlineUrl, shared] = await Promise.all([
    offline ? bringUpOfflineModel(context) : null,
    bringUpApi(context, { env: common, uiUpstream: temporal.uiUpstream, needs }),
  ]);
  const model = offlineUrl === null ? {} : { EVERTURN_OFFLINE_MODEL_URL: offlineUrl };
  const workers = { env: { ...shared, ...model }, count: env.EVERTURN_WORKERS, needs, workerDied: recovery.workerDied };
  await bringUpWorkers(context, workers);

  const apiUrl = shared.EVERTURN_CONSOLE_URL ?? '';
  record.update({ apiUrl, readyAt: new Date().toISOString() });
  report({
    type: 'ready',
    consoleUrl: `${apiUrl}/#token=${token}`,
    apiUrl,
    temporalUiUrl: record.read().temporalUiUrl,
    model: offline ? `offline (built in). ${await offlineWords(folders.project)}` : modelNames(config).join(', '),
  });
};
