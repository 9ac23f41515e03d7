import type { TurnStart } from '../../contracts/activities.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { Store } from '../../store/store.ts';

/**
 * What its session is to do next: the turn that runs, otherwise that of the next message. One that is restarted may have
 * answered everything: it goes through its last turn again, which finds what is sealed.
 */
export const nextWork = async (store: Store, sessionId: string): Promise<TurnStart> => {
  const taken = await store.messages.take(sessionId, { release: false });
  const turn = taken ?? (await store.turns.last(sessionId))?.turn;
  const addressee = await store.messages.addressee(sessionId);
  if (!addressee) {
    throw new EverturnError('session_not_found', `Cannot continue session ${sessionId}: it was deleted`);
  }
  if (turn === undefined) throw new Error(`The session ${sessionId} has nothing to read`);
  store.wake(sessionId);
  return { sessionId, turn, agent: addressee.agent, model: addressee.model };
};
