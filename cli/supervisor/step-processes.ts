import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../../contracts/config.ts';
import { endCommandsOf } from '../../worker/commands.ts';
import { type ChildEnvironment, forApi, forScripts, forWorker, plainOf } from './child-environment.ts';
import { dropTrackedCache } from './claim.ts';
import { configMessage } from './config-message.ts';
import { buildConsole, consoleFolderOf } from './console-build.ts';
import { type Context, consoleRoot, step, workerFlags } from './context.ts';
import { logOf } from './folders.ts';
import type { Keeper } from './keeper.ts';
import { type NodeProcess, type SpareProcess, startNodeProcess, startSpareProcess } from './node-service.ts';
import { onPorts } from './port-wishes.ts';
import type { Running, Service, Spawned } from './service.ts';

/** Decided here: a process that starts again later must not find another one. */
const configuration = ({ config }: Context): NodeJS.ProcessEnv => ({ EVERTURN_CONFIG: JSON.stringify(config) });

/** Sends the process a configuration that changed after it was given `config`. */
const sendNewConfig = (context: Context, name: string, config: Config, running: Running): void => {
  if (context.config !== config) running.send?.(configMessage(context, name, null));
};

type NodeServiceOptions = { name: string; entry: string; env: () => ChildEnvironment };

const nodeService = (context: Context, { name, entry, env }: NodeServiceOptions): Service => {
  const { folders, source } = context;
  const log = logOf(folders, name);
  return {
    name,
    log,
    start: async (spawned) => {
      dropTrackedCache(folders, source);
      const { config } = context;
      const running = await startNodeProcess({ name, entry, env: env(), log, cwd: folders.project }, spawned);
      sendNewConfig(context, name, config, running);
      return running;
    },
  };
};

/** Gives the model's address. Only where everturn.yaml names no model. */
export const bringUpOfflineModel = (context: Context): Promise<string> =>
  onPorts(context, ['offlineModel'], (port) => offlineModelOn(context, port));

const offlineModelOn = async (context: Context, port: number): Promise<string> => {
  const service = nodeService(context, {
    name: 'offline-model',
    entry: context.entries.offlineModel,
    env: () => ({ plain: { ...plainOf(context.source), EVERTURN_OFFLINE_MODEL_PORT: String(port) }, secrets: {} }),
  });
  await step(
    context,
    'model',
    () => context.keep(service),
    () => `offline, built in, on 127.0.0.1:${port}`,
  );
  return `http://127.0.0.1:${port}/v1`;
};

export type WorkerOptions = {
  /** All that there is: each process gets its part. */
  env: NodeJS.ProcessEnv;
  count: number;
  needs: Keeper[];
  workerDied(workerId: string): Promise<void>;
};

type WorkerProgram = { name: string; entry: string; part: typeof forWorker; hasSpare: boolean; pauseMs: number };

/** Until the peers of a dead worker have taken over its turns. */
const takeOverMs = 500;

export const bringUpWorkers = async (
  context: Context,
  { env, count, needs, workerDied }: WorkerOptions,
): Promise<void> => {
  const agents = Array.from({ length: count }, (_, index) => ({
    name: `worker-${index + 1}`,
    entry: context.entries.worker,
    part: forWorker,
    // With more than one, the others take over.
    hasSpare: count === 1,
    pauseMs: count > 1 ? takeOverMs : 0,
  }));
  // One is enough: scripts only say what is to be done, agents' workers do it.
  const programs: WorkerProgram[] = [
    ...agents,
    { name: 'scripts-1', entry: context.entries.scripts, part: forScripts, hasSpare: false, pauseMs: 0 },
  ];
  await step(
    context,
    'workers',
    () =>
      Promise.all(
        programs.map((program) =>
          context.keep(workerService(context, program, { env, workerDied }), { needs, pauseMs: program.pauseMs }),
        ),
      ),
    () => `${count}, and 1 for scripts`,
  );
};

/** How long a worker serves before its spare is started, so that the two starts do not compete for the processor. */
const spareAfterMs = 3000;

type Spare = { id: string; config: Config; process: SpareProcess };

/**
 * Each start gets a worker id of its own, so that work left open by the previous process is not taken for its own. With
 * `hasSpare`, a second process is started in advance: with a single worker, every turn waits for its replacement.
 */
