import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openUnconfined } from '../activities/tools/confine/tracked.ts';
import { McpServers } from '../contracts/mcp.ts';
import type { Prefix } from '../contracts/prefix.ts';
import { type Extensions, openExtensions } from '../worker/tools/extensions.ts';
import { settled } from './support/conversation.ts';
import { openStack, type Stack } from './support/stack.ts';
import { until } from './support/until.ts';

/** A real server from npm, over both of its transports. */
const everything = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'));
const main = path.join(import.meta.dirname, '..', 'cli', 'main.ts');

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

let stack: Stack;
let extensions: Extensions;
let httpServer: ReturnType<typeof spawn>;
let startHttp: () => Promise<void>;

beforeAll(async () => {
  const port = await freePort();
  startHttp = async () => {
    const env = { ...process.env, PORT: String(port) };
    httpServer = spawn(process.execPath, [everything, 'streamableHttp'], { env, stdio: 'ignore' });
    await until('the server over HTTP', () =>
      fetch(`http://127.0.0.1:${port}/mcp`).then(
        () => true,
        () => false,
      ),
    );
  };
  [stack] = await Promise.all([openStack(), startHttp()]);
  extensions = await openExtensions({
    store: stack.store,
    project: stack.workspace,
    home: path.join(stack.workspace, 'home'),
    look: stack.trust.look,
    confinement: openUnconfined(null),
    workerId: stack.name,
    log: stack.log,
    config: {
      mcp: McpServers.parse({
        local: { command: [process.execPath, everything, 'stdio'], tools: { 'get-sum': { permission: 'read' } } },
        remote: { url: `http://127.0.0.1:${port}/mcp`, local: true },
        missing: { command: ['no-such-server'], startSeconds: 5 },
      }),
    },
    source: process.env,
    folders: {
      project: path.join(stack.workspace, 'home', 'notes'),
      personal: path.join(stack.workspace, 'home', 'own'),
    },
  });
  await stack.startWorker({ extensions });
});
afterAll(async () => {
  await extensions.close();
  httpServer.kill('SIGKILL');
  await stack.close();
});

const calls = (...toolCalls: { name: string; arguments: object }[]) => ({ reply: { toolCalls } });

const converse = async (key: string, allow: ('write' | 'run')[] = ['run']): Promise<string> => {
  const { id } = await stack.api.createSession({ workspace: stack.workspace, allow });
  await stack.api.sendMessage(id, { text: key });
  return id;
};

const writeTool = async (name: string, body: string): Promise<string> => {
  const folder = path.join(stack.workspace, '.everturn', 'tools');
  const file = path.join(folder, `${name}.ts`);
  await mkdir(folder, { recursive: true });
  await writeFile(file, body);
  onTestFinished(() => rm(file, { force: true }));
  return file;
};

const toolText = (name: string, words: string): string => `
import { defineTool, z } from 'everturn/tools';
export default defineTool({
  name: '${name}', description: '${words}', permission: 'read', effect: 'pure',
  input: z.object({ text: z.string() }),
  run: ({ text }: { text: string }) => ({ shouted: text.toUpperCase() }),
});`;

const offers = async (name: string): Promise<true | false> => extensions.tools().some((tool) => tool.name === name);

