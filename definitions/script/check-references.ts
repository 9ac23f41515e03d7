import type { AnyNode } from 'acorn';
import { agentNamed } from '../../contracts/find-agent.ts';
import { type ModelChoice, standInFor } from '../../contracts/models.ts';
import { faultText } from '../fault-text.ts';
import type { FoundAgent } from '../found.ts';
import { hint, nearest, quote } from '../nearest.ts';
import { optionsOf, writtenValue } from './check-options.ts';
import type { Tell } from './findings.ts';
import { plainKey } from './literal.ts';
import type { ScriptTree } from './tree.ts';

/** What a script may name outside of its file. */
export type KnownToScript = {
  agents: ReadonlyMap<string, Pick<FoundAgent, 'name' | 'faults' | 'warnings'>>;
  /** Undefined: nothing is known of them. */
  models: (() => ModelChoice) | undefined;
  scripts: readonly string[];
  flows: readonly string[];
  /** Whether the script of this name calls workflow() itself. */
  nests(script: string): boolean;
};

/** A name in a script, and where it stands. */
export type Reference = { name: string; offset: number };
export type References = { agentTypes: Reference[]; models: Reference[]; workflows: Reference[] };

export const referencesOf = (tree: ScriptTree): References => {
  const named = (node: AnyNode | undefined): Reference[] => {
    const name = node && writtenValue(node, tree)?.value;
    return node && typeof name === 'string' ? [{ name, offset: node.start }] : [];
  };
  const ofOption = (option: string): Reference[] =>
    tree.calls.flatMap(({ name, node }) =>
      name === 'agent' ? named(optionsOf(node, tree).find((one) => plainKey(one) === option)?.value) : [],
    );
  return {
    agentTypes: ofOption('agentType'),
    models: ofOption('model'),
    workflows: tree.calls.flatMap(({ name, node }) => (name === 'workflow' ? named(node.arguments[0]) : [])),
  };
};

export const isPath = (text: string): boolean => /[/\\]/.test(text) || text.endsWith('.js');

export const checkReferences = (
  { agentTypes, models, workflows }: References,
  known: KnownToScript,
  tell: Tell,
): void => {
  const { scripts, flows, nests } = known;
  for (const { name, offset } of agentTypes) checkAgent(name, offset, known, tell);
  const choice = known.models?.();
  for (const { name, offset } of choice ? models : []) {
    const standIn = choice ? standInFor([name], choice) : null;
    if (standIn !== null) tell(choice?.strict ? 'error' : 'warning', offset, standIn);
  }
  for (const { name, offset } of workflows) {
    if (isPath(name)) continue;
    if (flows.includes(name))
      tell('error', offset, `${quote(name)} is a flow, and workflow() runs scripts${hint(name, scripts)}`);
    else if (!scripts.includes(name)) tell('error', offset, `unknown script ${quote(name)}${hint(name, scripts)}`);
    else if (nests(name))
      tell(
        'warning',
        offset,
        `script ${quote(name)} calls workflow() itself, and scripts go one level deep: it will throw`,
      );
  }
};

const checkAgent = (name: string, offset: number, { agents }: KnownToScript, tell: Tell): void => {
  const found = agentNamed([...agents.values()], name);
  if (!found) {
    tell('error', offset, `unknown agent ${quote(name)}${agentHint(name, [...agents.keys()])}`);
    return;
  }
  for (const fault of found.faults)
    tell('error', offset, `agent ${quote(found.name)} cannot be used: ${faultText(fault)}`);
  for (const warning of found.warnings) tell('warning', offset, `agent ${quote(found.name)}: ${faultText(warning)}`);
};

/** `plugin:reviewer` may be meant for `reviewer`. */
const agentHint = (name: string, agents: readonly string[]): string => {
  const own = name.slice(name.lastIndexOf(':') + 1);
  return nearest(name, agents).length > 0 ? hint(name, agents) : hint(own, agents);
};
