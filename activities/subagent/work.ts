import type { TurnStart } from '../../contracts/activities.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { Store } from '../../store/store.ts';

/** What its session is to do next: the turn that runs, else that of the oldest message that it has not read. */
export const nextWork = async (store: Store, sessionId: string): Promise<TurnStart> => {
  const turn = await store.messages.take(sessionId, { release: false });
  const addressee = await store.messages.addressee(sessionId);
  if (!addressee) {
    throw new EverturnError('session_not_found', `Cannot go on with session ${sessionId}: it was deleted`);
  }
  if (turn === null) throw new Error(`The session ${sessionId} has nothing to read`);
  store.wake(sessionId);
  return { sessionId, turn, agent: addressee.agent, model: addressee.model };
};
