import { condition, defineUpdate, executeChild, proxyActivities, setHandler } from '@temporalio/workflow';
import type { BareActivities } from './activities.ts';

const { askModel, runTool } = proxyActivities<BareActivities>({
  startToCloseTimeout: '2h',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '200ms' },
});

export type Message = { turn: number; text: string };
const submitUpdate = defineUpdate<{ writtenAt: number }, [Message]>('submit');

/** Floor (b): a session that runs each turn as its child. Ends never, as ours does. */
export async function bareSession(session: string): Promise<void> {
  setHandler(submitUpdate, ({ turn, text }) =>
    executeChild(bareTurn, { workflowId: `bare-turn/${session}/${turn}`, args: [{ session, turn, text }] }),
  );
  await condition(() => false);
}

export async function bareTurn(input: Message & { session: string }): Promise<{ writtenAt: number }> {
  const { session, turn, text } = input;
  for (let row = 0; ; row += 2) {
    const { asksTool, writtenAt } = await askModel({ session, turn, row, ...(row === 0 ? { text } : {}) });
    if (!asksTool) return { writtenAt };
    await runTool({ session, turn, row: row + 1 });
  }
}
