import type { FindScript } from '../contracts/definition.ts';
import type { Definitions } from './definitions.ts';
import { tellFaults } from './fault-text.ts';
import { isPath } from './script/check-references.ts';

/** Gathers a script with all agents that can be used: which of them it names, only its run can tell. */
export const createFindScript =
  (definitions: Definitions): FindScript =>
  async (nameOrPath) => {
    const loaded = isPath(nameOrPath) ? definitions.scriptAt(nameOrPath) : definitions.script(nameOrPath);
    const { definition: script, source, file, origin, trusted } = loaded;
    const found = definitions.agents();
    const agents = Object.fromEntries(found.flatMap(({ definition: one }) => (one ? [[one.name, one] as const] : [])));
    const faulty = Object.fromEntries(
      found.flatMap(({ name, faults }) => (faults.length > 0 ? [[name, tellFaults(faults, 5)] as const] : [])),
    );
    return { file: { definition: script, source, file, origin }, definition: { script, agents, faulty }, trusted };
  };
