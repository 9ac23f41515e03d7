import { fastifySSE } from '@fastify/sse';
import { type FastifyBaseLogger, fastify, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { createFindFlow } from '../definitions/find-flow.ts';
import { createFindScript } from '../definitions/find-script.ts';
import type { Api, ApiContext, RouteContext } from './context.ts';
import { type AccessOptions, registerAccess } from './plugins/access.ts';
import { registerConsole } from './plugins/console.ts';
import { registerOpenApi } from './plugins/openapi.ts';
import { registerProblems } from './plugins/problems.ts';
import { approvalRoutes } from './routes/approvals.ts';
import { eventRoutes } from './routes/events.ts';
import { flowRoutes } from './routes/flows.ts';
import { healthRoutes } from './routes/health.ts';
import { hookRoutes } from './routes/hooks.ts';
import { messageRoutes } from './routes/messages.ts';
import { runControlRoutes } from './routes/run-control.ts';
import { runPartRoutes } from './routes/run-parts.ts';
import { runRoutes } from './routes/runs.ts';
import { scheduleRoutes } from './routes/schedules.ts';
import { scriptRoutes } from './routes/scripts.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { subagentRoutes } from './routes/subagents.ts';
import { transcriptRoutes } from './routes/transcript.ts';
import { trustRoutes } from './routes/trust.ts';
import { createRunViews } from './services/run-views.ts';
import { createStarts } from './services/runs.ts';
import { createStreamReader } from './streaming/reader.ts';

export type AppOptions = {
  context: ApiContext;
  access: AccessOptions;
  log: FastifyBaseLogger;
  /** The built console; served when it is there. */
  consoleFolder: string;
};

const bodyLimit = 1024 * 1024;
const heartbeatMs = 10_000;
/** Of a question: it holds the names of its run, its step and its item. */
const longestId = 300;

/** The whole HTTP application: what it is made of, in order. */
export const createApp = async ({ context, access, log, consoleFolder }: AppOptions): Promise<Api> => {
  const app = fastify({
    loggerInstance: log,
    bodyLimit,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    routerOptions: { maxParamLength: longestId },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  registerProblems(app);
  registerAccess(app, access);
  await app.register(fastifySSE, { heartbeatInterval: heartbeatMs });
  await registerOpenApi(app, context.about.version);
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
  };
  healthRoutes(app, routes);
  sessionRoutes(app, routes);
  messageRoutes(app, routes);
  transcriptRoutes(app, routes);
  approvalRoutes(app, routes);
  subagentRoutes(app, routes);
  flowRoutes(app, routes);
  scriptRoutes(app, routes);
  runRoutes(app, routes);
  runPartRoutes(app, routes);
  runControlRoutes(app, routes);
  scheduleRoutes(app, routes);
  hookRoutes(app, routes);
  trustRoutes(app, routes);
  eventRoutes(app, routes);
  await registerConsole(app, consoleFolder);
  return app;
};
