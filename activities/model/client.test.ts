import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeltaPart } from '../../contracts/events.ts';
import { createScriptedModel, type ScriptedModel, type ScriptedStep } from '../../test/support/scripted-model.ts';
import { createModelClient, type ModelRequest } from './client.ts';
import type { ModelClientOptions } from './connect.ts';

const key = 'sk-canary-0123456789';
let model: ScriptedModel;
beforeEach(async () => {
  model = await createScriptedModel();
});
afterEach(() => model.close());

const client = (options: Partial<ModelClientOptions> = {}) =>
  createModelClient({
    baseUrl: model.url,
    apiKey: key,
    apiKeyEnv: 'TEST_KEY',
    model: 'm1',
    timeoutMs: 5000,
    ...options,
  });

const ask = async (
  step: ScriptedStep,
  options: Partial<ModelClientOptions> = {},
  request: Partial<ModelRequest> = {},
) => {
  model.script([step]);
  const deltas: DeltaPart[] = [];
  const reply = await client(options).stream({
    messages: [{ role: 'user', content: 'hello' }],
    tools: [],
    signal: new AbortController().signal,
    onDelta: (parts) => deltas.push(...parts),
    ...request,
  });
  return { ...reply, deltas };
};

const event = (delta: unknown, finish: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason: finish }],
});
const piece = (index: number | undefined, rest: object) => event({ tool_calls: [{ index, ...rest }] });

