import type { Logger } from 'pino';
import { lastOrdinal } from '../../contracts/chunks.ts';
import { errorTable } from '../../contracts/errors.ts';
import type { Store } from '../../store/store.ts';
import type { UnwatchedTurn } from '../../store/turns.ts';
import type { Gateway } from '../gateway.ts';
import { createQuietly, startRounds } from './rounds.ts';

export type TurnKeeperOptions = {
  store: Store;
  gateway: Pick<Gateway, 'turnHealth' | 'cancelTurn' | 'startTurn'>;
  log: Logger;
};

const roundMs = 1000;
/** Workflows looked at in a round. */
const watchedAtOnce = 40;

const createCare = ({ store, gateway, log }: TurnKeeperOptions) => {
  const quietly = createQuietly(log);

  const settleTerminated = async ({ sessionId, turn, agent, model }: UnwatchedTurn): Promise<void> => {
    const code = 'turn_terminated';
    const settled = await store.turns.settle({
      sessionId,
      turn,
      status: 'failed',
      code,
      chunks: [{ ordinal: lastOrdinal, body: { kind: 'error', code, message: errorTable[code].meaning } }],
    });
    store.wake(sessionId);
    // It may have ended by itself since it was looked at.
    if (settled.status === 'failed') log.warn({ sessionId, turn }, 'a turn was ended from outside');
    if (settled.next !== null) await gateway.startTurn({ sessionId, turn: settled.next, agent, model });
  };

  const watch = async (turn: UnwatchedTurn): Promise<void> => {
    const health = await gateway.turnHealth(turn);
    if (health === 'running' && turn.isCancelling) await gateway.cancelTurn(turn);
    // What holds the session starts its turns, and settles those that were ended from outside.
    if (turn.isHeld) return;
    if (health === 'running') return;
    // Only the workflow of the step may run its turns.
    if (health === 'ended' || turn.isHosted) await settleTerminated(turn);
    else await gateway.startTurn(turn);
  };

  const round = async (): Promise<void> => {
    const unwatched = await store.turns.unwatched(watchedAtOnce);
    await Promise.all(unwatched.map((turn) => quietly('look at the turn', () => watch(turn))));
    for (const turn of await store.messages.assignStray()) {
      store.wake(turn.sessionId);
      await quietly('start the turn', () => gateway.startTurn(turn));
    }
  };

  return { round: () => quietly('care for the turns', round) };
};

/**
 * Does what no turn's workflow does for itself: starts assigned turns that have no workflow, repeats a cancel that was not
 * delivered, settles turns whose workflow is gone, and assigns messages that wait in a session whose holder has ended.
 * Every API process runs one.
 */
export const startTurnKeeper = (options: TurnKeeperOptions) => startRounds(roundMs, createCare(options).round);
