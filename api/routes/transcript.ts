import { ChunkQuery, SpanPage, SpanQuery } from '../../contracts/api.ts';
import { ChunkPage } from '../../contracts/chunks.ts';
import { SentRequest, SentRequestQuery } from '../../contracts/sent-request.ts';
import { ToolTracePage, ToolTraceQuery } from '../../contracts/tool-traces.ts';
import { TurnSummaryPage, TurnSummaryQuery } from '../../contracts/turn-summary.ts';
import { UsageTotals } from '../../contracts/usage.ts';
import { viewer } from '../access/guard.ts';
import type { Api, ApiContext } from '../context.ts';
import { createSentRequests } from '../services/sent-request.ts';
import { findSession } from '../services/sessions.ts';
import { RequestParams, SessionParams } from './shared.ts';

export const transcriptRoutes = (app: Api, { store }: ApiContext): void => {
  const sentRequest = createSentRequests(store);

  app.get(
    '/api/sessions/:id/chunks',
    { config: viewer, schema: { params: SessionParams, querystring: ChunkQuery, response: { 200: ChunkPage } } },
    async ({ params, query }) => {
      await findSession(store, params.id);
      return await store.chunks.page(params.id, query);
    },
  );

  app.get(
    '/api/sessions/:id/usage',
    { config: viewer, schema: { params: SessionParams, response: { 200: UsageTotals } } },
    async ({ params }) => {
      await findSession(store, params.id);
      return await store.chunks.usage(params.id);
    },
  );

  app.get(
    '/api/sessions/:id/traces',
    { config: viewer, schema: { params: SessionParams, querystring: SpanQuery, response: { 200: SpanPage } } },
    async ({ params, query }) => {
      await findSession(store, params.id);
      return await store.spans.list(params.id, query);
    },
  );

  app.get(
    '/api/sessions/:id/turns',
    {
      config: viewer,
      schema: { params: SessionParams, querystring: TurnSummaryQuery, response: { 200: TurnSummaryPage } },
    },
    async ({ params, query }) => {
      await findSession(store, params.id);
      return await store.turnSummaries.list(params.id, query);
    },
  );

  app.get(
    '/api/sessions/:id/requests/:turn/:step',
    {
      config: viewer,
      schema: { params: RequestParams, querystring: SentRequestQuery, response: { 200: SentRequest } },
    },
    async ({ params, query }) => {
      await findSession(store, params.id);
      return await sentRequest({ ...params, ...query });
    },
  );

  app.get(
    '/api/sessions/:id/tool-calls',
    {
      config: viewer,
      schema: { params: SessionParams, querystring: ToolTraceQuery, response: { 200: ToolTracePage } },
    },
    async ({ params, query }) => {
      await findSession(store, params.id);
      return await store.toolTraces.list(params.id, query);
    },
  );
};