const workerService = (
  context: Context,
  { name, entry, part, hasSpare }: WorkerProgram,
  { env, workerDied }: Pick<WorkerOptions, 'env' | 'workerDied'>,
): Service => {
  const { folders, source, signal } = context;
  const log = logOf(folders, name);
  let id = '';
  let spare: Spare | null = null;
  const newId = () => `${name}-${randomBytes(4).toString('hex')}`;
  const program = (workerId: string): NodeProcess => {
    const own = part({ ...env, ...configuration(context), EVERTURN_WORKER_ID: workerId }, context.config);
    return { name, entry, flags: workerFlags, env: own, log, cwd: folders.project };
  };
  const prepare = (): void => {
    if (signal.aborted || spare?.process.isAlive()) return;
    const next = newId();
    spare = { id: next, config: context.config, process: startSpareProcess(program(next)) };
  };
  signal.addEventListener('abort', () => void spare?.process.stop(), { once: true });
  const take = (): Spare | null => {
    const taken = spare?.process.isAlive() ? spare : null;
    spare = null;
    return taken;
  };
  return {
    name,
    log,
    start: async (spawned: Spawned) => {
      dropTrackedCache(folders, source);
      const taken = take();
      id = taken?.id ?? newId();
      const own = id;
      const noted = (pid: number) => spawned(pid, own);
      const { config } = taken ?? context;
      const running = await (taken ? taken.process.begin(noted) : startNodeProcess(program(own), noted));
      sendNewConfig(context, name, config, running);
      if (hasSpare)
        void Promise.race([running.exited, delay(spareAfterMs, 'served', { ref: false })]).then(
          (how) => how === 'served' && prepare(),
        );
      return endingCommands(running, own);
    },
    died: async () => {
      await Promise.all([workerDied(id), endCommandsOf(id)]);
    },
  };
};

/** When it is stopped, so is what its commands left. */
const endingCommands = (running: Running, id: string): Running => ({
  ...running,
  stop: async () => {
    await running.stop();
    await endCommandsOf(id);
  },
});

type ApiOptions = { env: NodeJS.ProcessEnv; uiUpstream: string | null; needs: Keeper[] };

/** Gives the environment that workers share with it: where it is found is in it. It serves Temporal UI where that is ours. */
export const bringUpApi = (context: Context, options: ApiOptions): Promise<NodeJS.ProcessEnv> => {
  const { uiUpstream } = options;
  if (uiUpstream === null) return onPorts(context, ['api'], (port) => apiOn(context, options, port, {}));
  return onPorts(context, ['api', 'temporalUi'], async (port, uiPort) => {
    const url = `http://127.0.0.1:${uiPort}`;
    const shared = await apiOn(context, options, port, {
      TEMPORAL_UI_URL: url,
      EVERTURN_TEMPORAL_UI_UPSTREAM: uiUpstream,
      EVERTURN_TEMPORAL_UI_PORT: String(uiPort),
    });
    context.record.update({ temporalUiUrl: url });
    return shared;
  });
};

/** `ui`: for the API only. */
const apiOn = async (
  context: Context,
  { env, needs }: ApiOptions,
  port: number,
  ui: NodeJS.ProcessEnv,
): Promise<NodeJS.ProcessEnv> => {
  const shared = { ...env, EVERTURN_CONSOLE_URL: `http://127.0.0.1:${port}` };
  const own = {
    ...shared,
    ...ui,
    EVERTURN_API_HOST: '127.0.0.1',
    EVERTURN_API_PORT: String(port),
    EVERTURN_CONSOLE_FOLDER: consoleFolderOf(consoleRoot, context.folders.console),
  };
  const service = nodeService(context, {
    name: 'api',
    entry: context.entries.api,
    env: () => forApi({ ...own, ...configuration(context) }, context.config),
  });
  await step(
    context,
    'api',
    () => context.keep(service, { needs }),
    () => `on 127.0.0.1:${port}`,
  );
  return shared;
};

/** The stack is useful without a console: its failure is reported, not thrown. */
export const bringUpConsole = async (context: Context): Promise<void> => {
  const log = logOf(context.folders, 'console');
  const words = {
    current: 'up to date',
    built: 'built',
    failed: `could not be built, see ${log}`,
    'no-builder': 'not there, and vite is not installed to build it: run "npm ci" without "--omit=dev"',
  };
  await step(
    context,
    'console',
    () => buildConsole(consoleRoot, consoleFolderOf(consoleRoot, context.folders.console), log),
    (outcome) => words[outcome],
  );
};
