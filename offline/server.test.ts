import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOfflineModel } from './server.ts';

let model: Awaited<ReturnType<typeof createOfflineModel>>;
beforeEach(async () => {
  model = await createOfflineModel({ tokensPerSecond: Number.POSITIVE_INFINITY });
});
afterEach(() => model.close());

const post = async (body: unknown) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${model.url}/chat/completions`, { method: 'POST', body: text });
  return { status: response.status, text: await response.text() };
};
const user = (content: string) => ({ role: 'user', content });
const listFiles = {
  type: 'function',
  function: { name: 'list_files', parameters: { type: 'object', properties: { path: {} } } },
};
const usageOf = (text: string) => JSON.parse(text).usage;

describe('the offline model server', () => {
  it('lists its one model', async () => {
    const response = await fetch(`${model.url}/models`);
    expect(await response.json()).toMatchObject({ object: 'list', data: [{ id: 'offline' }] });
  });

  it('gives the same reply in one piece and in a stream, every time', async () => {
    const request = { model: 'offline', messages: [user('what is this?')], tools: [listFiles] };
    const whole = JSON.parse((await post(request)).text).choices[0].message;
    const streams = await Promise.all([1, 2].map(() => post({ ...request, stream: true })));
    for (const { text } of streams) {
      const events = text.split('\n\n').filter((line) => line.startsWith('data: {'));
      const deltas = events.map((event) => JSON.parse(event.slice(6)).choices[0].delta);
      const calls = deltas.flatMap(({ tool_calls = [] }) => tool_calls);
      expect(deltas.map(({ reasoning_content = '' }) => reasoning_content).join('')).toBe(whole.reasoning_content);
      expect(calls.map((call) => call.function.arguments).join('')).toBe(whole.tool_calls[0].function.arguments);
      expect(calls[0]).toMatchObject({ id: whole.tool_calls[0].id, function: { name: 'list_files' } });
      expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    }
  });

  it('says what it cannot do when no tools are offered', async () => {
    const { text } = await post({ model: 'offline', messages: [user('what is 2+2?')] });
    expect(JSON.parse(text).choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: expect.stringMatching(/^\[offline model\] No tools were offered/) },
    });
  });

  it('counts the prefix that it has seen as cached, and nothing else', async () => {
    const messages = [{ role: 'system', content: 'You are an agent.' }, user('first question')];
    const request = { model: 'offline', tools: [listFiles], messages };
    const first = usageOf((await post(request)).text);
    expect(first).toMatchObject({
      prompt_tokens_details: { cached_tokens: 0 },
      total_tokens: first.prompt_tokens + first.completion_tokens,
    });
    const longer = {
      ...request,
      messages: [...messages, { role: 'assistant', content: 'x'.repeat(400) }, user('more')],
    };
    const second = usageOf((await post(longer)).text);
    expect(second.prompt_tokens_details.cached_tokens).toBe(first.prompt_tokens);
    expect(second.prompt_tokens).toBeGreaterThan(first.prompt_tokens + 100);
    const changed = {
      ...longer,
      messages: [{ role: 'system', content: 'You are another.' }, ...longer.messages.slice(1)],
    };
    const third = usageOf((await post(changed)).text).prompt_tokens_details.cached_tokens;
    expect(third).toBe(Math.ceil(JSON.stringify([listFiles]).length / 4));
  });

  it.each([
    [400, 'invalid_json', '{"model"'],
    [400, 'invalid_request', { model: 'offline', messages: [] }],
    [400, 'invalid_request', { model: 'offline', messages: [{ role: 'clown', content: 'x' }] }],
    [404, 'model_not_found', { model: 'gpt-9', messages: [user('x')] }],
  ])('refuses by %i %s as a provider does', async (status, code, body) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text).error).toMatchObject({ code, message: expect.any(String) });
  });

  it('names its routes when asked for another', async () => {
    const response = await fetch(`${model.url}/embeddings`, { method: 'POST' });
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('POST /v1/chat/completions');
  });

  it('writes at the configured speed', async () => {
    const slow = await createOfflineModel({ tokensPerSecond: 100 });
    try {
      const startedAt = performance.now();
      const body = JSON.stringify({ model: 'offline', stream: true, messages: [user('hi')] });
      const response = await fetch(`${slow.url}/chat/completions`, { method: 'POST', body });
      const events = (await response.text()).split('\n\n').length;
      expect(performance.now() - startedAt).toBeGreaterThan((events - 5) * 10);
    } finally {
      await slow.close();
    }
  });

  it('says that its port is taken', async () => {
    const port = Number(new URL(model.url).port);
    await expect(createOfflineModel({ port })).rejects.toMatchObject({
      code: 'port_taken',
      message: expect.stringContaining(String(port)),
    });
  });
});
