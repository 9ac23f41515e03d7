import type { ScriptCall } from '../../contracts/calls.ts';
import type { Agent } from '../../contracts/flow.ts';
import type { AgentOptions } from '../../contracts/script.ts';
import type { EarlierCall, InputParts } from '../../store/calls.ts';
import type { StoredScriptRun } from '../../store/runs.ts';
import { hashOf } from '../run/hash.ts';
import type { OwnOptions } from './other-formats.ts';

type Resolved = {
  call: ScriptCall;
  options: AgentOptions;
  own: OwnOptions;
  agent: Agent;
  model: string;
  run: StoredScriptRun;
};

/** All that an agent's result depends on, each part hashed by itself so that a change can be named. */
export const inputParts = ({ call, options, own, agent, model, run }: Resolved): InputParts => ({
  prompt: hashOf(call.params.prompt),
  agent: hashOf(agent),
  model,
  schema: hashOf(options.schema ?? null),
  options: hashOf([
    ...[options.effort, options.isolation, own.tools, own.maxToolCalls],
    ...(own.stepsPerTurn === undefined ? [] : [own.stepsPerTurn]),
  ]),
  workspace: hashOf(run.workspace),
  permissions: hashOf([...run.allow].sort()),
  occurrence: String(call.occurrence),
});

const words: Record<string, string> = {
  prompt: 'its prompt',
  agent: "its agent's definition",
  model: 'its model',
  schema: 'its schema',
  options: 'its options',
  workspace: 'the workspace',
  permissions: 'the permissions',
};

/** Why no earlier result is used for a call: what is different from the call that it most likely was before. */
export const whyFresh = (
  { label, ordinal }: Pick<ScriptCall, 'label' | 'ordinal'>,
  parts: InputParts,
  earlier: readonly EarlierCall[],
): string => {
  const same = earlier.find(
    (other) => other.inputParts && Object.entries(parts).every(([name, part]) => other.inputParts?.[name] === part),
  );
  if (same) return `its earlier run ${same.status}`;
  const before =
    earlier.find((other) => label !== null && other.label === label) ??
    earlier.find((other) => other.inputParts?.prompt === parts.prompt) ??
    earlier.find((other) => label === null && other.ordinal === ordinal);
  if (!before?.inputParts) return 'there was no such call before';
  const changed = Object.keys(words).filter((name) => before.inputParts?.[name] !== parts[name]);
  return changed.length === 0
    ? 'there were fewer calls like it'
    : `${changed.map((name) => words[name]).join(', ')} changed`;
};
