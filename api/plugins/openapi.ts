import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { open } from '../access/guard.ts';
import { clientHeader } from '../access/identify.ts';
import { openApiPath } from './access.ts';
import { summaryOf } from './route-summaries.ts';

/** Collects the schemas of the routes that are registered after it. */
export const registerOpenApi = async (
  app: FastifyInstance,
  { version, cookieName }: { version: string; cookieName: string },
): Promise<void> => {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Everturn',
        version,
        description: 'Sessions of durable AI agents: send, follow, approve, cancel.',
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'The token of a user. Never in an address.' },
          login: {
            type: 'apiKey',
            in: 'cookie',
            name: cookieName,
            description: `The cookie of GET /api/login, together with the header ${clientHeader}.`,
          },
          secret: { type: 'apiKey', in: 'header', name: 'x-everturn-secret', description: 'The secret of a webhook.' },
        },
      },
      security: [{ token: [] }, { login: [] }],
    },
    transform: (input) => {
      const { schema, url } = jsonSchemaTransform(input);
      const summary = summaryOf(input.route.method, url);
      return { schema: summary === undefined ? schema : { summary, ...schema }, url };
    },
  });
  app.get(openApiPath, { config: open, schema: { hide: true } }, () => app.swagger());
};
