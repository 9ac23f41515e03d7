import { fastifySSE } from '@fastify/sse';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  fastify,
  LogController,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { ApiContext } from './context.ts';
import { type AccessOptions, registerAccess } from './plugins/access.ts';
import { registerConsole } from './plugins/console.ts';
import { registerOpenApi } from './plugins/openapi.ts';
import { registerProblems } from './plugins/problems.ts';
import { approvalRoutes } from './routes/approvals.ts';
import { eventRoutes } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { messageRoutes } from './routes/messages.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { transcriptRoutes } from './routes/transcript.ts';

export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export type AppOptions = {
  context: ApiContext;
  access: AccessOptions;
  log: FastifyBaseLogger;
  /** The built console; served when it is there. */
  consoleFolder: string;
};

const bodyLimit = 1024 * 1024;
const heartbeatMs = 10_000;

/** The whole HTTP application: what it is made of, in order. */
export const createApp = async ({ context, access, log, consoleFolder }: AppOptions): Promise<Api> => {
  const app = fastify({
    loggerInstance: log,
    bodyLimit,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  registerProblems(app);
  registerAccess(app, access);
  await app.register(fastifySSE, { heartbeatInterval: heartbeatMs });
  await registerOpenApi(app, context.about.version);
  healthRoutes(app, context);
  sessionRoutes(app, context);
  messageRoutes(app, context);
  transcriptRoutes(app, context);
  approvalRoutes(app, context);
  eventRoutes(app, context);
  await registerConsole(app, consoleFolder);
  return app;
};
