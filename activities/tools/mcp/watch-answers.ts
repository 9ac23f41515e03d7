import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { Fetch } from './guarded-fetch.ts';

/** So long after its stream has ended, an answer that was in it has been read. */
const graceMs = 200;

const Sent = z.object({ method: z.string(), id: z.union([z.string(), z.number()]) });

const requestIn = (body: unknown): RequestId | undefined =>
  typeof body === 'string' && body.startsWith('{') ? Sent.safeParse(JSON.parse(body)).data?.id : undefined;

/**
 * Tells of requests over HTTP whose stream of events ended without their answer: the SDK lets them wait until their time
 * is over. Streams that can be taken up again are left to it.
 */
export const watchAnswers = (lost: (id: RequestId) => void) => {
  const waiting = new Set<RequestId>();
  return {
    heard(message: JSONRPCMessage): void {
      if (!('method' in message) && message.id !== undefined) waiting.delete(message.id);
    },
    streamEnded({ body, isResumable }: { body: unknown; isResumable: boolean }): void {
      const id = requestIn(body);
      if (id === undefined || isResumable) return;
      setTimeout(() => waiting.delete(id) && lost(id), graceMs).unref();
    },
    over:
      (fetch: Fetch): Fetch =>
      async (url, init = {}) => {
        const id = requestIn(init.body);
        if (id === undefined) return await fetch(url, init);
        waiting.add(id);
        try {
          const response = await fetch(url, init);
          if (!response.ok) waiting.delete(id);
          return response;
        } catch (error) {
          waiting.delete(id);
          throw error;
        }
      },
  };
};
