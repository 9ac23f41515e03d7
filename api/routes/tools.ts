import { toolWords } from '../../contracts/tool-names.ts';
import { ToolList } from '../../contracts/tool-sources.ts';
import { viewer } from '../access/guard.ts';
import type { Api, ApiContext } from '../context.ts';

/** The tools that agents may be given, and where those come from that are not Everturn's own. */
export const toolRoutes = (app: Api, { store }: ApiContext): void => {
  const builtIn = Object.entries(toolWords).map(([name, description]) => ({ name, description }));

  app.get('/api/tools', { config: viewer, schema: { response: { 200: ToolList } } }, async () => {
    const stored = await store.toolSources.list();
    return { builtIn, sources: stored.map(({ digest: _, ...source }) => source) };
  });
};
