import { createInterface } from 'node:readline';

/** An MCP server on standard input and output that misbehaves as its argument says. Made without the SDK, which would not. */
const [, , mode = 'fine', extra = ''] = process.argv;

type Message = {
  id?: number | string;
  method?: string;
  result?: unknown;
  error?: unknown;
  params?: {
    name?: string;
    arguments?: Record<string, unknown>;
    cursor?: string;
    task?: unknown;
    taskId?: string;
    _meta?: { progressToken?: number };
  };
};

const send = (value: object): void => void process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...value })}\n`);
const changed = { method: 'notifications/tools/list_changed' };
const tool = (name: string, rest: object = {}) => ({
  name,
  description: `Does ${name}`,
  inputSchema: { type: 'object' },
  ...rest,
});

const recursive = { type: 'object', properties: { child: { $ref: '#' } } };
const deep = (levels: number): object =>
  levels === 0 ? { type: 'string' } : { type: 'object', properties: { a: deep(levels - 1) } };

const lists: Record<string, unknown[]> = {
  fine: [
    tool('echo', { inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] } }),
  ],
  schemas: [
    tool('good'),
    tool('recursive', { inputSchema: recursive }),
    tool('no_type', { inputSchema: {} }),
    tool('not_valid', { inputSchema: { type: 'object', properties: { a: { type: 'texty' } } } }),
    tool('is_list', { inputSchema: { type: 'array' } }),
    tool('is_text', { inputSchema: 'object' }),
    tool('enormous', { inputSchema: { type: 'object', description: 'x'.repeat(100_000) } }),
    tool('deep', { inputSchema: deep(60) }),
    tool('bad_pattern', { inputSchema: { type: 'object', properties: { a: { type: 'string', pattern: '(' } } } }),
    tool('twice'),
    tool('twice'),
    { description: 'has no name' },
    null,
    tool('hidden\u200b\u202eorders', { description: `Reads\u{e0041}\u{e0042} a file\u200b` }),
    tool('a/b'),
    tool('a.b'),
    tool('x'.repeat(100)),
    tool('odd_output', { outputSchema: { description: 'of no type' } }),
  ],
};

const statuses = new Map<string, string>();
const answers = new Map<string, (answer: unknown) => unknown>();
let calls = 0;
let lookups = 0;
const toolsNow = (): unknown[] => {
  lookups += 1;
  if (mode === 'renames' && calls > 0) return [tool('second')];
  if (mode === 'renames') return [tool('first')];
  if (mode === 'tasks')
    return [
      tool('statuses'),
      ...['done', 'fails', 'slow'].map((name) => tool(name, { execution: { taskSupport: 'required' } })),
    ];
  return lists[mode] ?? [tool('work', mode === 'retries' ? { annotations: { readOnlyHint: true } } : {})];
};

const text = (words: string) => ({ content: [{ type: 'text', text: words }] });

const onCall = ({ id, params }: Message): unknown => {
  calls += 1;
  const reply = (result: object): void => send({ id, result });
  if (mode === 'hangs') return undefined;
  if (mode === 'dies') {
    process.stderr.write('I cannot go on\n');
    process.exit(7);
  }
  if (mode === 'big')
    return void process.stdout.write(
      `{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":"${'x'.repeat(100_000_000)}"}]}}\n`,
    );
  if (mode === 'long') return reply(text(`${'a'.repeat(60_000)}${'z'.repeat(60_000)}`));
  if (mode === 'endless') {
    const more = (): void => {
      while (process.stdout.write(`${'x'.repeat(65_536)}`));
      process.stdout.once('drain', more);
    };
    return more();
  }
  if (mode === 'storm') {
    const more = (): void => {
      for (let count = 0; count < 1000; count += 1)
        send({ method: 'notifications/message', params: { level: 'info', data: 'x' } });
      setImmediate(more);
    };
    return more();
  }
  if (mode === 'wrong') return reply({ content: 'text', isError: 'no' });
  if (mode === 'error') return send({ id, error: { code: -32603, message: 'The cat is on the\u0007 server' } });
  if (mode === 'renames') {
    reply(text(`called ${params?.name}`));
    for (let count = 0; count < 500; count += 1) send(changed);
    return undefined;
  }
  if (mode === 'images') {
    const image = (data: string) => ({ type: 'image', mimeType: 'image/png', data });
    return reply({ content: [image(Buffer.alloc(70).toString('base64')), image('AAAA')] });
  }
  if (mode === 'goes-on') {
    const { progressToken } = params?._meta ?? {};
    let progress = 0;
    const timer = setInterval(() => {
      progress += 1;
      send({ method: 'notifications/progress', params: { progressToken, progress, total: 6 } });
      if (progress < 6) return;
      clearInterval(timer);
      reply(text('done'));
    }, 250);
    return undefined;
  }
  if (mode === 'asks') {
    // What it is asked to ask, while the call runs; with `late` after that.
    const { method, ask, late } = params?.arguments ?? {};
    const question = { id: `ask-${id}`, method, params: ask };
    if (late === true) {
      reply(text('asked later'));
      return void setTimeout(() => send(question), 100);
    }
    answers.set(question.id, (answer) => reply(text(JSON.stringify(answer))));
    return send(question);
  }
  if (mode === 'roots') {
    answers.set('roots', (answer) => reply(text(JSON.stringify(answer))));
    return send({ id: 'roots', method: 'roots/list' });
  }
  if (mode === 'tasks' && params?.name === 'statuses') return reply(text(JSON.stringify([...statuses])));
  if (mode === 'tasks') {
    if (params?.task === undefined)
      return send({
        id,
        error: { code: -32601, message: 'This tool requires task augmentation (taskSupport: required)' },
      });
    const taskId = `task-${calls}-${params.name}`;
    statuses.set(taskId, 'working');
    if (params.name !== 'slow')
      setTimeout(() => statuses.set(taskId, params.name === 'fails' ? 'failed' : 'completed'), 1500);
    return reply({ task: { taskId, status: 'working', ttl: null, pollInterval: 100 } });
  }
  if (mode === 'environment') return reply(text(JSON.stringify(process.env)));
  return reply(text(mode === 'fine' ? String(params?.arguments?.text) : `call ${calls} of process ${process.pid}`));
};

