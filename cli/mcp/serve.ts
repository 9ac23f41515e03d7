import { setTimeout as delay } from 'node:timers/promises';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import packageJson from '../../package.json' with { type: 'json' };
import { whenAnswered } from './answer.ts';
import { approvalTools } from './approvals.ts';
import { runTools } from './runs.ts';
import { sessionTools } from './sessions.ts';

const lastAnswersMs = 5000;
const sendMs = 50;

const instructions = `Everturn runs AI agents durably: sessions (conversations with an agent), and runs (flows and scripts of many agents).
Work goes on whether anybody waits for it or not: when a wait ends before the work does, wait again.
A session or a run that waits for approval goes on only when somebody answers: see list_approvals and answer_approval.`;

/** Serves until the client closes standard input. */
export const serveMcp = async (): Promise<void> => {
  const server = new McpServer({ name: 'everturn', version: packageJson.version }, { instructions });
  for (const register of [sessionTools, runTools, approvalTools]) register(server);
  const closed = new Promise<void>((resolve) => {
    server.server.onclose = resolve;
    // Without its client nothing is left to do but to answer what it has asked.
    process.stdin.once('end', resolve).once('close', resolve);
  });
  await server.connect(new StdioServerTransport());
  await closed;
  await Promise.race([whenAnswered(), delay(lastAnswersMs)]);
  await delay(sendMs);
  await server.close();
};
