import type { AnyNode } from 'acorn';
import { agentNamed } from '../../contracts/find-agent.ts';
import { type ModelChoice, standInFor } from '../../contracts/models.ts';
import { faultText } from '../fault-text.ts';
import { isScriptFile } from '../folders.ts';
import type { FoundAgent } from '../found.ts';
import { hint, nearest, quote } from '../nearest.ts';
import { optionsOf, writtenValue } from './check-options.ts';
import type { Tell } from './findings.ts';
import { isCaught } from './guarded.ts';
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

/** A name in a script, where it is, and whether the script goes on when the call throws. */
export type Reference = { name: string; offset: number; isCaught: boolean };
export type References = { agentTypes: Reference[]; models: Reference[]; workflows: Reference[] };

export const referencesOf = (tree: ScriptTree): References => {
  const named = (node: AnyNode | undefined, call: AnyNode): Reference[] => {
    const name = node && writtenValue(node, tree)?.value;
    return node && typeof name === 'string' && name !== ''
      ? [{ name, offset: node.start, isCaught: isCaught(call, tree) }]
      : [];
  };
  const ofOption = (option: string): Reference[] =>
    tree.calls.flatMap(({ name, node }) =>
      name === 'agent' ? named(optionsOf(node, tree).find((one) => plainKey(one) === option)?.value, node) : [],
    );
  return {
    agentTypes: ofOption('agentType'),
    models: ofOption('model'),
    workflows: tree.calls.flatMap(({ name, node }) => (name === 'workflow' ? named(node.arguments[0], node) : [])),
  };
};

export const isPath = (text: string): boolean => /[/\\]/.test(text) || isScriptFile(text);

export const checkReferences = (
  { agentTypes, models, workflows }: References,
  known: KnownToScript,
  tell: Tell,
): void => {
  const { scripts, flows, nests } = known;
  const warned = new Set<string>();
  for (const reference of agentTypes) checkAgent(reference, known, tell, warned);
  const choice = known.models?.();
  for (const { name, offset } of choice ? models : []) {
    const standIn = choice ? standInFor([name], choice) : null;
    if (standIn !== null) tell(choice?.strict ? 'error' : 'warning', offset, standIn);
  }
  for (const { name, offset, isCaught: caught } of workflows) {
    if (isPath(name)) continue;
    const severity = caught ? 'warning' : 'error';
    if (flows.includes(name))
      tell(severity, offset, `${quote(name)} is a flow, and workflow() runs scripts${hint(name, scripts)}`);
    else if (!scripts.includes(name)) tell(severity, offset, `unknown script ${quote(name)}${hint(name, scripts)}`);
    else if (nests(name))
      tell(
        'warning',
        offset,
        `script ${quote(name)} calls workflow() itself, and scripts go one level deep: it will throw`,
      );
  }
};

/** `warned`: agents whose warnings have been told, at their first mention. */
const checkAgent = (
  { name, offset, isCaught: caught }: Reference,
  { agents }: KnownToScript,
  tell: Tell,
  warned: Set<string>,
): void => {
  const severity = caught ? 'warning' : 'error';
  const found = agentNamed([...agents.values()], name);
  if (!found) {
    tell(severity, offset, `unknown agent ${quote(name)}${agentHint(name, [...agents.keys()])}`);
    return;
  }
  for (const fault of found.faults)
    tell(severity, offset, `agent ${quote(found.name)} cannot be used: ${faultText(fault)}`);
  if (warned.has(found.name)) return;
  warned.add(found.name);
  for (const warning of found.warnings) tell('warning', offset, `agent ${quote(found.name)}: ${faultText(warning)}`);
};

/** `plugin:reviewer` may be meant for `reviewer`. */
const agentHint = (name: string, agents: readonly string[]): string => {
  const own = name.slice(name.lastIndexOf(':') + 1);
  return nearest(name, agents).length > 0 ? hint(name, agents) : hint(own, agents);
};
