import type { Field } from './field.ts';
import { quickTurn } from './workload.ts';

const sessions = 16;
const turns = 4;

/** With a model that answers at once: what Node compiles late is compiled, and connections are open. */
export const warmUp = async ({ contestants }: Field, progress: (line: string) => void): Promise<void> => {
  for (const { title, open } of contestants) {
    progress(`warming up ${title}`);
    await Promise.all(
      Array.from({ length: sessions }, async () => {
        const talk = await open();
        for (let turn = 0; turn < turns; turn += 1) await talk.turn(quickTurn);
        await talk.close();
      }),
    );
  }
};
