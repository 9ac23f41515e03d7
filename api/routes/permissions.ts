import path from 'node:path';
import { z } from 'zod';
import { EverturnError } from '../../contracts/errors.ts';
import { NewRule, PermissionList, PermissionQuery, StoredRule } from '../../contracts/permissions/api.ts';
import { acts, viewer } from '../access/guard.ts';
import { actOf } from '../access/principal.ts';
import type { Api, ApiContext } from '../context.ts';
import { idFor } from '../ids.ts';
import { createListPermissions } from '../services/permissions/list.ts';
import { findSession } from '../services/sessions.ts';
import { IdempotencyHeader } from './shared.ts';

const RuleParams = z.object({ id: z.string().min(1).max(100) });

export const permissionRoutes = (app: Api, { store, configured }: ApiContext): void => {
  const list = createListPermissions({ store, configured });

  app.get(
    '/api/permissions',
    { config: viewer, schema: { querystring: PermissionQuery, response: { 200: PermissionList } } },
    async ({ query }) => await list(query.session),
  );

  app.post(
    '/api/permissions',
    {
      config: acts('permission.add'),
      schema: { body: NewRule, headers: IdempotencyHeader, response: { 201: StoredRule } },
    },
    async (request, reply) => {
      const { body, headers } = request;
      const { rule, session, workspace } = body;
      if (session !== undefined) await findSession(store, session);
      if (workspace !== undefined && !path.isAbsolute(workspace))
        throw new EverturnError('bad_request', `Cannot add a rule for ${workspace}: it must be an absolute path`);
      const id = idFor('rule', 'permission', headers['idempotency-key']);
      const by = actOf(request, id, { detail: { decision: rule.decision }, key: `permission.add ${id}` });
      const added = await store.act(by, ({ permissions }) =>
        permissions.add({
          id,
          sessionId: session ?? null,
          workspace: workspace === undefined ? null : path.resolve(workspace),
          rule,
          approval: null,
          createdBy: by.user,
        }),
      );
      return reply.code(201).send(added);
    },
  );

  app.delete(
    '/api/permissions/:id',
    { config: acts('permission.remove'), schema: { params: RuleParams, response: { 204: z.null() } } },
    async (request, reply) => {
      const { id } = request.params;
      const removed = await store.act(
        actOf(request, id),
        async ({ permissions }) => (await permissions.removeRule(id)) || (await permissions.removeRoot(id)),
        (isRemoved) => isRemoved,
      );
      if (!removed)
        throw new EverturnError(
          'permission_not_found',
          `Cannot remove ${id}: no added rule or read access has this id. List rules with "npx everturn permissions" (GET /api/permissions); a rule of a file is removed in the file`,
        );
      return reply.code(204).send(null);
    },
  );
};
