import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import { SendMessage } from '../../contracts/api.ts';
import { permissions } from '../../contracts/tools.ts';
import { answered, type Extra } from './answer.ts';
import { Seconds, stateOfSession, waitForSession } from './watch.ts';

const Id = z.string().min(1).max(200).describe('Its id');

export const sessionTools = (server: McpServer): void => {
  server.registerTool(
    'start_session',
    {
      description:
        'Start a session with an agent: it works on the message, and the answer is its reply or what it waits for.',
      inputSchema: {
        text: SendMessage.shape.text.describe('The task'),
        agent: z.string().optional().describe('An agent that is defined in a file; list_definitions has them'),
        workspace: z.string().optional().describe('The folder it works in, absolute; default: that of the stack'),
        allow: z.array(z.enum(permissions)).optional().describe('What it may do without approval; default: only read'),
        title: z.string().optional(),
        seconds: Seconds,
      },
      annotations: { readOnlyHint: false, openWorldHint: true },
    },
    ({ text, seconds, ...options }, extra) =>
      answered(async (api) => {
        const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
        const { id } = await api.createSession(given);
        await api.sendMessage(id, { text });
        await waitForSession(api, id, seconds, extra as Extra);
        return await stateOfSession(api, id);
      }),
  );
  server.registerTool(
    'send_message',
    {
      description: 'Send a further message to a session and wait for its reply.',
      inputSchema: {
        session: Id,
        text: SendMessage.shape.text,
        whenBusy: SendMessage.shape.whenBusy,
        seconds: Seconds,
      },
      annotations: { readOnlyHint: false, openWorldHint: true },
    },
    ({ session, text, whenBusy, seconds }, extra) =>
      answered(async (api) => {
        await api.sendMessage(session, { text, whenBusy });
        await waitForSession(api, session, seconds, extra as Extra);
        return await stateOfSession(api, session);
      }),
  );
  server.registerTool(
    'watch_session',
    {
      description: 'Wait until a session has replied or waits for approval. Progress is sent while it works.',
      inputSchema: { session: Id, seconds: Seconds },
      annotations: { readOnlyHint: true },
    },
    ({ session, seconds }, extra) =>
      answered(async (api) => {
        await waitForSession(api, session, seconds, extra as Extra);
        return await stateOfSession(api, session);
      }),
  );
  server.registerTool(
    'read_session',
    {
      description:
        'Read the transcript of a session, newest part first: pass oldestSeq as before for the part before it.',
      inputSchema: { session: Id, before: z.int().positive().optional(), limit: z.int().min(1).max(200).default(50) },
      annotations: { readOnlyHint: true },
    },
    ({ session, before, limit }) =>
      answered((api) => api.listChunks(session, { limit, ...(before === undefined ? {} : { before }) })),
  );
  server.registerTool(
    'list_sessions',
    {
      description: 'List sessions, the newest first.',
      inputSchema: { cursor: z.string().optional(), limit: z.int().min(1).max(200).default(20) },
      annotations: { readOnlyHint: true },
    },
    ({ cursor, limit }) => answered((api) => api.listSessions({ limit, ...(cursor === undefined ? {} : { cursor }) })),
  );
  server.registerTool(
    'cancel_session',
    {
      description: 'Cancel the turn that a session is working on. What it has done stays.',
      inputSchema: { session: Id },
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
    },
    ({ session }) => answered((api) => api.cancelTurn(session)),
  );
};
