import type { SentMessage } from '../../../contracts/api.ts';
import { turnId } from '../../../contracts/ids.ts';
import type { SessionView } from '../../../contracts/view.ts';

/** Whether the view of its session has a message: a snapshot that was taken before its request was answered. */
export const isIn = (
  { waiting, turns }: Pick<SessionView, 'waiting' | 'turns'>,
  sessionId: string,
  sent: SentMessage,
): boolean =>
  waiting.some(({ messageId }) => messageId === sent.messageId) ||
  Object.keys(turns).some((turn) => turnId(sessionId, Number(turn)) === sent.turnId);
