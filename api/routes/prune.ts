import { PruneRequest, PruneResult } from '../../contracts/prune.ts';
import { administers } from '../access/guard.ts';
import { actOf } from '../access/principal.ts';
import type { Api, ApiContext } from '../context.ts';
import { removeRun } from '../services/remove-run.ts';

/** Deleted, or listed, by one request. */
const most = 500;

export const pruneRoutes = (app: Api, { store, gateway, delivery, retention = {} }: ApiContext): void => {
  app.post(
    '/api/prune',
    { config: administers('session.prune'), schema: { body: PruneRequest, response: { 200: PruneResult } } },
    async (request) => {
      const { dryRun, policy = retention } = request.body;
      const due = await store.prune.due(policy, most + 1);
      const items = due.slice(0, most);
      const result = { dryRun, policy, items, isCut: due.length > most };
      if (dryRun) return result;
      for (const { kind, id, because } of items) {
        const by = actOf(request, id, { detail: { kind, because } });
        if (kind === 'run') await removeRun({ store, gateway, delivery }, by);
        else await store.act(by, ({ sessions }) => sessions.remove(id));
        store.wake(id);
      }
      return result;
    },
  );
};
