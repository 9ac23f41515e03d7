import type { Logger } from 'pino';
import { runWorkflowId, sessionWorkflowIdBefore010, subagentWorkflowId, turnWorkflowId } from '../../contracts/ids.ts';
import { severalAtOnce } from '../../contracts/several-at-once.ts';
import type { Store } from '../../store/store.ts';
import type { Gateway } from '../gateway.ts';
import { startRounds } from './rounds.ts';

const name = 'sessions_without_workflows';
const roundMs = 1000;
const atOnce = 20;

const eachOf = <Item>(items: readonly Item[], act: (item: Item) => Promise<unknown>): Promise<unknown> =>
  severalAtOnce(items, act, atOnce);

type UpgradeGateway = Pick<Gateway, 'terminate' | 'workflowsOfRun' | 'startRun' | 'startSubagent' | 'startTurn'>;

/**
 * Ends the workflows of a release in which sessions had workflows of their own, and starts over what had not ended: their
 * histories cannot be replayed by this one, and Postgres has all that was done. What is sealed there is found again, so
 * nothing is asked or run twice. Every call may be repeated. What holds a session is ended before its turns, so that it
 * does not take them for lost.
 */
const upgrade = async (store: Store, gateway: UpgradeGateway, log: Logger): Promise<void> => {
  await store.upgrades.assignWaiting();
  const { sessions, runs, turns, heldTurns, rootRuns, subagents } = await store.upgrades.oldWork();
  const reason = 'Restarted by a newer release of Everturn';
  const terminate = (workflowId: string) => gateway.terminate(workflowId, reason);
  await eachOf(sessions, (id) => terminate(sessionWorkflowIdBefore010(id)));
  await eachOf(runs, (id) => terminate(runWorkflowId(id)));
  await eachOf(runs, async (id) => await eachOf(await gateway.workflowsOfRun(id), terminate));
  await eachOf(subagents, ({ id }) => terminate(subagentWorkflowId(id)));
  await eachOf(heldTurns, ({ sessionId, turn }) => terminate(turnWorkflowId(sessionId, turn)));
  await store.upgrades.repeatAnswers();
  const again = { isAgain: true };
  await eachOf(rootRuns, (run) => gateway.startRun(run, again));
  await eachOf(subagents, (subagent) => gateway.startSubagent(subagent, again));
  await eachOf(turns, (turn) => gateway.startTurn(turn, again));
  log.warn(
    { sessions: sessions.length, runs: rootRuns.length, subagents: subagents.length, turns: turns.length },
    'restarted what an earlier release had started',
  );
};

/** Does it once for a database. Resolves after the first try; while Temporal is away it continues trying. */
export const startUpgrade = async (store: Store, gateway: UpgradeGateway, log: Logger) => {
  let isDone = false;
  const round = async (): Promise<void> => {
    if (isDone) return;
    try {
      await store.upgrades.once(name, () => upgrade(store, gateway, log));
      isDone = true;
    } catch (error) {
      log.warn({ error }, 'cannot restart what an earlier release had started; trying again');
    }
  };
  await round();
  return startRounds(roundMs, round);
};
