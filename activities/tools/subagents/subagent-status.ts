import { z } from 'zod';
import type { Subagent } from '../../../contracts/subagents.ts';
import { defineTool, ok } from '../define.ts';
import { quote } from '../text.ts';
import type { Tool } from '../tool.ts';
import type { SubagentToolDependencies } from './dependencies.ts';
import { findOwn, progressOf, stateLine } from './words.ts';

const most = 50;

export const createSubagentStatus = ({ store }: Pick<SubagentToolDependencies, 'store'>): Tool => {
  const line = async (subagent: Subagent): Promise<string> => {
    if (subagent.status !== 'running' || subagent.sessionId === null) return stateLine(subagent);
    const session = await store.sessions.find(subagent.sessionId);
    const detail = await store.subagents.find(subagent.id);
    const progress = detail ? progressOf(detail) : '';
    return `${stateLine(subagent, session?.status === 'waiting')}${progress === '' ? '' : ` (${progress})`}`;
  };

  return defineTool({
    name: 'subagent_status',
    description: 'The status of the background agents of this session: one by its id, or all, the newest first.',
    parameters: z.strictObject({ id: z.string().min(1).max(200).optional() }),
    effect: 'pure',
    isQuick: true,
    permission: 'read',
    doing: ({ id }) => (id === undefined ? 'list the background agents' : `look at ${quote(id, 80)}`),
    async run({ id }, { sessionId }) {
      if (id !== undefined) return ok(await line(await findOwn(store, sessionId, id)));
      const { subagents, nextCursor } = await store.subagents.list({ session: sessionId, limit: most });
      if (subagents.length === 0) return ok('This session has spawned no background agent.');
      const lines = await Promise.all(subagents.map(line));
      return ok([...lines, ...(nextCursor === null ? [] : ['(and older ones)'])].join('\n'));
    },
  });
};
