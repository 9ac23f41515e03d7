import { GiveTrust, TrustState } from '../../contracts/trust.ts';
import { administers, viewer } from '../access/guard.ts';
import { actOf } from '../access/principal.ts';
import type { Api, ApiContext } from '../context.ts';

/** Whether the project may act by itself, what waits, and the user's yes to it. */
export const trustRoutes = (app: Api, { trust, store }: ApiContext): void => {
  app.get('/api/trust', { config: viewer, schema: { response: { 200: TrustState } } }, async () => trust.state());

  app.post(
    '/api/trust',
    { config: administers('trust.give'), schema: { body: GiveTrust, response: { 200: TrustState } } },
    async (request) => {
      await store.audit.write(actOf(request, 'project', { detail: { hash: request.body.hash } }));
      return trust.give(request.body.hash);
    },
  );

  app.delete(
    '/api/trust',
    { config: administers('trust.revoke'), schema: { response: { 200: TrustState } } },
    async (request) => {
      await store.audit.write(actOf(request, 'project'));
      trust.revoke();
      return trust.state();
    },
  );
};
