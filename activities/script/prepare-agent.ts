import type { ScriptCall } from '../../contracts/calls.ts';
import { toMs } from '../../contracts/duration.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { agentNamed } from '../../contracts/find-agent.ts';
import type { Agent } from '../../contracts/flow.ts';
import { chooseLeniently } from '../../contracts/models.ts';
import { AgentOptions } from '../../contracts/script.ts';
import type { CallOutcome } from '../../contracts/script-activities.ts';
import { isNamed } from '../../contracts/tools.ts';
import { schemaFault } from '../../sandbox/json-schema.ts';
import type { EarlierCall, NewCall } from '../../store/calls.ts';
import type { StoredScriptRun } from '../../store/runs.ts';
import { hashOf } from '../run/hash.ts';
import { nearest } from '../tools/nearest.ts';
import { inputParts, whyFresh } from './input-parts.ts';
import { defaultRetries } from './known-script.ts';
import { ownOptions } from './other-formats.ts';
import { readOptions } from './refusal.ts';
import { reuseKey, type Wish, wishOf } from './reuse-key.ts';
import type { ScriptDependencies } from './script-dependencies.ts';

export type Planned = {
  call: NewCall;
  outcome: Extract<CallOutcome, { outcome: 'start' | 'sleep' }>;
  /** Whether a result of another run would do. */
  wish?: Wish | null;
};

const unknownTool = (name: string, names: readonly string[]): string => {
  const close = nearest(name, names);
  const hint = close.length > 0 ? `. The nearest are ${close.join(', ')}` : '';
  return `Cannot start agent(): there is no tool "${name}"${hint}`;
};

const maxNamed = 12;

/** In the words of Claude Code, which scripts look for to go on with another agent. The nearest names come first. */
const unknownAgent = (name: string, names: readonly string[]): string => {
  const all = [...new Set([...nearest(name, names), ...names])];
  const rest = all.length > maxNamed ? ` and ${all.length - maxNamed} more` : '';
  return `agent type "${name}" not found. Available agents: ${all.slice(0, maxNamed).join(', ')}${rest}`;
};

const findAgent = ({ definition: { agents, faulty = {} } }: StoredScriptRun, name: string): Agent => {
  const found = agentNamed(Object.values(agents), name);
  if (found) return found;
  const wrong = agentNamed(
    Object.entries(faulty).map(([own, faults]) => ({ name: own, faults })),
    name,
  );
  if (wrong)
    throw new EverturnError('agent_invalid', `Cannot start agent() with the agent "${wrong.name}": ${wrong.faults}`);
  throw new EverturnError('agent_not_found', unknownAgent(name, Object.keys(agents)));
};

/** Throws `agent_not_found`, `agent_invalid`, `model_unknown`, `tool_unknown` and `bad_request`: they are thrown in the script. */
export const planAgent = (
  {
    models,
    tools,
    quickSteps,
    agentMinutes,
    modelSettings,
  }: Pick<ScriptDependencies, 'models' | 'tools' | 'quickSteps' | 'agentMinutes' | 'modelSettings'>,
  run: StoredScriptRun,
  call: ScriptCall,
  earlier: readonly EarlierCall[] | null,
): Planned => {
  const { prompt: _prompt, ...given } = call.params;
  const options = readOptions('agent()', AgentOptions, given);
  const { agentType = 'default', timeout, retries = defaultRetries } = options;
  const agent = findAgent(run, agentType);
  const names = tools.map(({ name }) => name);
  const own = ownOptions(options, names);
  for (const tool of (options.tools && own.tools) ?? []) {
    if (!names.some((name) => isNamed(name, [tool]))) throw new EverturnError('tool_unknown', unknownTool(tool, names));
  }
  const fault = options.schema ? schemaFault(options.schema) : null;
  if (fault) {
    const place = ['schema', ...fault.path].join('.');
    throw new EverturnError('bad_request', `Cannot use the options of agent(): ${place}: ${fault.message}`);
  }
  const { model } = chooseLeniently(options.model === undefined ? agent.models : [options.model], models);
  const parts = inputParts({ call, options, own, agent, model, run });
  const inputHash = hashOf(parts);
  const isForced = call.label !== null && run.freshAgents.includes(call.label);
  const found =
    isForced || options.reuse === false
      ? undefined
      : earlier?.find((one) => one.inputHash === inputHash && one.status === 'completed');
  const { id, label, phase, ordinal } = call;
  return {
    call: {
      id,
      label,
      phase,
      ordinal,
      kind: 'agent',
      call,
      inputHash,
      inputParts: parts,
      ...(call.scopes ? { scopes: call.scopes.map((scope) => scope.id) } : {}),
      // One that is used again belongs to the run that paid for it; a worktree too.
      ...(found || options.isolation === 'worktree'
        ? {}
        : {
            reuseKey: reuseKey({ call, options, own, agent, model, modelSettings: modelSettings(model), tools, run }),
          }),
      ...(found ? { result: { from: found.runId, output: found.output, outputHash: found.outputHash } } : {}),
      ...(found || !earlier
        ? {}
        : {
            freshBecause:
              isForced || options.reuse === false ? 'it was asked to run afresh' : whyFresh(call, parts, earlier),
          }),
    },
    wish: found || isForced ? null : wishOf(options, run),
    outcome: {
      id,
      outcome: 'start',
      kind: 'agent',
      retries,
      timeoutMs: timeout === undefined ? agentMinutes * 60_000 : toMs(timeout),
      // A worktree takes git its time.
      isQuick: quickSteps && options.isolation !== 'worktree',
      // All that a request holds before the prompt.
      prefix: hashOf([parts.agent, model, parts.schema, parts.options, parts.workspace]).slice(0, 12),
    },
  };
};
