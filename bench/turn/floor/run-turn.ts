import type { Floor } from './steps.ts';

/** A turn in one piece, each step a row. What a crash cuts off is lost, unless the caller runs it again. */
export const runTurn = async (floor: Floor, session: string, turn: number, text: string): Promise<void> => {
  let row = 0;
  await floor.write({ session, turn, row }, [{ role: 'user', content: text }]);
  for (;;) {
    const { said, call } = await floor.ask(await floor.history(session));
    row += 1;
    await floor.write({ session, turn, row }, [said]);
    if (!call) return;
    row += 1;
    await floor.write({ session, turn, row }, [await floor.runTool(call)]);
  }
};
