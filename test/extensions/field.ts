import { spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { openUnconfined } from '../../activities/tools/confine/tracked.ts';
import { McpServers } from '../../contracts/mcp.ts';
import { openExtensions } from '../../worker/tools/extensions.ts';
import { openStack } from '../support/stack.ts';
import { until } from '../support/until.ts';

/** A real server from npm, over both of its transports. */
const everything = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'));

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

const keepHttpServer = async () => {
  const port = await freePort();
  const start = async () => {
    const env = { ...process.env, PORT: String(port) };
    const started = spawn(process.execPath, [everything, 'streamableHttp'], { env, stdio: 'ignore' });
    await until('the server over HTTP', () =>
      fetch(`http://127.0.0.1:${port}/mcp`).then(
        () => true,
        () => false,
      ),
    );
    return started;
  };
  let running = await start();
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    stop: () => running.kill('SIGKILL'),
    async restart(): Promise<void> {
      running.kill('SIGKILL');
      running = await start();
    },
  };
};

/** A stack with servers and a folder for tools of one's own. */
export const openField = async () => {
  const [stack, httpServer] = await Promise.all([openStack(), keepHttpServer()]);
  const openOurs = () =>
    openExtensions({
      store: stack.store,
      project: stack.workspace,
      home: path.join(stack.workspace, 'home'),
      look: stack.trust.look,
      confinement: openUnconfined(null),
      workerId: stack.name,
      log: stack.log,
      config: {
        mcp: McpServers.parse({
          local: {
            command: [process.execPath, everything, 'stdio'],
            tools: { 'get-sum': { permission: 'read' }, 'trigger-elicitation-request': { effect: 'idempotent' } },
          },
          remote: { url: httpServer.url, local: true },
          missing: { command: ['no-such-server'], startSeconds: 5 },
        }),
      },
      source: process.env,
      folders: {
        project: path.join(stack.workspace, 'home', 'notes'),
        personal: path.join(stack.workspace, 'home', 'own'),
      },
    });
  let extensions = await openOurs();
  let [worker] = await Promise.all([stack.startWorker({ extensions }), stack.startScriptWorker()]);
  return {
    stack,
    httpServer,
    /** `isAnew`: it knows of tools only what the one before has stored, as after a restart. */
    async replaceWorker({ isAnew = false } = {}): Promise<void> {
      await worker.stop();
      if (isAnew) {
        await extensions.close();
        extensions = await openOurs();
      }
      worker = await stack.startWorker({ extensions });
    },
    async converse(key: string, allow: ('write' | 'run')[] = ['run']): Promise<string> {
      const { id } = await stack.api.createSession({ workspace: stack.workspace, allow });
      await stack.api.sendMessage(id, { text: key });
      return id;
    },
    async writeTool(name: string, body: string): Promise<void> {
      const folder = path.join(stack.workspace, '.everturn', 'tools');
      const file = path.join(folder, `${name}.ts`);
      await mkdir(folder, { recursive: true });
      await writeFile(file, body);
      onTestFinished(() => rm(file, { force: true }));
    },
    offers: async (name: string): Promise<boolean> => extensions.tools().some((tool) => tool.name === name),
    async close(): Promise<void> {
      await extensions.close();
      httpServer.stop();
      await stack.close();
    },
  };
};

export type Field = Awaited<ReturnType<typeof openField>>;

export const calls = (...toolCalls: { name: string; arguments: object }[]) => ({ reply: { toolCalls } });

export const toolText = (name: string, words: string): string => `
import { defineTool, z } from 'everturn/tools';
export default defineTool({
  name: '${name}', description: '${words}', permission: 'read', effect: 'pure',
  input: z.object({ text: z.string() }),
  run: ({ text }: { text: string }) => ({ shouted: text.toUpperCase() }),
});`;
