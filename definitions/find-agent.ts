import { builtInAgent, type FindAgent } from '../contracts/find-agent.ts';
import type { Definitions } from './definitions.ts';

export const createFindAgent =
  (definitions: Definitions): FindAgent =>
  (name) => {
    const isBuiltIn = name === undefined || name === builtInAgent;
    if (isBuiltIn && !definitions.agents().some((found) => found.name === builtInAgent && found.trusted)) return null;
    return definitions.agent(name ?? builtInAgent).definition;
  };
