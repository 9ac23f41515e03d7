import type { AnyNode } from 'acorn';
import { hint, nearest, quote } from '../nearest.ts';
import { optionsOf, writtenValue } from './check-options.ts';
import type { Tell } from './findings.ts';
import { plainKey } from './literal.ts';
import type { ScriptTree } from './tree.ts';

/** What a script may name outside of its file. */
export type KnownToScript = {
  agents: readonly string[];
  scripts: readonly string[];
  flows: readonly string[];
  /** Whether the script of this name calls workflow() itself. */
  nests(script: string): boolean;
};

/** A name in a script, and where it stands. */
export type Reference = { name: string; offset: number };
export type References = { agentTypes: Reference[]; workflows: Reference[] };

export const referencesOf = (tree: ScriptTree): References => {
  const named = (node: AnyNode | undefined): Reference[] => {
    const name = node && writtenValue(node, tree)?.value;
    return node && typeof name === 'string' ? [{ name, offset: node.start }] : [];
  };
  return {
    agentTypes: tree.calls.flatMap(({ name, node }) =>
      name === 'agent' ? named(optionsOf(node, tree).find((one) => plainKey(one) === 'agentType')?.value) : [],
    ),
    workflows: tree.calls.flatMap(({ name, node }) => (name === 'workflow' ? named(node.arguments[0]) : [])),
  };
};

export const isPath = (text: string): boolean => /[/\\]/.test(text) || text.endsWith('.js');

export const checkReferences = (
  { agentTypes, workflows }: References,
  { agents, scripts, flows, nests }: KnownToScript,
  tell: Tell,
): void => {
  for (const { name, offset } of agentTypes) {
    if (!agents.includes(name)) tell('error', offset, `unknown agent ${quote(name)}${agentHint(name, agents)}`);
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

/** `plugin:reviewer` may be meant for `reviewer`. */
const agentHint = (name: string, agents: readonly string[]): string => {
  const own = name.slice(name.lastIndexOf(':') + 1);
  return nearest(name, agents).length > 0 ? hint(name, agents) : hint(own, agents);
};
