import { randomUUID } from 'node:crypto';
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import { defineUpdate } from '@temporalio/workflow';
import { now } from '../../clock.ts';
import type { Talk } from '../contestant.ts';
import type { Message } from './workflows.ts';

const submit = defineUpdate<{ writtenAt: number }, [Message]>('submit');

export const openBareTalk = (client: Client, taskQueue: string): Talk => {
  const session = randomUUID();
  const workflowId = `bare-session/${session}`;
  let turn = 0;
  return {
    async turn(text) {
      turn += 1;
      const startedAt = now();
      const startWorkflowOperation = new WithStartWorkflowOperation<(session: string) => Promise<void>>('bareSession', {
        workflowId,
        taskQueue,
        args: [session],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
      const args: [Message] = [{ turn, text }];
      const { writtenAt } = await client.workflow.executeUpdateWithStart(submit, {
        updateId: `m${turn}`,
        args,
        startWorkflowOperation,
      });
      return { ms: now() - startedAt, rowMs: writtenAt - startedAt };
    },
    async close() {
      await client.workflow.getHandle(workflowId).terminate();
    },
  };
};
