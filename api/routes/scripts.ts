import { EverturnError } from '../../contracts/errors.ts';
import { ScriptDetail, ScriptList, type ScriptSummary } from '../../contracts/found.ts';
import { currentSource } from '../../definitions/current-source.ts';
import type { FoundScript } from '../../definitions/found.ts';
import { hint } from '../../definitions/nearest.ts';
import { viewer } from '../access/guard.ts';
import type { Api, ApiContext } from '../context.ts';
import { ScriptParams } from './shared.ts';

const summary = ({ definition: _definition, ...found }: FoundScript): ScriptSummary => found;

/** What the files say now, with their faults and warnings. */
export const scriptRoutes = (app: Api, { definitions }: ApiContext): void => {
  app.get('/api/scripts', { config: viewer, schema: { response: { 200: ScriptList } } }, async () => ({
    scripts: definitions.scripts().map(summary),
    clashes: definitions.clashes(),
  }));

  app.get(
    '/api/scripts/:name',
    { config: viewer, schema: { params: ScriptParams, response: { 200: ScriptDetail } } },
    async ({ params: { name } }) => {
      const scripts = definitions.scripts();
      const found = scripts.find((script) => script.name === name);
      if (found) return { ...summary(found), source: currentSource(definitions, name) };
      const names = scripts.map((script) => script.name);
      throw new EverturnError('script_not_found', `Cannot find script "${name}"${hint(name, names)}`);
    },
  );
};
