import { randomUUID } from 'node:crypto';
import { now } from '../../clock.ts';
import type { Talk } from '../contestant.ts';

export const openPlainTalk = (url: string): Talk => {
  const session = randomUUID();
  let turn = 0;
  return {
    async turn(text) {
      turn += 1;
      const startedAt = now();
      const response = await fetch(url, { method: 'POST', body: JSON.stringify({ session, turn, text }) });
      if (!response.ok) throw new Error(`The plain floor failed: ${await response.text()}`);
      await response.arrayBuffer();
      return { ms: now() - startedAt };
    },
    close: async () => {},
  };
};
