import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { now } from '../../clock.ts';
import type { Talk } from '../../turn/contestant.ts';
import type { TurnInput } from './workflows.ts';

type TurnWorkflow = (input: TurnInput) => Promise<unknown>;

/** A conversation of which Temporal knows only the turns: the client starts each as a workflow of its own. */
export const openTurnTalk = (client: Client, taskQueue: string, type: 'bareTurn' | 'turnInOneActivity'): Talk => {
  const session = randomUUID();
  let turn = 0;
  return {
    async turn(text) {
      turn += 1;
      const startedAt = now();
      await client.workflow.execute<TurnWorkflow>(type, {
        workflowId: `${type}/${session}/${turn}`,
        taskQueue,
        args: [{ session, turn, text }],
      });
      return { ms: now() - startedAt };
    },
    close: async () => {},
  };
};
