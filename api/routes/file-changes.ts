import {
  ChangeOutcome,
  DecideChanges,
  FileChangePage,
  FileChangeQuery,
  UndoChanges,
} from '../../contracts/file-changes.ts';
import { acts, viewer } from '../access/guard.ts';
import { actOf } from '../access/principal.ts';
import type { Api, ApiContext } from '../context.ts';
import { idFor } from '../ids.ts';
import { createFileChangeService } from '../services/file-changes.ts';
import { findSession } from '../services/sessions.ts';
import { IdempotencyHeader, SessionParams } from './shared.ts';

/** Changes of files that the agent of a session has made or wants to make. */
export const fileChangeRoutes = (app: Api, context: ApiContext): void => {
  const { store } = context;
  const service = createFileChangeService(context);

  app.get(
    '/api/sessions/:id/changes',
    {
      config: viewer,
      schema: { params: SessionParams, querystring: FileChangeQuery, response: { 200: FileChangePage } },
    },
    async ({ params, query }) => {
      const { changeMode } = await findSession(store, params.id);
      return { mode: changeMode, ...(await store.fileChanges.list(params.id, query)) };
    },
  );

  app.post(
    '/api/sessions/:id/changes/decide',
    {
      config: acts('change.decide'),
      schema: {
        params: SessionParams,
        body: DecideChanges,
        headers: IdempotencyHeader,
        response: { 200: ChangeOutcome },
      },
    },
    async (request) => {
      const { params, body, headers } = request;
      const session = await findSession(store, params.id);
      const key = idFor('f', `decide ${params.id}`, headers['idempotency-key']);
      const by = actOf(request, params.id, { detail: { decision: body.decision }, key: `change.decide ${key}` });
      return await service.decide({ session, key, by }, body);
    },
  );

  app.post(
    '/api/sessions/:id/changes/undo',
    {
      config: acts('change.undo'),
      schema: {
        params: SessionParams,
        body: UndoChanges,
        headers: IdempotencyHeader,
        response: { 200: ChangeOutcome },
      },
    },
    async (request) => {
      const { params, body, headers } = request;
      const session = await findSession(store, params.id);
      const key = idFor('f', `undo ${params.id}`, headers['idempotency-key']);
      const by = actOf(request, params.id, { key: `change.undo ${key}` });
      return await service.undo({ session, key, by }, body);
    },
  );
};