describe('servers', () => {
  test('over standard input and output and over HTTP answer in one turn', async () => {
    const key = randomUUID();
    stack.model.script(
      [
        calls(
          { name: 'local__echo', arguments: { message: 'near' } },
          { name: 'remote__echo', arguments: { message: 'far' } },
        ),
        calls({ name: 'local__get-sum', arguments: { a: 2, b: 3 } }),
        { reply: { text: 'Done.' } },
      ],
      key,
    );
    const id = await converse(key);
    const { status, view } = await settled(stack, id, 1);
    expect(status).toBe('completed');
    const results = view.chunks.flatMap(({ body }) =>
      body.kind === 'tool_result' ? [`${body.tool} ${body.status}: ${body.text}`] : [],
    );
    expect(results).toEqual([
      'local__echo ok: Echo: near',
      'remote__echo ok: Echo: far',
      'local__get-sum ok: The sum of 2 and 3 is 5.',
    ]);
  });

  test('a call of theirs asks a person; a rule of the configuration spares it', async () => {
    const key = randomUUID();
    stack.model.script(
      [
        calls(
          { name: 'local__get-sum', arguments: { a: 1, b: 1 } },
          { name: 'local__echo', arguments: { message: 'asked' } },
        ),
        { reply: { text: 'Done.' } },
      ],
      key,
    );
    const id = await converse(key, []);
    const approval = await until('the question', async () => (await stack.api.getSession(id)).view.approvals[0]);
    expect(approval).toMatchObject({ tool: 'local__echo', arguments: '{"message":"asked"}' });
    await stack.api.answerApproval(approval.id, { decision: 'approve' });
    const { view } = await settled(stack, id, 1);
    expect(JSON.stringify(view.chunks)).toContain('Echo: asked');
  });

  test('are listed with their tools, resources and prompts, and with what is wrong', async () => {
    const { builtIn, sources } = await stack.api.listTools();
    expect(builtIn.map(({ name }) => name)).toContain('read_file');
    const [local, missing] = ['local', 'missing'].map((name) => sources.find((source) => source.name === name));
    expect(local?.offers.tools.map(({ name }) => name)).toContain('local__echo');
    expect(local?.offers.resources.length).toBeGreaterThan(0);
    expect(local?.offers.prompts.length).toBeGreaterThan(0);
    expect(missing?.fault).toMatch(/^command not found: "no-such-server" in /);
  });

  test('over HTTP that were restarted are greeted anew, and the call is made', async () => {
    const key = randomUUID();
    httpServer.kill('SIGKILL');
    await startHttp();
    stack.model.script(
      [calls({ name: 'remote__echo', arguments: { message: 'again' } }), { reply: { text: 'Done.' } }],
      key,
    );
    const { view } = await settled(stack, await converse(key), 1);
    expect(view.chunks.flatMap(({ body }) => (body.kind === 'tool_result' ? [body.text] : []))).toEqual([
      'Echo: again',
    ]);
  });

  test('have resources that an agent lists and reads', async () => {
    const key = randomUUID();
    const { sources } = await stack.api.listTools();
    const uri = sources.find(({ name }) => name === 'local')?.offers.resources[0]?.uri ?? '';
    stack.model.script(
      [
        calls({ name: 'mcp_resource', arguments: {} }, { name: 'mcp_resource', arguments: { server: 'local', uri } }),
        { reply: { text: 'Done.' } },
      ],
      key,
    );
    const { view } = await settled(stack, await converse(key), 1);
    const [list, read] = view.chunks.flatMap(({ body }) => (body.kind === 'tool_result' ? [body] : []));
    expect(list?.text).toContain(uri);
    expect(read?.text).toContain(`[Resource ${uri}]`);
  });
});

