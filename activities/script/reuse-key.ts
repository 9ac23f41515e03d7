import { createHash } from 'node:crypto';
import type { ScriptCall } from '../../contracts/calls.ts';
import type { Agent } from '../../contracts/flow.ts';
import { type RunReuse, runReuse } from '../../contracts/run-reuse.ts';
import type { AgentOptions } from '../../contracts/script.ts';
import { isNamed } from '../../contracts/tools.ts';
import type { Reusable } from '../../store/results.ts';
import type { StoredScriptRun } from '../../store/runs.ts';
import { toolDefinitions } from '../tools/registry.ts';
import type { KnownTool } from './known-tools.ts';
import type { OwnOptions } from './other-formats.ts';

type Resolved = {
  call: ScriptCall;
  options: AgentOptions;
  own: OwnOptions;
  agent: Agent;
  model: string;
  /** What everturn.yaml says of that model. */
  modelSettings: string;
  tools: readonly KnownTool[];
  run: StoredScriptRun;
};

/**
 * SHA-256 over all that decides an agent's result, as text: in a schema the order of its keys counts, because the model
 * reads them in that order. What the agent finds in its workspace is not part of it.
 */
export const reuseKey = ({ call, options, own, agent, model, modelSettings, tools, run }: Resolved): string => {
  const names = own.tools ?? agent.tools;
  const offered = tools.filter(({ name }) => names === undefined || isNamed(name, names));
  const deciding = [
    ['prompt', call.params.prompt, call.occurrence],
    ['agent', agent],
    ['model', model, modelSettings],
    ['schema', options.schema ?? null],
    ['options', options.effort, own.maxToolCalls, own.stepsPerTurn, own.resultTries, names],
    ['tools', toolDefinitions(offered)],
    ['workspace', run.workspace, [...run.allow].sort()],
  ];
  return createHash('sha256').update(JSON.stringify(deciding)).digest('hex');
};

export type Wish = RunReuse & {
  /** The call itself asks for it. Otherwise it is the run that asks, and what its agents changed is not taken as done. */
  isOwn: boolean;
};

/** Null: the call runs. An agent in a worktree does: the worktree with its changes belongs to the run that made it. */
export const wishOf = ({ reuse, isolation }: AgentOptions, run: Pick<StoredScriptRun, 'reuse'>): Wish | null => {
  if (reuse === false || isolation === 'worktree') return null;
  const own = reuse === undefined ? undefined : runReuse(reuse);
  if (own) return { ...own, isOwn: true };
  return run.reuse ? { ...run.reuse, isOwn: false } : null;
};

export const isWished = ({ ttlMs, isOwn }: Wish, { ageMs, onlyRead }: Reusable): boolean =>
  (ttlMs === null || ageMs <= ttlMs) && (isOwn || onlyRead);
