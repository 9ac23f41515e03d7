import type { FindScript } from '../contracts/definition.ts';
import type { Definitions } from './definitions.ts';
import { isPath } from './script/check-references.ts';

/** Gathers a script with all agents that can be used: which of them it names, only its run can tell. */
export const createFindScript =
  (definitions: Definitions): FindScript =>
  async (nameOrPath) => {
    const loaded = isPath(nameOrPath) ? definitions.scriptAt(nameOrPath) : definitions.script(nameOrPath);
    const { definition: script, source, file, origin, trusted } = loaded;
    const usable = definitions.agents().flatMap(({ definition }) => (definition ? [definition] : []));
    const agents = Object.fromEntries(usable.map((agent) => [agent.name, agent]));
    return { file: { definition: script, source, file, origin }, definition: { script, agents }, trusted };
  };
