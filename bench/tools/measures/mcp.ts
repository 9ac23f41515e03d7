import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { keepServer } from '../../../activities/tools/mcp/keep-server.ts';
import { createMcpTool } from '../../../activities/tools/mcp/mcp-tool.ts';
import type { Tool, ToolContext } from '../../../activities/tools/tool.ts';
import { McpServer } from '../../../contracts/mcp.ts';
import { noOffers, type Offers } from '../../../contracts/tool-sources.ts';
import { confineCommands } from '../../../worker/commands.ts';
import type { BenchOptions } from '../../parts.ts';
import type { Section } from '../../report.ts';
import { median, spreadOf } from '../../stats.ts';

const script = path.join(import.meta.dirname, '..', '..', '..', 'test', 'hostile', 'mcp-server.ts');
const command = [process.execPath, script, 'fine'] as const;
const calls = 300;
const text = 'x'.repeat(1000);

const timed = async (call: () => Promise<unknown>): Promise<number> => {
  const took: number[] = [];
  for (let count = 0; count < calls; count += 1) {
    const start = performance.now();
    await call();
    took.push(performance.now() - start);
  }
  return median(took);
};

/** The server's own time: lines written to it and read from it, and nothing else. */
const bare = async (): Promise<number> => {
  const [file, ...args] = command;
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: child.stdout });
  const ask = async (method: string, params: object): Promise<void> => {
    const answer = once(lines, 'line');
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })}\n`);
    await answer;
  };
  try {
    await ask('initialize', {});
    return await timed(() => ask('tools/call', { name: 'echo', arguments: { text } }));
  } finally {
    child.kill('SIGKILL');
  }
};

/** The same calls as agents make them: checked, confined, paced and cut. */
const ours = async (): Promise<number> => {
  const project = process.cwd();
  const config = { commands: { sandbox: 'auto' as const } };
  const { confinement } = await confineCommands({ project, config, workerId: null });
  let offers: Offers = noOffers;
  const kept = keepServer(
    {
      name: 'fine',
      config: McpServer.parse({ command }),
      project,
      environment: { confinement, base: { PATH: process.env.PATH ?? '' }, value: () => undefined },
    },
    {
      offered: (offered) => {
        offers = offered;
        return Promise.resolve();
      },
      failed: (fault) => Promise.reject(new Error(fault)),
    },
  );
  try {
    await kept.asked;
    const [described] = offers.tools;
    if (!described) throw new Error('The server offers no tool');
    const tool: Tool = createMcpTool(described, 'fine', 10, kept);
    const context = { signal: new AbortController().signal, idempotencyKey: 'k', onOutput: () => undefined };
    return await timed(() => tool.run({ text }, context as unknown as ToolContext));
  } finally {
    await kept.close();
  }
};

/** What a call of an MCP server costs beside the server's own time. */
export const measureMcp = async (_field: unknown, { rounds }: Pick<BenchOptions, 'rounds'>): Promise<Section[]> => {
  const servers: number[] = [];
  const added: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const [own, all] = [await bare(), await ours()];
    servers.push(own);
    added.push(all - own);
  }
  const figure = (label: string, values: readonly number[]) => {
    const { median: value, min, max } = spreadOf(values);
    return { label, value, min, max, unit: 'ms' };
  };
  return [
    {
      title: `A call of an MCP server over standard input and output (1 kB, p50 of ${calls})`,
      figures: [figure('time of the server itself', servers), { ...figure('added by Everturn', added), target: 10 }],
    },
  ];
};
