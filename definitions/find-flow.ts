import type { FindFlow, FlowFile, RunDefinition } from '../contracts/definition.ts';
import type { Flow, Step } from '../contracts/flow.ts';
import type { Definitions } from './definitions.ts';

const agentOf = (step: Step): string | undefined => {
  if (step.kind === 'agent') return step.agent;
  return step.kind === 'map' && step.prompt !== undefined ? (step.agent ?? 'default') : undefined;
};

const flowOf = (step: Step): string | undefined =>
  step.kind === 'flow' || step.kind === 'map' ? step.flow : undefined;

/** Gathers a flow with its agents, the flows it starts, and theirs, so that a run keeps all of it. */
export const createFindFlow = (definitions: Definitions): FindFlow => {
  const read = async (name: string): Promise<FlowFile> => {
    const { definition, source, file, origin } = await definitions.flow(name);
    return { definition, source, file, origin };
  };

  const gather = async (flow: Flow, gathered: RunDefinition): Promise<void> => {
    for (const step of flow.steps) {
      const agent = agentOf(step);
      if (agent !== undefined) gathered.agents[agent] ??= (await definitions.agent(agent)).definition;
      const child = flowOf(step);
      if (child === undefined || gathered.flows[child]) continue;
      const file = await read(child);
      gathered.flows[child] = file;
      await gather(file.definition, gathered);
    }
  };

  return async (name) => {
    const file = await read(name);
    const definition: RunDefinition = { flow: file.definition, agents: {}, flows: {} };
    await gather(file.definition, definition);
    return { file, definition };
  };
};
