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
  const read = (name: string): { file: FlowFile; trusted: boolean } => {
    const { definition, source, file, origin, trusted } = definitions.flow(name);
    return { file: { definition, source, file, origin }, trusted };
  };

  /** Gives whether all flows that it gathers are trusted. */
  const gather = (flow: Flow, gathered: RunDefinition): boolean => {
    let allTrusted = true;
    for (const step of flow.steps) {
      const agent = agentOf(step);
      if (agent !== undefined) gathered.agents[agent] ??= definitions.agent(agent).definition;
      const child = flowOf(step);
      if (child === undefined || gathered.flows[child]) continue;
      const { file, trusted } = read(child);
      gathered.flows[child] = file;
      if (!gather(file.definition, gathered) || !trusted) allTrusted = false;
    }
    return allTrusted;
  };

  return async (name) => {
    const { file, trusted } = read(name);
    const definition: RunDefinition = { flow: file.definition, agents: {}, flows: {} };
    return { file, definition, trusted: gather(file.definition, definition) && trusted };
  };
};
