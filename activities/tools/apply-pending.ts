import { z } from 'zod';
import { defineTool, ok } from './define.ts';
import { failed } from './failed.ts';

export const applyPending = defineTool({
  name: 'apply_pending',
  description:
    'Apply the changes of files that are staged in this session, in order, as a whole or not at all. Without ids all of them.',
  parameters: z.strictObject({
    changes: z.array(z.string().min(1).max(300)).min(1).max(1000).optional().describe('Ids of changes'),
  }),
  effect: 'idempotent',
  permission: 'write',
  doing: () => 'apply the staged changes',
  run: ({ changes }, context) =>
    context.changes.exclusively(async () => {
      const end = (await context.changes.earlier()) ?? (await context.changes.applyStaged(changes));
      if (end.state === 'refused') throw failed(`${end.reason}. Nothing was written`);
      const done = end.changes.map(({ number, kind, path }) => `- ${number}: ${kind} ${path}`);
      return ok([`Applied ${done.length} changes`, ...done].join('\n'));
    }),
});
