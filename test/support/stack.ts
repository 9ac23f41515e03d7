import { randomBytes } from 'node:crypto';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { pino } from 'pino';
import { inject } from 'vitest';
import { createModelClient } from '../../activities/model/client.ts';
import { createModels } from '../../activities/model/models.ts';
import { openUnconfined } from '../../activities/tools/confine/tracked.ts';
import { builtInTools } from '../../activities/tools/registry.ts';
import type { FixedUser } from '../../api/access/identify.ts';
import { createApp } from '../../api/app.ts';
import { startChangeKeeper } from '../../api/background/change-keeper.ts';
import { startReconciler } from '../../api/background/reconciler.ts';
import { startRunKeeper } from '../../api/background/run-keeper.ts';
import { createScheduleSync } from '../../api/background/schedule-sync.ts';
import { startSubagentKeeper } from '../../api/background/subagent-keeper.ts';
import { startTurnKeeper } from '../../api/background/turn-keeper.ts';
import type { Login } from '../../api/context.ts';
import { createGateway } from '../../api/gateway.ts';
import { createDelivery } from '../../api/services/delivery.ts';
import { openAttachments } from '../../attachments/attachments.ts';
import { createApiClient } from '../../client/api.ts';
import type { PermissionRule } from '../../contracts/permissions/rule.ts';
import type { RunDefaults } from '../../contracts/run-defaults.ts';
import type { SubagentLimits } from '../../contracts/subagents.ts';
import { openDefinitions } from '../../definitions/definitions.ts';
import { createFindAgent } from '../../definitions/find-agent.ts';
import { createFindFlow } from '../../definitions/find-flow.ts';
import { createFindScript } from '../../definitions/find-script.ts';
import { openSandbox } from '../../sandbox/sandbox.ts';
import { openStore } from '../../store/store.ts';
import { createListener } from '../../store/wakeups.ts';
import { openTrust } from '../../trust/trust.ts';
import { commandEnv } from '../../worker/command-env.ts';
import { type ScriptWorkerOptions, startScriptWorker } from '../../worker/script-worker.ts';
import { type RunningWorker, startWorker, type WorkerOptions } from '../../worker/worker.ts';
import { brokenPrefixes } from './broken-prefixes.ts';
import { createTestDatabase } from './database.ts';
import { createScriptedModel } from './scripted-model.ts';

// Before the first worker or connection: the SDK logs to the console by itself.
Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });

const log = pino({ level: process.env.EVERTURN_TEST_LOG ?? 'silent' });
const namespace = 'default';

/** For `npm run test:uncached`: workflows that a worker keeps in memory. */
const cached = process.env.EVERTURN_CACHED_WORKFLOWS;
const maxCachedWorkflows = cached === undefined ? undefined : Number(cached);

/** So that a test can look for the processes of a command by the pids that it writes down. */
const confinement = openUnconfined(null);

const manySubagents: SubagentLimits = { subagentsPerSession: 4, subagents: 16, subagentDepth: 1 };

type StackOptions = {
  /** Every name is a model of the scripted provider. */
  models?: [string, ...string[]];
  /** Further names of them. */
  aliases?: Record<string, string>;
  /** Beside the owner, who has the stack's own token. */
  users?: FixedUser[];
  /** How people sign in, at the address that the API is served at. */
  login?: (consoleUrl: string) => Login;
  /** Default: any that is free. */
  port?: number;
  subagentLimits?: SubagentLimits;
  /** Where the built console is. Default: nowhere. */
  consoleFolder?: string;
  /** Within which a request must have arrived. */
  arrivalMs?: number;
  /** Agents of scripts at once, over all runs. */
  scriptAgents?: number;
  /** Runs of scripts at once. */
  scriptRuns?: number;
  runDefaults?: RunDefaults;
  /** Whether the project has to be trusted, as it has in a stack of a person. Default: everything it brings is trusted. */
  asksForTrust?: boolean;
  /** Rules of everturn.yaml. Default: none. */
  permissions?: PermissionRule[];
};

/**
 * The whole stack but its supervisor, in this process: a database and a task queue of its own, a scripted model, a
 * served API, and as many workers as the test starts.
 */
