import { z } from 'zod';
import { defineTool, ok } from '../define.ts';
import { failed } from '../failed.ts';
import { noNul, quote } from '../text.ts';
import type { Tool } from '../tool.ts';
import type { SubagentToolDependencies } from './dependencies.ts';
import { findOwn } from './words.ts';

export const createSubagentSend = ({ store }: Pick<SubagentToolDependencies, 'store'>): Tool =>
  defineTool({
    name: 'subagent_send',
    description:
      'Send a message to a background agent of this session that has not ended. It reads it when its turn is over, before it ends.',
    parameters: z.strictObject({ id: z.string().min(1).max(200), text: noNul.min(1).max(100_000) }),
    effect: 'idempotent',
    permission: 'read',
    doing: ({ id }) => `send to ${quote(id, 80)}`,
    async run({ id, text }, { sessionId, idempotencyKey }) {
      const subagent = await findOwn(store, sessionId, id);
      const isSent = await store.subagents.send(id, `subagent/${id}/send/${idempotencyKey}`, text);
      if (!isSent) throw failed('it has ended and reads nothing more; spawn another one, with what this one found');
      if (subagent.sessionId !== null) store.wake(subagent.sessionId);
      return ok(`Sent to ${id} "${subagent.label}".`);
    },
  });
