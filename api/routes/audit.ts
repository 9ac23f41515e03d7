import { AuditPage, AuditQuery } from '../../contracts/audit.ts';
import { admin } from '../access/guard.ts';
import type { Api, ApiContext } from '../context.ts';

export const auditRoutes = (app: Api, { store }: ApiContext): void => {
  app.get(
    '/api/audit',
    { config: admin, schema: { querystring: AuditQuery, response: { 200: AuditPage } } },
    async ({ query }) => await store.audit.list(query),
  );
};
