import { z } from 'zod';
import { defineTool, ok } from '../define.ts';
import { quote } from '../text.ts';
import type { Tool } from '../tool.ts';
import type { SubagentToolDependencies } from './dependencies.ts';
import { findOwn, stateLine } from './words.ts';

export const createSubagentCancel = ({ store }: Pick<SubagentToolDependencies, 'store'>): Tool =>
  defineTool({
    name: 'subagent_cancel',
    description: 'Cancel a background agent of this session. A message will say when it has ended.',
    parameters: z.strictObject({ id: z.string().min(1).max(200) }),
    effect: 'idempotent',
    permission: 'read',
    doing: ({ id }) => `cancel ${quote(id, 80)}`,
    async run({ id }, { sessionId }) {
      const subagent = await findOwn(store, sessionId, id);
      if (!(await store.subagents.cancel(id))) {
        return ok(`It had ended before.\n${stateLine(await findOwn(store, sessionId, id))}`);
      }
      store.wake(sessionId);
      return { ...ok(`Cancelling ${id} "${subagent.label}".`), subagent: { id, action: 'cancel' } };
    },
  });
