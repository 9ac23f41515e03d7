import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { attachmentLimits } from '../../../contracts/attachment-limits.ts';
import type { Attachment } from '../../../contracts/attachments.ts';
import { EverturnError } from '../../../contracts/errors.ts';
import { McpServer } from '../../../contracts/mcp.ts';
import { noOffers, type Offers } from '../../../contracts/tool-sources.ts';
import { eventually } from '../../../test/support/until.ts';
import { openUnconfined } from '../confine/tracked.ts';
import { isRunning, temporaryFolder, testContext } from '../test-context.ts';
import type { ToolResult } from '../tool.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import { keepServer } from './keep-server.ts';
import { createMcpTool } from './mcp-tool.ts';

const script = path.join(import.meta.dirname, '..', '..', '..', 'test', 'hostile', 'mcp-server.ts');

type Options = {
  extra?: string;
  roots?: string[];
  seconds?: number;
  startSeconds?: number;
  env?: Record<string, string>;
  effect?: 'pure' | 'once';
};

/** A server that misbehaves, kept as a worker keeps it. */
const hostile = async (mode: string, { effect = 'once', extra = 'x', ...options }: Options = {}) => {
  const project = await temporaryFolder();
  const config = McpServer.parse({
    command: [process.execPath, script, mode, extra],
    tools: { '*': { effect } },
    ...options,
  });
  const seen: Offers[] = [];
  const faults: string[] = [];
  const kept = keepServer(
    {
      name: 'bad',
      config,
      project,
      environment: {
        confinement: openUnconfined(null),
        base: { PATH: process.env.PATH ?? '' },
        value: () => undefined,
      },
    },
    {
      offered: async (offers) => void seen.push(offers),
      failed: async (fault) => void faults.push(fault),
    },
  );
  onTestFinished(() => kept.close());
  await kept.asked;
  const offers = (): Offers => seen.at(-1) ?? noOffers;
  return {
    kept,
    faults,
    seen,
    offers,
    async call(
      own: string,
      args: Record<string, unknown> = {},
      signal = new AbortController().signal,
    ): Promise<ToolResult> {
      const described = offers().tools.find((tool) => tool.own === own);
      if (!described) throw new Error(`There is no tool ${own}`);
      return await createMcpTool(described, 'bad', config.seconds, kept).run(args, await testContext({ signal }));
    },
  };
};

test('a server works, and its tools have its name', async () => {
  const { offers, call } = await hostile('fine');
  expect(offers()).toMatchObject({
    software: 'hostile-fine 1',
    tools: [{ name: 'bad__echo', own: 'echo', permission: 'run', effect: 'once' }],
  });
  expect(await call('echo', { text: 'hello' })).toEqual({ status: 'ok', text: 'hello' });
  await expect(call('echo', { text: 1 })).rejects.toThrow('Cannot call bad__echo: arguments.text: must be string');
});

test('each tool with a bad schema is left out with its fault, and the others stay', async () => {
  const { offers } = await hostile('schemas');
  expect(
    offers()
      .tools.map(({ own }) => own)
      .toSorted(),
  ).toEqual(
    [
      'good',
      'recursive',
      'no_type',
      'twice',
      'hidden\u200b\u202eorders',
      'a/b',
      'a.b',
      'x'.repeat(100),
      'odd_output',
    ].toSorted(),
  );
  const hidden = offers().tools.find(({ own }) => own.startsWith('hidden'));
  expect(hidden?.description).toBe('Reads a file');
  expect(Object.fromEntries(offers().faults.map(({ tool, message }) => [tool, message]))).toEqual({
    not_valid: expect.stringContaining(
      'its input schema is not valid at "properties.a.type": must be equal to one of the allowed values',
    ),
    is_list: 'its input schema is of type "array", not "object"',
    'number 6': 'it has no name, or its description or schema is of the wrong type',
    enormous: 'its input schema has 100.0 kB, more than 64.0 kB',
    deep: 'its input schema is nested more than 40 deep',
    bad_pattern: expect.stringContaining('its input schema is not valid at "properties.a.pattern"'),
    twice: 'the server lists another tool with this name',
    'number 12': 'it has no name, or its description or schema is of the wrong type',
    'number 13': 'it has no name, or its description or schema is of the wrong type',
  });
});

test('a tool that runs as a task alone is run as one, however long it works', async () => {
  const { call } = await hostile('tasks', { seconds: 1 });
  expect(await call('done')).toEqual({ status: 'ok', text: 'task-1-done completed' });
  expect(await call('fails')).toEqual({ status: 'error', text: 'task-2-fails failed' });
});

