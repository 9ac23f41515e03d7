import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import type { ApiClient } from '../../client/api.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { RunStatus, type StartRun } from '../../contracts/runs.ts';
import { answered, type Extra } from './answer.ts';
import { Seconds, waitForRun } from './watch.ts';

const Id = z.string().min(1).max(200).describe('Its id');

const definitions = async (api: ApiClient) => {
  const [{ flows }, { scripts }, { agents }] = await Promise.all([
    api.listFlows(),
    api.listScripts(),
    api.listAgents(),
  ]);
  const short = ({ name, description }: { name: string; description: string }) => ({ name, description });
  return { flows: flows.map(short), scripts: scripts.map(short), agents: agents.map(short) };
};

const bodyOf = async (api: ApiClient, name: string, input: unknown): Promise<StartRun> => {
  const { flows, scripts } = await definitions(api);
  if (scripts.some((script) => script.name === name)) return { script: name, args: input as never };
  if (!flows.some((flow) => flow.name === name)) {
    const known = [...flows, ...scripts].map((one) => one.name).join(', ') || 'none';
    throw new EverturnError(
      'flow_not_found',
      `Cannot start ${JSON.stringify(name)}: no flow or script has this name; there are ${known}`,
    );
  }
  return { flow: name, input: (input ?? {}) as Record<string, never> };
};

const stateOfRun = async (api: ApiClient, id: string) => {
  const { run, questions } = await api.getRun(id);
  const waiting = questions
    .filter(({ status }) => status === 'pending')
    .map(({ id: question, prompt, form }) => ({ id: question, prompt, form }));
  const output = run.status === 'completed' ? await api.getRunOutput(id) : null;
  return { run: id, name: run.name, status: run.status, reason: run.reason, questions: waiting, output };
};

export const runTools = (server: McpServer): void => {
  server.registerTool(
    'list_definitions',
    {
      description: 'List the flows, scripts and agents that there are.',
      inputSchema: {},
      annotations: { readOnlyHint: true },
    },
    () => answered(definitions),
  );
  server.registerTool(
    'start_run',
    {
      description: 'Start a flow or a script by its name, and wait for its end or for a question to the user.',
      inputSchema: {
        name: z.string().min(1).max(200),
        input: z.unknown().optional().describe('Of a flow: an object that fits its inputs. Of a script: its arguments'),
        seconds: Seconds,
      },
      annotations: { readOnlyHint: false, openWorldHint: true },
    },
    ({ name, input, seconds }, extra) =>
      answered(async (api) => {
        const { id } = await api.startRun(await bodyOf(api, name, input));
        await waitForRun(api, id, seconds, extra as Extra);
        return await stateOfRun(api, id);
      }),
  );
  server.registerTool(
    'watch_run',
    {
      description: 'Wait until a run has ended or asks the user. Progress is sent while it works.',
      inputSchema: { run: Id, seconds: Seconds },
      annotations: { readOnlyHint: true },
    },
    ({ run, seconds }, extra) =>
      answered(async (api) => {
        await waitForRun(api, run, seconds, extra as Extra);
        return await stateOfRun(api, run);
      }),
  );
  server.registerTool(
    'list_runs',
    {
      description: 'List runs, the newest first.',
      inputSchema: {
        cursor: z.string().optional(),
        status: RunStatus.optional(),
        limit: z.int().min(1).max(200).default(20),
      },
      annotations: { readOnlyHint: true },
    },
    ({ cursor, status, limit }) =>
      answered((api) => api.listRuns({ limit, status, ...(cursor === undefined ? {} : { cursor }) })),
  );
  server.registerTool(
    'cancel_run',
    {
      description: 'Cancel a run and all that it started. Finished results are kept and used by a re-run.',
      inputSchema: { run: Id },
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
    },
    ({ run }) => answered((api) => api.cancelRun(run)),
  );
};
