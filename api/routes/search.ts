import { SearchQuery, SearchResults } from '../../contracts/search.ts';
import { viewer } from '../access/guard.ts';
import type { Api, ApiContext } from '../context.ts';

export const searchRoutes = (app: Api, { store }: ApiContext): void => {
  app.get(
    '/api/search',
    { config: viewer, schema: { querystring: SearchQuery, response: { 200: SearchResults } } },
    async ({ query }) => store.search.transcripts({ ...query, archived: query.archived === 'true' }),
  );
};