test('a task that is cancelled is cancelled on the server', async () => {
  const { call } = await hostile('tasks');
  const cancel = new AbortController();
  const calling = call('slow', {}, cancel.signal);
  await eventually(async () => expect((await call('statuses')).text).toContain('working'));
  cancel.abort(new Error('enough'));
  await expect(calling).rejects.toThrow('enough');
  expect((await call('statuses')).text).toMatch(/^\[\["task-\d+-slow","cancelled"\]\]$/);
});

// Reports of users of other tools: a server gave up the folders of its command line for roots that nobody had asked for.
test('a server is told the roots that the configuration names', async () => {
  const { call } = await hostile('roots');
  expect(JSON.parse((await call('work')).text)).toMatchObject({ code: -32601 });
  const told = await hostile('roots', { roots: ['.', '/srv/docs'] });
  expect(JSON.parse((await told.call('work')).text)).toMatchObject({
    roots: [{ uri: expect.stringMatching(/^file:/) }, { uri: 'file:///srv/docs', name: 'docs' }],
  });
});

test('a list without an end ends', async () => {
  const { offers } = await hostile('pages');
  expect(offers().tools.length).toBe(2);
});

test('lines that are not of the protocol are left alone', async () => {
  const { call } = await hostile('noise');
  expect((await call('work')).text).toContain('call 1 of process');
});

test('a call that hangs is timed out, and a server that answers nothing is started again', async () => {
  const { call, kept } = await hostile('hangs', { seconds: 0.3 });
  expect(await call('work')).toEqual({
    status: 'error',
    text: 'Cannot call work of the MCP server bad: it took longer than 0.3 s; whether it took effect is unknown, so check before you repeat it',
  });
  await kept.doubt();
  expect((await call('work')).text).toContain('longer than 0.3 s');
});

// Reports of users of other clients: calls were given up after a minute though their server said that they go on.
test('a call whose server says that it goes on is not given up', async () => {
  const { call } = await hostile('goes-on', { seconds: 0.7 });
  expect(await call('work')).toEqual({ status: 'ok', text: 'done' });
});

test('a call that is cancelled ends at once', async () => {
  const { call } = await hostile('hangs');
  const cancel = new AbortController();
  const calling = call('work', {}, cancel.signal);
  cancel.abort(new Error('Cancelled'));
  await expect(calling).rejects.toThrow('Cancelled');
});

test('a server that does not answer at its start is given up', async () => {
  const { faults } = await hostile('mute', { startSeconds: 0.3 });
  expect(faults[0]).toBe('it did not answer within 0.3 s');
});

test('a server that is still starting is ended at once with its worker', async () => {
  const project = await temporaryFolder();
  const environment = {
    confinement: openUnconfined(null),
    base: { PATH: process.env.PATH ?? '' },
    value: () => undefined,
  };
  const news = { offered: () => Promise.resolve(), failed: () => Promise.resolve() };
  const config = McpServer.parse({ command: [process.execPath, script, 'mute'], startSeconds: 600 });
  const kept = keepServer({ name: 'bad', config, project, environment }, news);
  await kept.close();
});

test.each([
  ['-32603', 'it refused to start: No: xxxxxxxxxx'],
  ['-32022', 'it speaks another version of MCP, not one of 2024-10-07 to 2025-11-25: No: xxxxxxxxxx'],
])('a server that answers the greeting with the error %s: its words are shown', async (code, words) => {
  const { faults } = await hostile('refuses', { extra: code });
  expect(faults[0]).toBe(words);
});

test('a server that ends at its start says why', async () => {
  const { faults, call } = await hostile('ends');
  expect(faults[0]).toBe('it ended with exit code 3; it said: No such licence: x');
  await expect(call('work')).rejects.toThrow('There is no tool work');
});

test('a server that dies in a call is started again; a call that may not be repeated is not', async () => {
  const { call } = await hostile('dies');
  for (const _ of [1, 2])
    expect((await call('work')).text).toBe(
      'Cannot call work of the MCP server bad: the server ended: it ended with exit code 7; it said: I cannot go on; whether it took effect is unknown, so check before you repeat it',
    );
});

test('an answer of 100 MB ends the server, not the worker', async () => {
  const before = process.memoryUsage().rss;
  const { call } = await hostile('big');
  expect((await call('work')).text).toContain('the server ended: it sent a message of more than 16 MB; whether');
  expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
  expect((await call('work')).text).toContain('the server ended');
});

