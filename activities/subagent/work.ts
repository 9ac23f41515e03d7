import type { EnteredSubagent } from '../../contracts/activities.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { Store } from '../../store/store.ts';

/** What its session is to do next: the oldest message that it has not read. */
export const nextWork = async (
  store: Store,
  sessionId: string,
): Promise<Extract<EnteredSubagent, { outcome: 'admitted' }>['work']> => {
  const [messageId, addressee] = await Promise.all([
    store.subagents.unread(sessionId),
    store.messages.addressee(sessionId),
  ]);
  if (!addressee) {
    throw new EverturnError('session_not_found', `Cannot go on with session ${sessionId}: it was deleted`);
  }
  if (messageId === undefined) throw new Error(`The session ${sessionId} has nothing to read`);
  const { agent, model, allow, nextTurn } = addressee;
  return { kind: 'session', sessionId, messageId, turn: nextTurn, agent, model, allow };
};
