import { CancelledFailure, Context } from '@temporalio/activity';
import { EverturnError } from '../../contracts/errors.ts';
import { type Operation, operationKey, type Seal, type SpanEnd, type Wait } from '../../store/operations.ts';
import type { Dependencies } from '../dependencies.ts';
import { GoesOnAfter, type Judgement, pauseOf, toFailure } from '../failure.ts';
import { type Moment, now, since } from './clock.ts';
import { isCurrent, isDoubtful } from './current-task.ts';
import { type Heartbeat, startHeartbeat } from './heartbeat.ts';

export type Attempt = {
  fence: number;
  /** An earlier attempt began and left no result: what it did outside is unknown. */
  interrupted: boolean;
  /** Aborted by cancelling, by the worker's shutdown, or when a newer attempt has the fence. */
  signal: AbortSignal;
  /**
   * To be awaited right before each effect outside, such as sending a request or starting a command. Throws when the
   * attempt has lost its fence, or its worker its lease. Costs a query at most once a second.
   */
  hold(): Promise<void>;
  /** Called when a newer attempt has the fence, because a write of this one was refused. */
  supersede(): void;
};

type Begun = { fence: number; failures: number; interrupted: boolean };

/** `next`: the turn that was assigned with the end of this one. */
export type Ended = { next: number | null };

export type Outcome<Result> =
  /** `isOurs`: this attempt gave the result. */
  | ({ outcome: 'sealed'; result: Result; isOurs: boolean } & Ended)
  | ({ outcome: 'closed' } & Ended)
  /** Someone asked for the turn's cancelling before the operation began. */
  | { outcome: 'cancelled' };

type Work = {
  operation: Operation;
  name: string;
  /** Where the seal of the step has begun this attempt as well. */
  begun?: Begun;
  /** What the event that starts the attempt says beside its place. */
  started: Record<string, unknown>;
  /** When the signal was aborted it gives what there is to keep, or throws. */
  run(attempt: Attempt): Promise<Omit<Seal, 'fence'>>;
  /** Default, and for null: by the number of the operation's own failures. */
  judge?(error: unknown): Judgement | null | Promise<Judgement | null>;
};

const spanOf = (error: unknown, attributes: Judgement['attributes']): SpanEnd => {
  const code = error instanceof EverturnError ? error.code : 'internal';
  const message = error instanceof Error ? error.message : String(error);
  return { status: 'error', attributes: { code, message, ...attributes } };
};

/** Milliseconds. A shorter pause is not worth telling of. */
const longPauseMs = 5000;

const waitOf = (error: unknown, judgement: Judgement): Wait | null => {
  if (!(error instanceof EverturnError) || judgement.goesOn?.how === 'again') return null;
  const until = (ms: number): string => new Date(Date.now() + ms).toISOString();
  if (judgement.goesOn) {
    const { forMs, isAsked } = judgement.goesOn;
    return { until: until(forMs), code: error.code, isAsked };
  }
  const pauseMs = pauseOf(error, judgement);
  if (pauseMs === null || pauseMs < longPauseMs) return null;
  return { until: until(pauseMs), code: error.code, isAsked: error.details?.retryAfterMs === pauseMs };
};

const begin = async <Result>({ store, workerId }: Dependencies, { operation, name, started }: Work) => {
  const { info } = Context.current();
  const { workflowExecution } = info;
  if (!workflowExecution) throw new Error('An activity of ours runs in a workflow');
  const attempt = {
    workerId,
    taskToken: info.taskToken,
    workflowId: workflowExecution.workflowId,
    runId: workflowExecution.runId,
  };
  const begun = await store.operations.begin<Result>(operation, attempt, { name, started });
  if (begun.outcome === 'begun') store.wake(operation.sessionId);
  return begun;
};

/** How long a fence counts as held after it was last seen to be. */
const holdMs = 1000;

type Options = { operation: Operation; fence: number; heartbeat: Heartbeat };

