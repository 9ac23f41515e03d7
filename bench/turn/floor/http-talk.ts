import { randomUUID } from 'node:crypto';
import { now } from '../../clock.ts';
import type { Talk } from '../contestant.ts';
import type { TurnRequest } from './serve-turns.ts';

/** A conversation with a program that answers over HTTP when the turn is over. */
export const openHttpTalk = (name: string, urlOf: (session: string) => string): Talk => {
  const session = randomUUID();
  let turn = 0;
  return {
    async turn(text) {
      turn += 1;
      const request: TurnRequest = { session, turn, text };
      const startedAt = now();
      const response = await fetch(urlOf(session), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(request),
      });
      if (!response.ok) throw new Error(`${name} failed: ${await response.text()}`);
      await response.arrayBuffer();
      return { ms: now() - startedAt };
    },
    close: async () => {},
  };
};
