import type { Concluded, Prepared } from '../../contracts/activities.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { checkInput } from '../../sandbox/run-input.ts';
import { derivedId, failed, type StepAttempt, settled } from './attempt.ts';
import { hashOf } from './hash.ts';
import { reuse } from './reuse.ts';

/** Flows within flows; the check finds rings, this ends what it could not see. */
const maxDepth = 8;

export const prepareFlow = async (attempt: StepAttempt): Promise<Prepared> => {
  const { store, known, stepRef, key, step, evaluator } = attempt;
  if (step.kind !== 'flow' && step.kind !== 'map') throw new Error(`The step ${step.id} starts no flow`);
  const name = step.flow ?? '';
  if (known.run.kind !== 'flow') throw new Error(`A script starts no flow: ${step.id}`);
  const { definition, workspace, allow, depth } = known.run;
  const file = definition.flows[name];
  if (!file) throw new EverturnError('flow_not_found', `Cannot run step ${step.id}: the run knows no flow ${name}`);
  if (depth >= maxDepth) {
    throw new EverturnError('flow_invalid', `Cannot start ${name}: ${maxDepth} flows run within each other already`);
  }
  const given =
    step.with === undefined ? {} : await evaluator.evaluate({ kind: 'expression', text: step.with, field: 'with' });
  const input = checkInput(file.definition, given);
  const inputHash = hashOf({
    kind: 'flow',
    flow: file.definition,
    agents: definition.agents,
    input,
    workspace,
    allow: [...allow].sort(),
  });
  const earlier = await reuse(attempt, inputHash);
  if (earlier) return earlier;
  const childRun = derivedId('r', attempt);
  await store.runs.create({
    id: childRun,
    kind: 'flow',
    name: file.definition.name,
    origin: file.origin,
    file: file.file,
    source: file.source,
    definition: { ...definition, flow: file.definition },
    input,
    workspace,
    allow,
    trigger: 'flow',
    parentNode: key,
    parentRun: stepRef.runId,
    depth: depth + 1,
    ...(known.run.rerunOf === null ? {} : await earlierChild(attempt)),
  });
  const status = await attempt.put({ status: 'running', inputHash, childRun, code: null, reason: null });
  return status === 'running' ? { outcome: 'work', work: { kind: 'run', runId: childRun } } : settled(status);
};

/** The child of the same step in the run that is re-run: its results may be used again too. */
const earlierChild = async ({ store, known, stepRef }: StepAttempt): Promise<{ rerunOf?: string }> => {
  if (known.run.rerunOf === null) return {};
  const earlier = await store.nodes.find({ ...stepRef, runId: known.run.rerunOf });
  return earlier?.childRun ? { rerunOf: earlier.childRun } : {};
};

export const concludeFlow = async (attempt: StepAttempt): Promise<Concluded> => {
  const { store } = attempt;
  const childRun = derivedId('r', attempt);
  // Its workflow is over: a run without an end has lost it, and gets one, so that nothing waits for it.
  if ((await store.runs.output(childRun))?.status === 'running') {
    const reason = 'Its workflow was ended from outside';
    await store.runs.settle(childRun, { status: 'failed', code: 'run_terminated', reason, output: undefined });
    store.wakeRun(childRun);
  }
  const end = await store.runs.output(childRun);
  if (end?.status === 'completed') return settled(await attempt.complete(end.output)) as Concluded;
  const reason = end?.reason ?? `The run ${childRun} ${end ? `is ${end.status}` : 'was deleted'}`;
  return await failed(attempt, new EverturnError(end?.status === 'cancelled' ? 'run_cancelled' : 'run_failed', reason));
};
