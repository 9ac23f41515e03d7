import type { ApiClient } from '../../client/api.ts';
import { newIdempotencyKey } from '../../client/idempotency.ts';
import type { SendMessage, SentMessage } from '../../contracts/api.ts';
import { patiently } from '../patiently.ts';

/** Sends a message, again while the stack is unavailable; one key makes it take effect once. */
export const deliver = (api: ApiClient, sessionId: string, message: SendMessage): Promise<SentMessage> => {
  const idempotencyKey = newIdempotencyKey();
  return patiently(() => api.sendMessage(sessionId, message, { idempotencyKey }));
};
