import type { Logger } from 'pino';
import { lostContent } from '../../contracts/content.ts';
import { runWorkflowId } from '../../contracts/ids.ts';
import type { Store } from '../../store/store.ts';
import { type Listener, queueStream } from '../../store/wakeups.ts';
import type { Gateway } from '../gateway.ts';
import type { Delivery } from '../services/delivery.ts';
import { createQuietly, startRounds } from './rounds.ts';
import { notifyStarters } from './run-starters.ts';

export type RunKeeperOptions = {
  store: Store;
  listener: Listener;
  gateway: Gateway;
  delivery: Delivery;
  /** Agents of scripts at once, over all runs. */
  scriptAgents: () => number;
  log: Logger;
};

const roundMs = 500;
/** Workflows looked at in a round. */
const watchedAtOnce = 20;
/** Tries of one workflow task after which a script is given up. Each takes 5 s of a thread of its worker. */
const maxAttempts = 3;

const createCare = ({ store, gateway, delivery, scriptAgents, log }: RunKeeperOptions) => {
  const quietly = createQuietly(log);

  type Ending = { code: 'script_stopped' | 'run_terminated' | 'run_cancelled'; reason: string };

  const settle = async (id: string, { code, reason }: Ending): Promise<void> => {
    const wanted = code === 'run_cancelled' ? 'cancelled' : 'failed';
    const status = await store.runs.settle(id, { status: wanted, code, reason, output: undefined });
    store.wakeRun(id);
    store.wakeQueue();
    // It may have ended by itself since it was looked at.
    if (status === wanted) log.warn({ id, code, reason }, 'a run was ended from outside');
  };

  /** As the SDK says it when one call kept the thread too long. What else makes a task fail says nothing about the script. */
  const isOfScript = (failure: string | null): boolean => failure?.includes('Script execution timed out') === true;

  const giveUp = async (id: string, ending: Ending): Promise<void> => {
    await gateway.terminate(runWorkflowId(id), 'Its workflow task keeps failing');
    await settle(id, ending);
  };

  /** Ends those parts of a run that is asked to end whose own task keeps failing: they would never notice. */
  const endStuckParts = async (id: string): Promise<void> => {
    const own = runWorkflowId(id);
    for (const part of await gateway.workflowsOfRun(id)) {
      const health = part === own ? null : await gateway.workflowHealth(part);
      if (health?.state === 'running' && health.attempt >= maxAttempts)
        await gateway.terminate(part, 'Its workflow task keeps failing, and its run is cancelled');
    }
  };

  const watch = async ({ id, kind }: { id: string; kind: 'flow' | 'script' }): Promise<void> => {
    const health = await gateway.workflowHealth(runWorkflowId(id));
    if (health.state === 'ended') {
      const how =
        health.how === 'completed' ? 'ended and recorded no end of the run' : `was ended from outside (${health.how})`;
      return await settle(id, { code: 'run_terminated', reason: `Its workflow ${how}` });
    }
    if (health.isCancelling) await endStuckParts(id);
    if (health.attempt < maxAttempts) return;
    const failure = await gateway.taskFailure(id);
    if (kind === 'script' && isOfScript(failure)) {
      const reason = `The script was ended: it computed for more than 5 s without an await, ${health.attempt} times in a row. Do less in one step`;
      return await giveUp(id, { code: 'script_stopped', reason });
    }
    if (failure?.includes(lostContent)) {
      return await giveUp(id, { code: 'run_terminated', reason: `Its workflow could not continue: ${failure}` });
    }
    // Whatever keeps it from continuing, no one waits for the rest of it.
    if (!health.isCancelling) return;
    const reason = `Cancelled; its workflow could not continue (${failure ?? 'its task keeps failing'}) and was ended`;
    await giveUp(id, { code: 'run_cancelled', reason });
  };

  let admitting: Promise<void> = Promise.resolve();
  /** One after another. */
  const admit = (): Promise<void> => {
    admitting = admitting.then(() => quietly('start queued runs', delivery.admitRuns));
    return admitting;
  };

  const round = async (): Promise<void> => {
    // A process that starts, or loses its connection, misses notifications.
    await admit();
    const runs = await store.runLimits.unwatched(watchedAtOnce);
    await Promise.all(runs.map((run) => quietly('look at the run', () => watch(run))));
    const admitted = await store.runLimits.admit(scriptAgents());
    await Promise.all(admitted.map((node) => quietly('give the agent its slot', () => gateway.notifyAdmitted(node))));
    await notifyStarters(store, delivery);
  };

  return { round: () => quietly('care for the runs', round), admit, admitted: () => admitting };
};

/**
 * Looks after what no run's workflow does for itself: queued runs that have a slot, runs whose workflow is gone, scripts whose task keeps failing,
 * agents that waited for a place, and agents that started a run which has ended. Every process of the API runs one.
 */
export const startRunKeeper = (options: RunKeeperOptions) => {
  const care = createCare(options);
  const rounds = startRounds(roundMs, care.round);
  const unsubscribe = options.listener.subscribe(queueStream, () => void care.admit());
  return {
    async stop(): Promise<void> {
      unsubscribe();
      await Promise.all([rounds.stop(), care.admitted()]);
    },
  };
};
