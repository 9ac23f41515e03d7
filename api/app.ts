import type { Server } from 'node:http';
import { createServer } from 'node:https';
import { fastifySSE } from '@fastify/sse';
import { type FastifyBaseLogger, type FastifyServerFactory, fastify, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { owner } from '../contracts/config/access.ts';
import { createFindFlow } from '../definitions/find-flow.ts';
import { createFindScript } from '../definitions/find-script.ts';
import { cookiesOf } from './access/cookies.ts';
import type { Api, ApiContext, Login, RouteContext } from './context.ts';
import { type AccessOptions, registerAccess } from './plugins/access.ts';
import { registerCompression } from './plugins/compression.ts';
import { registerConsole } from './plugins/console.ts';
import { registerOpenApi } from './plugins/openapi.ts';
import { registerPlainRequests } from './plugins/plain-request.ts';
import { problemsBeforeRoutes, registerProblems } from './plugins/problems.ts';
import { registerStrictBodies } from './plugins/strict-bodies.ts';
import { approvalRoutes } from './routes/approvals.ts';
import { attachmentRoutes } from './routes/attachments.ts';
import { auditRoutes } from './routes/audit.ts';
import { commandRoutes } from './routes/commands.ts';
import { configRoutes } from './routes/config.ts';
import { contextRoutes } from './routes/context.ts';
import { eventRoutes } from './routes/events.ts';
import { fileChangeRoutes } from './routes/file-changes.ts';
import { flowRoutes } from './routes/flows.ts';
import { healthRoutes } from './routes/health.ts';
import { hookRoutes } from './routes/hooks.ts';
import { keyRoutes } from './routes/keys.ts';
import { loginPath, loginRoutes } from './routes/login.ts';
import { memoryRoutes } from './routes/memory.ts';
import { messageRoutes } from './routes/messages.ts';
import { permissionRoutes } from './routes/permissions.ts';
import { pruneRoutes } from './routes/prune.ts';
import { resultRoutes } from './routes/results.ts';
import { runControlRoutes } from './routes/run-control.ts';
import { runPartRoutes } from './routes/run-parts.ts';
import { runRoutes } from './routes/runs.ts';
import { scheduleRoutes } from './routes/schedules.ts';
import { scriptRoutes } from './routes/scripts.ts';
import { searchRoutes } from './routes/search.ts';
import { sessionFileRoutes } from './routes/session-files.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { settingsRoutes } from './routes/settings.ts';
import { stackRoutes } from './routes/stack.ts';
import { subagentRoutes } from './routes/subagents.ts';
import { survivedRoutes } from './routes/survived.ts';
import { toolRoutes } from './routes/tools.ts';
import { transcriptRoutes } from './routes/transcript.ts';
import { trustRoutes } from './routes/trust.ts';
import { usageRoutes } from './routes/usage.ts';
import { userRoutes } from './routes/users.ts';
import { workflowRoutes } from './routes/workflows.ts';
import { createRunViews } from './services/run-views.ts';
import { createStarts } from './services/runs.ts';
import { createStreamReader } from './streaming/reader.ts';
import { createUiSessions } from './temporal-ui/session.ts';

export type AppOptions = {
  context: ApiContext;
  access: AccessOptions;
  log: FastifyBaseLogger;
  /** The built console; served when it is there. */
  consoleFolder: string;
  /** Under which people reach it. Default: the address of a stack on this machine. */
  consoleUrl?: string;
  /** Default: no login. */
  login?: Login | null;
  /** In PEM. Default: plain HTTP. */
  tls?: { cert: string; key: string } | null;
  /** Milliseconds within which a request must have arrived, its body too. Default: 30 s. */
  arrivalMs?: number;
};

const bodyLimit = 1024 * 1024;
/** Viewers notice silence after 5 s. */
const heartbeatMs = 2_000;
/** Of a question: it holds the names of its run, its step and its item. */
const maxIdLength = 300;

const securely =
  (tls: { cert: string; key: string }, limits: ArrivalLimits): FastifyServerFactory<Server> =>
  (handler) =>
    createServer({ ...tls, ...limits, handshakeTimeout: limits.requestTimeout }, handler);

type ArrivalLimits = ReturnType<typeof arrivalLimits>;

/** A client that connects and says nothing, or half of something, holds its socket for no longer. */
const arrivalLimits = (ms: number) => ({
  requestTimeout: ms,
  headersTimeout: ms,
  connectionsCheckingInterval: Math.min(ms, 5000),
});

/** The whole HTTP application: what it is made of, in order. */
export const createApp = async ({
  context,
  access,
  log,
  consoleFolder,
  consoleUrl = 'http://127.0.0.1:4100',
  login = null,
  tls = null,
  arrivalMs = 30_000,
}: AppOptions): Promise<Api> => {
  const limits = arrivalLimits(arrivalMs);
  const app = fastify({
    loggerInstance: log,
    bodyLimit,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    requestTimeout: arrivalMs,
    ...(tls ? { serverFactory: securely(tls, limits) } : { http: limits }),
    ...problemsBeforeRoutes,
    routerOptions: { maxParamLength: maxIdLength },
  }).withTypeProvider<ZodTypeProvider>();
  // A form of another site can send it without asking.
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  registerProblems(app);
  const cookies = cookiesOf(consoleUrl);
  await registerAccess(app, access, {
    store: context.store,
    listener: context.listener,
    cookieName: cookies.login.name,
    loginPath: login && loginPath,
  });
  registerPlainRequests(app);
  registerStrictBodies(app);
  await registerCompression(app);
  await app.register(fastifySSE, { heartbeatInterval: heartbeatMs });
  await registerOpenApi(app, { version: context.about.version, cookieName: cookies.login.name });
  const { store, listener, delivery, definitions } = context;
  const reader = createStreamReader(store.streams, listener);
  app.addHook('onClose', () => reader.close());
  const routes: RouteContext = {
    ...context,
    starts: createStarts({
      store,
      delivery,
      findFlow: createFindFlow(definitions),
      findScript: createFindScript(definitions),
    }),
    runViews: createRunViews(store),
    reader,
    fixedUsers: [{ name: owner, role: 'admin' }, ...(access.users ?? [])],
    login,
    cookies,
    uiSessions: createUiSessions(access, store.users, consoleUrl),
  };
  healthRoutes(app, routes);
  sessionRoutes(app, routes);
  sessionFileRoutes(app, routes);
  searchRoutes(app, routes);
  pruneRoutes(app, routes);
  await attachmentRoutes(app, routes);
  messageRoutes(app, routes);
  transcriptRoutes(app, routes);
  survivedRoutes(app, routes);
  commandRoutes(app, routes);
  contextRoutes(app, routes);
  approvalRoutes(app, routes);
  fileChangeRoutes(app, routes);
  permissionRoutes(app, routes);
  subagentRoutes(app, routes);
  flowRoutes(app, routes);
  scriptRoutes(app, routes);
  runRoutes(app, routes);
  runPartRoutes(app, routes);
  runControlRoutes(app, routes);
  resultRoutes(app, routes);
  scheduleRoutes(app, routes);
  hookRoutes(app, routes);
  keyRoutes(app, routes);
  configRoutes(app, routes);
  settingsRoutes(app, routes);
  stackRoutes(app, routes);
  memoryRoutes(app, routes);
  toolRoutes(app, routes);
  trustRoutes(app, routes);
  eventRoutes(app, routes);
  usageRoutes(app, routes);
  userRoutes(app, routes);
  workflowRoutes(app, routes);
  auditRoutes(app, routes);
  loginRoutes(app, routes);
  await registerConsole(app, consoleFolder);
  return app;
};
