import type { FastifyInstance } from 'fastify';
import { EverturnError } from '../../contracts/errors.ts';
import { plainFault } from '../../contracts/plain-values.ts';

/** Before any schema looks at a request: what it says must be what Postgres can keep and every reader can walk. */
export const registerPlainRequests = (app: FastifyInstance): void => {
  app.addHook('preValidation', async ({ params, query, body, method, routeOptions: { url } }) => {
    for (const [part, value] of Object.entries({ params, query, body })) {
      const fault = plainFault(part, value);
      if (fault) throw new EverturnError('bad_request', `Cannot ${method} ${url}: ${fault}`);
    }
  });
};
