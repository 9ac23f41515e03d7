import { builtInAgent } from '../../../contracts/find-agent.ts';
import type { Agent } from '../../../contracts/flow.ts';
import { chooseLeniently, chooseModel } from '../../../contracts/models.ts';
import { toolNames } from '../../../contracts/tool-names.ts';
import { isNamed, type ToolPermission } from '../../../contracts/tools.ts';
import type { SpawningSession } from '../../../store/subagents.ts';
import { builtInPrompt } from '../../turn/built-in-prompt.ts';
import { failed } from '../failed.ts';
import { nearest } from '../nearest.ts';
import { quote } from '../text.ts';
import type { SubagentToolDependencies } from './dependencies.ts';

export type Inherited = {
  agent: string;
  model: string;
  allow: ToolPermission[];
  definition: Agent | null;
};

/** The built-in agent as a file would have it. */
const builtIn: Agent = { name: builtInAgent, description: '', models: [], permissions: [], prompt: builtInPrompt };

/** Tools that both may call; undefined: all. */
const shared = (own: string[] | undefined, parents: string[] | undefined): string[] | undefined => {
  if (parents === undefined) return own;
  if (own === undefined) return parents;
  return [
    ...new Set([...own.filter((name) => isNamed(name, parents)), ...parents.filter((name) => isNamed(name, own))]),
  ];
};

const agentIn = (parent: SpawningSession, found: Agent | null, allow: readonly ToolPermission[]): Agent | null => {
  const parents = parent.definition?.tools;
  if (found === null && parents === undefined) return null;
  const { tools, ...rest } = found ?? builtIn;
  const both = shared(tools, parents);
  return {
    ...rest,
    permissions: rest.permissions.filter((permission) => allow.includes(permission)),
    ...(both === undefined ? {} : { tools: both }),
  };
};

/** The agent with no tools but these. */
const limited = (definition: Agent | null, tools: string[] | undefined): Agent | null => {
  if (tools === undefined) return definition;
  const { tools: own, ...rest } = definition ?? builtIn;
  return { ...rest, tools: shared(tools, own) ?? tools };
};

/** What a server offers may not be known yet. */
const checkNames = (tools: readonly string[] = [], ofOthers: readonly string[]): void => {
  const known = [...toolNames, ...ofOthers];
  const unknown = tools.find((name) => !known.includes(name) && !name.includes('__'));
  if (unknown !== undefined)
    throw failed(`there is no tool ${quote(unknown, 80)}; nearest are ${nearest(unknown, known).join(', ')}`);
};

/**
 * What a subagent gets: the agent and the model that the call names, else those of its parent; what its parent may do
 * without asking, and no tool that its parent lacks. Throws `agent_not_found`, `agent_invalid`, `model_unknown`.
 */
export const inherit = (
  parent: SpawningSession,
  asked: { agent?: string | undefined; model?: string | undefined; tools?: string[] | undefined },
  { findAgent, models, otherTools = () => [] }: Pick<SubagentToolDependencies, 'findAgent' | 'models' | 'otherTools'>,
): Inherited => {
  const allow = [...new Set([...parent.allow, ...(parent.definition?.permissions ?? [])])].sort();
  checkNames(asked.tools, otherTools());
  if (asked.agent === undefined) {
    const model = asked.model === undefined ? parent.model : chooseModel([asked.model], models);
    return { agent: parent.agent, model, allow, definition: limited(parent.definition, asked.tools) };
  }
  const found = findAgent(asked.agent);
  const definition = agentIn(parent, found, allow);
  // In Claude Code's agent files, `inherit` stands for the caller's model.
  const own = (found?.models ?? []).filter((name) => name !== 'inherit');
  const ofAgent = own.length === 0 ? parent.model : chooseLeniently(own, models).model;
  const model = asked.model === undefined ? ofAgent : chooseModel([asked.model], models);
  return { agent: definition?.name ?? builtInAgent, model, allow, definition: limited(definition, asked.tools) };
};
