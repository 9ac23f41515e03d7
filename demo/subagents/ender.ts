import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { foldersOf } from '../../cli/supervisor/folders.ts';
import { readState } from '../../cli/supervisor/state.ts';
import type { ApiClient } from '../../client/api.ts';
import { newIdempotencyKey } from '../../client/idempotency.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { subagentWorkflowId, turnWorkflowId } from '../../contracts/ids.ts';
import { hasEnded, type Subagent } from '../../contracts/subagents.ts';
import { persist } from '../flow-crash/follower.ts';
import { until } from '../support/clock.ts';
import type { Project } from '../support/project.ts';
import type { Fate } from './plan.ts';

export type Ender = Awaited<ReturnType<typeof openEnder>>;

/** Ends agents from outside: by the API, or as an operator of Temporal does. */
export const openEnder = async ({ folder }: Project, api: ApiClient) => {
  const { temporalAddress } = readState(foldersOf(folder).state);
  if (temporalAddress === null) throw new Error('The stack has no Temporal server');
  const connection = await Connection.connect({ address: temporalAddress });
  const { workflow } = new Client({ connection });

  const isOpen = async (workflowId: string): Promise<boolean> =>
    (await workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';

  /** As often as it takes: Temporal may be away. */
  const terminate = async (workflowId: string): Promise<void> => {
    await until(`the end of ${workflowId}`, async () => {
      try {
        await connection.withDeadline(Date.now() + 3000, () => workflow.getHandle(workflowId).terminate('the demo'));
        return true;
      } catch {
        return !(await connection.withDeadline(Date.now() + 3000, () => isOpen(workflowId)).catch(() => true));
      }
    });
  };

  const cancel = async (id: string): Promise<void> => {
    const idempotencyKey = newIdempotencyKey();
    await persist(`cancelling ${id}`, async () => {
      try {
        return await api.cancelSubagent(id, { idempotencyKey });
      } catch (error) {
        if (error instanceof EverturnError && error.code === 'subagent_ended') return null;
        throw error;
      }
    });
  };

  return {
    terminate,
    /** Whether something was killed for it. */
    async end({ id, sessionId }: Subagent, fate: Fate): Promise<boolean> {
      if (fate.kind !== 'cancelled' && fate.kind !== 'terminated') return false;
      await delay(fate.afterMs);
      if (fate.kind === 'cancelled') {
        await cancel(id);
        return false;
      }
      // What is to be ended must have begun.
      await until(
        `${id} to run`,
        async () => {
          const subagent = await persist(`the state of ${id}`, () => api.getSubagent(id));
          if (hasEnded(subagent.status)) throw new Error(`${id} is ${subagent.status} before anybody ended it`);
          const { view } = await persist(`the session of ${id}`, () => api.getSession(sessionId ?? ''));
          return subagent.status === 'running' && view.turns[1] !== undefined;
        },
        240_000,
      );
      const workflowId = {
        itself: subagentWorkflowId(id),
        turn: turnWorkflowId(sessionId ?? '', 1),
      }[fate.what];
      await terminate(workflowId);
      return true;
    },
    close: () => connection.close(),
  };
};