export const openStack = async ({
  models = ['scripted'],
  aliases = {},
  users = [],
  login,
  port = 0,
  subagentLimits = manySubagents,
  scriptAgents = 64,
  scriptRuns = 100,
  runDefaults = {},
  asksForTrust = false,
  arrivalMs,
  consoleFolder = 'none',
  permissions = [],
}: StackOptions = {}) => {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const databaseUrl = await createTestDatabase(inject('postgresUrl'), name);
  const temporal = { address: inject('temporalAddress') };
  const store = openStore({ url: databaseUrl, patienceMs: 10_000, max: 8 });
  const listener = createListener(store.database);
  const model = await createScriptedModel();
  const connection = await Connection.connect(temporal);
  const gateway = createGateway({
    connection,
    namespace,
    taskQueue: name,
    project: 'test',
    consoleUrl: 'http://127.0.0.1',
  });
  const delivery = createDelivery(store, gateway, { scriptRuns: () => scriptRuns });
  const workspace = await realpath(await mkdtemp(path.join(os.tmpdir(), 'everturn-workspace-')));
  const token = randomBytes(16).toString('hex');
  const modelChoice = { names: models, aliases, strict: false };
  const configured = () => ({
    permissions,
    models,
    modelUrl: model.url,
    modelChoice,
    runDefaults,
    changeMode: 'ask' as const,
    keys: models.map((key) => ({ name: key, baseUrl: model.url, apiKeyEnv: null, models: [key] })),
  });
  const attachments = openAttachments({
    folder: path.join(workspace, '.everturn', 'attachments'),
    rows: store.attachments,
  });
  const about = { version: 'test', model: { label: models[0], offline: false }, temporalUi: null, workspace };
  const trust = openTrust(workspace, asksForTrust ? {} : { EVERTURN_TRUST: '1' });
  const definitions = openDefinitions({
    project: workspace,
    home: path.join(workspace, 'home'),
    look: trust.look,
    models: () => modelChoice,
  });
  const consoleUrl = `http://127.0.0.1:${port}`;
  const app = await createApp({
    context: {
      store,
      listener,
      gateway,
      delivery,
      definitions,
      trust,
      attachments,
      configured,
      variables: process.env,
      about,
    },
    access: { token, users, allowedHosts: [] },
    log,
    ...(login ? { login: login(consoleUrl), consoleUrl } : {}),
    consoleFolder,
    ...(arrivalMs === undefined ? {} : { arrivalMs }),
  });
  const baseUrl = await app.listen({ host: '127.0.0.1', port });
  const reconciler = startReconciler(store, delivery, log);
  const keeper = startSubagentKeeper({ store, gateway, limits: () => subagentLimits, log });
  const changeKeeper = startChangeKeeper({ store, gateway, log });
  const turnKeeper = startTurnKeeper({ store, gateway, log });
  const runKeeper = startRunKeeper({ store, listener, gateway, delivery, scriptAgents: () => scriptAgents, log });
  const workers: RunningWorker[] = [];
  const sandbox = openSandbox();
  // Scripted replies pause for as long as it takes to start a process.
  const client = (name: string) =>
    createModelClient({
      baseUrl: model.url,
      apiKey: null,
      model: name,
      timeoutMs: 120_000,
      loadImage: attachments.image,
    });

  return {
    name,
    databaseUrl,
    temporal,
    store,
    model,
    connection,
    app,
    gateway,
    delivery,
    definitions,
    trust,
    attachments,
    workspace,
    token,
    log,
    /** As every API process of the stack makes them. */
    scheduleSync: () => createScheduleSync({ definitions, gateway, store, project: 'test', folder: workspace, log }),
    baseUrl,
    api: createApiClient({ baseUrl, token }),
    async startWorker(options: Partial<WorkerOptions> = {}): Promise<RunningWorker> {
      const worker = await startWorker({
        store,
        temporal,
        namespace,
        taskQueue: name,
        bundlePath: inject('bundlePath'),
        workerId: `${name}-${workers.length}`,
        models: createModels([client(models[0]), ...models.slice(1).map(client)], undefined, modelChoice),
        commandEnv: commandEnv([]),
        confinement,
        attachments,
        commandSeconds: 30,
        sandbox,
        findFlow: createFindFlow(definitions),
        findScript: createFindScript(definitions),
        findAgent: createFindAgent(definitions),
        permissions,
        personalRules: () => ({ rules: [], faults: [] }),
        subagentLimits,
        agentsAtOnce: scriptAgents,
        runDefaults,
        workspace,
        project: 'test',
        maxCachedWorkflows,
        log,
        ...options,
      });
      workers.push(worker);
      return worker;
    },
    async startScriptWorker(options: Partial<ScriptWorkerOptions> = {}): Promise<RunningWorker> {
      const worker = await startScriptWorker({
        store,
        temporal,
        namespace,
        taskQueue: name,
        bundlePath: inject('scriptsBundlePath'),
        workerId: `${name}-${workers.length}`,
        models: modelChoice,
        tools: builtInTools,
        agentMinutes: 60,
        modelSettings: () => '',
        findScript: createFindScript(definitions),
        concurrency: 16,
        maxCachedWorkflows,
        log,
        ...options,
      });
      workers.push(worker);
      return worker;
    },
    async close(): Promise<void> {
      await Promise.all(workers.map((worker) => worker.stop()));
      await sandbox.close();
      await attachments.close();
      await app.close();
      await reconciler.stop();
      await keeper.stop();
      await changeKeeper.stop();
      await turnKeeper.stop();
      await runKeeper.stop();
      await listener.close();
      await connection.close();
      const broken = await brokenPrefixes(store);
      await store.close();
      await model.close();
      await rm(workspace, { recursive: true, force: true });
      if (broken.length > 0) throw new Error(`Requests broke the prefix undeclared: ${broken.join('; ')}`);
    },
  };
};

export type Stack = Awaited<ReturnType<typeof openStack>>;
