import { StackReport } from '../../contracts/stack.ts';
import { WorkCounts } from '../../contracts/work.ts';
import { viewer } from '../access/guard.ts';
import type { Api, ApiContext } from '../context.ts';
import { createStackReport } from '../services/stack-report.ts';

export const stackRoutes = (app: Api, context: ApiContext): void => {
  const report = createStackReport(context);

  app.get('/api/stack', { config: viewer, schema: { response: { 200: StackReport } } }, () => report());

  // For marks that are seen from every page: cheap however many sessions and runs there are.
  app.get('/api/counts', { config: viewer, schema: { response: { 200: WorkCounts } } }, () =>
    context.store.work.counts(),
  );
};