const onMessage = (message: Message): unknown => {
  const { id, method, params } = message;
  if (method === undefined && id !== undefined) {
    const answer = message.result ?? message.error;
    return answers.get(String(id))?.(answer) ?? process.stderr.write(`${JSON.stringify(answer)}\n`);
  }
  if (id === undefined) return undefined;
  if (method === 'initialize') {
    if (mode === 'mute') return undefined;
    if (mode === 'refuses') return send({ id, error: { code: Number(extra), message: `No: ${'x'.repeat(10)}` } });
    const serverInfo = { name: `hostile-${mode}`, version: '1' };
    const tasks = mode === 'tasks' ? { tasks: { requests: { tools: { call: {} } } } } : {};
    return send({
      id,
      result: { protocolVersion: '2025-06-18', capabilities: { tools: { listChanged: true }, ...tasks }, serverInfo },
    });
  }
  if (method === 'tools/list') {
    if (mode === 'pages')
      return send({ id, result: { tools: [tool(`page_${lookups++}`)], nextCursor: params?.cursor ?? 'again' } });
    return send({ id, result: { tools: toolsNow() } });
  }
  if (method === 'tools/call') return onCall(message);
  const taskId = params?.taskId ?? '';
  const status = statuses.get(taskId);
  if (method === 'tasks/get') return send({ id, result: { taskId, status, ttl: null, pollInterval: 100 } });
  if (method === 'tasks/result')
    return send({ id, result: { ...text(`${taskId} ${status}`), isError: status === 'failed' } });
  if (method === 'tasks/cancel') {
    statuses.set(taskId, 'cancelled');
    return send({ id, result: { taskId, status: 'cancelled', ttl: null } });
  }
  return method === 'ping' && mode !== 'hangs' ? send({ id, result: {} }) : undefined;
};

if (mode === 'noise') process.stdout.write('Server is listening…\n{"not":"ours"}\n[1,2\n');
if (mode === 'shouts') {
  const more = (): void => {
    while (process.stderr.write('x'.repeat(65_536)));
    process.stderr.once('drain', more);
  };
  more();
}
if (mode === 'stays') {
  process.on('SIGTERM', () => undefined);
  setInterval(() => undefined, 1000);
}
if (mode === 'ends') {
  process.stderr.write(`No such licence: ${extra}\n`);
  process.exit(3);
}
createInterface({ input: process.stdin }).on('line', (line) => onMessage(JSON.parse(line) as Message));