const createHold = ({ store, lease }: Dependencies, { operation, fence, heartbeat }: Options): Attempt['hold'] => {
  let heldAt: Moment = now();
  const isHeld = async (): Promise<boolean> => {
    if (!(await lease.held())) return false;
    if (since(heldAt) < holdMs) return true;
    const asked = now();
    if (!(await store.operations.holds(operation, fence))) return false;
    heldAt = asked;
    return true;
  };
  return async () => {
    heartbeat.signal.throwIfAborted();
    if (!(await isHeld())) heartbeat.supersede();
    heartbeat.signal.throwIfAborted();
  };
};

/** Throws where beginning would take the fence from the attempt that has a right to it. */
const checkRight = async ({ lease }: Dependencies): Promise<void> => {
  if (!(await lease.held())) throw new Error('Others have taken the work of this worker');
  if (isDoubtful() && (await isCurrent()) === false) throw new Error('Temporal has given the task to another attempt');
};

const perform = async <Result>(
  dependencies: Dependencies,
  work: Work,
  { fence, failures, interrupted }: Begun,
  heartbeat: Heartbeat,
): Promise<Outcome<Result>> => {
  const { store } = dependencies;
  const { operation } = work;
  const isUnwanted = () => heartbeat.reason() === 'superseded' || heartbeat.reason() === 'shutdown';
  try {
    const { supersede, signal } = heartbeat;
    const hold = createHold(dependencies, { operation, fence, heartbeat });
    const seal = await work.run({ fence, interrupted, signal, hold, supersede });
    if (isUnwanted()) throw new Error(`The attempt was given up: ${heartbeat.reason()}`);
    const { outcome, next } = await store.operations.seal(operation, { ...seal, fence });
    store.wake(operation.sessionId);
    if (outcome === 'superseded') throw new Error(`Another attempt of ${operationKey(operation)} has the fence`);
    if (heartbeat.reason() === 'cancelled') throw new CancelledFailure('Cancelled');
    return { outcome: 'sealed', result: seal.result as Result, isOurs: true, next };
  } catch (error) {
    if (error instanceof CancelledFailure) throw error;
    // Left open, so that the next attempt sees it as cut off: it is not this one's failure.
    if (isUnwanted()) throw toFailure(error);
    const judgement = (await work.judge?.(error)) ?? { failures: failures + 1 };
    const wait = waitOf(error, judgement);
    await store.operations.fail(operation, fence, spanOf(error, judgement.attributes), wait);
    if (wait) store.wake(operation.sessionId);
    if (heartbeat.reason() === 'cancelled') throw new CancelledFailure('Cancelled');
    if (judgement.goesOn) throw new GoesOnAfter(judgement.goesOn);
    throw toFailure(error, judgement);
  }
};

/**
 * Runs one attempt of an operation and seals its result before it returns, so that a finished operation is never
 * done again: an attempt that finds a sealed result gives that. Throws {@link GoesOnAfter} where the judgement of a failure says so. It does nothing before an earlier one that runs in this
 * process has ended.
 */
export const sealed = async <Result>(dependencies: Dependencies, work: Work): Promise<Outcome<Result>> => {
  if (!work.begun) await checkRight(dependencies).catch((error: unknown) => Promise.reject(toFailure(error)));
  const heartbeat = startHeartbeat(dependencies.lease);
  try {
    const begun = work.begun ? { outcome: 'begun' as const, ...work.begun } : await begin<Result>(dependencies, work);
    if (begun.outcome === 'sealed') return { ...begun, isOurs: false };
    if (begun.outcome !== 'begun') return begun;
    // Not before it has the fence: a task that a stranger made must not stop the attempt that runs.
    const leave = await dependencies.lease.enter(operationKey(work.operation), heartbeat.supersede);
    try {
      return await perform<Result>(dependencies, work, begun, heartbeat);
    } finally {
      leave();
    }
  } finally {
    heartbeat.stop();
  }
};
