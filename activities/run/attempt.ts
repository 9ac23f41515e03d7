import type { Prepared, StepRef } from '../../contracts/activities.ts';
import type { ScriptCall } from '../../contracts/calls.ts';
import { nodeKindOf } from '../../contracts/calls.ts';
import { type ErrorCode, EverturnError, isOfStorage } from '../../contracts/errors.ts';
import type { Step } from '../../contracts/flow.ts';
import { itemKind } from '../../contracts/graph.ts';
import type { NodeKind, NodeStatus } from '../../contracts/runs.ts';
import { type NodePatch, nodeKey } from '../../store/nodes.ts';
import type { Store } from '../../store/store.ts';
import { createEvaluator, type Evaluator, type ItemScope, literal } from './evaluate.ts';
import { hashOf } from './hash.ts';
import type { KnownRun } from './known-run.ts';
import type { RunDependencies } from './run-dependencies.ts';

/** One attempt of a step or an item, with all that its kind needs to prepare and conclude it. */
export type StepAttempt = {
  store: Store;
  known: KnownRun;
  stepRef: StepRef;
  /** The id of its workflow and of its node. */
  key: string;
  attempt: number;
  step: Step;
  /** Of a script's run: what the step is made of. */
  call: ScriptCall | null;
  /** Of an item: what is done for each. */
  kind: NodeKind;
  item: ItemScope;
  evaluator: Evaluator;
  /** What git sees of the environment. */
  commandEnv: Record<string, string>;
  /** `steps.<id>.<field>` */
  field(name: string): string;
  put(patch: Omit<NodePatch, 'kind' | 'attempt'>): Promise<NodeStatus>;
  /** Seals a result. */
  complete(output: unknown, patch?: Partial<NodePatch>): Promise<NodeStatus>;
};

export const openAttempt = async (
  { store, sandbox, runs, commandEnv }: RunDependencies,
  stepRef: StepRef,
  attempt: number,
  item: unknown,
  signal?: AbortSignal,
): Promise<StepAttempt> => {
  const known = await runs.get(stepRef.runId);
  const { step, call } = await known.step(stepRef.step);
  const kind = call
    ? nodeKindOf(call.kind)
    : stepRef.index !== null && step.kind === 'map'
      ? itemKind(step)
      : step.kind;
  const startedAt = new Date().toISOString();
  const itemScope = stepRef.index === null ? null : { item, index: stepRef.index };
  const put = async (patch: Omit<NodePatch, 'kind' | 'attempt'>): Promise<NodeStatus> => {
    const status = await store.nodes.put(stepRef, { kind, attempt, startedAt, ...patch });
    store.wakeRun(stepRef.runId);
    return status;
  };
  return {
    store,
    known,
    stepRef,
    key: nodeKey(stepRef),
    attempt,
    step,
    call,
    kind,
    item: itemScope,
    commandEnv,
    evaluator: call ? literal : createEvaluator(sandbox, known, stepRef.step, itemScope, signal),
    field: (name) => `steps.${stepRef.step}.${name}`,
    put,
    complete: (output, patch = {}) =>
      put({
        status: 'completed',
        output: output ?? null,
        outputHash: hashOf(output ?? null),
        code: null,
        reason: null,
        ...patch,
      }),
  };
};

/** What is wrong with the step itself; anything else is ours and throws. */
const isOfStep = (error: unknown): error is EverturnError =>
  error instanceof EverturnError && !isOfStorage(error) && error.code !== 'internal';

/** An attempt that failed by what its step says or got: the reason is kept, the workflow decides about a retry. */
export const failed = async ({ put }: StepAttempt, error: unknown): Promise<{ outcome: 'failed'; code: ErrorCode }> => {
  if (!isOfStep(error)) throw error;
  await put({ status: 'running', code: error.code, reason: error.message });
  return { outcome: 'failed', code: error.code };
};

export const settled = (status: NodeStatus, chosen?: number): Prepared => ({
  outcome: 'settled',
  status,
  ...(chosen === undefined ? {} : { chosen }),
});

/** Runs that were made by a step, sessions that were: ids come from the attempt, so that a second try makes nothing new. */
export const derivedId = (prefix: string, { key, attempt }: StepAttempt): string =>
  `${prefix}_${hashOf(`${key}#${attempt}`).slice(0, 24)}`;
