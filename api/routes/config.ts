import { ConfigState } from '../../contracts/config-changes.ts';
import { viewer } from '../access/guard.ts';
import type { Api, ApiContext } from '../context.ts';

/** Whether everturn.yaml as it is now is in use, and how it has changed while the stack ran. */
export const configRoutes = (app: Api, { store }: ApiContext): void => {
  app.get('/api/config', { config: viewer, schema: { response: { 200: ConfigState } } }, async () =>
    store.configs.state(),
  );
};
