import { RunSurvived } from '../../contracts/turn-summary.ts';
import { viewer } from '../access/guard.ts';
import type { Api, ApiContext } from '../context.ts';
import { findRun } from '../services/runs.ts';
import { RunParams } from './shared.ts';

/** What lost workers did not cost a run. */
export const survivedRoutes = (app: Api, { store }: ApiContext): void => {
  app.get(
    '/api/runs/:id/survived',
    { config: viewer, schema: { params: RunParams, response: { 200: RunSurvived } } },
    async ({ params }) => {
      await findRun(store, params.id);
      return await store.turnSummaries.ofRun(params.id);
    },
  );
};