describe('a reply', () => {
  it('has thinking, text and calls in the order of first appearance, as their deltas add up', async () => {
    const { bodies, deltas, finishReason, timeToFirstTokenMs, usage } = await ask({
      reply: {
        thinking: 'let me see',
        text: 'I read it.',
        toolCalls: [{ name: 'read_file', arguments: '{ "path": "a" }' }],
      },
    });
    expect(bodies).toEqual([
      { kind: 'thinking', text: 'let me see' },
      { kind: 'text', role: 'assistant', text: 'I read it.' },
      { kind: 'tool_call', callId: 'call_0', tool: 'read_file', arguments: '{ "path": "a" }' },
    ]);
    const grown = bodies.map((_, ordinal) => deltas.filter((part) => part.ordinal === ordinal));
    expect(grown.map((parts) => parts.map(({ text }) => text).join(''))).toEqual([
      'let me see',
      'I read it.',
      '{ "path": "a" }',
    ]);
    expect(grown[2]?.map(({ tool }) => tool)).toEqual(['read_file', undefined, undefined]);
    expect(finishReason).toBe('tool_calls');
    expect(timeToFirstTokenMs).toBeGreaterThan(0);
    expect(usage).toMatchObject({ cacheRead: 0, cost: null });
  });

  it('is asked for as one stream with usage, with the key, and without tools when there are none', async () => {
    await ask({});
    const [request] = model.requests();
    expect(request?.body).toEqual({
      model: 'm1',
      messages: [{ role: 'user', content: 'hello' }],
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(request?.headers.authorization).toBe(`Bearer ${key}`);
  });

  it('is asked for without any key when none is configured, whatever the environment holds', async () => {
    process.env.OPENAI_API_KEY = 'sk-of-another-provider';
    process.env.OPENAI_ORG_ID = 'org-secret';
    try {
      await ask({}, { apiKey: null });
    } finally {
      delete process.env.OPENAI_API_KEY;
      delete process.env.OPENAI_ORG_ID;
    }
    expect(model.requests()[0]?.headers).not.toHaveProperty('authorization');
    expect(model.requests()[0]?.headers).not.toHaveProperty('openai-organization');
  });

  it('puts interleaved pieces of calls together by their index', async () => {
    const { bodies } = await ask({
      reply: {
        events: [
          piece(0, { id: 'a', function: { name: 'one', arguments: '' } }),
          piece(1, { id: 'b', function: { name: 'two', arguments: '{"x"' } }),
          piece(0, { function: { arguments: '{"y":' } }),
          piece(1, { function: { arguments: ':1}' } }),
          piece(0, { function: { arguments: '2}' } }),
          event({}, 'tool_calls'),
        ],
      },
    });
    expect(bodies).toEqual([
      { kind: 'tool_call', callId: 'a', tool: 'one', arguments: '{"y":2}' },
      { kind: 'tool_call', callId: 'b', tool: 'two', arguments: '{"x":1}' },
    ]);
  });

  it.each([
    ['no index', undefined],
    ['the same index', 0],
  ])('tells calls apart by name and id when they carry %s', async (_, index) => {
    const { bodies } = await ask({
      reply: {
        events: [
          piece(index, { id: 'a', function: { name: 'one', arguments: '{' } }),
          piece(index, { id: 'a', function: { arguments: '}' } }),
          piece(index, { id: 'b', function: { name: 'two', arguments: '{"z":1}' } }),
          event({}, 'tool_calls'),
        ],
      },
    });
    expect(bodies).toMatchObject([
      { callId: 'a', arguments: '{}' },
      { callId: 'b', arguments: '{"z":1}' },
    ]);
  });

  it('derives ids for calls that have none or a double one', async () => {
    const { bodies } = await ask(
      {
        reply: {
          events: [
            piece(0, { function: { name: 'one', arguments: '{}' } }),
            piece(1, { id: 'same', function: { name: 'two', arguments: '{}' } }),
            piece(2, { id: 'same', function: { name: 'three', arguments: '{}' } }),
            piece(3, { id: 's_0', function: { name: 'four', arguments: '{}' } }),
            event({}, 'tool_calls'),
          ],
        },
      },
      {},
      { callIdPrefix: 's' },
    );
    const ids = bodies.map((body) => body.kind === 'tool_call' && body.callId);
    expect(ids).toEqual(['s_0_0', 'same', 's_2', 's_0']);
  });

  it('keeps malformed arguments as they are, and reads none as an empty object', async () => {
    const { bodies } = await ask({
      reply: {
        toolCalls: [
          { name: 'a', arguments: '{"path": oops' },
          { name: 'b', arguments: '' },
        ],
      },
    });
    expect(bodies).toMatchObject([{ arguments: '{"path": oops' }, { arguments: '{}' }]);
  });

  it('keeps what came when the length ran out, a cut call included', async () => {
    const { bodies, finishReason } = await ask({
      reply: {
        text: 'so',
        toolCalls: [
          { name: 'a', arguments: '{"path": "READ' },
          { name: 'b', arguments: '' },
        ],
        finishReason: 'length',
      },
    });
    expect(finishReason).toBe('length');
    expect(bodies).toMatchObject([{ text: 'so' }, { arguments: '{"path": "READ' }, { arguments: '' }]);
  });

  it('reads thinking of both spellings once', async () => {
    const { bodies } = await ask({
      reply: {
        events: [
          event({ reasoning: 'a' }),
          event({ reasoning: 'b', reasoning_content: 'b' }),
          event({ content: 'c' }, 'stop'),
        ],
      },
    });
    expect(bodies).toEqual([
      { kind: 'thinking', text: 'ab' },
      { kind: 'text', role: 'assistant', text: 'c' },
    ]);
  });

  it('takes the last usage reported, on whatever event, and its price', async () => {
    const { usage } = await ask(
      {
        reply: {
          events: [
            { ...event({ content: 'a' }), usage: { prompt_tokens: 1, completion_tokens: 1 } },
            {
              ...event({}, 'stop'),
              usage: {
                prompt_tokens: 1000,
                completion_tokens: 100,
                prompt_cache_hit_tokens: 600,
                prompt_cache_miss_tokens: 400,
              },
            },
          ],
        },
      },
      { price: { input: 1, output: 2, cacheRead: 0.1 } },
    );
    expect(usage).toEqual({ input: 1000, output: 100, cacheRead: 600, cacheWrite: 0, reasoning: 0, cost: 0.00066 });
  });

  it('is whole when the connection breaks after its last word: it was paid for', async () => {
    const { bodies, usage } = await ask({
      reply: { events: [event({ content: 'all' }), event({}, 'stop')] },
      cutAfter: 2,
    });
    expect(bodies).toEqual([{ kind: 'text', role: 'assistant', text: 'all' }]);
    expect(usage).toBeNull();
  });
});

describe('a failure', () => {
  it.each([
    [401, 'model_unauthorized', 'TEST_KEY'],
    [403, 'model_unauthorized', 'TEST_KEY'],
    [404, 'model_not_found', 'everturn.yaml'],
    [400, 'model_refused', 'another model'],
    [402, 'model_refused', 'credit'],
    [413, 'model_refused', 'everturn.yaml'],
    [422, 'model_refused', 'everturn.yaml'],
    [408, 'model_timeout', 'timeoutMs'],
    [429, 'model_rate_limited', 'Wait'],
    [500, 'model_unavailable', 'baseUrl'],
    [503, 'model_unavailable', 'baseUrl'],
  ])('of HTTP %i is %s and says what to do', async (status, code, advice) => {
    const message = `no good: ${key}`;
    const error = await ask({ status, error: { error: { message } } }).catch((caught: Error) => caught);
    expect(error).toMatchObject({ name: 'EverturnError', code, details: { status } });
    const text = (error as Error).message;
    for (const part of ['"m1"', model.url, `HTTP ${status}`, '"no good: [key]"', advice]) expect(text).toContain(part);
    expect(JSON.stringify([error, text, (error as Error).stack, (error as Error).cause])).not.toContain(key);
    expect(model.requests()).toHaveLength(1);
  });

  it('carries how long to wait', async () => {
    const failed = ask({ status: 429, headers: { 'retry-after': '7' } });
    await expect(failed).rejects.toMatchObject({ code: 'model_rate_limited', details: { retryAfterMs: 7000 } });
  });

  it('shortens what a provider says at length', async () => {
    const failed = await ask({ status: 500, error: 'x'.repeat(10_000) }).catch((error: Error) => error);
    expect((failed as Error).message.length).toBeLessThan(700);
  });

  it('of a server that is not there is model_unavailable', async () => {
    const gone = await createScriptedModel();
    await gone.close();
    const failed = ask({}, { baseUrl: gone.url });
    await expect(failed).rejects.toMatchObject({
      code: 'model_unavailable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it.each([0, 2])('of silence after %i pieces is model_timeout', async (pieces) => {
    const failed = ask(
      { reply: { text: 'one two three four' }, pauseAfter: { pieces, gate: 'never' } },
      { timeoutMs: 150 },
    );
    await expect(failed).rejects.toMatchObject({ code: 'model_timeout', message: expect.stringContaining('150 ms') });
    await expect.poll(() => model.requests()[0]?.outcome).toBe('aborted');
  });

  it('does not come from a slow stream that stays alive', async () => {
    const { bodies } = await ask({ reply: { text: 'a b c d e f g h i j', chunkDelayMs: 40 } }, { timeoutMs: 200 });
    expect(bodies).toMatchObject([{ text: 'a b c d e f g h i j' }]);
  });

  it.each([
    ['a broken connection', { cutAfter: 2 }],
    ['an end without a finish reason', { reply: { text: 'one two three', finishReason: null, usage: null } }],
  ])('of %s is model_stream_cut', async (_, step) => {
    await expect(ask({ reply: { text: 'one two three' }, ...step })).rejects.toMatchObject({
      code: 'model_stream_cut',
    });
  });

  it('in the middle of a stream keeps its meaning', async () => {
    const broken = (error: object) => ask({ reply: { events: [event({ content: 'a' }), { error }] } });
    await expect(broken({ message: 'slow down', code: 429 })).rejects.toMatchObject({ code: 'model_rate_limited' });
    await expect(broken({ message: 'overloaded', type: 'server_error' })).rejects.toThrow('"overloaded"');
  });

  it('of a page that is no stream at all points to the address', async () => {
    const failed = ask({ status: 200, error: '<html>' });
    await expect(failed).rejects.toMatchObject({
      code: 'model_not_found',
      message: expect.stringContaining('application/json'),
    });
  });

  it.each(['before the first piece', 'in the middle'])(
    'by abort %s gives the reason and ends the request',
    async (when) => {
      const controller = new AbortController();
      const reason = new Error('cancelled by a person');
      const deltas: DeltaPart[] = [];
      const failed = ask(
        {
          reply: { thinking: 'hm', text: 'one two three' },
          pauseAfter: { pieces: when === 'in the middle' ? 3 : 0, gate: 'middle' },
        },
        {},
        { signal: controller.signal, onDelta: (parts) => deltas.push(...parts) },
      );
      await model.reached('middle');
      if (when === 'in the middle') await expect.poll(() => deltas.length).toBe(3);
      controller.abort(reason);
      await expect(failed).rejects.toBe(reason);
      await expect.poll(() => model.requests()[0]?.outcome).toBe('aborted');
      expect(deltas.map(({ text }) => text)).toEqual(when === 'in the middle' ? ['hm', 'one', ' two'] : []);
    },
  );

  it.each(['sk canary', 'sk-canary\nx', 'sk-ключ'])(
    'of a key that no header can carry names its variable, not the key: %s',
    async (apiKey) => {
      expect(() => client({ apiKey })).toThrow('TEST_KEY');
      expect(() => client({ apiKey })).not.toThrow(apiKey);
    },
  );

  it('of an address with credentials in it does not repeat them', () => {
    expect(() => client({ baseUrl: 'http://me:secret@127.0.0.1/v1' })).toThrow('apiKeyEnv');
    expect(() => client({ baseUrl: 'http://me:secret@127.0.0.1/v1' })).not.toThrow('secret');
  });
});

describe('the right to send', () => {
  it('is asked for once it is connected, and a request without it does not go out', async () => {
    const lost = new Error('Another attempt has the fence');
    const refused = ask({ reply: { text: 'never' } }, {}, { hold: () => Promise.reject(lost) });
    await expect(refused).rejects.toThrow('Another attempt has the fence');
    expect(model.requests()).toEqual([]);
  });

  it('is asked for again when a kept connection turns out to be closed', async () => {
    const used = new WeakSet<object>();
    let resets = 0;
    let requests = 0;
    const server = createServer(({ socket }, response) => {
      requests += 1;
      if (used.has(socket)) {
        resets += 1;
        return void socket.resetAndDestroy();
      }
      used.add(socket);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`data: ${JSON.stringify(event({ content: 'hi' }, 'stop'))}\n\ndata: [DONE]\n\n`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const asking = () =>
      client({ baseUrl: `http://127.0.0.1:${port}` }).stream({
        messages: [{ role: 'user', content: 'hello' }],
        tools: [],
        signal: new AbortController().signal,
        onDelta: () => {},
        hold: async () => {
          if (resets > 0) throw new Error('Lost meanwhile');
        },
      });
    // A connection is kept a moment after its reply has been read.
    let whole = 0;
    let lost: unknown;
    while (lost === undefined) {
      await asking().then(
        () => {
          whole += 1;
        },
        (error: unknown) => {
          lost = error;
        },
      );
    }
    expect(lost).toMatchObject({ message: expect.stringContaining('Lost meanwhile') });
    expect([requests, resets]).toEqual([whole + 1, 1]);
    server.closeAllConnections();
    server.close();
  });
});
