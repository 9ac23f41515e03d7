import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../../client/api.ts';
import { newIdempotencyKey } from '../../client/idempotency.ts';
import type { SendMessage, SentMessage } from '../../contracts/api.ts';
import { type ErrorCode, EverturnError } from '../../contracts/errors.ts';

/** The stack answered a moment ago, so it is worth some patience: its supervisor starts again what died. */
const patienceMs = 15_000;
const pauseMs = 250;
const passing: readonly ErrorCode[] = ['not_running', 'database_unavailable', 'temporal_unavailable'];

/** Sends a message, again when nobody answered; one key makes it take effect once. */
export const deliver = async (api: ApiClient, sessionId: string, message: SendMessage): Promise<SentMessage> => {
  const idempotencyKey = newIdempotencyKey();
  const deadline = performance.now() + patienceMs;
  while (true) {
    try {
      return await api.sendMessage(sessionId, message, { idempotencyKey });
    } catch (error) {
      const mayPass = error instanceof EverturnError && passing.includes(error.code);
      if (!mayPass || performance.now() > deadline) throw error;
    }
    await delay(pauseMs);
  }
};
