import type { Logger } from 'pino';
import type { SubagentLimits } from '../../contracts/subagents.ts';
import type { Store } from '../../store/store.ts';
import type { UnnotifiedSubagent } from '../../store/subagent-care.ts';
import type { Gateway } from '../gateway.ts';
import { createQuietly, startRounds } from './rounds.ts';

export type KeeperOptions = { store: Store; gateway: Gateway; limits: () => SubagentLimits; log: Logger };

const roundMs = 1000;
/** Workflows looked at in a round. */
const watchedAtOnce = 20;

const createCare = ({ store, gateway, limits, log }: KeeperOptions) => {
  const quietly = createQuietly(log);

  const notify = async ({ id, parentSessionId, action }: UnnotifiedSubagent): Promise<void> => {
    if (action !== 'start') return await gateway.notifySubagent(id, action);
    // The watch finds those whose workflow was ended before it reported its start.
    if (!(await gateway.startSubagent({ id, parentSessionId }))) await store.subagents.acknowledge(id);
  };

  /** A workflow that is gone, and has not settled its subagent, was ended from outside. */
  const watch = async ({ id, label, sessionId }: { id: string; label: string; sessionId: string | null }) => {
    const end = await gateway.subagentEnd(id);
    if (end === null) return;
    const reason = `Its workflow was ended from outside (${end})`;
    const { status, starts } = await store.subagents.settle(
      { id, label },
      { status: 'crashed', code: 'subagent_crashed', reason, result: null },
    );
    log.warn({ id, end, status }, 'a background agent has ended without saying so');
    const subagent = await store.subagents.find(id);
    if (subagent) store.wake(subagent.parentSessionId);
    if (starts) await gateway.startTurn(starts);
    const running = sessionId === null ? null : await store.turns.cancel(sessionId);
    if (running !== null) await gateway.cancelTurn(running);
  };

  const round = async (): Promise<void> => {
    for (const id of await store.subagentCare.orphans()) await store.subagents.cancel(id);
    const unwatched = await store.subagentCare.unwatched(watchedAtOnce);
    await Promise.all(unwatched.map((subagent) => quietly('look at the background agent', () => watch(subagent))));
    const admitted = await store.subagents.admit(limits());
    await Promise.all(
      admitted.map((id) => quietly('notify the background agent', () => gateway.notifySubagent(id, 'admit'))),
    );
    const untold = await store.subagentCare.untold();
    await Promise.all(untold.map((due) => quietly('notify the background agent', () => notify(due))));
    await store.subagentCare.sweep();
  };

  return { round: () => quietly('care for the background agents', round) };
};

/**
 * Looks after what no workflow does for itself: those that were spawned and never started, asked to end or given a place
 * and not reported, those whose parent or whose workflow is gone. Every API process runs one keeper.
 */
export const startSubagentKeeper = (options: KeeperOptions) => {
  return startRounds(roundMs, createCare(options).round);
};
