import type { Logger } from 'pino';
import { runWorkflowId } from '../../contracts/ids.ts';
import type { Store } from '../../store/store.ts';
import type { Gateway } from '../gateway.ts';
import type { Delivery } from '../services/delivery.ts';
import { startRounds } from './rounds.ts';
import { tellStarters } from './run-starters.ts';

export type RunKeeperOptions = {
  store: Store;
  gateway: Gateway;
  delivery: Delivery;
  /** Agents of scripts at once, over all runs. */
  scriptAgents: number;
  log: Logger;
};

const roundMs = 500;
/** Workflows looked at in a round. */
const watchedAtOnce = 20;
/** Tries of one workflow task after which a script is given up. Each takes 5 s of a thread of its worker. */
const mostAttempts = 3;

const createCare = ({ store, gateway, delivery, scriptAgents, log }: RunKeeperOptions) => {
  const quietly = async (action: string, act: () => Promise<unknown>): Promise<void> => {
    await act().catch((error: unknown) => log.debug({ error }, `${action} again later`));
  };

  const settle = async (id: string, code: 'script_stopped' | 'run_terminated', reason: string): Promise<void> => {
    const status = await store.runs.settle(id, { status: 'failed', code, reason, output: undefined });
    store.wakeRun(id);
    // It may have ended by itself since it was looked at.
    if (status === 'failed') log.warn({ id, code, reason }, 'a run was ended from outside');
  };

  /** As the SDK says it when one call kept the thread too long. What else makes a task fail says nothing about the script. */
  const isOfScript = (failure: string | null): boolean => failure?.includes('Script execution timed out') === true;

  const watch = async ({ id, kind }: { id: string; kind: 'flow' | 'script' }): Promise<void> => {
    const health = await gateway.runHealth(id);
    if (health.state === 'ended') {
      return await settle(id, 'run_terminated', `Its workflow was ended from outside (${health.how})`);
    }
    if (kind !== 'script' || health.attempt < mostAttempts) return;
    const failure = await gateway.taskFailure(id);
    if (!isOfScript(failure)) return;
    const reason = `The script was ended: it computed for more than 5 s without an await, ${health.attempt} times in a row. Do less in one step`;
    await gateway.terminate(runWorkflowId(id), 'Its workflow task keeps failing');
    await settle(id, 'script_stopped', reason);
  };

  const round = async (): Promise<void> => {
    const runs = await store.runLimits.unwatched(watchedAtOnce);
    await Promise.all(runs.map((run) => quietly('look at the run', () => watch(run))));
    const admitted = await store.runLimits.admit(scriptAgents);
    await Promise.all(admitted.map((node) => quietly('give the agent its place', () => gateway.tellAdmitted(node))));
    await tellStarters(store, delivery);
  };

  return { round: () => quietly('care for the runs', round) };
};

/**
 * Looks after what no run's workflow does for itself: runs whose workflow is no more, scripts whose task keeps failing,
 * agents that waited for a place, and agents that started a run which has ended. Every process of the API runs one.
 */
export const startRunKeeper = (options: RunKeeperOptions) => {
  return startRounds(roundMs, createCare(options).round);
};
