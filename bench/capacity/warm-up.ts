import type { Contestant } from './contestant.ts';
import { quickTurn } from './workload.ts';

const sessions = 16;
const turns = 4;

/** Quick turns, after which Node has compiled the contestant's code and its connections are open. */
export const warmUp = async ({ open }: Contestant): Promise<void> => {
  await Promise.all(
    Array.from({ length: sessions }, async () => {
      const talk = await open();
      for (let turn = 0; turn < turns; turn += 1) await talk.turn(quickTurn);
      await talk.close();
    }),
  );
};
