import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createScriptedModel, type ScriptedModel } from '../../test/support/scripted-model.ts';
import { checkModel } from './check.ts';
import { createModelClient } from './client.ts';

let model: ScriptedModel;
beforeEach(async () => {
  model = await createScriptedModel();
});
afterEach(() => model.close());

const check = () => {
  const client = createModelClient({ baseUrl: model.url, apiKey: 'k', model: 'm1', timeoutMs: 1000 });
  return checkModel(client, new AbortController().signal);
};

describe('checkModel', () => {
  it('says what a provider can do', async () => {
    model.script([
      { expect: { tools: [] }, reply: { text: 'I am ready', usage: { prompt_tokens: 9, completion_tokens: 3 } } },
      {
        expect: { tools: ['report_ready'] },
        reply: { toolCalls: [{ name: 'report_ready', arguments: { ready: true } }] },
      },
    ]);
    expect(await check()).toEqual({
      model: 'm1',
      answered: true,
      answer: 'I am ready',
      streaming: true,
      tools: 'called',
      usage: { input: 9, output: 3, cacheRead: 0, cacheWrite: 0, reasoning: 0, cost: null },
      firstTokenMs: expect.any(Number),
      totalMs: expect.any(Number),
    });
    model.assertDone();
  });

  it('says what it cannot: no usage, one piece, tools ignored', async () => {
    model.script([{ reply: { text: 'ready', usage: null } }, { reply: { text: 'no' } }]);
    expect(await check()).toMatchObject({ answered: true, streaming: false, tools: 'ignored', usage: null });
  });

  it.each([400, 404])('knows a provider that refuses tools by %i', async (status) => {
    model.script([{ reply: { text: 'ready' } }, { status }]);
    expect(await check()).toMatchObject({ tools: 'refused' });
  });

  it('throws what is wrong with the key', async () => {
    model.script([{ status: 401 }]);
    await expect(check()).rejects.toMatchObject({ code: 'model_unauthorized' });
  });
});
