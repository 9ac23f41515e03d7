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
import type { Approval } from '../contracts/approvals.ts';
import { McpServers } from '../contracts/mcp.ts';
import type { Prefix } from '../contracts/prefix.ts';
import { type Extensions, openExtensions } from '../worker/tools/extensions.ts';
import type { RunningWorker } from '../worker/worker.ts';
import { settled } from './support/conversation.ts';
import { finished, startScriptOf } from './support/scripts.ts';
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
let worker: RunningWorker;
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
        local: {
          command: [process.execPath, everything, 'stdio'],
          tools: { 'get-sum': { permission: 'read' }, 'trigger-elicitation-request': { effect: 'idempotent' } },
        },
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
  [worker] = await Promise.all([stack.startWorker({ extensions }), stack.startScriptWorker()]);
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
    // Both only read, so that either may end first.
    const texts = view.chunks.flatMap(({ body }) => (body.kind === 'tool_result' ? [body.text] : []));
    expect(texts).toHaveLength(2);
    expect(texts).toContainEqual(expect.stringContaining(`local: ${uri} (`));
    expect(texts).toContainEqual(expect.stringContaining(`[Resource ${uri}]`));
  });
});

describe('a server that asks in the middle of a call', () => {
  const asked = (id: string): Promise<Approval> =>
    until('the question', async () => (await stack.api.getSession(id)).view.approvals[0]);
  const results = ({ view }: Awaited<ReturnType<typeof settled>>): string[] =>
    view.chunks.flatMap(({ body }) => (body.kind === 'tool_result' ? [`${body.status}: ${body.text}`] : []));

  test('asks a person, question by question; an answer that does not fit is asked for again', async () => {
    const key = randomUUID();
    stack.model.script(
      [calls({ name: 'local__trigger-elicitation-request', arguments: {} }), { reply: { text: 'Done.' } }],
      key,
    );
    const id = await converse(key);
    const said: string[] = [];
    const replies: [RegExp, unknown, unknown?][] = [
      [/Your full, legal name/, 'Ada Lovelace'],
      [/Agree to the terms/, 'yes'],
      [/email address/, 'nobody', 'ada@example.com'],
      [/favorite integer/, 'many', '7'],
      [/favorite type of pet/, 'Dogs'],
      [/favorite instruments/, ['Piano', 'Bass']],
    ];
    while ((await stack.api.getSession(id)).view.turns[1]?.status === 'running') {
      const [approval] = (await stack.api.getSession(id)).view.approvals;
      if (!approval?.question || said.includes(approval.id)) continue;
      const { question, kind, choices } = approval.question;
      const [, first, second] = replies.find(([words]) => words.test(question)) ?? [];
      const given = /does not fit/.test(question) ? second : first;
      const leftOut = kind === 'text' ? '-' : kind === 'choices' ? ['(leave out)'] : '(leave out)';
      expect(choices.length === 0).toBe(kind === 'text');
      said.push(approval.id);
      await stack.api.answerApproval(approval.id, { decision: 'approve', fields: { answer: given ?? leftOut } });
    }
    const [result = ''] = results(await settled(stack, id, 1));
    expect(result).toContain('User provided the requested information');
    for (const line of ['Name: Ada Lovelace', 'Agreed to terms: true', 'Email: ada@example.com', 'Favorite Integer: 7'])
      expect(result).toContain(line);
    expect(result).toContain('"legacyTitledEnum": "pet-2"');
    expect(result).toMatch(/"untitledMultipleSelectEnum": \[\s*"Piano",\s*"Bass"/);
    expect(result).not.toContain('homepage');
    expect(said).toHaveLength(15);
  }, 60_000);

  test('is told when the person declines, and the session goes on', async () => {
    const key = randomUUID();
    stack.model.script(
      [calls({ name: 'local__trigger-elicitation-request', arguments: {} }), { reply: { text: 'Done.' } }],
      key,
    );
    const id = await converse(key);
    const { id: question } = await asked(id);
    await stack.api.answerApproval(question, { decision: 'deny' });
    expect(results(await settled(stack, id, 1))[0]).toContain('User declined');
    expect((await stack.api.getApproval(question)).status).toBe('answered');
    await expect(stack.api.answerApproval(question, { decision: 'approve', late: true })).rejects.toMatchObject({
      code: 'approval_answered',
    });
  });

  test('asks the model of the session: once a person allows it, and with a usage record of its own', async () => {
    const [key, other] = [randomUUID(), randomUUID()];
    const sampling = calls({ name: 'local__trigger-sampling-request', arguments: { prompt: other, maxTokens: 50 } });
    stack.model.script([sampling, sampling, { reply: { text: 'Done.' } }], key);
    stack.model.script([{ times: { min: 2, max: 2 }, reply: { text: 'Sampled words.' } }], other);
    const id = await converse(key);
    const approval = await asked(id);
    expect(approval).toMatchObject({
      tool: 'mcp_sampling.local',
      about: "The MCP server local asks to have the session's model answer this",
    });
    expect(JSON.parse(approval.arguments)).toMatchObject({ system: 'You are a helpful test server.', maxTokens: 50 });
    expect(stack.model.requests(other)).toHaveLength(0);
    await stack.api.answerApproval(approval.id, { decision: 'approve', remember: { scope: 'session' } });
    const ended = await settled(stack, id, 1);
    expect(results(ended).every((text) => text.includes('Sampled words.'))).toBe(true);
    expect(stack.model.requests(other)[0]?.body).toMatchObject({ max_tokens: 50 });
    // Three steps and two samples; the conversation is as long as its last step.
    const usage = await stack.api.getUsage(id);
    expect(usage.requests).toBe(5);
    const rows = await stack.store.database.query<{ purpose: string | null }>(
      `SELECT body ->> 'purpose' AS purpose FROM chunks WHERE session_id = $1 AND kind = 'usage' ORDER BY seq`,
      [id],
    );
    expect(rows.map(({ purpose }) => purpose)).toEqual([null, 'sampling', null, 'sampling', null]);
  });

  test('is refused by a rule, and reads none of its words', async () => {
    const key = randomUUID();
    stack.model.script(
      [
        calls({ name: 'local__trigger-sampling-request', arguments: { prompt: 'x', maxTokens: 5 } }),
        { reply: { text: 'Done.' } },
      ],
      key,
    );
    const { id } = await stack.api.createSession({ workspace: stack.workspace, allow: ['run'] });
    await stack.api.addPermission({
      session: id,
      rule: { decision: 'deny', tool: 'mcp_sampling.*', reason: 'costs too much' },
    });
    await stack.api.sendMessage(id, { text: key });
    const [result] = results(await settled(stack, id, 1));
    expect(result).toContain('The request was not answered');
    expect(result).not.toContain('costs too much');
  });

  test('waits through the loss of a worker where its call may run again; else the call ends, and the question with it', async () => {
    const [again, once] = [randomUUID(), randomUUID()];
    const asking = (server: string) => calls({ name: `${server}__trigger-elicitation-request`, arguments: {} });
    stack.model.script([asking('local'), { reply: { text: 'Done.' } }], again);
    stack.model.script([asking('remote'), { reply: { text: 'Done.' } }], once);
    const sessions = [await converse(again), await converse(once)] as const;
    const [kept, closed] = [await asked(sessions[0]), await asked(sessions[1])];
    await worker.stop();
    worker = await stack.startWorker({ extensions });
    const ended = await settled(stack, sessions[1], 1);
    expect(results(ended)[0]).toMatch(/^interrupted: Interrupted, outcome unknown/);
    expect((await stack.api.getApproval(closed.id)).status).toBe('closed');
    expect((await asked(sessions[0])).id).toBe(kept.id);
    await stack.api.answerApproval(kept.id, { decision: 'approve', fields: { answer: 'Ada' } });
    const next = await until('the next question', async () => {
      const question = await asked(sessions[0]);
      return question.id === kept.id ? undefined : question;
    });
    expect(next.question?.question).toContain('(2 of 13)');
    await stack.api.answerApproval(next.id, { decision: 'deny' });
    expect(results(await settled(stack, sessions[0], 1))[0]).toContain('User declined');
  }, 60_000);

  test('whose call is cancelled while it asks leaves no question behind', async () => {
    const key = randomUUID();
    stack.model.script([calls({ name: 'local__trigger-elicitation-request', arguments: {} })], key);
    const id = await converse(key);
    const { id: question } = await asked(id);
    await stack.api.cancelTurn(id);
    await settled(stack, id, 1);
    expect((await stack.api.getApproval(question)).status).toBe('closed');
    expect((await stack.api.listApprovals()).approvals.filter(({ sessionId }) => sessionId === id)).toEqual([]);
  });
});

describe('a script', () => {
  test("calls tools of servers and of one's own, and gives them to its agents", async () => {
    await writeTool('murmur', toolText('murmur', 'Makes a text soft'));
    await until('the tool', () => offers('murmur'));
    const key = randomUUID();
    stack.model.script(
      [
        calls({ name: 'local__get-sum', arguments: { a: 4, b: 5 } }, { name: 'murmur', arguments: { text: 'agent' } }),
        { reply: { text: 'Nine.' } },
      ],
      key,
    );
    const id = await startScriptOf(
      stack,
      `const failure = (promise) => promise.then(() => 'none', (error) => error.message);
       const sum = await tool('local__get-sum', { a: 2, b: 3 });
       const loud = await tool('murmur', { text: 'script' });
       const asked = await tool('local__echo', { message: 'asked' });
       const reply = await agent('${key}', { tools: ['local__*', 'murmur'] });
       const missing = await failure(tool('local__no-such', {}));
       const unknown = await failure(agent('x', { tools: ['nobody__*'] }));
       return { sum, loud, asked, reply, missing, unknown };`,
    );
    const approval = await until('the question of the script', async () =>
      (await stack.api.listApprovals()).approvals.find(({ tool }) => tool === 'local__echo'),
    );
    await stack.api.answerApproval(approval.id, { decision: 'approve' });
    const { output } = await finished(stack, id);
    expect(output).toMatchObject({
      sum: 'The sum of 2 and 3 is 5.',
      loud: '{"shouted":"SCRIPT"}',
      asked: 'Echo: asked',
      reply: 'Nine.',
      missing: expect.stringContaining('there is no such tool; nearest are local__'),
      unknown: expect.stringContaining('there is no tool "nobody__*"'),
    });
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