test('a message without an end ends the server', async () => {
  const { call } = await hostile('endless');
  expect((await call('work')).text).toContain('the server ended');
});

test('a long answer keeps its beginning and its end', async () => {
  const { text } = await (await hostile('long')).call('work');
  expect(text.length).toBeLessThan(50_100);
  expect(text).toMatch(/^a+\n\[70000 characters left out\]\nz+$/);
});

test('a storm of notifications leaves time for others', async () => {
  const { call } = await hostile('storm', { seconds: 2 });
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 5);
  expect((await call('work')).status).toBe('error');
  clearInterval(timer);
  expect(turns).toBeGreaterThan(5);
});

test('endless words on standard error are read slowly and let the server work', async () => {
  const { call } = await hostile('shouts');
  expect((await call('work')).text).toContain('call 1');
});

test.each([
  ['wrong', 'Cannot call work of the MCP server bad: '],
  ['error', 'Cannot call work of the MCP server bad: The cat is on the server'],
])('an answer that is %s is an error that the model reads', async (mode, words) => {
  const { status, text } = await (await hostile(mode)).call('work');
  expect([status, text]).toEqual(['error', expect.stringContaining(words)]);
});

test('an image that is one is shown to the model, and another is named', async () => {
  const { offers, kept } = await hostile('images');
  const described = offers().tools[0];
  if (!described) throw new Error('There is no tool');
  const seen: number[] = [];
  const attachments = {
    limits: () => attachmentLimits,
    add: async (bytes: Uint8Array, name: string): Promise<Attachment> => {
      seen.push(bytes.length);
      if (bytes.length < 10) throw new EverturnError('attachment_refused', 'it is neither an image nor text');
      return {
        kind: 'image',
        attachmentId: 'a',
        name,
        mediaType: 'image/png',
        bytes: bytes.length,
        width: 1,
        height: 1,
      };
    },
  };
  const result = await createMcpTool(described, 'bad', 10, kept).run({}, await testContext({ attachments }));
  expect(seen).toEqual([70, 3]);
  expect(result.images?.map(({ name }) => name)).toEqual([`${described.name}-1`]);
  expect(result.text).toBe(
    '[Image: image/png, 70 bytes]\n[Image: image/png, 3 bytes]\n[Image 2 is not shown: it is neither an image nor text]',
  );
  expect((await createMcpTool(described, 'bad', 10, kept).run({}, await testContext())).images).toBeUndefined();
});

test('a change of the list is looked at once, however often it is said', async () => {
  const { call, seen, offers } = await hostile('renames');
  expect((await call('first')).text).toBe('called first');
  await eventually(() => expect(offers().tools.map(({ own }) => own)).toEqual(['second']));
  expect(seen.length).toBe(2);
});

test('a server sees what is declared, and nothing of the worker', async () => {
  vi.stubEnv('DATABASE_URL', 'postgres://secret');
  vi.stubEnv('DEEPSEEK_API_KEY', 'secret');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { call } = await hostile('environment', { env: { LEVEL: 'debug' } });
  const seen = JSON.parse((await call('work')).text) as Record<string, string>;
  expect(seen.LEVEL).toBe('debug');
  expect(Object.keys(seen).filter((name) => !['PATH', 'LEVEL', 'PWD', 'SHLVL', '_', 'OLDPWD'].includes(name))).toEqual(
    [],
  );
});

test.runIf(process.platform === 'linux')('a server that stays is ended', async () => {
  const stays = await hostile('stays');
  const pid = Number(/process (\d+)/.exec((await stays.call('work')).text)?.[1]);
  expect(isRunning(pid)).toBe(true);
  await stays.kept.close();
  expect(isRunning(pid)).toBe(false);
});

test('a program that is not there is named', async () => {
  const config = McpServer.parse({ command: ['no-such-server', '--fast'] });
  const faults: string[] = [];
  const project = await temporaryFolder();
  const environment = { confinement: openUnconfined(null), base: { PATH: '/nowhere' }, value: () => undefined };
  const news = { offered: async () => undefined, failed: async (fault: string) => void faults.push(fault) };
  const kept = keepServer({ name: 'bad', config, project, environment }, news);
  await kept.asked;
  await kept.close();
  expect(faults[0]).toBe(`command not found: "no-such-server" in ${project}`);
});

