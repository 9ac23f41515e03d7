import type { FastifyInstance } from 'fastify';
import { EverturnError } from '../../contracts/errors.ts';
import { inexactNumber } from '../../contracts/exact-json.ts';
import { plainFault } from '../../contracts/plain-values.ts';

/** Before any schema looks at a request: what it says must be what Postgres can keep and every reader can walk. */
export const registerPlainRequests = (app: FastifyInstance): void => {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const fault = inexactNumber('body', String(body));
    if (!fault) return parse(request, String(body), done);
    const action = `${request.method} ${request.routeOptions.url}`;
    done(new EverturnError('bad_request', `Cannot ${action}: ${fault}`));
  });
  app.addHook('preValidation', async ({ params, query, body, method, routeOptions: { url } }) => {
    for (const [part, value] of Object.entries({ params, query, body })) {
      const fault = plainFault(part, value);
      if (fault) throw new EverturnError('bad_request', `Cannot ${method} ${url}: ${fault}`);
    }
  });
};
