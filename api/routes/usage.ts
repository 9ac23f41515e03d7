import {
  UsageDimension,
  UsagePairPage,
  UsagePairQuery,
  UsageQuery,
  UsageReport,
  usageCsv,
} from '../../contracts/usage-report.ts';
import { viewer } from '../access/guard.ts';
import type { Api, ApiContext } from '../context.ts';
import { findSession } from '../services/sessions.ts';
import { SessionParams } from './shared.ts';

export const usageRoutes = (app: Api, { store }: ApiContext): void => {
  app.get(
    '/api/usage',
    { config: viewer, schema: { querystring: UsageQuery, response: { 200: UsageReport } } },
    async ({ query }, reply) => {
      const by = query.by.split(',').map((name) => UsageDimension.parse(name));
      const report = await store.usage.report({ ...query, by });
      if (query.format === 'json') return report;
      reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="usage.csv"');
      reply.serializer((text: unknown) => String(text));
      return reply.send(usageCsv([...new Set(by)], report) as never);
    },
  );

  app.get(
    '/api/sessions/:id/requests',
    {
      config: viewer,
      schema: { params: SessionParams, querystring: UsagePairQuery, response: { 200: UsagePairPage } },
    },
    async ({ params, query }) => {
      await findSession(store, params.id);
      return await store.usage.pairs(params.id, query);
    },
  );
};
