import { severalAtOnce } from '../contracts/several-at-once.ts';
import type { Store } from '../store/store.ts';
import { type DeadWorkerDependencies, takeFrom } from './dead-worker.ts';

export type RecoveryDependencies = DeadWorkerDependencies & { store: Store };

const watchMs = 1000;

/** Workflows of runs, and of background agents, and turns, that are looked at for one dead worker. What is beyond them waits for its timeouts. */
const maxInRuns = 500;
const atOnce = 16;

/**
 * Makes the work of a dead worker continue at once: fails its open attempts, so that Temporal gives them to another
 * worker, and resets the sticky queues of their workflows, whose next task would wait on a queue that no worker polls.
 * Safe to call by several processes at a time, and for a worker that only seemed dead: its beats are refused from the
 * first statement on, and it sends nothing without one. `isGone`: its process is known to have ended; otherwise one that has
 * beaten meanwhile keeps its work. Rejects while Temporal or Postgres is away; the worker stays dead until it is done.
 */
export const recoverWorker = async (
  dependencies: RecoveryDependencies,
  workerId: string,
  { isGone = true }: { isGone?: boolean } = {},
): Promise<void> => {
  const { workers } = dependencies.store;
  if (!(await workers.claim(workerId, isGone))) return;
  const [attempts, turns, inRuns, inBackground, busy] = await Promise.all([
    workers.openAttempts(workerId),
    workers.heldTurns(workerId),
    workers.heldInRuns(workerId, maxInRuns),
    dependencies.store.subagentCare.held(maxInRuns),
    workers.busyTurns(maxInRuns),
  ]);
  const { resetSticky, fail, failPending, free } = takeFrom(workerId, dependencies);
  // The server does not write a reset down, the failures after it do. One that is refused makes it forget the reset.
  await Promise.all(turns.map(resetSticky));
  await Promise.all(
    attempts.map(async ({ key, taskToken }) => {
      await fail(taskToken);
      await workers.forgetToken(key, workerId);
    }),
  );
  await Promise.all([
    ...turns.map(failPending),
    severalAtOnce([...new Set([...inRuns, ...inBackground, ...busy])], free, atOnce),
  ]);
  await workers.remove(workerId);
  if (turns.length > 0) dependencies.log.warn({ workerId, turns: turns.length }, 'recovered the work of a dead worker');
};

/**
 * Looks for workers without a heartbeat and recovers them. Runs in every process that holds a store and a connection.
 * `self`: the worker that looks. After a pause of its process it beats rather than take its own work.
 */
export const watchWorkers = (dependencies: RecoveryDependencies, self?: string): { stop(): void } => {
  let busy = false;
  const look = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      for (const workerId of await dependencies.store.workers.dead()) {
        if (workerId === self && (await dependencies.store.workers.beat(self))) continue;
        await recoverWorker(dependencies, workerId, { isGone: false });
      }
    } catch (error) {
      dependencies.log.debug({ error }, 'cannot look for dead workers');
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void look(), watchMs);
  return { stop: () => clearInterval(timer) };
};
