import type { Agent } from './flow.ts';

export const builtInAgent = 'default';

/** Null: the built-in agent, which a file may replace. Throws `agent_not_found` or `agent_invalid`. */
export type FindAgent = (name: string | undefined) => Agent | null;

/** By the name as it is given; `plugin:name` also by `name`. */
export const agentNamed = <T extends { name: string }>(agents: readonly T[], name: string): T | undefined => {
  const own = name.slice(name.lastIndexOf(':') + 1);
  return agents.find((agent) => agent.name === name) ?? agents.find((agent) => agent.name === own);
};