test('a variable that is not set is named', async () => {
  const config = McpServer.parse({ command: [process.execPath, script], envFrom: ['GITHUB_TOKEN'] });
  const faults: string[] = [];
  const environment = { confinement: openUnconfined(null), base: {}, value: () => undefined };
  const news = { offered: async () => undefined, failed: async (fault: string) => void faults.push(fault) };
  const kept = keepServer({ name: 'bad', config, project: await temporaryFolder(), environment }, news);
  await kept.asked;
  await kept.close();
  expect(faults[0]).toBe(
    'the environment variable GITHUB_TOKEN, which the MCP server bad needs, is not set; set it and start the stack again',
  );
});

test('an address is checked when it is connected to, unless the server is local', async () => {
  const { fetch, close } = createGuardedFetch({ local: false });
  const words = /is not a public address; set local: true for this server/;
  await expect(fetch('http://127.0.0.1:1/mcp')).rejects.toThrow(words);
  await expect(fetch('http://localhost:1/mcp')).rejects.toThrow(words);
  await expect(fetch('http://[::1]:1/mcp')).rejects.toThrow(words);
  close();
});

test('an answer over HTTP has the same bound', async () => {
  const http = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
      response.once('drain', more);
    };
    more();
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  const { fetch, close } = createGuardedFetch({ local: true });
  const response = await fetch(`http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`);
  await expect(response.text()).rejects.toThrow('it sent a message of more than 16 MB');
  close();
});

/** A server over HTTP that does with a call as it likes. */
const overHttp = async (
  answer: (response: ServerResponse, id: number) => void,
  effect: 'pure' | 'once' = 'once',
  isAway: () => boolean = () => false,
) => {
  let calls = 0;
  const tools = [{ name: 'pay', inputSchema: { type: 'object' } }];
  const http = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { id, method } = body === '' ? {} : JSON.parse(body);
    const json = (result: object): void => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
    };
    if (isAway()) response.writeHead(404).end();
    else if (method === 'initialize')
      json({ protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'x', version: '1' } });
    else if (method === 'tools/list') json({ tools });
    else if (method === 'ping') json({});
    else if (method === 'tools/call') {
      calls += 1;
      answer(response, id);
    } else response.writeHead(request.method === 'GET' ? 405 : 202).end();
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`;
  const config = McpServer.parse({ url, local: true, tools: { '*': { effect } } });
  let offers: Offers = noOffers;
  const environment = { confinement: openUnconfined(null), base: {}, value: () => undefined };
  const kept = keepServer(
    { name: 'shop', config, project: await temporaryFolder(), environment },
    {
      offered: async (offered) => {
        offers = offered;
      },
      failed: async () => undefined,
    },
  );
  onTestFinished(async () => {
    await kept.close();
    http.closeAllConnections();
    http.close();
  });
  await kept.asked;
  const [pay] = offers.tools;
  if (!pay) throw new Error('no tool');
  const call = async (): Promise<string> =>
    await createMcpTool(pay, 'shop', config.seconds, kept)
      .run({}, await testContext())
      .then(
        ({ text }) => text,
        (error: Error) => error.message,
      );
  return { call, calls: () => calls };
};

const unknown = '; whether it took effect is unknown, so check before you repeat it';

test.each<[string, (response: ServerResponse, id: number) => void, string]>([
  [
    'its connection is cut',
    (response) => response.socket?.destroy(),
    'the connection was lost before the answer (socket hang up)',
  ],
  [
    'its stream ends',
    (response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).end(': hello\n\n'),
    'the connection was lost before the answer',
  ],
  [
    'its stream is cut',
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n');
      setImmediate(() => response.socket?.destroy());
    },
    'the connection was lost before the answer',
  ],
  [
    'a gateway gives up',
    (response) => void response.writeHead(504).end('late'),
    'Streamable HTTP error: Error POSTing to endpoint: late',
  ],
])('a call over HTTP that may have run is not sent twice: %s', async (_, answer, words) => {
  const once = await overHttp(answer);
  expect(await once.call()).toContain(`${words}${unknown}`);
  expect(once.calls()).toBe(1);
  let isFirst = true;
  const again = await overHttp((response, id) => {
    if (isFirst) answer(response, id);
    else {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: 'paid' }] } }));
    }
    isFirst = false;
  }, 'pure');
  expect(await again.call()).toBe('paid');
  expect(again.calls()).toBe(2);
});

test('a server over HTTP that was away is reached again (mastra #19862)', async () => {
  let isAway = false;
  const { call } = await overHttp(
    (response, id) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: 'paid' }] } }));
    },
    'once',
    () => isAway,
  );
  expect(await call()).toBe('paid');
  isAway = true;
  expect(await call()).toContain('Cannot call pay of the MCP server shop: ');
  isAway = false;
  expect(await call()).toBe('paid');
});