describe('a tool in TypeScript', () => {
  test('is used in a turn; one that comes later begins a declared epoch, and the session is told', async () => {
    await writeTool('shout', toolText('shout', 'Makes a text loud'));
    await until('the tool', () => offers('shout'));
    const key = randomUUID();
    stack.model.script(
      [
        calls({ name: 'shout', arguments: { text: 'hello' } }),
        { expect: { last: { content: '{"shouted":"HELLO"}' } }, reply: { text: 'HELLO' } },
        { reply: { text: 'Later.' } },
      ],
      key,
    );
    const id = await converse(key, []);
    await settled(stack, id, 1);
    await writeTool('whisper', toolText('whisper', 'Makes a text quiet'));
    await until('the second tool', () => offers('whisper'));
    await stack.api.sendMessage(id, { text: 'And now?' });
    const { view } = await settled(stack, id, 2);
    const told = view.chunks.flatMap(({ body }) => (body.kind === 'system' ? [`${body.label}: ${body.text}`] : []));
    expect(told).toEqual(['tools-changed: The tools changed: new: whisper.']);
    const last = stack.model
      .requests(key)
      .at(-1)
      ?.body.tools?.map(({ function: { name } }) => name);
    expect(last).toContain('whisper');
    const rows = await stack.store.database.query<{ prefix: Prefix }>(
      `SELECT attributes -> 'prefix' AS prefix FROM spans WHERE session_id = $1 AND turn = 2 AND kind = 'model'`,
      [id],
    );
    expect(rows[0]?.prefix.break).toMatchObject({ part: 'tools', reason: 'tools', declared: true });
  });

  test('is not loaded from a project that nobody has trusted', async () => {
    const look = () => ({ whole: false, knows: () => false });
    await writeTool(
      'wild',
      `${toolText('wild', 'Is wild')}\nawait import('node:fs').then((fs) => fs.writeFileSync('wild.txt', ''));`,
    );
    const distrusting = await openExtensions({
      store: stack.store,
      project: stack.workspace,
      home: path.join(stack.workspace, 'home'),
      look,
      confinement: openUnconfined(null),
      workerId: 'other',
      log: stack.log,
      config: { mcp: {} },
      source: {},
    });
    onTestFinished(() => distrusting.close());
    expect(distrusting.tools().map(({ name }) => name)).not.toContain('wild');
  });
});

describe('everturn mcp', () => {
  test('lets a client of the SDK start, watch, answer and cancel', async () => {
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [main, 'mcp'],
        env: { EVERTURN_API_URL: stack.baseUrl, EVERTURN_TOKEN: stack.token },
      }),
    );
    onTestFinished(() => client.close());
    const ask = async (name: string, args: Record<string, unknown> = {}) => {
      const { content, isError } = (await client.callTool({ name, arguments: args })) as {
        content: { text: string }[];
        isError?: boolean;
      };
      const [text] = content.map((part) => part.text);
      return isError ? text : JSON.parse(text ?? '');
    };
    expect((await client.listTools()).tools.map(({ name }) => name).toSorted()).toEqual([
      'answer_approval',
      'cancel_run',
      'cancel_session',
      'list_approvals',
      'list_definitions',
      'list_runs',
      'list_sessions',
      'read_session',
      'send_message',
      'start_run',
      'start_session',
      'watch_run',
      'watch_session',
    ]);
    const key = randomUUID();
    stack.model.script(
      [
        { reply: { toolCalls: [{ name: 'local__echo', arguments: { message: 'from outside' } }] } },
        { reply: { text: 'It echoed.' } },
        { pauseAfter: { pieces: 0, gate: key }, times: { min: 0, max: 5 }, reply: { text: 'never' } },
      ],
      key,
    );
    const asked = await ask('start_session', { text: key, workspace: stack.workspace });
    expect(asked).toMatchObject({ state: 'waits for approval', approvals: [{ tool: 'local__echo' }] });
    expect(JSON.stringify(await ask('list_approvals'))).toContain('from outside');
    await ask('answer_approval', { id: asked.approvals[0].id, decision: 'approve' });
    expect(await ask('watch_session', { session: asked.session })).toMatchObject({
      state: 'idle',
      outcome: 'completed',
      reply: 'It echoed.',
    });
    expect(await ask('send_message', { session: asked.session, text: 'Again', seconds: 0.2 })).toMatchObject({
      state: 'works',
      reply: null,
    });
    await ask('cancel_session', { session: asked.session });
    expect(await ask('watch_session', { session: asked.session })).toMatchObject({
      state: 'idle',
      outcome: 'cancelled',
    });
    expect(JSON.stringify(await ask('read_session', { session: asked.session }))).toContain('Echo: from outside');
    expect(await ask('watch_session', { session: 's_none' })).toContain('session_not_found: ');
    expect(await ask('start_run', { name: 'no-such-flow' })).toMatch(
      /^flow_not_found: Cannot start "no-such-flow": no flow or script has this name; there are /,
    );
  });
});
