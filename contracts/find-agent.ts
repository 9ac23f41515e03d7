import type { Agent } from './flow.ts';

export const builtInAgent = 'default';

/** Null: the built-in agent, which a file may replace. Throws `agent_not_found` or `agent_invalid`. */
export type FindAgent = (name: string | undefined) => Agent | null;
