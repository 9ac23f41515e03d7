import type { ScriptCall } from '../../contracts/calls.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { agentNamed } from '../../contracts/find-agent.ts';
import type { Step } from '../../contracts/flow.ts';
import { AgentOptions, ApproveOptions } from '../../contracts/script.ts';
import type { StoredScriptRun } from '../../store/runs.ts';
import type { Store } from '../../store/store.ts';
import type { FoundStep, KnownRun } from '../run/known-run.ts';
import { readOptions } from './refusal.ts';

/** Attempts of an agent beyond its first. */
export const defaultRetries = 1;

const common = (id: string) => ({
  id,
  needs: [],
  trigger: 'all_success' as const,
  retries: 0,
  backoff: 1,
  onError: 'fail' as const,
});

/** A call as the step that carries it out. Its parameters were checked when the call was prepared. */
const toStep = ({ id, kind, params }: ScriptCall, { agents }: StoredScriptRun['definition']): Step => {
  const { prompt, question, ...options } = params;
  if (kind === 'approve') {
    const { form = [], approvers, deadline, onDeadline = 'deny' } = readOptions('approve()', ApproveOptions, options);
    return {
      ...common(id),
      kind: 'approval',
      prompt: String(question),
      form,
      approvers,
      deadline,
      onDeadline,
    };
  }
  if (kind === 'tool') return { ...common(id), kind: 'agent', agent: 'default', prompt: String(params.name) };
  const {
    agentType = 'default',
    model,
    schema,
    retries = defaultRetries,
    timeout,
  } = readOptions('agent()', AgentOptions, options);
  const agent = agentNamed(Object.values(agents), agentType)?.name ?? agentType;
  return { ...common(id), kind: 'agent', agent, prompt: String(prompt), model, schema, retries, timeout };
};

/** The run of a script: its steps are the calls that it has made. */
export const createKnownScript = (store: Store, run: StoredScriptRun): KnownRun => {
  const found = new Map<string, FoundStep>();
  return {
    run,
    agents: run.definition.agents,
    flow: null,
    async step(id) {
      const known = found.get(id);
      if (known) return known;
      const call = await store.calls.find(run.id, id);
      if (!call)
        throw new EverturnError('step_not_found', `Cannot run call ${id} of run ${run.id}: the run has no such call`);
      const step = { step: toStep(call, run.definition), call };
      found.set(id, step);
      return step;
    },
    ancestors: () => [],
    results: async () => new Map(),
  };
};
