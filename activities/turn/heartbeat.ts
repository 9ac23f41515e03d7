import { CancelledFailure, Context } from '@temporalio/activity';
import { now, since } from './clock.ts';
import { isCurrent } from './current-task.ts';
import { type Lease, leaseMs } from './lease.ts';

/** Why an attempt has to stop. */
export type StopReason = 'cancelled' | 'shutdown' | 'superseded';

/** Cancelling reaches an activity only with a heartbeat: one a second bounds how long that takes. */
const beatMs = 1000;

/**
 * Beats for the running activity and turns everything that ends it early into one signal. After a pause of the process,
 * and while Postgres confirms no lease, the attempt continues only if Temporal says that it is still the current one.
 */
export const startHeartbeat = (lease: Lease) => {
  const context = Context.current();
  const controller = new AbortController();
  let reason: StopReason | undefined;
  let isAsking = false;
  const stopFor = (why: StopReason): void => {
    reason ??= why;
    controller.abort(new Error(`The attempt was stopped: ${why}`));
  };
  const supersede = (): void => stopFor('superseded');
  context.cancelled.catch((error: unknown) => {
    const isCancelled = error instanceof CancelledFailure && context.cancellationDetails?.cancelRequested;
    stopFor(isCancelled ? 'cancelled' : context.cancellationDetails?.workerShutdown ? 'shutdown' : 'superseded');
  });
  const ask = async (): Promise<void> => {
    if (isAsking) return;
    isAsking = true;
    const current = await isCurrent();
    isAsking = false;
    if (current === false || (current === null && !lease.isFresh())) supersede();
  };
  let beaten = now();
  const timer = setInterval(() => {
    const isPaused = since(beaten) > leaseMs;
    beaten = now();
    context.heartbeat();
    // A beat that is refused stops the attempt; one that Postgres does not answer says nothing.
    if (isPaused) void lease.held().then(ask, ask);
    else if (!lease.isFresh()) void ask();
  }, beatMs);
  const stopListening = lease.onLost(supersede);
  return {
    signal: controller.signal,
    reason: () => reason,
    supersede,
    stop: (): void => {
      clearInterval(timer);
      stopListening();
    },
  };
};

export type Heartbeat = ReturnType<typeof startHeartbeat>;
