import { declare } from '../../contracts/declared.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { Agent } from '../../contracts/flow.ts';
import { AgentList, type AgentSummary, FlowDetail, FlowList, type FlowSummary } from '../../contracts/found.ts';
import { currentSource } from '../../definitions/current-source.ts';
import type { Definitions } from '../../definitions/definitions.ts';
import type { FoundFlow } from '../../definitions/found.ts';
import { hint } from '../../definitions/nearest.ts';
import { viewer } from '../access/guard.ts';
import type { Api, ApiContext } from '../context.ts';
import { FlowParams } from './shared.ts';

const summary = ({ definition, ...found }: FoundFlow): FlowSummary => {
  const { name, description, origin, file, faults, shadows, inputs } = found;
  const schedule = definition?.schedule ?? null;
  return {
    ...{ name, description, origin, file, faults, shadows },
    inputs: inputs ?? null,
    schedule: schedule && { cron: schedule.cron, timeZone: schedule.timeZone, overlap: schedule.overlap },
    webhook: definition?.webhook !== undefined,
  };
};

/** What the files say now, with their faults. */
export const flowRoutes = (app: Api, { definitions }: ApiContext): void => {
  app.get('/api/flows', { config: viewer, schema: { response: { 200: FlowList } } }, async () => ({
    flows: definitions.flows().map(summary),
    clashes: definitions.clashes(),
  }));

  app.get(
    '/api/flows/:name',
    { config: viewer, schema: { params: FlowParams, response: { 200: FlowDetail } } },
    async ({ params: { name } }) => {
      const found = definitions.flows().find((flow) => flow.name === name);
      if (!found) throw notFound(name, definitions);
      const declared = found.definition ? declare(found.definition) : { steps: [], batches: [] };
      return { ...summary(found), source: currentSource(definitions, name), ...declared };
    },
  );

  app.get('/api/agents', { config: viewer, schema: { response: { 200: AgentList } } }, async () => ({
    agents: definitions
      .agents()
      .map(({ definition, ...agent }) => ({ ...agent, head: definition && headOf(definition) })),
  }));
};

const headOf = ({ name: _name, prompt: _prompt, ...head }: Agent): AgentSummary['head'] => head;

const notFound = (name: string, definitions: Definitions): EverturnError => {
  const names = definitions.flows().map((flow) => flow.name);
  return new EverturnError('flow_not_found', `Cannot find flow "${name}"${hint(name, names)}`);
};
