import { CancelledFailure, Context } from '@temporalio/activity';

/** Why an attempt was told to stop. */
export type StopReason = 'cancelled' | 'shutdown' | 'superseded';

/** Cancelling reaches an activity only with a heartbeat: one a second bounds how long that takes. */
const beatMs = 1000;

/** Beats for the running activity and turns everything that ends it early into one signal. */
export const startHeartbeat = () => {
  const context = Context.current();
  const controller = new AbortController();
  let reason: StopReason | undefined;
  const stopFor = (why: StopReason): void => {
    reason ??= why;
    controller.abort(new Error(`The attempt was stopped: ${why}`));
  };
  context.cancelled.catch((error: unknown) => {
    const isCancelled = error instanceof CancelledFailure && context.cancellationDetails?.cancelRequested;
    stopFor(isCancelled ? 'cancelled' : context.cancellationDetails?.workerShutdown ? 'shutdown' : 'superseded');
  });
  const timer = setInterval(() => context.heartbeat(), beatMs);
  return {
    signal: controller.signal,
    reason: () => reason,
    supersede: () => stopFor('superseded'),
    stop: () => clearInterval(timer),
  };
};
