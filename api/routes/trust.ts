import { GiveTrust, TrustState } from '../../contracts/trust.ts';
import type { Api, ApiContext } from '../context.ts';

/** Whether the project may act by itself, what waits, and the person's yes to it. */
export const trustRoutes = (app: Api, { trust }: ApiContext): void => {
  app.get('/api/trust', { schema: { response: { 200: TrustState } } }, async () => trust.state());

  app.post('/api/trust', { schema: { body: GiveTrust, response: { 200: TrustState } } }, async ({ body }) =>
    trust.give(body.hash),
  );

  app.delete('/api/trust', { schema: { response: { 200: TrustState } } }, async () => {
    trust.revoke();
    return trust.state();
  });
};
