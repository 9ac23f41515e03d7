import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import { Decision } from '../../contracts/approvals.ts';
import { isQuestionId } from '../../contracts/ids.ts';
import { answered } from './answer.ts';

export const approvalTools = (server: McpServer): void => {
  server.registerTool(
    'list_approvals',
    {
      description:
        'List everything that waits for an answer: tool calls with their exact arguments, and questions of runs.',
      inputSchema: {},
      annotations: { readOnlyHint: true },
    },
    () => answered((api) => api.listApprovals()),
  );
  server.registerTool(
    'answer_approval',
    {
      description:
        'Answer one of them. Ask your user first: it lets an agent write, run or send something. The first answer counts.',
      inputSchema: {
        id: z.string().min(1).max(300).describe('As list_approvals has it'),
        decision: Decision,
        note: z.string().max(2000).optional().describe('Why; the agent reads it when the call is denied'),
        fields: z.record(z.string(), z.unknown()).optional().describe('Of a question with a form: its fields'),
      },
      annotations: { readOnlyHint: false, destructiveHint: true },
    },
    ({ id, decision, note, fields = {} }) =>
      answered((api) => {
        const answer = { decision, ...(note === undefined ? {} : { note }) };
        return isQuestionId(id) ? api.answerQuestion(id, { ...answer, fields }) : api.answerApproval(id, answer);
      }),
  );
};
